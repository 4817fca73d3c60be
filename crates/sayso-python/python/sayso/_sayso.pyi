"""The compiled part. Nobody but this package calls it."""

from collections.abc import Sequence
from os import PathLike
from typing import Any

import pyarrow

__version__: str

class PairReader:
    def __init__(
        self,
        *,
        place: str | None,
        data: bytes | bytearray | None,
        stream: Any | None,
        name: str,
        prefix: str | None,
        names: str | PathLike[str] | None,
        batch_rows: int,
        limits: Sequence[tuple[str, int]],
    ) -> None: ...
    def next_batch(self) -> pyarrow.RecordBatch | None: ...
    def report(self) -> str: ...

class PairJudge:
    def __init__(
        self,
        *,
        purpose: str,
        policy: str,
        agent: str,
        crawl: Sequence[str],
        robots: Sequence[str],
        prefix: str | None,
        registry: str | PathLike[str] | None,
        tombstones: Sequence[str | PathLike[str]],
        drop_personal: bool,
        limits: Sequence[tuple[str, int]],
    ) -> None: ...
    def judge(self, batch: pyarrow.RecordBatch, merge: bool) -> pyarrow.RecordBatch: ...
    def report(self) -> str: ...

def pairs_schema() -> pyarrow.Schema: ...
def judged_schema(schema: pyarrow.Schema, merge: bool) -> pyarrow.Schema: ...
def check(
    inputs: Sequence[str | PathLike[str]],
    *,
    purpose: str,
    policy: str,
    registry: str | PathLike[str] | None,
    url_column: str | None,
    caption_column: str | None,
    threads: int | None,
) -> str: ...
def search(
    dirs: Sequence[str | PathLike[str]],
    query: str,
    *,
    sort: str,
    offset: int,
    limit: int,
) -> str: ...
