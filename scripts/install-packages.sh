#!/bin/sh
# Installs the Debian packages that building and testing need: only those that are missing.
# Arguments name more packages.
set -eu

packages="libjwt-dev libpq-dev libre2-dev libsqlite3-dev pkg-config prometheus util-linux $*"

missing=""
for package in $packages; do
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q '^install ok installed$' ||
        missing="$missing $package"
done
ls /usr/lib/postgresql/*/bin/postgres >/dev/null 2>&1 || missing="$missing postgresql"
"$(dirname "$0")/find-python.sh" >/dev/null 2>&1 || missing="$missing python3-venv"

[ -n "$missing" ] || exit 0

if ! command -v apt-get >/dev/null; then
    echo "Please install the equivalents of these Debian packages:$missing" >&2
    exit 1
fi
if [ "$(id -u)" = 0 ]; then
    as_root=""
elif command -v sudo >/dev/null; then
    as_root="sudo"
else
    echo "These packages are missing, and installing them needs root or sudo:$missing" >&2
    echo "Ask an administrator to run: apt-get install$missing" >&2
    exit 1
fi

echo "Installing$missing"
export DEBIAN_FRONTEND=noninteractive
$as_root apt-get update -q
# shellcheck disable=SC2086 # the list is meant to be split
$as_root apt-get install -y -q --no-install-recommends $missing
