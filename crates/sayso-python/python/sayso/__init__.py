"""Image–text pairs out of web crawls, with a verdict on each.

>>> import sayso
>>> pairs = sayso.read_wat("example.warc.wat.gz")
>>> judged = sayso.judge(pairs, purpose="train-genai", policy="opt-out")
>>> table = judged.read_all()

Everything here is what the command ``sayso`` does, as functions: the same code reads and judges. ``docs/reference/python.md``
in Sayso's repository is the reference.
"""

from ._errors import SaysoError
from ._judge import Judge, judge
from ._look import check, search
from ._read import PairReader, pairs_schema, read_wat
from ._sayso import __version__

__all__ = [
    "Judge",
    "PairReader",
    "SaysoError",
    "__version__",
    "check",
    "judge",
    "pairs_schema",
    "read_wat",
    "search",
]
