"""Asks a dataset's samples in SQL: `sayso sql`, a process for each question, or DuckDB inside this one, over the same files.

    bench_sql.py DATASET ROUNDS [SAYSO]
"""

import json
import subprocess
import sys
import time

QUESTIONS = {
    "samples by site": "select domain, count(*) as n from samples group by domain order by n desc limit 20",
    "one site's captions": "select caption from samples where domain = '{site}' order by url limit 100",
    "sums by language": "select language, count(*) as n, avg(width) as wide from samples group by language order by n desc",
    "captions with a word": "select count(*) from samples where caption like '%poster%'",
    "sites by distinct captions": "select domain, count(distinct caption) as n from samples group by domain order by n desc limit 20",
}

dataset, rounds, sayso = sys.argv[1], int(sys.argv[2]), sys.argv[3:]
if sayso:
    name = "sayso sql"

    def ask(question):
        command = [sayso[0], "sql", dataset, question, "--json", "--timeout", "600"]
        return json.loads(subprocess.run(command, check=True, capture_output=True).stdout)["rows"]
else:
    import duckdb

    name = "DuckDB"
    base = duckdb.connect()
    base.execute("set threads=2")
    base.execute(f"create view samples as select * from '{dataset}/samples/*.parquet'")

    def ask(question):
        return base.execute(question).fetchall()


site = ask(QUESTIONS["samples by site"])[-1][0]
for kind, question in QUESTIONS.items():
    question = question.replace("{site}", site)
    times = []
    for _ in range(rounds + 1):
        started = time.perf_counter()
        ask(question)
        times.append((time.perf_counter() - started) * 1e3)
    # The first round reads what is not in memory yet.
    times = sorted(times[1:])
    print(f"{kind}, {name}\t{times[(len(times) - 1) // 2]:.0f}\t{times[-1]:.0f}", flush=True)
