#!/usr/bin/env bash
# Measures reading a crawl in ratios: to inflating alone, of two threads to one, of a build to its extraction, to the
# peers driven from Python. Needs python3 with venv, and real HTML pages: Debian's gimp-help-en and debian-handbook.
#
#   scripts/bench.sh FOLDER_OF_BENCH_SCRIPTS [PAGES]
#
# The folder holds make_crawl.py and cc2dataset_extract.py. Everything is made in $TMPDIR/sayso-bench and kept, so that a
# second run starts at once.
set -euo pipefail
cd "$(dirname "$0")/.."

scripts=${1:?the folder with make_crawl.py and cc2dataset_extract.py}
pages=${2:-20000}
work=${TMPDIR:-/tmp}/sayso-bench
mkdir -p "$work"

if [ ! -x "$work/peer/bin/python" ]; then
  python3 -m venv "$work/peer"
  "$work/peer/bin/pip" install --quiet --no-deps cc2dataset==1.5.0
  "$work/peer/bin/pip" install --quiet fastwarc resiliparse warcio pysimdjson fsspec loguru 'pyspark==3.5.*'
fi
crawl=$work/crawl-$pages
if [ ! -f "$crawl.wat.gz" ]; then
  echo "making a crawl of $pages pages (minutes)"
  "$work/peer/bin/python" "$scripts/make_crawl.py" "$crawl" "$pages" /usr/share/gimp/*/help/en /usr/share/doc/debian-handbook/html
fi

cargo bench --quiet --package sayso --bench crawl -- "$crawl.wat.gz" "$crawl.warc.gz"

cargo build --quiet --release --package sayso-crawl --example extract
cargo build --quiet --release --package sayso-cli
target=${CARGO_TARGET_DIR:-target}/release

echo "peers, one thread, each run in turn with ours:"
"$work/peer/bin/python" scripts/bench_peers.py "$target/examples/extract" "$crawl" "$scripts/cc2dataset_extract.py"

echo "peak memory of a whole build, and of one of ten times the input:"
for copies in 1 10; do
  inputs=()
  for number in $(seq "$copies"); do
    ln -sf "$crawl.wat.gz" "$work/copy-$number.wat.gz"
    inputs+=("$work/copy-$number.wat.gz")
  done
  rm -rf "$work/out"
  peak=$( { /usr/bin/env time -f %M "$target/sayso" build "${inputs[@]}" -o "$work/out" >/dev/null; } 2>&1 | tail -n 1)
  echo "  $copies x: $((peak / 1024)) MiB"
done
rm -rf "$work/out"
