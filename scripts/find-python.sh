#!/bin/sh
# Prints a Python of version 3.9 or later that can make virtual environments.
set -eu

for name in python3 python3.13 python3.12 python3.11 python3.10 python3.9 /usr/bin/python3; do
    if "$name" -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 9))' 2>/dev/null
    then
        command -v "$name"
        exit 0
    fi
done
echo "No Python 3.9 or later with the venv module: install python3 and python3-venv." >&2
exit 1
