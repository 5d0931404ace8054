"""Step 3 (trusted): put a result into nbgrader's gradebook and its notebook into ``autograded/``.

The only module that opens the gradebook for writing, and only the coordinator's main thread uses it.
"""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Container, Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Any

import nbformat
from nbformat.notebooknode import NotebookNode
from nbformat.v4 import new_markdown_cell, writes_json
from nbgrader.api import Gradebook, MissingEntry, Student
from nbgrader.utils import compute_checksum

from autograder.course import Course, CourseError
from autograder.fields import valid_output
from autograder.files import write_atomically
from autograder.grade import indexes
from autograder.grade.basis import readings
from autograder.grade.history import History
from autograder.grade.lateness import reckon
from autograder.grade.results import NO_RESPONSE, NotebookResult, Result
from autograder.lms.people import LONGEST, Person
from autograder.notebook.read import NotGradable, read_notebook
from autograder.notebook.roles import grade_id, is_answer, nbgrader
from autograder.plan import Outcome


class Recorder:
    """Writes the results of one assignment; use it as a context.

    Parameters
    ----------
    course : Course
        Whose gradebook and folders are written.
    assignment : str
        Name of the assignment; it must have been released.

    Attributes
    ----------
    gradebook : Gradebook
        nbgrader's, open for writing.

    Raises
    ------
    CourseError
        If the gradebook does not know the assignment.
    """

    def __init__(self, course: Course, assignment: str) -> None:
        self.course = course
        self.assignment = assignment
        self.gradebook = Gradebook(course.db_url, course.course_id)
        try:
            self._entry = self.gradebook.find_assignment(assignment)
        except MissingEntry:
            self.gradebook.close()
            raise CourseError(
                f"the gradebook does not know {assignment!r}: run `autograder release {assignment}` first"
            ) from None
        indexes.ensure(self.gradebook)
        self._history = History(course.state(assignment))
        notebooks = self._entry.notebooks
        self._notebooks = {notebook.id: str(notebook.name) for notebook in notebooks}
        """The names of notebooks by the number under which a submission's notebooks know them."""
        kinds = ("grade_cells", "solution_cells", "task_cells")
        self._cells = {
            cell.id: str(cell.name) for notebook in notebooks for kind in kinds for cell in getattr(notebook, kind)
        }
        """The names of cells by the number under which grades and comments know them."""

    def __enter__(self) -> Recorder:
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, traceback: TracebackType | None) -> None:
        self.gradebook.close()

    def source_digest(self) -> str:
        """Return a text that changes whenever the released cells do, hidden tests included."""
        cells = (
            f"{notebook.name}/{cell.name}/{cell.checksum}"
            for notebook in self._entry.notebooks
            for cell in notebook.source_cells
        )
        return "\n".join(sorted(cells))

    def sources(self) -> dict[str, str]:
        """Return the cells as they were last released, hidden tests included, by NOTEBOOK/NAME."""
        cells = ((notebook, cell) for notebook in self._entry.notebooks for cell in notebook.source_cells)
        return {f"{notebook.name}/{cell.name}": str(cell.source) for notebook, cell in cells}

    def students(self) -> set[str]:
        """Return the students with a submission of this assignment in the gradebook."""
        return {submission.student.id for submission in self.gradebook.assignment_submissions(self.assignment)}

    def max_score(self) -> float:
        """Return what the assignment's cells are worth together, as the gradebook adds them up."""
        return float(self._entry.max_score)

    def due(self, moment: datetime | None = None) -> datetime | None:
        """Set when the assignment is due, if a moment is given, and return when it is due."""
        if moment is not None:
            self._entry.duedate = moment
            self.settle()
        due: datetime | None = self._entry.duedate
        return due

    def enrol(self, people: Iterable[Person]) -> None:
        """Write who is in the class: names, addresses and numbers, where they are known; all at once, or nobody."""
        known = {student.id: student for student in self.gradebook.students}
        try:
            for person in people:
                if person.student not in known:
                    known[person.student] = Student(id=person.student)
                    self.gradebook.db.add(known[person.student])
                for name in ("first_name", "last_name", "email", "lms_user_id"):
                    if value := getattr(person, name)[:LONGEST]:
                        setattr(known[person.student], name, value)
            self.gradebook.db.commit()
        except Exception:
            self.gradebook.db.rollback()
            raise

    def extended(self, student: str, extension: timedelta | None) -> None:
        """Note a student's extension in nbgrader's tables, if there is a submission, and what the delay costs now."""
        for submission in self._entry.submissions:
            if submission.student_id == student:
                submission.extension = extension
        self.settle(student)

    def notice(self, student: str | None = None, by: str = "", why: str = "") -> None:
        """Note in the history what points have changed; see `History.notice`."""
        self._history.notice(self.gradebook, self.assignment, student, by, why)

    def settle(self, student: str | None = None) -> None:
        """Reckon anew what delays cost, in all assignments of one student or of all: nothing is run for it."""
        reckon(self.course, self.gradebook, student)
        self.gradebook.db.commit()
        self.notice(student)

    def record(self, result: Result, notebooks: Mapping[str, NotebookNode], timestamp: datetime | None = None) -> None:
        """Write one result: doing it again changes nothing.

        Parameters
        ----------
        result : Result
            What to record.
        notebooks : mapping of str to NotebookNode
            Name to the prepared notebook, or for one that could not be graded to the released one.
        timestamp : datetime, optional
            When it was handed in.
        """
        folder = self.course.folder("autograded", self.assignment, result.student)
        read_before = {name: _readings(folder / f"{name}.ipynb") for name in notebooks}
        with self._transaction() as gradebook:
            gradebook.update_or_create_student(result.student)
            submission = gradebook.update_or_create_submission(self.assignment, result.student, timestamp=timestamp)
            entries = {self._notebooks[entry.notebook_id]: entry for entry in submission.notebooks}
            for notebook in result.notebooks:
                now, before = readings(notebooks[notebook.name]), read_before[notebook.name]
                unread = {name for name, digest in now.items() if before.get(name) != digest}
                self._record_scores(entries[notebook.name], notebook, unread)
                self._record_comments(entries[notebook.name], notebooks[notebook.name])
            gradebook.db.flush()
            reckon(self.course, gradebook, result.student)
        # last: until the scores are in the gradebook, the notebook that a person has read stands there
        for notebook in result.notebooks:
            filled = merge(notebooks[notebook.name], notebook)
            write_atomically(folder / f"{notebook.name}.ipynb", writes_json(filled) + "\n")
        self.notice(result.student)

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[Gradebook]:
        """Make one transaction of what nbgrader's methods do, each of which would commit by itself."""
        session = self.gradebook.db
        session.commit = session.flush  # of this object; its class has the real one
        try:
            try:
                yield self.gradebook
            finally:
                del session.commit
            session.commit()
        except BaseException:  # also an interrupt: what is half recorded must not be committed later
            session.rollback()
            raise

    def _record_scores(self, entry: Any, notebook: NotebookResult, unread: Container[str]) -> None:
        grades = {self._cells[grade.cell_id]: grade for grade in entry.grades}
        for result in notebook.grades:
            grade = grades[result.name]
            if grade.manual_score is None:
                grade.needs_manual_grade = result.score is None
            elif result.name in unread or grade.auto_score != result.score:
                # a person gave points for something else, which deserves a second look; nbgrader always wants one
                grade.needs_manual_grade = True
            grade.auto_score = result.score

    def _record_comments(self, entry: Any, notebook: NotebookNode) -> None:
        answers = {grade_id(cell): cell for cell in notebook.cells if is_answer(cell)}
        for comment in entry.comments:
            cell = answers.get(self._cells[comment.cell_id])
            if cell is not None:
                unchanged = nbgrader(cell).get("checksum") == compute_checksum(cell)
                comment.auto_comment = NO_RESPONSE if unchanged else None


