"""Pairs out of crawl files."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from typing import IO, Any

import pyarrow as pa

from . import _sayso
from ._errors import SaysoError


class PairReader:
    """Pairs of a crawl file, a batch at a time; made by :func:`read_wat`.

    It can be walked over, batch by batch, and it is an Arrow stream: ``pyarrow.table(reader)``, ``polars.DataFrame(reader)``,
    DuckDB and everything else that takes ``__arrow_c_stream__`` take it as it is. It is read once, by whoever asks first.

    >>> for batch in sayso.read_wat("example.warc.wat.gz"):
    ...     print(batch.num_rows)
    """

    def __init__(self, reader: _sayso.PairReader) -> None:
        self._reader: _sayso.PairReader | None = reader
        self._report: dict[str, Any] | None = None

    @property
    def schema(self) -> pa.Schema:
        """The columns, which are those of every reader."""
        return pairs_schema()

    @property
    def report(self) -> dict[str, Any]:
        """What was met so far: ``inputs``, ``counts`` and ``damage``, as in a dataset's ``report.json``.

        ``damage`` has what was skipped and why, by kind, with the number and the first places.

        >>> reader = sayso.read_wat("example.warc.wat.gz")
        >>> pairs = reader.read_all()
        >>> reader.report["damage"].get("wat-json", {"count": 0})["count"]
        0
        """
        if self._reader is None:
            return {} if self._report is None else self._report
        report: dict[str, Any] = json.loads(self._reader.report())
        return report

    def read_next_batch(self) -> pa.RecordBatch:
        """The next batch; ``StopIteration`` behind the last.

        >>> sayso.read_wat("example.warc.wat.gz").read_next_batch().num_rows
        8192
        """
        if self._reader is None:
            raise StopIteration
        batch = self._reader.next_batch()
        if batch is None:
            raise StopIteration
        return batch

    def read_all(self) -> pa.Table:
        """All that is left, as one table: the one thing here whose memory grows with the file.

        >>> sayso.read_wat("example.warc.wat.gz").read_all().column_names[:3]
        ['uid', 'url', 'caption']
        """
        return pa.Table.from_batches(self, schema=self.schema)

    def arrow(self) -> pa.RecordBatchReader:
        """The rest as a ``pyarrow.RecordBatchReader``, for what wants one by type.

        >>> import pyarrow.parquet
        >>> reader = sayso.read_wat("example.warc.wat.gz").arrow()
        >>> with pyarrow.parquet.ParquetWriter("pairs.parquet", reader.schema) as file:
        ...     for batch in reader:
        ...         file.write_batch(batch)
        """
        return pa.RecordBatchReader.from_batches(self.schema, self)

    def close(self) -> None:
        """Lets go of the file. What was not read is not read any more; the report stays."""
        if self._reader is not None:
            self._report = self.report
            self._reader = None

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        return self.arrow().__arrow_c_stream__(requested_schema)  # type: ignore[no-untyped-call]

    def __iter__(self) -> Iterator[pa.RecordBatch]:
        return self

    def __next__(self) -> pa.RecordBatch:
        return self.read_next_batch()

    def __enter__(self) -> PairReader:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def pairs_schema() -> pa.Schema:
    """The columns of pairs before they are judged.

    >>> sayso.pairs_schema().field("captured_at").type
    TimestampType(timestamp[us, tz=UTC])
    """
    return _sayso.pairs_schema()


def read_wat(
    source: str | os.PathLike[str] | bytes | bytearray | memoryview | IO[bytes],
    *,
    name: str | None = None,
    prefix: str | None = None,
    names: str | os.PathLike[str] | None = None,
    batch_rows: int = 8192,
    limits: Mapping[str, int] | None = None,
) -> PairReader:
    """Reads the candidate pairs of a crawl: of a WAT most of all, and of WARC, ARC and WACZ as well, plain, gzip or zstd.

    ``source`` is a path (a file, a folder of them, a list of paths), an http(s) address, the bytes of a file, or something
    that has ``read`` and gives bytes. The pairs are those that ``sayso build`` finds, capture by capture, before equal ones
    become one; no more of them are in memory than one block of the file gives.

    ``name`` is what bytes and streams are called in ``record`` and in messages. ``prefix`` is put before each line of a list.
    ``names`` is a file with names of creators, a name a line. ``limits`` are those of ``docs/reference/limits.md``.

    Damage inside the file is skipped, counted and told by ``reader.report``. What cannot be read at all is a
    :class:`SaysoError`.

    >>> reader = sayso.read_wat("example.warc.wat.gz")
    >>> next(reader).column("caption")[0]
    <pyarrow.StringScalar: 'A red evening over the harbour'>
    """
    place: str | None = None
    data: bytes | bytearray | None = None
    stream: Any | None = None
    if isinstance(source, (str, os.PathLike)):
        place = text_of_path(source)
    elif isinstance(source, bytes):
        data = source
    elif isinstance(source, (bytearray, memoryview)):
        # Somebody may still write to it.
        data = bytes(source)
    elif callable(getattr(source, "read", None)):
        stream = source
    else:
        raise SaysoError(
            f"cannot read pairs of a {type(source).__name__}\nhint: hand over a path, bytes, or something with `read`"
        )
    if name is None:
        called = getattr(source, "name", None) if stream is not None else None
        name = os.path.basename(called) if isinstance(called, str) and called else "bytes" if data is not None else "stream"
    return PairReader(
        _sayso.PairReader(
            place=place,
            data=data,
            stream=stream,
            name=name,
            prefix=prefix,
            names=names,
            batch_rows=batch_rows,
            limits=pairs_of(limits),
        )
    )


def text_of_path(path: str | os.PathLike[str]) -> str:
    """A path as text, which is what the record of a pair keeps of it."""
    given = os.fspath(path)
    text = os.fsdecode(given)
    try:
        text.encode()
    except UnicodeEncodeError:
        raise SaysoError(f"the path {given!r} is no text\nhint: rename the file, or hand over its bytes") from None
    return text


def pairs_of(limits: Mapping[str, int] | None) -> list[tuple[str, int]]:
    """Limits in the form in which they are handed on."""
    return list((limits or {}).items())
