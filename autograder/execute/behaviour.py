"""A digest of what a test asked and what came back, by which wrong answers that behave alike are found.

The tester's process makes it of values that it received, so an answer can choose what it gives but not what is
noted of it. It takes part in no verdict.
"""

from __future__ import annotations

import hashlib
import re
from typing import Any, TypeVar

import numpy as np

from autograder.execute.datatypes import registry
from autograder.execute.proxy import is_handle

Value = TypeVar("Value")

MOST_RESULTS = 1_000
MOST_PARTS = 1_000
"""Results of one cell, and parts of one result, that are noted; what comes later is left out."""
MOST_NUMBERS = 10_000
TEXT_CHARACTERS = 1_000
STEPS = 2**13
"""Numbers are noted to about four digits of the largest beside them: sums differ in their last digits."""
NEXT_TO_NOTHING = 1e-12
PLAIN = (bool, int, float, str, bytes)
QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"|0x[0-9a-fA-F]+")
"""In an exception's words: names, which differ between answers that are otherwise the same."""


class Behaviour:
    """Collects the results of one test cell."""

    def __init__(self) -> None:
        self.begin()

    def begin(self) -> None:
        """Forget the cell before."""
        self._digest = hashlib.blake2b(digest_size=8)
        self._results = self._parts = 0

    def seen(self, reached: str, value: Value) -> Value:
        """Note what an operation gave, a value or an exception, and return it."""
        self._results += 1
        if self._results <= MOST_RESULTS:
            self._parts = 0
            self._text(reached)
            if issubclass(type(value), BaseException):
                self._text(f"{type(value).__name__}: {QUOTED.sub('…', _words(value))}")
            else:
                self._value(value)
        return value

    def __str__(self) -> str:
        """Return the digest; empty if nothing was seen."""
        return self._digest.hexdigest() if self._results else ""

    def _value(self, value: Any) -> None:
        self._parts += 1
        kind = type(value)
        if self._parts > MOST_PARTS:
            return
        if kind is np.ndarray or kind in (float, complex) or issubclass(kind, np.generic):
            self._numbers(np.asarray(value))
        elif kind in (int, bool, type(None)):
            self._text(repr(value) if kind is not int or value.bit_length() < 1_000 else "large")
        elif kind in (str, bytes):
            self._text(repr(value[:TEXT_CHARACTERS]))
        elif kind in (list, tuple):
            self._text(f"{kind.__name__} {len(value)}")
            for part in value:
                self._value(part)
        elif kind is dict:
            self._text(f"dict {len(value)}")
            for part in value.items():
                self._value(part)
        elif kind in (set, frozenset):
            self._text(f"set {len(value)}")
            for text in sorted(repr(part)[:TEXT_CHARACTERS] for part in value if type(part) in PLAIN)[:MOST_PARTS]:
                self._text(text)
        elif kind in registry.CONTENTS:
            self._text(kind.__name__)
            for part in registry.CONTENTS[kind](value):
                self._value(part)
        else:  # never ask a handle: it would ask the student's process
            self._text("object" if is_handle(value) else kind.__name__)

    def _numbers(self, array: Any) -> None:
        self._text(f"{array.dtype.kind} {array.shape}")
        some = array.ravel()[:MOST_NUMBERS]
        if some.dtype.kind not in "fc":
            if some.dtype.kind in "biuSUmM":
                self._digest.update(some.tobytes())
            return
        some = some.astype(np.complex128).view(np.float64) if some.dtype.kind == "c" else some.astype(np.float64)
        finite = np.isfinite(some)
        kept = np.where(finite, some, 0.0)
        largest = float(np.abs(kept).max(initial=0.0))
        exponent = np.frexp(largest)[1] if largest > NEXT_TO_NOTHING else 0
        self._text(str(exponent))
        self._digest.update(np.rint(np.ldexp(kept, -exponent) * STEPS).astype(np.int64).tobytes())
        self._text(" ".join(map(str, some[~finite][:MOST_PARTS])))

    def _text(self, text: str) -> None:
        self._digest.update(text.encode("utf-8", "replace") + b"\0")


def _words(error: Any) -> str:
    words = error.args[0] if error.args else ""
    return words[:TEXT_CHARACTERS] if type(words) is str else ""