def merge(prepared: NotebookNode, result: NotebookResult) -> NotebookNode:
    """Return the notebook with the outputs of its run, or with the reason why it was not run."""
    notebook = NotebookNode(prepared, cells=[NotebookNode(cell) for cell in prepared.cells])  # the rest stays as it is
    if result.outcome is None:
        notice = (
            f"**This submission could not be graded:** {result.reason}\n\nWhat follows is the notebook as released."
        )
        notebook.cells.insert(0, new_markdown_cell(notice, id="not-gradable"))
        return notebook
    for number, (key, outputs) in enumerate(_outputs(result.outcome).items(), start=1):
        cell = notebook.cells[key]
        cell.execution_count = number
        cell.outputs = [nbformat.from_dict(valid_output(output)) for output in outputs]
        for output in cell.outputs:
            if output.output_type == "execute_result":
                output.execution_count = number
    return notebook


def copy_files(files: Mapping[str, Path], folder: Path) -> None:
    """Put the instructor's files beside an autograded notebook, where its pictures look for them."""
    for name, path in files.items():
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)


def _readings(path: Path) -> dict[str, str]:
    """Return what a person could read in an autograded notebook; nothing if there is none."""
    try:
        return readings(read_notebook(path.read_bytes(), outputs=False))
    except (OSError, NotGradable):
        return {}


def _outputs(outcome: Outcome) -> dict[int, tuple[dict[str, Any], ...]]:
    """Return the outputs of each cell; a cell that was cut short without a word gets its reason."""
    outputs = {}
    for cell in outcome.cells:
        outputs[cell.key] = cell.outputs
        if cell.error is not None and not any(output.get("output_type") == "error" for output in cell.outputs):
            reason = {"output_type": "error", "ename": cell.error.ename, "evalue": cell.error.evalue}
            outputs[cell.key] += ({**reason, "traceback": [f"{cell.error.ename}: {cell.error.evalue}"]},)
    return outputs
