"""Step 3 (trusted): put a result into nbgrader's gradebook and its notebook into ``autograded/``.

The only module that opens the gradebook for writing, and only the coordinator's main thread uses it.
"""

from __future__ import annotations

import copy
import shutil
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any

import nbformat
from nbformat.notebooknode import NotebookNode
from nbformat.v4 import new_markdown_cell
from nbgrader.api import Gradebook, MissingEntry
from nbgrader.preprocessors import AssignLatePenalties
from nbgrader.utils import compute_checksum

from autograder.course import Course, CourseError, calling_nbgrader
from autograder.fields import valid_output
from autograder.files import write_atomically
from autograder.grade.prepare import resources
from autograder.grade.results import NO_RESPONSE, NotebookResult, Result
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

    Raises
    ------
    CourseError
        If the gradebook does not know the assignment.
    """

    def __init__(self, course: Course, assignment: str) -> None:
        self.course = course
        self.assignment = assignment
        self._gradebook = Gradebook(course.db_url, course.course_id)
        try:
            self._entry = self._gradebook.find_assignment(assignment)
        except MissingEntry:
            self._gradebook.close()
            raise CourseError(
                f"the gradebook does not know {assignment!r}: run `autograder release {assignment}` first"
            ) from None

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
        self._gradebook.close()

    def source_digest(self) -> str:
        """Return a text that changes whenever the released cells do, hidden tests included."""
        cells = (
            f"{notebook.name}/{cell.name}/{cell.checksum}"
            for notebook in self._entry.notebooks
            for cell in notebook.source_cells
        )
        return "\n".join(sorted(cells))

    def students(self) -> set[str]:
        """Return the students with a submission of this assignment in the gradebook."""
        return {submission.student.id for submission in self._gradebook.assignment_submissions(self.assignment)}

    def max_score(self) -> float:
        """Return what the assignment's cells are worth together, as the gradebook adds them up."""
        return float(self._entry.max_score)

    def due(self, moment: datetime | None = None) -> datetime | None:
        """Set when the assignment is due, if a moment is given, and return when it is due."""
        if moment is not None:
            self._entry.duedate = moment
            self._gradebook.db.commit()
        due: datetime | None = self._entry.duedate
        return due

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
        for notebook in result.notebooks:
            filled = merge(notebooks[notebook.name], notebook)
            folder = self.course.folder("autograded", self.assignment, result.student)
            write_atomically(folder / f"{notebook.name}.ipynb", nbformat.writes(filled, version=4) + "\n")
        gradebook = self._gradebook
        try:
            gradebook.update_or_create_student(result.student)
            submission = gradebook.update_or_create_submission(self.assignment, result.student, timestamp=timestamp)
            entries = {self._notebooks[entry.notebook_id]: entry for entry in submission.notebooks}
            for notebook in result.notebooks:
                self._record_scores(entries[notebook.name], notebook)
                self._record_comments(entries[notebook.name], notebooks[notebook.name])
            punished = any(entry.late_submission_penalty for entry in submission.notebooks)
            late = submission.total_seconds_late > 0
            gradebook.db.commit()
        except Exception:
            gradebook.db.rollback()
            raise
        for name, prepared in notebooks.items() if late or punished else ():
            information = resources(self.course, self.assignment, name, result.student)
            AssignLatePenalties(config=self.course.config).preprocess(prepared, information)

    def _record_scores(self, entry: Any, notebook: NotebookResult) -> None:
        grades = {self._cells[grade.cell_id]: grade for grade in entry.grades}
        for result in notebook.grades:
            grade = grades[result.name]
            grade.auto_score = result.score
            # as nbgrader does: a score that a person gave before deserves a second look
            grade.needs_manual_grade = grade.manual_score is not None or result.score is None

    def _record_comments(self, entry: Any, notebook: NotebookNode) -> None:
        answers = {grade_id(cell): cell for cell in notebook.cells if is_answer(cell)}
        for comment in entry.comments:
            cell = answers.get(self._cells[comment.cell_id])
            if cell is not None:
                unchanged = nbgrader(cell).get("checksum") == compute_checksum(cell)
                comment.auto_comment = NO_RESPONSE if unchanged else None


def set_due(course: Course, assignment: str, moment: datetime | None = None) -> datetime | None:
    """Set when an assignment is due, if a moment is given, and return when it is due; both in universal time.

    Raises
    ------
    CourseError
        If the gradebook does not know the assignment.
    """
    with calling_nbgrader(), Recorder(course, assignment) as recorder:
        return recorder.due(moment)


def merge(prepared: NotebookNode, result: NotebookResult) -> NotebookNode:
    """Return the notebook with the outputs of its run, or with the reason why it was not run."""
    notebook = copy.deepcopy(prepared)
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


def _outputs(outcome: Outcome) -> dict[int, tuple[dict[str, Any], ...]]:
    """Return the outputs of each cell; a cell that was cut short without a word gets its reason."""
    outputs = {}
    for cell in outcome.cells:
        outputs[cell.key] = cell.outputs
        if cell.error is not None and not any(output.get("output_type") == "error" for output in cell.outputs):
            reason = {"output_type": "error", "ename": cell.error.ename, "evalue": cell.error.evalue}
            outputs[cell.key] += ({**reason, "traceback": [f"{cell.error.ename}: {cell.error.evalue}"]},)
    return outputs
