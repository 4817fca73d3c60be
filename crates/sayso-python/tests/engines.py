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
import pyarrow
import pyarrow.dataset
from dataset import build

PAIR = ["uid", "url", "caption", "domain", "page_url", "captured_at", "captures", "creator", "licence", "language"]
VERDICT = ["verdict", "reason", "reasons"]
ENDINGS = (".wat", ".wat.gz", ".warc", ".warc.gz", ".arc", ".arc.gz")


def by_uid(table, columns):
    table = table.select(columns)
    if "captured_at" in columns:
        # Spark and Ray write instants in units of their own.
        at = table.column_names.index("captured_at")
        table = table.set_column(at, "captured_at", table["captured_at"].cast(pyarrow.timestamp("us", tz="UTC")))
    return sorted((tuple(row.values()) for row in table.to_pylist()), key=str)


def run_recipe(recipe, source, out):
    """What the recipe writes of all files in a folder."""
    environment = {**os.environ, "PYSPARK_PYTHON": sys.executable, "PYSPARK_DRIVER_PYTHON": sys.executable}
    paths = [str(file) for file in sorted(source.iterdir())]
    done = subprocess.run([sys.executable, recipe, out, *paths], env=environment, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{recipe.name} failed:\n{done.stdout[-3000:]}\n{done.stderr[-6000:]}")
    parts = [file for file in sorted(out.rglob("*.parquet")) if not file.name.startswith((".", "_"))]
    return pyarrow.dataset.dataset(parts, partitioning="hive", partition_base_dir=str(out)).to_table()


def compare_all(recipe, source, folder):
    """Pairs, verdicts with their reasons, and what is refused."""
    judged = run_recipe(recipe, source, folder / "out")
    built = build(source, folder / "built")
    admitted = [str(value).lower() == "true" for value in judged["admitted"].to_pylist()]
    kept = judged.filter(pyarrow.array(admitted))
    refused = judged.filter(pyarrow.array([not value for value in admitted]))
    samples, excluded = built.samples(), dict(zip(refused["uid"].to_pylist(), refused["excluded_by"].to_pylist()))
    assert by_uid(kept, PAIR + VERDICT) == by_uid(samples, PAIR + VERDICT), "the samples are not those of the build"
    assert excluded == built.exclusions(), "what is refused is not what the build refuses"
    pairs = built.report["counts"]["pairs"]
    print(f"{recipe.name}: {pairs} pairs, {samples.num_rows} samples and {len(excluded)} exclusions, the same as the build's")


def compare_pairs(recipe, source, folder):
    """Pairs alone: what these crawls say beside their pages is not told to a recipe for WATs."""
    judged = run_recipe(recipe, source, folder / "out")
    built = build(source, folder / "built", "--policy", "record")
    assert by_uid(judged, PAIR) == by_uid(built.samples(), PAIR), "the pairs are not those of the build"
    files = built.report["inputs"]
    print(f"{recipe.name}: {files} crawl files that nobody here wrote, {judged.num_rows} distinct pairs, the same as the build's")


def main(recipe, shared=None):
    recipe = pathlib.Path(recipe)
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        made = folder / "crawl"
        made.mkdir()
        records = list(crawl.pages(3000))
        for part in range(3):
            (made / f"part-{part}.warc.wat.gz").write_bytes(crawl.gzipped(records[part::3]))
        compare_all(recipe, made, folder)
    found = [] if shared is None else sorted(pathlib.Path(shared).glob("anchors/crawl/**/*"))
    found = [file for file in found if file.name.endswith(ENDINGS)]
    if not found:
        print(f"{recipe.name}: skipped, crawl files that nobody here wrote are not there")
        return
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        source = folder / "crawl"
        source.mkdir()
        for number, file in enumerate(found):
            (source / f"{number:03}-{file.name}").symlink_to(file)
        compare_pairs(recipe, source, folder)


if __name__ == "__main__":
    main(*sys.argv[1:])
