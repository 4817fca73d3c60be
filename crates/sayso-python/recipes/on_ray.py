"""Pairs of crawl files, read and judged with Ray Data: `python on_ray.py OUT FILE...`."""

import sys

import pyarrow as pa
import pyarrow.compute as pc
import ray
import sayso

BY = {"purpose": "train-genai", "policy": "opt-out"}


def read(paths: pa.Table):
    """Rows with a path become rows of pairs, a batch at a time; two digits of the uid say where they are judged."""
    for path in paths["path"].to_pylist():
        for batch in sayso.read_wat(path):
            pairs = pa.Table.from_batches([batch])
            yield pairs.append_column("bucket", pc.utf8_slice_codeunits(pairs["uid"], 0, 2))


def judge(pairs: pa.Table) -> pa.Table:
    """All captures of a pair lie in one bucket, and are judged together."""
    return sayso.judge(pairs, merge=True, **BY)


def main(out, files):
    paths = ray.data.from_items([{"path": path} for path in files], override_num_blocks=len(files))
    pairs = paths.map_batches(read, batch_format="pyarrow")
    judged = pairs.groupby("bucket").map_groups(judge, batch_format="pyarrow")
    judged.write_parquet(out)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
