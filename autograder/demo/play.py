"""Play the instructor's whole loop in a workspace of its own: release, hand in, grade, explain, report."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from autograder.course import CONFIG_NAME, Course, CourseError
from autograder.demo.scenarios import Hand, Material, make_class
from autograder.files import remove_folder
from autograder.grade.dates import set_due
from autograder.grade.results import Result
from autograder.grade.run import grade
from autograder.notebook.read import read_notebook
from autograder.release.publish import release_assignment
from autograder.release.validate import validate
from autograder.results.feedback import write_feedback
from autograder.results.report import write_report

MARK = ".autograder-demo"
STEPS = ("source", "release", "submitted", "autograded", "feedback")
SETTINGS = """

# The demo keeps to its own folder and gradebook, whatever stands above; its infinite loops need not run for long.
import pathlib
c.CourseDirectory.db_url = f"sqlite:///{pathlib.Path(__file__).resolve().parent}/gradebook.db"
c.CourseDirectory.directory_structure = "{nbgrader_step}/{student_id}/{assignment_id}"
c.Autograder.cell_seconds = 3
"""

Stage = Callable[[str], Callable[[int, int], object]]


@dataclass(frozen=True)
class Played:
    """The demo's results: each submission with its result, and where the files are."""

    course: Course
    assignment: str
    hands: tuple[Hand, ...]
    results: dict[str, Result]
    page: Path
    seconds: float

    def surprises(self) -> list[str]:
        """Return the students whose status or score is not what it must be."""
        return [
            hand.student
            for hand in self.hands
            if hand.student not in self.results
            or self.results[hand.student].status != hand.expected_status
            or self.results[hand.student].score != hand.expected_score
        ]


def play(course: Course, assignment: str, workspace: Path, stage: Stage) -> Played:
    """Run the demo.

    Parameters
    ----------
    course : Course
        Whose source notebooks are used; nothing in it is changed.
    assignment : str
        The assignment with one notebook to take the class from.
    workspace : Path
        A folder that is new or empty, or was made by the demo before, which is then made anew.
    stage : callable
        Called with a description at the start of each stage; returns the stage's progress callback.

    Raises
    ------
    CourseError
        If the workspace holds anything else, or the assignment does not validate.
    """
    began = time.monotonic()
    course.check_assignment(assignment)
    own = _workspace(course, assignment, workspace)
    validation = validate(own, assignment, progress=stage("Checking the release"))
    if not validation.passed:
        problems = "\n".join(problem for check in validation.checks for problem in check.problems)
        raise CourseError(f"{assignment!r} is not fit to be released:\n{problems}")
    release_assignment(own, assignment, validation)
    hands = make_class(_material(own, assignment))
    due = datetime.now(UTC).replace(microsecond=0, tzinfo=None)
    if any(hand.late for hand in hands):
        set_due(own, assignment, due)
    for hand in hands:
        _hand_in(own, assignment, hand, due)
    run = grade(own, assignment, trusted=True, progress=stage("Grading"))
    if run.failures:
        raise CourseError("; ".join(sorted(set(run.failures.values()))))
    write_feedback(own, assignment, validation.manifest, progress=stage("Writing feedback"))
    page, _ = write_report(own, assignment, validation.manifest)
    return Played(own, assignment, tuple(hands), run.results, page, time.monotonic() - began)


def _workspace(course: Course, assignment: str, workspace: Path) -> Course:
    workspace = workspace.resolve()
    if workspace.exists():
        if not workspace.is_dir() or (any(workspace.iterdir()) and not (workspace / MARK).exists()):
            raise CourseError(f"the demo needs a new or empty folder; {workspace} holds other things: name another")
        remove_folder(workspace)
    workspace.mkdir(parents=True)
    (workspace / MARK).touch()
    shutil.copytree(course.folder("source", assignment), workspace / "source" / assignment)
    steps = "\n".join(f'c.CourseDirectory.{step}_directory = "{step}"' for step in STEPS)
    (workspace / CONFIG_NAME).write_text(f"{(course.root / CONFIG_NAME).read_text()}{SETTINGS}{steps}\n")
    return Course.find(workspace)


def _material(course: Course, assignment: str) -> Material:
    paths = sorted(course.folder("release", assignment).glob("*.ipynb"))
    if len(paths) != 1:
        raise CourseError(f"the demo takes an assignment with one notebook; {assignment!r} has {len(paths)}")
    source = course.folder("source", assignment) / paths[0].name
    return Material(read_notebook(source.read_bytes()), read_notebook(paths[0].read_bytes()))


def _hand_in(course: Course, assignment: str, hand: Hand, due: datetime) -> None:
    folder = course.folder("submitted", assignment, hand.student)
    folder.mkdir(parents=True)
    name = next(course.folder("release", assignment).glob("*.ipynb")).name
    if hand.notebook is not None:
        (folder / (hand.other_name or name)).write_bytes(hand.notebook)
    if hand.late:
        (folder / "timestamp.txt").write_text(f"{due + hand.late} UTC\n")
    for link, target in hand.links.items():
        words = {"assignment": assignment, "notebook": name}
        (folder / link.format(**words)).symlink_to(target.format(**words))
