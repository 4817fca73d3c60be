#!/usr/bin/env bash
# How a server answers 50 readers at once on loopback: result pages, as HTML. Needs wrk (Debian's package) and python3.
#
#   scripts/bench_serve.sh DATASET QUERIES.json SAYSO [SECONDS]
#
# QUERIES.json is what `scripts/bench_tables.sh` draws. First each reader asks once a second or so, as one who reads would; then
# each asks again as soon as it has the answer, which shows how many pages a second there are.
set -euo pipefail
cd "$(dirname "$0")/.."

dataset=${1:?a dataset} queries=${2:?a file of queries} sayso=${3:?the program} seconds=${4:-20}
command -v wrk >/dev/null || { echo "error: wrk is missing" >&2; exit 2; }
work=$(mktemp -d)
trap 'kill "${server:-0}" 2>/dev/null || true; rm -rf "$work"' EXIT

python3 - "$queries" "$work" <<'PY'
import json, pathlib, random, sys, urllib.parse
queries, work = json.load(open(sys.argv[1])), pathlib.Path(sys.argv[2])
kinds = [queries[kind] for kind in ("one word", "two words", "phrase", "rare name")]
asked = [query for kind in kinds for query in kind]
random.Random(7).shuffle(asked)
lines = ",\n".join(json.dumps("/search?q=" + urllib.parse.quote_plus(query)) for query in asked)
script = """local paths = { %s }
local next = 0
local first = 0
function setup(thread) first = first + 1; thread:set("begin", first * 997) end
function init() math.randomseed(begin); next = math.random(#paths) end
function request() next = next %% #paths + 1; return wrk.format("GET", paths[next]) end
""" % lines
(work / "busy.lua").write_text(script)
(work / "reading.lua").write_text(script + "function delay() return math.random(500, 1500) end\n")
PY

python3 - "$sayso" "$dataset" "$work" <<'PY' &
import os, pathlib, subprocess, sys, time, urllib.request
sayso, dataset, work = sys.argv[1], sys.argv[2], pathlib.Path(sys.argv[3])
begun = time.perf_counter()
server = subprocess.Popen([sayso, "serve", dataset, "--listen", "127.0.0.1:8137"], stderr=subprocess.DEVNULL)
while True:
    try:
        urllib.request.urlopen("http://127.0.0.1:8137/healthz").read()
        break
    except OSError:
        time.sleep(0.002)
print(f"start\t{(time.perf_counter() - begun) * 1e3:.0f} ms until it answers", flush=True)
(work / "pid").write_text(str(server.pid))
server.wait()
PY
while [ ! -s "$work/pid" ]; do sleep 0.05; done
server=$(cat "$work/pid")
memory() { awk -v what="$1" '/^(VmRSS|RssAnon)/ { printf "%s\t%s %d MiB\n", what, $1, $2 / 1024 }' "/proc/$server/status"; }
memory started
for kind in reading busy; do
  printf '\n%s\n' "$kind"
  wrk --latency --threads 2 --connections 50 --duration "${seconds}s" --timeout 10s --script "$work/$kind.lua" http://127.0.0.1:8137 |
    grep -E '50%|90%|99%|Requests/sec|Non-2xx|Socket errors' || true
done
memory "at the end"
