#!/usr/bin/env bash
# The package datadiligence of PyPI against `sayso serve --registry`, with nothing changed but the address it asks. Needs Python
# with venv, and pip for the package; without either it says so and does nothing.
set -euo pipefail
cd "$(dirname "$0")/.."
command -v python3 >/dev/null || { echo "skipped: there is no Python here" >&2; exit 0; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv" >/dev/null 2>&1 || { echo "skipped: this Python makes no venv" >&2; exit 0; }
"$work/venv/bin/pip" -q install 'datadiligence==0.1.7' 2>/dev/null || { echo "skipped: pip cannot have datadiligence" >&2; exit 0; }
SAYSO_DATADILIGENCE="$work/venv/bin/python" cargo test --workspace --all-features --test served_registry -- --nocapture
