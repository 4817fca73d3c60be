#!/usr/bin/env bash
# The wheel, built by maturin and tested as it is installed: Python's own tests, and the recipes for PySpark in local mode,
# Ray Data and Daft, each of which has to write what `sayso build` makes of the same files.
#
#   scripts/interop_python.sh [WHEEL]      # a wheel that is there already is not built again
#
# Takes python3 of version 3.10 or newer with venv, pip that can install packages, and Java for Spark; says what it skips. Works
# in $TMPDIR/sayso-python and leaves it there, so that a second run starts at once. $SAYSO_COMMAND is the command to compare
# with, if it is built already.
set -euo pipefail
cd "$(dirname "$0")/.."

work=${TMPDIR:-/tmp}/sayso-python
mkdir -p "$work"
"${PYTHON:-python3}" -c 'import sys, venv; sys.exit(sys.version_info < (3, 10))' 2>/dev/null || { echo "skipped: no python3 of version 3.10 or newer with venv is here" >&2; exit 0; }

# A folder with these packages, or a word about why there is none.
with() {
  local folder=$work/$1
  shift
  [ -x "$folder/bin/python" ] || "${PYTHON:-python3}" -m venv "$folder"
  "$folder/bin/python" -m pip install --quiet --disable-pip-version-check "$@" || { echo "skipped: $* cannot be installed" >&2; return 1; }
}

wheel=${1:-}
if [ -z "$wheel" ]; then
  with maturin 'maturin>=1.9.4,<2' || exit 0
  rm -rf "$work/dist"
  "$work/maturin/bin/maturin" build --release --locked --manifest-path crates/sayso-python/Cargo.toml --out "$work/dist"
  wheel=$(echo "$work"/dist/*.whl)
fi
if [ -z "${SAYSO_COMMAND:-}" ]; then
  cargo build --quiet --release --locked --package sayso-cli
  SAYSO_COMMAND=$(realpath "${CARGO_TARGET_DIR:-target}")/release/sayso
fi
export SAYSO_COMMAND
export SAYSO_SHARED=${SAYSO_SHARED:-$(realpath -m ../shared)}

echo "== the wheel alone: $(basename "$wheel"), $(($(stat -c %s "$wheel") / 1024 / 1024)) MiB"
with wheel pyarrow || exit 0
"$work/wheel/bin/python" -m pip install --quiet --force-reinstall --no-deps "$wheel"
"$work/wheel/bin/python" -B -m unittest discover --start-directory crates/sayso-python/tests/python

recipe() {
  local name=$1
  shift
  echo "== $name"
  with "$name" "$@" || return 0
  "$work/$name/bin/python" -m pip install --quiet --force-reinstall --no-deps "$wheel"
  "$work/$name/bin/python" -B crates/sayso-python/tests/engines.py "crates/sayso-python/recipes/$name.py" "$SAYSO_SHARED"
}

if command -v java >/dev/null; then
  recipe on_spark pyspark pyarrow pandas
else
  echo "skipped: Spark needs Java (on Debian, default-jre-headless)" >&2
fi
recipe on_ray 'ray[data]' pyarrow pandas
recipe on_daft daft pyarrow
