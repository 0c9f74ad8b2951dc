#!/bin/sh
# Runs the benchmark with what it needs: `make bench` calls it, and so can you.
#
#   Benchmarks/run.sh --binary PATH [--profile]    Tessera against Chroma
#   Benchmarks/run.sh --self-check                 its own tests, then Chroma against
#                                                  Chroma: ratios should be near 1
#   Benchmarks/run.sh --index [...]                the vector index alone beside its peers
#   Benchmarks/run.sh --neighbour [...]            one tenant beside another's flood
#   Benchmarks/run.sh --help                       what can be set from the environment
set -eu
cd "$(dirname "$0")/.."

if [ "${1:-}" = --index ]; then
    shift
    scripts/python-venv.sh .build/venv-index Benchmarks/requirements-index.txt
    # Peers that have wheels for this Python; the benchmark says which it left out.
    while read -r peer; do
        .build/venv-index/bin/pip install --quiet --disable-pip-version-check \
            --only-binary :all: "$peer" 2>/dev/null || true
    done <Benchmarks/requirements-index-peers.txt
    swift build -c release --product IndexBenchmark
    exec .build/venv-index/bin/python Benchmarks/index.py \
        --binary "$(swift build -c release --show-bin-path)/IndexBenchmark" "$@"
fi
# A C compiler, for the load generator.
scripts/install-packages.sh gcc libc6-dev
scripts/python-venv.sh .build/venv-bench Benchmarks/requirements.txt
python=.build/venv-bench/bin/python
if [ "${1:-}" = --neighbour ]; then
    shift
    swift build -c release --product tessera
    exec "$python" Benchmarks/neighbour.py \
        --binary "$(swift build -c release --show-bin-path)/tessera" "$@"
fi
case " $* " in
*" --self-check "*) (cd Benchmarks && "../$python" -m unittest discover -q -s tests -t .) ;;
esac
exec "$python" Benchmarks/bench.py "$@"
