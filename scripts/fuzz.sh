#!/usr/bin/env bash
# Runs every fuzz target for a while. Needs a nightly compiler and cargo-fuzz (`cargo install cargo-fuzz`).
#
#   scripts/fuzz.sh [SECONDS_EACH]
set -euo pipefail
cd "$(dirname "$0")/.."

seconds=${1:-60}
if ! cargo +nightly fuzz --version >/dev/null 2>&1; then
  echo "error: cargo-fuzz or a nightly compiler is missing" >&2
  echo "hint: rustup toolchain install nightly && cargo install cargo-fuzz" >&2
  exit 2
fi
for source in fuzz/fuzz_targets/*.rs; do
  target=$(basename "$source" .rs)
  echo "== $target, $seconds seconds"
  mkdir -p "fuzz/corpus/$target"
  cargo +nightly fuzz run "$target" "fuzz/corpus/$target" "crates/sayso-fuzz/seeds/$target" -- \
    -max_total_time="$seconds" -max_len=4096 -timeout=20 -rss_limit_mb=2048
done
