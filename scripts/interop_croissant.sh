#!/usr/bin/env bash
# Descriptions in Croissant, validated and read by the reference reader, mlcroissant, and summaries validated by jsonschema.
# Takes the Python named in $PYTHON, or python3, if it has these packages (`pip install mlcroissant pyarrow jsonschema`).
set -euo pipefail
cd "$(dirname "$0")/.."
python="${PYTHON:-python3}"
command -v "$python" >/dev/null || { echo "skipped: there is no Python here" >&2; exit 0; }
"$python" -c 'import mlcroissant, pyarrow, jsonschema' 2>/dev/null || { echo "skipped: this Python has no mlcroissant, pyarrow and jsonschema" >&2; exit 0; }
python=$(command -v "$python")
SAYSO_MLCROISSANT="$python" cargo test --workspace --all-features --test report_filed -- --nocapture
