#!/bin/sh
# Prints the Swift files that people wrote: generated code has its maker's format.
set -eu
cd "$(dirname "$0")/.."
git ls-files -- '*.swift' | grep -v '/Generated/'
