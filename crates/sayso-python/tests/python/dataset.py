"""What several tests need: a fresh folder, the real command, and what it built."""

import atexit
import functools
import json
import os
import pathlib
import subprocess
import tempfile
import unittest

import pyarrow
import pyarrow.parquet

# The command, where there is one to compare with.
SAYSO = os.environ.get("SAYSO_COMMAND", "")


def needs_command(test):
    return unittest.skipUnless(SAYSO, "there is no command `sayso` to compare with: set SAYSO_COMMAND")(test)


def shared(path):
    """Files that nobody here wrote; None where they are missing."""
    found = pathlib.Path(os.environ.get("SAYSO_SHARED", "/nowhere")) / path
    return found if found.is_dir() else None


class Folder(unittest.TestCase):
    """A test with a folder of its own."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.dir = pathlib.Path(folder.name)

    def file(self, name, data):
        path = self.dir / name
        path.write_bytes(data)
        return path


class Built:
    def __init__(self, dir):
        self.dir = dir
        self.report = json.loads((dir / "report.json").read_text())

    def samples(self):
        """All samples; of a dataset without any, a table without rows and columns."""
        files = sorted((self.dir / "samples").glob("*.parquet"))
        tables = [pyarrow.parquet.ParquetFile(file).read() for file in files]
        return pyarrow.concat_tables(tables) if tables else pyarrow.table({})

    def rows(self, columns):
        samples = self.samples()
        return samples.select(columns).to_pylist() if samples.num_rows else []

    def exclusions(self):
        """Uid and reason of each pair that was refused."""
        rows = []
        for file in sorted((self.dir / "exclusions").glob("*.parquet")):
            rows.extend(pyarrow.parquet.read_table(file).to_pylist())
        return {row["uid"]: row["reason"] for row in rows}


def run(*arguments):
    return subprocess.run([SAYSO, *map(str, arguments)], capture_output=True, text=True)


def build(input, out, *arguments):
    """Builds anew, whatever lay there."""
    subprocess.run(["rm", "-rf", out], check=True)
    done = run("build", input, "-o", out, *arguments)
    if done.returncode not in (0, 3):
        raise AssertionError(done.stderr)
    return Built(out)


@functools.cache
def demo():
    """The crawl file of the command's made-up web: pages, robots.txt and other files of sites, pictures, revisits."""
    folder = tempfile.TemporaryDirectory()
    atexit.register(folder.cleanup)
    out = pathlib.Path(folder.name) / "demo"
    subprocess.run([SAYSO, "demo", "--no-serve", "-o", out], check=True, capture_output=True)
    (crawl,) = out.glob("*.warc.gz")
    return crawl
