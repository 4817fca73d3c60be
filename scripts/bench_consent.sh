#!/usr/bin/env bash
# Measures what is read of consent, in ratios: robots.txt beside a peer, verdicts a second, and what consent costs a build.
#
#   scripts/bench_consent.sh ROBOTS_ARCHIVE CRAWL_FILE [ROUNDS]
#
# ROBOTS_ARCHIVE is a gzipped tar of robots.txt files. CRAWL_FILE is what a build reads: the WAT that scripts/bench.sh
# makes, say. Nothing switches consent off in Sayso, so that the build without it is one of a copy of this tree under
# $TMPDIR/sayso-bench, out of which benches/without-consent.patch takes the collecting of signals and all judging but the
# verdict on silence.
set -euo pipefail
cd "$(dirname "$0")/.."

archive=$(realpath "${1:?a gzipped tar of robots.txt files}")
crawl=$(realpath "${2:?a crawl file}")
rounds=${3:-9}
work=${TMPDIR:-/tmp}/sayso-bench
mkdir -p "$work"
export CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$PWD/target}

cargo run --quiet --release --manifest-path benches/Cargo.toml --bin robots -- "$archive" "$work/robots-differences.tsv"
echo "  every difference: $work/robots-differences.tsv"

cargo bench --quiet --package sayso-consent --bench verdicts

cargo build --quiet --release --package sayso-cli
cp "$CARGO_TARGET_DIR/release/sayso" "$work/sayso-with"
rm -rf "$work/without"
mkdir "$work/without"
git ls-files -z | xargs -0 cp --parents -t "$work/without"
(
  cd "$work/without"
  patch --quiet --strip=1 <benches/without-consent.patch
  cargo build --quiet --release --package sayso-cli
)
cp "$CARGO_TARGET_DIR/release/sayso" "$work/sayso-without"
python3 scripts/bench_consent_share.py "$work/sayso-with" "$work/sayso-without" "$crawl" "$work/out" "$rounds"
