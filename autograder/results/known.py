"""What the gradebook says of a large class, a part of it at a time."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping

from autograder.course import Course
from autograder.grade.results import Result
from autograder.results.scores import Standing, standing_of, standings

AT_ONCE = 200
"""So many students are read at a time."""


class Known(Mapping[str, Standing]):
    """What the gradebook says of those who were graded, and of whom it says nothing, what their results say.

    It is read for a part of the class at a time and not kept: go through it in the order of the names.

    Parameters
    ----------
    course : Course
        Whose gradebook is read.
    assignment : str
        Name of the assignment.
    results : mapping of str to Result
        The results, by student.
    """

    def __init__(self, course: Course, assignment: str, results: Mapping[str, Result]) -> None:
        self._course, self._assignment, self._results = course, assignment, results
        self._names = sorted(results)
        self._part: dict[str, Standing] = {}

    def __getitem__(self, student: str) -> Standing:
        if student not in self._part:
            result = self._results[student]
            start = bisect_left(self._names, student)
            names = self._names[start : start + AT_ONCE]
            found = standings(self._course, self._assignment, names)
            self._part = {name: found.get(name) or standing_of(self._results[name]) for name in names}
            self._part[student] = self._part.get(student) or standing_of(result)
        return self._part[student]

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)
