"""Asks SQLite (FTS5, as Datasette has it) and DuckDB what library_speed asks, of the same tables.

    bench_tables_peers.py TABLES WORK QUERIES.json ROUNDS
"""

import glob
import json
import pathlib
import re
import sqlite3
import sys
import time

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

tables, work, queries, rounds = sys.argv[1], pathlib.Path(sys.argv[2]), json.load(open(sys.argv[3])), int(sys.argv[4])
HOST = re.compile(r"^https?://(?:[^/@]*@)?([^/:?#]+)")


def domain(url):
    """The registrable domain, near enough for counting: the last two labels, three under a suffix of two."""
    host = HOST.match(url)
    labels = host.group(1).lower().split(".") if host else [""]
    deep = len(labels) > 2 and labels[-2] in ("co", "com", "org", "net", "ac", "gov") and len(labels[-1]) == 2
    return ".".join(labels[-3:] if deep else labels[-2:])


def percentiles(name, texts, ask):
    times = []
    for round_ in range(rounds + 1):
        for text in texts:
            started = time.perf_counter()
            ask(text)
            if round_:
                times.append((time.perf_counter() - started) * 1e3)
    times.sort()
    print(f"{name}\t{times[(len(times) - 1) // 2]:.3f}\t{times[int((len(times) - 1) * 0.99)]:.3f}", flush=True)


files = sorted(glob.glob(f"{tables}/*.parquet"))
path = work / "fts.sqlite"
if not path.exists():
    started = time.perf_counter()
    partial = work / "fts.partial"
    partial.unlink(missing_ok=True)
    base = sqlite3.connect(partial)
    base.executescript(
        "pragma journal_mode=off; pragma synchronous=off;"
        "create table samples(id integer primary key, url text, caption text, domain text, creator text);"
        "create virtual table words using fts5(caption, creator, content='samples', content_rowid='id');"
    )
    by = re.compile(r"\bby ([A-Z]\w+ [A-Z]\w+)")
    rows = 0
    for file in files:
        for batch in pq.ParquetFile(file).iter_batches(50_000, columns=["URL", "TEXT"]):
            urls, texts = batch.column(0).to_pylist(), batch.column(1).to_pylist()
            made = []
            for url, text in zip(urls, texts):
                rows += 1
                found = by.search(text)
                made.append((rows, url, text, domain(url), found.group(1) if found else None))
            base.executemany("insert into samples values(?,?,?,?,?)", made)
    base.execute("insert into words(words) values('rebuild')")
    base.execute("create index samples_domain on samples(domain)")
    base.commit()
    base.close()
    partial.rename(path)
    seconds = time.perf_counter() - started
    print(f"import\t{rows / seconds:.0f} rows/s\t{path.stat().st_size / rows:.0f} bytes a row", flush=True)
base = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
base.execute("pragma mmap_size=4000000000")


def fts(text):
    """Our query in FTS5's language."""
    if text.startswith("creator:"):
        return "creator:" + text.removeprefix("creator:")
    return text if text.startswith('"') else " AND ".join(f'"{word}"' for word in text.split())


FIND = "select rowid from words where words match ? order by rank limit 50"
for kind in ("two words", "phrase", "rare name"):
    percentiles(f"{kind}, FTS5", queries[kind], lambda text: base.execute(FIND, (fts(text),)).fetchall())
FACET = (
    "select domain, count(*) as n from samples where id in (select rowid from words where words match ?)"
    " group by domain order by n desc limit 20"
)
few = queries["one word"][:60]
percentiles("domains of the hits of a word, FTS5", few, lambda text: base.execute(FACET, (fts(text),)).fetchall())
ALL = "select domain, count(*) as n from samples group by domain order by n desc limit 20"
percentiles("domains of all samples, SQLite", [""] * 3, lambda _: base.execute(ALL).fetchall())
duck = duckdb.connect()
duck.execute("set threads=1")
duck.execute("create table samples(domain varchar)")
made = [row[0] for row in base.execute("select domain from samples order by domain")]
domains_of_samples = pa.table({"domain": made})
duck.execute("insert into samples select * from domains_of_samples")
percentiles("domains of all samples, DuckDB", [""] * 10, lambda _: duck.execute(ALL).fetchall())
