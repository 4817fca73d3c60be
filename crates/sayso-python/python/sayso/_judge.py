"""Verdicts on pairs."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, overload

import pyarrow as pa

from . import _sayso
from ._errors import SaysoError
from ._read import PairReader, pairs_of, text_of_path

Path = str | os.PathLike[str]


class Judge:
    """Judges tables of pairs by one policy, for one use; what it judges by is read once.

    It can be pickled, so that engines can send it to their workers, where it reads again what it judges by. It can be called
    like a function.

    ``purpose``, ``policy``, ``agent``, ``robots``, ``registry``, ``tombstones``, ``drop_personal`` mean what the flags of
    ``sayso build`` mean; ``registry`` is one on disk. ``crawl`` names the crawl files that the pairs are from, where these
    hold more than pages: robots.txt, pictures, revisits. A WAT holds none of that.

    >>> judge = sayso.Judge(purpose="fine-tune", policy="strict")
    >>> judged = judge(sayso.read_wat("example.warc.wat.gz").read_all())
    >>> judge.report["refused"] <= judged.num_rows
    True
    """

    def __init__(
        self,
        *,
        purpose: str = "train-genai",
        policy: Path = "opt-out",
        agent: str = "sayso",
        crawl: Path | Sequence[Path] = (),
        robots: Path | Sequence[Path] = (),
        prefix: str | None = None,
        registry: Path | None = None,
        tombstones: Path | Sequence[Path] = (),
        drop_personal: bool = False,
        limits: Mapping[str, int] | None = None,
    ) -> None:
        self._arguments: dict[str, Any] = {
            "purpose": purpose,
            "policy": text_of_path(policy),
            "agent": agent,
            "crawl": [text_of_path(path) for path in paths(crawl)],
            "robots": [text_of_path(path) for path in paths(robots)],
            "prefix": prefix,
            "registry": None if registry is None else text_of_path(registry),
            "tombstones": [text_of_path(path) for path in paths(tombstones)],
            "drop_personal": drop_personal,
            "limits": pairs_of(limits),
        }
        self._judge = _sayso.PairJudge(**self._arguments)

    @property
    def report(self) -> dict[str, Any]:
        """What was judged so far: ``judged``, ``admitted``, ``refused``, ``refused_by_reason``, ``verdicts``, ``not_judged``,
        and under ``damage`` what was wrong with the crawl files that are judged by."""
        report: dict[str, Any] = json.loads(self._judge.report())
        return report

    @overload
    def judge(self, pairs: pa.RecordBatch, *, merge: bool = False) -> pa.RecordBatch: ...
    @overload
    def judge(self, pairs: pa.Table, *, merge: bool = False) -> pa.Table: ...
    @overload
    def judge(self, pairs: Any, *, merge: bool = False) -> pa.RecordBatchReader: ...

    def judge(self, pairs: Any, *, merge: bool = False) -> pa.RecordBatch | pa.Table | pa.RecordBatchReader:
        """The rows of ``pairs`` with the columns ``verdict``, ``reason``, ``reasons``, ``admitted`` and ``excluded_by``.

        Of a record batch comes a record batch, of a table a table, and of everything else that is an Arrow stream a
        ``pyarrow.RecordBatchReader`` that judges while it is read. It needs the columns ``url``, ``caption``, ``page_url`` and
        ``signals``, and heeds ``captured_at``, ``creator``, ``creator_origin`` and ``record``.

        With ``merge`` equal pairs become one row, judged by what all their captures say, with their number in ``captures``:
        what a build does with all it has, and here with all that is handed over at once, which is in memory then.

        >>> batch = next(sayso.read_wat("example.warc.wat.gz"))
        >>> sayso.Judge(policy="record").judge(batch).column("admitted").true_count == batch.num_rows
        True
        """
        if isinstance(pairs, pa.RecordBatch):
            return self._judge.judge(pairs, merge)
        if isinstance(pairs, pa.Table):
            return self._table(pairs, merge)
        if not hasattr(pairs, "__arrow_c_stream__"):
            if hasattr(pairs, "__arrow_c_array__"):
                return self._judge.judge(pa.record_batch(pairs), merge)
            raise SaysoError(
                f"cannot judge a {type(pairs).__name__}\nhint: hand over a table, a record batch, or a reader of them"
            )
        reader = pairs.arrow() if isinstance(pairs, PairReader) else stream(pairs)
        if merge:
            return self._table(reader.read_all(), merge).to_reader()
        schema = _sayso.judged_schema(reader.schema, merge)
        return pa.RecordBatchReader.from_batches(schema, self._batches(reader))

    __call__ = judge

    def _table(self, table: pa.Table, merge: bool) -> pa.Table:
        schema = _sayso.judged_schema(table.schema, merge)
        batches = table.combine_chunks().to_batches() if merge else table.to_batches()
        if merge and len(batches) > 1:
            raise SaysoError("the table is too large to be merged at once\nhint: hand over less at a time")
        return pa.Table.from_batches([self._judge.judge(batch, merge) for batch in batches], schema=schema)

    def _batches(self, reader: pa.RecordBatchReader) -> Iterator[pa.RecordBatch]:
        for batch in reader:
            yield self._judge.judge(batch, False)

    def __reduce__(self) -> tuple[Any, ...]:
        return (_judge_of, (self._arguments,))


def _judge_of(arguments: dict[str, Any]) -> Judge:
    return Judge(**{**arguments, "limits": dict(arguments["limits"])})


def stream(pairs: Any) -> pa.RecordBatchReader:
    """Any Arrow stream as one of pyarrow's."""
    return pa.RecordBatchReader.from_stream(pairs)


def paths(given: Path | Sequence[Path]) -> list[Path]:
    """One path or several, as several."""
    return [given] if isinstance(given, (str, os.PathLike)) else list(given)


@overload
def judge(pairs: pa.RecordBatch, *, merge: bool = False, **by: Any) -> pa.RecordBatch: ...
@overload
def judge(pairs: pa.Table, *, merge: bool = False, **by: Any) -> pa.Table: ...
@overload
def judge(pairs: Any, *, merge: bool = False, **by: Any) -> pa.RecordBatchReader: ...


def judge(pairs: Any, *, merge: bool = False, **by: Any) -> pa.RecordBatch | pa.Table | pa.RecordBatchReader:
    """Judges pairs: :meth:`Judge.judge` of a :class:`Judge` that is made for this one call, of the keywords in ``by``.

    Whoever judges batch after batch, in ``mapInArrow`` or ``map_batches``, makes one :class:`Judge` for all of them.

    >>> judged = sayso.judge(sayso.read_wat("example.warc.wat.gz"), policy="opt-out")
    >>> kept = judged.read_all().filter(pyarrow.compute.field("admitted"))
    """
    judged: pa.RecordBatch | pa.Table | pa.RecordBatchReader = Judge(**by).judge(pairs, merge=merge)
    return judged
