"""Pairs of crawl files, read and judged with Daft: `python on_daft.py OUT FILE...`."""

import sys

import daft
import pyarrow as pa
import sayso
from daft import DataType, col

BY = {"purpose": "train-genai", "policy": "opt-out"}
PAIRS = sayso.pairs_schema()
JUDGED = sayso.judge(PAIRS.empty_table(), merge=True, **BY).schema


@daft.func(return_dtype=DataType.from_arrow_type(pa.struct(PAIRS)))
def read(path: str):
    """A path becomes rows of pairs."""
    for batch in sayso.read_wat(path):
        yield from batch.to_pylist()


@daft.udf(return_dtype=DataType.from_arrow_type(pa.struct(JUDGED)))
def judge(pair):
    """All captures of a pair lie in one bucket, and are judged together."""
    pairs = pa.Table.from_struct_array(pair.to_arrow())
    judged = sayso.judge(pairs, merge=True, **BY)
    return daft.Series.from_arrow(judged.to_struct_array().combine_chunks())


def main(out, files):
    pairs = daft.from_pydict({"path": files}).select(read(col("path")).alias("pair"))
    # A file without pairs becomes a row without a pair.
    pairs = pairs.where(col("pair").not_null())
    buckets = pairs.with_column("bucket", col("pair").get("uid").left(2)).groupby("bucket")
    judged = buckets.map_groups(judge(col("pair"))).select(col("pair").unnest())
    judged.write_parquet(out)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
