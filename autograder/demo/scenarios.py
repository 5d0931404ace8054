"""The submissions of the made-up class, each with the status and the score that it must get.

They are made from the instructor's notebook and its named mistakes, so the demo shows the course as
it is. What each must get is worked out here from the points of the exercises that it spoils, never
read back from the grader.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta

import nbformat
from nbformat.notebooknode import NotebookNode

from autograder.course import CourseError
from autograder.grade.results import Status
from autograder.notebook.roles import grade_id, is_test, nbgrader
from autograder.release.mistakes import (
    Exercise,
    alternatives,
    deal,
    definitions,
    exercises,
    mistakes,
    reference,
    with_mistakes,
)

CLASS_SIZE = 24
FLOOD = "for _ in range(100_000):\n    print('never again ' * 10)\n"


@dataclass(frozen=True)
class Hand:
    """The submission of one student of the demo.

    Attributes
    ----------
    student : str
        A name that says what was done.
    notebook : bytes or None
        The file handed in; None if there is none.
    expected_status : str
        What must come out.
    expected_score : float
        Automatic points that must come out.
    links : dict
        Names of symbolic links to make beside or instead of the notebook, to their targets.
    other_name : str
        A file name to hand in under, if it is not the assignment's.
    late : timedelta or None
        How long after it was due; None for in time.
    """

    student: str
    notebook: bytes | None
    expected_status: Status
    expected_score: float
    links: dict[str, str] = field(default_factory=dict)
    other_name: str = ""
    late: timedelta | None = None


@dataclass(frozen=True)
class Material:
    """The instructor's and the released notebook, from which the submissions are made."""

    source: NotebookNode
    released: NotebookNode

    @property
    def exercises(self) -> list[Exercise]:
        """The exercises that tests grade, in order."""
        return exercises(self.source)

    def right(self) -> NotebookNode:
        """Return a submission with every answer right."""
        return reference(self.source)

    def points(self, spoiled: set[str] = frozenset()) -> float:  # type: ignore[assignment]
        """Return the automatic points that are left when the exercises named are lost."""
        lost = {test for one in self.exercises if one.answer in spoiled for test in one.tests}
        return sum(
            float(nbgrader(cell)["points"])
            for cell in self.source.cells
            if is_test(cell) and grade_id(cell) not in lost
        )

    def one(self, number: int) -> Exercise:
        """Return an exercise, counting round and round, so that the submissions differ.

        Raises
        ------
        CourseError
            If tests grade none.
        """
        if not self.exercises:
            raise CourseError("the demo takes an assignment with an exercise that tests grade: name another")
        return self.exercises[number % len(self.exercises)]

    def spoiled(self, exercise: Exercise, change: Callable[[str, str], str]) -> NotebookNode:
        """Return a right submission with one answer changed; `change` gets its source and a function's name.

        Raises
        ------
        CourseError
            If the answer defines no function or class.
        """
        notebook = self.right()
        cell = _cell(notebook, exercise.answer)
        defined = definitions(cell.source)[1]
        if not defined:
            raise CourseError(
                f"the demo spoils what answers define, and {exercise.answer} defines no function or class: "
                "name another assignment"
            )
        cell.source = change(cell.source, defined[0].name)
        return notebook

    def half(self, answered: list[Exercise]) -> NotebookNode:
        """Return the released notebook with these exercises answered."""
        notebook = copy.deepcopy(self.released)
        right = self.right()
        for exercise in answered:
            _cell(notebook, exercise.answer).source = _cell(right, exercise.answer).source
        return notebook


def make_class(material: Material) -> list[Hand]:
    """Return the demo's submissions, by student name."""
    hands = [*_diligent(material), *_mistaken(material), *_stuck(material), *_damaged(material), *_sly(material)]
    hands += _otherwise(material)
    if len(hands) < CLASS_SIZE:
        late = timedelta(days=1, hours=3)
        hands.append(Hand("all_right_but_late", _bytes(material.right()), "graded", material.points(), late=late))
    everything = material.exercises
    for done in range(1, len(everything)):
        if len(hands) >= CLASS_SIZE:
            break
        answered = everything[:done]
        lost = {one.answer for one in everything[done:]}
        hands.append(Hand(f"stopped_after_{done}", _bytes(material.half(answered)), "graded", material.points(lost)))
    return sorted(hands, key=lambda hand: hand.student)


def _diligent(material: Material) -> Iterator[Hand]:
    everything = material.exercises
    middle = len(everything) // 2
    full = material.points()
    yield Hand("all_right", _bytes(material.right()), "graded", full)
    chatty = material.spoiled(material.one(0), lambda source, name: source + _wrapped(name, _CHATTY))
    yield Hand("all_right_but_chatty", _bytes(chatty), "graded", full)
    rest = {one.answer for one in everything[middle:]}
    yield Hand("half_done", _bytes(material.half(everything[:middle])), "graded", material.points(rest))
    nobody = {one.answer for one in everything}
    yield Hand("untouched", _bytes(copy.deepcopy(material.released)), "graded", material.points(nobody))
    broken = material.spoiled(material.one(1), lambda source, name: source.replace("def ", "def: ", 1))
    yield Hand("syntax_error", _bytes(broken), "graded", material.points({material.one(1).answer}))


