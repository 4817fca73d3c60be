"""Runs a recipe on crawl files and compares what it wrote with the dataset that the command builds of the same files.

    python engines.py RECIPE [SHARED]

SAYSO_COMMAND names the command. Says in one line what was compared, or why nothing was.
"""

import os
import pathlib
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent / "python"))

import crawl
import pyarrow.dataset
from dataset import build

COLUMNS = ["uid", "url", "caption", "domain", "page_url", "captures", "creator", "licence", "language", "verdict", "reason", "reasons"]


def by_uid(table, columns):
    return sorted((tuple(row[column] for column in columns) for row in table.select(columns).to_pylist()), key=str)


def compare(recipe, name, files, folder):
    source = folder / "crawl"
    source.mkdir()
    for file in files:
        os.symlink(file, source / file.name)
    built = build(source, folder / "built")
    out = folder / "out"
    environment = {**os.environ, "PYSPARK_PYTHON": sys.executable, "PYSPARK_DRIVER_PYTHON": sys.executable}
    paths = [str(file) for file in sorted(source.iterdir())]
    done = subprocess.run([sys.executable, recipe, out, *paths], env=environment, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{recipe.name} failed:\n{done.stdout[-3000:]}\n{done.stderr[-6000:]}")
    parts = sorted(out.rglob("*.parquet"))
    judged = pyarrow.dataset.dataset(parts, partitioning="hive", partition_base_dir=str(out)).to_table()
    admitted = [str(value).lower() == "true" for value in judged["admitted"].to_pylist()]
    kept = judged.filter(pyarrow.array(admitted))
    refused = judged.filter(pyarrow.array([not value for value in admitted]))
    samples = built.samples()
    assert by_uid(kept, COLUMNS) == by_uid(samples, COLUMNS), f"{name}: the samples are not those of the build"
    excluded = dict(zip(refused["uid"].to_pylist(), refused["excluded_by"].to_pylist()))
    assert excluded == built.exclusions(), f"{name}: what is refused is not what the build refuses"
    pairs = built.report["counts"]["pairs"]
    print(f"{recipe.name}, {name}: {len(files)} files, {pairs} pairs, {samples.num_rows} samples and {len(excluded)} exclusions, the same")


def main(recipe, shared=None):
    recipe = pathlib.Path(recipe)
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        made = folder / "made"
        made.mkdir()
        records = list(crawl.pages(3000))
        for part in range(3):
            (made / f"part-{part}.warc.wat.gz").write_bytes(crawl.gzipped(records[part::3]))
        work = folder / "work-made"
        work.mkdir()
        compare(recipe, "made", sorted(made.iterdir()), work)
        found = [] if shared is None else sorted(pathlib.Path(shared).glob("anchors/crawl/*/*.wat*"))
        if not found:
            print(f"{recipe.name}: crawl files that nobody here wrote are not there, and were not compared")
            return
        work = folder / "work-shared"
        work.mkdir()
        compare(recipe, "written by others", found, work)


if __name__ == "__main__":
    main(*sys.argv[1:])
