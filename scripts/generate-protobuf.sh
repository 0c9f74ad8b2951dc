#!/bin/sh
# Writes Sources/TesseraRPC/Generated from proto/.
#
#   scripts/generate-protobuf.sh           regenerate
#   scripts/generate-protobuf.sh --check   regenerate, then fail if anything changed
#
# Needs protoc (Debian: protobuf-compiler, libprotobuf-dev), python3 and Swift. The plugins are
# built once, under .build-protoc; PROTOC_PLUGINS names a folder that has them already.
set -eu

cd "$(dirname "$0")/.."
output=Sources/TesseraRPC/Generated
plugins=${PROTOC_PLUGINS:-}

command -v protoc >/dev/null || {
    echo "protoc is missing: apt-get install protobuf-compiler libprotobuf-dev" >&2
    exit 1
}

if [ -z "$plugins" ]; then
    build="swift build -c release --package-path scripts/protoc --scratch-path .build-protoc"
    $build --product protoc-gen-swift
    $build --product protoc-gen-grpc-swift-2
    plugins=$($build --show-bin-path)
fi

protos=$(find proto -name '*.proto' | LC_ALL=C sort)
rm -rf "$output"
mkdir -p "$output"

# The options themselves need no Swift: the table below says all that they say. File names alone
# are enough, as each noun has one proto file.
# shellcheck disable=SC2046
protoc -I proto \
    --plugin="$plugins/protoc-gen-swift" --plugin="$plugins/protoc-gen-grpc-swift-2" \
    --swift_out="$output" --swift_opt=Visibility=Package,FileNaming=DropPath \
    --grpc-swift-2_out="$output" \
    --grpc-swift-2_opt=Visibility=Package,FileNaming=DropPath,Client=true,Server=false \
    $(echo "$protos" | grep -v annotations.proto)

# What the servers tell of themselves (server reflection).
# shellcheck disable=SC2086
protoc -I proto --include_imports --descriptor_set_out=/dev/stdout $protos |
    python3 scripts/descriptor_set.py >"$output/DescriptorTexts.swift"

# The options of the methods: protoc prints them as text, the script makes a table of them.
# shellcheck disable=SC2086
protoc -I proto --include_imports --include_source_info --descriptor_set_out=/dev/stdout $protos |
    protoc -I proto --decode=google.protobuf.FileDescriptorSet \
        google/protobuf/descriptor.proto tessera/admin/v1/annotations.proto |
    python3 scripts/admin_methods.py >"$output/AdminMethod+Table.swift"

if [ "${1:-}" = --check ]; then
    changes=$(git status --porcelain -- "$output")
    [ -z "$changes" ] || {
        printf 'Generated code differs from proto/; commit what this script wrote:\n%s\n' \
            "$changes" >&2
        exit 1
    }
fi
