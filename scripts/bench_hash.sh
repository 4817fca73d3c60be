#!/usr/bin/env bash
# Compares `sayso hash` with PyPI's pdqhash (Meta's reference in C++, called from Python) on the pictures of a folder: the
# hashes of the same pixels, the hashes of the same files, and the processor time of one thread.
#
#   scripts/bench_hash.sh FOLDER [PICTURES] [ROUNDS]
#
# Needs python3 with venv. Debian's wallpapers (mate-backgrounds, plasma-workspace-wallpapers) and openclipart-png are real
# pictures of many sizes.
set -euo pipefail
cd "$(dirname "$0")/.."

folder=$(realpath "${1:?a folder of pictures}")
pictures=${2:-500}
rounds=${3:-5}
work=${TMPDIR:-/tmp}/sayso-bench
mkdir -p "$work"
export CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$PWD/target}

if [ ! -x "$work/pdq/bin/python" ]; then
  python3 -m venv "$work/pdq"
  "$work/pdq/bin/pip" install --quiet pdqhash==0.2.8 pillow==13.0.0 numpy
fi
cargo build --quiet --release --package sayso-picture --example pdq
OMP_NUM_THREADS=1 "$work/pdq/bin/python" scripts/bench_hash.py \
  "$CARGO_TARGET_DIR/release/examples/pdq" "$folder" "$pictures" "$rounds" "$work/pixels"
