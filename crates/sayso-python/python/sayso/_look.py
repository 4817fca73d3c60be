"""Questions to folders of pictures and to datasets."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from . import _sayso
from ._judge import Path, paths


def check(
    inputs: Path | Sequence[Path],
    *,
    purpose: str = "train-genai",
    policy: Path = "opt-out",
    registry: Path | None = None,
    url_column: str | None = None,
    caption_column: str | None = None,
    threads: int | None = None,
) -> dict[str, Any]:
    """May these pictures be used? What ``sayso check --json`` says, as a dict; ``docs/reference/check.md`` describes it.

    ``inputs`` is a folder, or several things: pictures, folders, tars, tables of addresses. No site is asked.

    >>> found = sayso.check("my-pictures", purpose="fine-tune")
    >>> [picture["path"] for picture in found["pictures"] if picture["decision"] == "refused"]
    ['my-pictures/fox.jpg']
    """
    found: dict[str, Any] = json.loads(
        _sayso.check(
            paths(inputs),
            purpose=purpose,
            policy=str(policy),
            registry=registry,
            url_column=url_column,
            caption_column=caption_column,
            threads=threads,
        )
    )
    return found


def search(
    dirs: Path | Sequence[Path],
    query: str,
    *,
    sort: str = "relevance",
    offset: int = 0,
    limit: int = 20,
) -> dict[str, Any]:
    """What ``sayso search --json`` finds in one dataset or several, as a dict: ``query``, ``total``, and under ``hits`` the
    samples with their verdicts, reasons and what matched. ``docs/reference/query.md`` describes the language.

    >>> sayso.search("my-dataset", "creator:ana lighthouse")["total"]
    2
    """
    found: dict[str, Any] = json.loads(_sayso.search(paths(dirs), query, sort=sort, offset=offset, limit=limit))
    return found
