"""What goes wrong, as one exception."""

from __future__ import annotations


class SaysoError(Exception):
    """Something cannot be read, judged, checked or searched.

    ``sentence`` says what is wrong with what; ``hint`` says what to try, where there is something to try.

    >>> try:
    ...     sayso.read_wat("there-is-none.warc.wat.gz")
    ... except sayso.SaysoError as error:
    ...     print(error.hint)
    check the path
    """

    sentence: str
    hint: str | None

    def __init__(self, message: str) -> None:
        super().__init__(message)
        sentence, _, hint = message.partition("\nhint: ")
        self.sentence = sentence
        self.hint = hint or None
