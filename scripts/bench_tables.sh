#!/usr/bin/env bash
# Measures importing tables and asking them, beside SQLite's FTS5 (Datasette's engine) and DuckDB, in one run. Needs python3
# with venv, and a folder of Parquet tables with the columns of LAION's.
#
#   scripts/bench_tables.sh FOLDER_OF_TABLES [ROUNDS]
#
# Everything is made in $TMPDIR/sayso-bench-tables and kept, but for the dataset, which is imported anew.
set -euo pipefail
cd "$(dirname "$0")/.."

tables=$(realpath "${1:?a folder of Parquet tables}")
rounds=${2:-3}
work=${TMPDIR:-/tmp}/sayso-bench-tables/$(basename "$tables")
mkdir -p "$work"
if [ ! -x "$work/../peers/bin/python" ]; then
  python3 -m venv "$work/../peers"
  "$work/../peers/bin/pip" install --quiet duckdb pyarrow
fi
cargo build --quiet --release --package sayso-cli --package sayso --features sayso-cli/sql --bin sayso --example library_speed
target=${CARGO_TARGET_DIR:-target}/release

rm -rf "$work/dataset"
python3 - "$target/sayso" "$tables" "$work" <<'PY'
import json, pathlib, resource, subprocess, sys, time
sayso, tables, work = sys.argv[1], sys.argv[2], pathlib.Path(sys.argv[3])
started = time.perf_counter()
files = sorted(str(path) for path in pathlib.Path(tables).glob("*.parquet"))
report = json.loads(subprocess.run([sayso, "import", *files, "-o", work / "dataset", "--json"], check=True, capture_output=True).stdout)
seconds = time.perf_counter() - started
usage = resource.getrusage(resource.RUSAGE_CHILDREN)
bytes_ = sum(path.stat().st_size for path in (work / "dataset").rglob("*") if path.is_file())
rows = report["rows"]
print(f"import\t{rows / seconds:.0f} rows/s\t{bytes_ / rows:.0f} bytes a row\t{usage.ru_maxrss // 1024} MiB at most\t"
      f"{(usage.ru_utime + usage.ru_stime) / seconds:.2f} cores busy")
PY
"$target/examples/library_speed" "$work/dataset" "$work/queries.json" "$rounds"
python3 scripts/bench_sql.py "$work/dataset" "$rounds" "$target/sayso"
"$work/../peers/bin/python" scripts/bench_sql.py "$work/dataset" "$rounds"
"$work/../peers/bin/python" scripts/bench_tables_peers.py "$tables" "$work" "$work/queries.json" "$rounds"