def _mistaken(material: Material) -> Iterator[Hand]:
    """Yield submissions that together make every named mistake, each once."""
    for number, made in enumerate(deal(mistakes(material.source), lambda one: (one.exercise, one.function)), start=1):
        lost = {mistake.exercise.answer for mistake in made}
        yield Hand(f"mistakes_{number}", _bytes(with_mistakes(material.source, made)), "graded", material.points(lost))


def _otherwise(material: Material) -> Iterator[Hand]:
    """Yield submissions whose answers are right in other forms than the reference's, each form once."""
    for number, made in enumerate(deal(alternatives(material.source), lambda one: one.exercise), start=1):
        yield Hand(f"other_forms_{number}", _bytes(with_mistakes(material.source, made)), "graded", material.points())


def _stuck(material: Material) -> Iterator[Hand]:
    """Yield submissions that run into a limit: each loses one exercise and keeps the others."""
    changes: list[tuple[str, int, Callable[[str, str], str]]] = [
        ("infinite_loop", 2, lambda source, name: source + _instead(name, "while True:\n        pass")),
        ("os_exit", 4, lambda source, name: source + _instead(name, "import os\n    os._exit(0)")),
        ("os_exit_in_cell", 5, lambda source, name: "import os\nos._exit(1)\n" + source),
        ("output_without_end", 0, lambda source, name: source + _instead(name, "while True:\n        print('more')")),
    ]
    for student, number, change in changes:
        exercise = material.one(number)
        notebook = material.spoiled(exercise, change)
        yield Hand(student, _bytes(notebook), "partly_graded", material.points({exercise.answer}))
    flood = material.spoiled(material.one(1), lambda source, name: FLOOD + source)
    yield Hand("output_flood", _bytes(flood), "graded", material.points())


def _damaged(material: Material) -> Iterator[Hand]:
    whole = _bytes(material.right())
    yield Hand("corrupt_json", whole[: len(whole) // 2], "not_gradable", 0.0)
    yield Hand("wrong_file_name", whole, "not_gradable", 0.0, other_name="Untitled.ipynb")
    tests = material.one(0).tests[0]
    notebook = material.right()
    notebook.cells = [cell for cell in notebook.cells if grade_id(cell) != tests]
    yield Hand("deleted_tests", _bytes(notebook), "graded", material.points())
    notebook = material.right()
    position = next(index for index, cell in enumerate(notebook.cells) if grade_id(cell) == tests)
    twin = copy.deepcopy(notebook.cells[position])
    twin["id"] = f"{tests}-copy"[:64]
    notebook.cells.insert(position, twin)
    yield Hand("duplicated_tests", _bytes(notebook), "graded", material.points())


def _sly(material: Material) -> Iterator[Hand]:
    """Yield submissions of those who would rather have the points than earn them."""
    exercise = material.one(1)
    left = material.points({exercise.answer})
    notebook = material.spoiled(exercise, lambda source, name: source + _instead(name, "return None"))
    for cell in notebook.cells:
        if grade_id(cell) in exercise.tests:
            cell.source = "assert True"
    yield Hand("edited_tests", _bytes(notebook), "graded", left)
    notebook = material.spoiled(exercise, lambda source, name: source + _instead(name, "return None"))
    for cell in notebook.cells:
        if grade_id(cell) in exercise.tests:
            cell.metadata.nbgrader |= {"points": 1000, "grade": False, "locked": False}
            cell.metadata.tags = ["skip-execution", "demo"]
    yield Hand("edited_points", _bytes(notebook), "graded", left)
    yield Hand(
        "link_to_a_neighbour",
        None,
        "not_gradable",
        0.0,
        links={"{notebook}": "../../all_right/{assignment}/{notebook}"},
    )
    yield Hand("link_beside", _bytes(material.right()), "graded", material.points(), links={"notes.txt": "/etc/passwd"})


_CHATTY = "import sys\n    print('just so you know', file=sys.stderr)"


def _wrapped(name: str, before: str) -> str:
    """Return code that makes a function do something else first and still answer as it did."""
    return (
        f"\n\n_answer = {name}\n\n\ndef {name}(*args, **kwargs):\n    {before}\n    return _answer(*args, **kwargs)\n"
    )


def _instead(name: str, body: str) -> str:
    """Return code that puts another function in the place of one defined above it."""
    return f"\n\n\ndef {name}(*args, **kwargs):\n    {body}\n"


def _cell(notebook: NotebookNode, name: str) -> NotebookNode:
    found: NotebookNode = next(cell for cell in notebook.cells if grade_id(cell) == name)
    return found


def _bytes(notebook: NotebookNode) -> bytes:
    return str(nbformat.writes(notebook, version=4)).encode()
