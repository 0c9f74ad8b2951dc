#!/bin/sh
# python-venv.sh DIRECTORY REQUIREMENTS: a virtual environment with those packages.
# One that was made from the same list by the same Python is used again.
set -eu

directory=$1
requirements=$2
python=$("$(dirname "$0")/find-python.sh")
stamp=$("$python" --version; sha256sum <"$requirements")

[ "$(cat "$directory/stamp" 2>/dev/null)" = "$stamp" ] && exit 0

echo "Making the Python environment $directory from $requirements"
rm -rf "$directory"
"$python" -m venv "$directory"
"$directory/bin/pip" install --quiet --disable-pip-version-check -r "$requirements"
echo "$stamp" >"$directory/stamp"
