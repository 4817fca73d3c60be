#!/usr/bin/env bash
# Measures the index of vectors beside faiss and usearch: recall of the ten nearest, questions a second on one thread,
# 99th percentile, bytes, time to build and to open. Needs python3 with venv, and a word list (Debian's wamerican).
#
#   scripts/bench_vectors.sh FOLDER_OF_BENCH_SCRIPTS [VECTORS]
#
# The folder holds make_pairs.py. Everything is made in $TMPDIR/sayso-bench and kept, so that a second run starts at once.
# Both sides are asked on a machine that does nothing else, or tails say more about it than about them.
set -euo pipefail
cd "$(dirname "$0")/.."

scripts=${1:?the folder with make_pairs.py}
vectors=${2:-300000}
work=${TMPDIR:-/tmp}/sayso-bench
mkdir -p "$work"

if [ ! -x "$work/vectors/bin/python" ]; then
  python3 -m venv "$work/vectors"
  "$work/vectors/bin/pip" install --quiet numpy pyarrow faiss-cpu usearch
fi
data=$work/vectors-$vectors
if [ ! -f "$data/vectors.npy" ]; then
  "$work/vectors/bin/python" "$scripts/make_pairs.py" "$data" 1000 "$vectors"
fi
"$work/vectors/bin/python" scripts/bench_vectors_peers.py "$data"
cargo run --quiet --release --package sayso --example vector_speed -- "$data"
