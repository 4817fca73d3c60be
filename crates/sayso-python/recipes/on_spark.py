"""Pairs of crawl files, read and judged on Spark: `spark-submit on_spark.py OUT FILE...`."""

import sys

import pyarrow as pa
import sayso
from pyspark.sql import SparkSession
from pyspark.sql.pandas.types import from_arrow_schema

BY = {"purpose": "train-genai", "policy": "opt-out"}
PAIRS = sayso.pairs_schema()
JUDGED = sayso.judge(PAIRS.empty_table(), merge=True, **BY).schema


def read(batches):
    """Rows with a path become rows of pairs, a batch at a time."""
    for batch in batches:
        for path in batch.column("path").to_pylist():
            yield from sayso.read_wat(path)


def judge(batches):
    """All captures of a pair lie in one partition, and are judged together."""
    batches = list(batches)
    if batches:
        yield from sayso.judge(pa.Table.from_batches(batches), merge=True, **BY).to_batches()


def main(out, files):
    spark = SparkSession.builder.appName("sayso").getOrCreate()
    paths = spark.createDataFrame([(path,) for path in files], "path string").repartition(len(files))
    pairs = paths.mapInArrow(read, from_arrow_schema(PAIRS))
    # So many partitions that one of them fits into the memory of a worker.
    judged = pairs.repartition(32, "uid").mapInArrow(judge, from_arrow_schema(JUDGED))
    judged.write.mode("overwrite").partitionBy("admitted").parquet(out)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
