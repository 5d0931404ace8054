"""Assertions that speak to students, and the decorator that marks a wrong answer.

A grade cell asks for a function by its name and calls it on a few cases:

>>> from mlpkit.testing import Check
>>> def double(x):
...     return 2 * x
>>> with Check("double(x)", globals()) as check:
...     check.case(3, expected=6, by_hand="2·3")
double: 1 check passed

A failure says what was called, what was expected, what arrived, the tolerance, and what it looks like.
"""

from mlpkit.notebook import begin
from mlpkit.testing.check import Check, CheckFailed
from mlpkit.testing.mistakes import mistake

__all__ = ["Check", "CheckFailed", "mistake"]

begin()
