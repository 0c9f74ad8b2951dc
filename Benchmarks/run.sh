#!/bin/sh
# Runs the benchmark with what it needs: `make bench` calls it, and so can you.
#
#   Benchmarks/run.sh --binary PATH [--profile]    Tessera against Chroma, and the index alone
#                                                  by the IndexBenchmark that lies beside PATH
#   Benchmarks/run.sh --self-check                 its own tests, then Chroma against
#                                                  Chroma: ratios should be near 1
#   Benchmarks/run.sh --index [...]                the vector index alone beside its peers
#   Benchmarks/run.sh --neighbour [...]            one tenant beside another's flood
#   Benchmarks/run.sh --help                       what can be set from the environment
set -eu
cd "$(dirname "$0")/.."
python=.build/venv-bench/bin/python

# Libraries that the index is measured beside; it says which it had to do without.
install_peers() {
    # hnswlib is compiled for this machine when it is installed.
    headers=$("$python" -c 'import sysconfig; print(sysconfig.get_path("include"))')
    [ -f "$headers/Python.h" ] || headers_package=python3-dev
    scripts/install-packages.sh g++ ${headers_package:-}
    while read -r peer; do
        "$python" -m pip install --quiet --disable-pip-version-check \
            --only-binary faiss-cpu,usearch "$peer" || true
    done <Benchmarks/requirements-peers.txt
}

# release PRODUCT: builds it as `make release` does; prints where it is.
release() {
    export SWIFT_DETERMINISTIC_HASHING=1
    ${SWIFT:-swift} build -c release --static-swift-stdlib --product "$1" >&2 &&
        echo "$(${SWIFT:-swift} build -c release --show-bin-path)/$1"
}

# A C compiler, for the load generator.
scripts/install-packages.sh gcc libc6-dev
scripts/python-venv.sh .build/venv-bench Benchmarks/requirements.txt
case "${1:-}" in
--index)
    shift
    install_peers
    binary=$(release IndexBenchmark)
    exec "$python" Benchmarks/index.py --binary "$binary" "$@"
    ;;
--neighbour)
    shift
    binary=$(release tessera)
    exec "$python" Benchmarks/neighbour.py --binary "$binary" "$@"
    ;;
esac
case " $* " in
*" --self-check "*) (cd Benchmarks && "../$python" -m unittest discover -q -s tests -t .) ;;
*" --binary "*) install_peers ;;
esac
exec "$python" Benchmarks/bench.py "$@"
