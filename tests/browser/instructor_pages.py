"""The pages that are an instructor's own, of a made-up class: its report, its audit, the answers that are alike."""

from __future__ import annotations

import random
from pathlib import Path

import nbformat
from nbformat.notebooknode import NotebookNode

from autograder.course import Course
from autograder.grade.journal import Journal
from autograder.grade.results import GradeResult, NotebookResult, Result
from autograder.lms.people import Person
from autograder.plan import CellError
from autograder.release.audit import Audit, Verdict
from autograder.release.manifest import Failure, KnownMistake, Manifest
from autograder.release.mutants import mutants
from autograder.results.audited import write_audit
from autograder.results.report import page_of, write_report
from autograder.results.roster import ClassList
from autograder.results.rows import Row
from autograder.results.scores import standing_of
from autograder.results.similar import write_similar
from autograder.results.statistics import columns

CONFIG = """c = get_config()
c.CourseDirectory.course_id = "small_course"
c.CourseDirectory.source_directory = "solutions"
c.CourseDirectory.release_directory = "course"
"""
STUDENTS = 40
MEAN = "def mean_of_each_column(x):\n    return x.mean(axis=0, keepdims=True)"
ANSWERS = {
    "mean_of_each_column": (MEAN, MEAN.replace("axis=0", "axis=1")),
    "longest_name_of_an_exercise_there_is": (
        "def longest(names):\n    return max(names, key=len)",
        "def longest(names):\n    return max(names)  # and a remark that goes on, and on, to the edge of a narrow page",
    ),
    "late": ("def late(x):\n    return x", "def late(x):\n    return 2 * x"),
}
WRONG = CellError("AssertionError", "mean_of_each_column(x) returned shape (3, 1); expected (1, 2) <b>")
OFTEN = {"mean_of_each_column": 0.3, "longest_name_of_an_exercise_there_is": 0.6, "late": 0.1}
"""How often an answer is wrong."""


def write_pages(root: Path) -> dict[str, Path]:
    """Write the three pages into a course folder; return them by name."""
    (root / "nbgrader_config.py").write_text(CONFIG)
    course = Course.find(root)
    for step in ("source", "release"):
        _write(course.folder(step, "small") / "small.ipynb", dict.fromkeys(ANSWERS, "raise NotImplementedError()"))
    journal, chance = Journal(course.state("small")), random.Random(1)
    for number in range(STUDENTS):
        student = f"s{number:02}"
        wrong = {name for name in ANSWERS if chance.random() < OFTEN[name]}
        grades = [_grade(name, name in wrong, number) for name in ANSWERS]
        grades.append(GradeResult("why", 4.0, None if number % 5 == 0 else float(number % 5), "manual"))
        result = Result(student, "small", "key", (NotebookResult("small", "graded", "", tuple(grades)),))
        copied = number if number != STUDENTS - 1 else 0
        answers = {
            name: f"{several[name in wrong]}\n\n\nextra_{copied} = {copied} * {copied + 3} ** {copied % 7}"
            for name, several in ANSWERS.items()
        }
        _write(course.folder("autograded", "small", student) / "small.ipynb", answers)
        journal.save(result)
        journal.mark_recorded(result)
    manifest = Manifest(
        (
            KnownMistake(
                "mean_of_each_column",
                "over the rows",
                "Which axis?",
                (Failure("mean_of_each_column-test", WRONG.ename, WRONG.evalue),),
            ),
        )
    )
    return {
        "report": write_report(course, "small", manifest)[0],
        "similar": write_similar(course, "small")[0],
        "audit": write_audit(course, _audit()),
    }


def write_large_report(root: Path, size: int) -> Path:
    """Write the page of a class of this size, as `write_report` does from a gradebook; return its path."""
    names = [f"test{number:02}" for number in range(20)]
    grades = [GradeResult(name, 2.0, 2.0, "ok") for name in names[:-1]]
    grades.append(GradeResult(names[-1], 2.0, 0.0, "error", WRONG))
    parts = NotebookResult("small", "graded", "", tuple(grades))
    results = (Result(f"s{number:05}", "small", "key", (parts,)) for number in range(size))
    cells = {("small", grade.name): grade for grade in grades}
    rows = [Row(one, standing_of(one), cells, f"../feedback/{one.student}/small/small.html") for one in results]
    people = {row.result.student: Person(row.result.student, "Ada", "King") for row in rows}
    known = ClassList(people, [], [], {name: name for name in people})
    path = root / "report.html"
    path.write_text(page_of("small", rows, columns(rows[:50], Manifest(())), [], known, quoted=True))
    return path


def _grade(name: str, is_wrong: bool, number: int) -> GradeResult:
    error = None
    if is_wrong:
        other = CellError("AttributeError", "no attribute 'total'") if name == "late" else None
        error = WRONG if name == "mean_of_each_column" else other or CellError("AssertionError", f"got {number % 3}")
    return GradeResult(f"{name}-test", 2.0, 0.0 if error else 2.0, "error" if error else "ok", error)


def _write(path: Path, answers: dict[str, str]) -> None:
    cells = [nbformat.v4.new_markdown_cell("# A small chapter", id="title")]
    for name, source in answers.items():
        cells += [_cell(name, source, solution=True), _cell(f"{name}-test", "assert True", grade=True, points=2)]
    cells.append(_cell("why", "Because.", grade=True, solution=True, points=4, markdown=True))
    path.parent.mkdir(parents=True)
    nbformat.write(nbformat.v4.new_notebook(cells=cells), path)


def _cell(name: str, source: str, *, markdown: bool = False, points: int = 0, **roles: bool) -> NotebookNode:
    made = (nbformat.v4.new_markdown_cell if markdown else nbformat.v4.new_code_cell)(source, id=name)
    kind = {"grade_id": name, "schema_version": 3, "cell_type": made.cell_type, "task": False}
    kind |= {"grade": roles.get("grade", False), "solution": roles.get("solution", False)}
    made.metadata.nbgrader = kind | {"locked": not kind["solution"]} | ({"points": points} if points else {})
    return made


def _audit() -> Audit:
    """Return an audit in which some wrong answers pass, and some are none."""
    verdicts = []
    for name, (right, _) in ANSWERS.items():
        for number, mutant in enumerate(mutants(name, right)):
            reason = "the rows are equally long" if number == 1 else ""
            verdicts.append(Verdict(mutant, "small", (f"{name}-test",), number > 1, reason))
    return Audit("small", tuple(verdicts), ("gone-1a2b3c",))
