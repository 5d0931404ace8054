"""What formgrader does more than nbgrader's: rubrics beside the answers, and who gave which points.

A course turns it on with ``c.HTMLExporter.preprocessors = ["autograder.graders.formgrader.ForGraders"]``. What is added
stands on the page that a grader sees and in no file.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from jupyter_server import CallContext
from nbconvert.preprocessors import Preprocessor
from nbformat.notebooknode import NotebookNode
from nbformat.v4 import new_markdown_cell
from nbgrader.api import Assignment, BaseCell, Grade, Notebook, SubmittedAssignment, SubmittedNotebook
from nbgrader.server_extensions.formgrader.base import BaseHandler
from sqlalchemy import Connection, event, inspect, select
from sqlalchemy.orm import Session, object_session

from autograder.course import Course, CourseError
from autograder.grade.history import Change, History, user_name
from autograder.graders.rubric import rubrics
from autograder.graders.shares import Shares
from autograder.notebook.read import NotGradable, read_notebook
from autograder.notebook.roles import grade_id

CHANGES = "autograder: points that are not committed yet"
ANONYMOUS = "Anonymous "
"""How the names begin that Jupyter makes up for those who log in with a token or a password."""


class ForGraders(Preprocessor):
    """Puts rubrics, and whose share an answer is, on formgrader's page of a submission."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        if getattr(self.parent, "template_name", "") == "formgrade":
            note_points()

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> tuple[NotebookNode, dict[str, Any]]:
        """Return the notebook with what graders read; on pages that are not formgrader's, as it is."""
        handler = _handler()
        if handler is None or "submission_id" not in resources:
            return nb, resources
        assignment, notebook = resources["assignment_id"], resources["notebook_id"]
        try:
            course = Course.find(Path(handler.coursedir.root))
            shares = Shares.load(course, assignment)
            path = course.folder("source", assignment) / f"{notebook}.ipynb"
            beside = rubrics(read_notebook(path.read_bytes(), outputs=False))
        except (CourseError, NotGradable, OSError) as problem:
            nb.cells.insert(0, new_markdown_cell(f"The rubrics cannot be shown: {problem}"))
            return nb, resources
        me, student = grader(handler), resources["student"]
        cells = [_head(handler, shares, me, resources)]
        for cell in nb.cells:
            cells.append(cell)
            name = grade_id(cell)
            if name in beside:
                reader = shares.reader(student, notebook, name) if shares.by == "exercises" else me
                if reader not in ("", me):
                    cells.append(new_markdown_cell(f"> `{reader}` reads this answer."))
                cells += beside[name]
        nb.cells = cells
        return nb, resources


def _handler() -> BaseHandler | None:
    """Return the request of formgrader's that is being answered."""
    handler = CallContext.get(CallContext.JUPYTER_HANDLER)
    return handler if isinstance(handler, BaseHandler) else None


def grader(handler: BaseHandler) -> str:
    """Return who sends a request: the user of a hub, otherwise the user who runs the server."""
    user = handler.current_user
    name = str(getattr(user, "username", "") or "")
    return user_name() if not name or str(getattr(user, "name", "")).startswith(ANONYMOUS) else name


def _head(handler: BaseHandler, shares: Shares, me: str, resources: dict[str, Any]) -> NotebookNode:
    """Return the line at the top: under which name one grades, what waits, and a link to the next."""
    waiting = (
        handler.gradebook.db.query(SubmittedNotebook.id, SubmittedAssignment.student_id, Notebook.name, BaseCell.name)
        .select_from(Grade)
        .join(BaseCell, BaseCell.id == Grade.cell_id)
        .join(SubmittedNotebook, SubmittedNotebook.id == Grade.notebook_id)
        .join(Notebook, Notebook.id == SubmittedNotebook.notebook_id)
        .join(SubmittedAssignment, SubmittedAssignment.id == SubmittedNotebook.assignment_id)
        .join(Assignment, Assignment.id == SubmittedAssignment.assignment_id)
        .filter(Assignment.name == resources["assignment_id"], Grade.needs_manual_grade)
        .all()
    )
    is_one = me in shares.graders
    mine = [one for one in waiting if not is_one or shares.reader(*one[1:]) in ("", me)]
    own = " of yours" if is_one else ""
    lines = [f"You grade as `{me}`; {len(mine) or 'no'} {'answer' if len(mine) == 1 else 'answers'}{own} to be read."]
    here = resources["submission_id"]
    order = sorted((one[0] <= here, one[0], one[3]) for one in mine if one[0] != here)
    if order:
        _, there, cell = order[0]
        lines.append(f"[The next submission](../{there}/#{cell}) with one.")
    reader = shares.readers.get(resources["student"], "") if shares.by == "students" else me
    if reader not in ("", me):
        lines.append(f"`{reader}` reads the submission below.")
    head: NotebookNode = new_markdown_cell(" ".join(lines))
    return head


def note_points() -> None:
    """Note from now on each change of points that formgrader makes in this process, with the name of the grader."""
    if not event.contains(Grade, "after_update", _changed):
        event.listen(Grade, "after_update", _changed)
        event.listen(Session, "after_commit", _committed)
        event.listen(Session, "after_rollback", _forgotten)


def _changed(mapper: object, connection: Connection, grade: Any) -> None:
    """Remember what a person changed until it is committed."""
    handler, session = _handler(), object_session(grade)
    if handler is None or session is None:
        return
    before, after = _points(grade, old=True), _points(grade, old=False)
    if before == after:
        return
    student, assignment, notebook, cell = connection.execute(
        select(SubmittedAssignment.student_id, Assignment.name, Notebook.name, BaseCell.name)
        .select_from(SubmittedNotebook)
        .join(Notebook, Notebook.id == SubmittedNotebook.notebook_id)
        .join(SubmittedAssignment, SubmittedAssignment.id == SubmittedNotebook.assignment_id)
        .join(Assignment, Assignment.id == SubmittedAssignment.assignment_id)
        .join(BaseCell, BaseCell.id == grade.cell_id)
        .where(SubmittedNotebook.id == grade.notebook_id)
    ).one()
    change = Change(round(time.time(), 3), student, notebook, cell, before, after, grader(handler))
    session.info.setdefault(CHANGES, []).append((assignment, change))


def _points(grade: Any, *, old: bool) -> float | None:
    """Return nbgrader's sum of the points of a cell, before or after the change."""

    def value(name: str) -> float | None:
        history = inspect(grade).attrs[name].history
        found = history.deleted if old and history.has_changes() else [getattr(grade, name)]
        return found[0] if found else None

    manual = value("manual_score")
    given = value("auto_score") if manual is None else manual
    return None if given is None else float(given) + float(value("extra_credit") or 0.0)


def _committed(session: Session) -> None:
    """Write what was remembered; where it cannot be written, the next command notes it without a name."""
    handler = _handler()
    for assignment, change in session.info.pop(CHANGES, ()):
        try:
            course = Course.find(Path(handler.coursedir.root))  # type: ignore[union-attr]  # there was one in `_changed`
            History(course.state(assignment)).add([change])
        except (CourseError, OSError) as problem:
            if handler is not None:
                handler.log.warning("autograder: who gave these points is not noted: %s", problem)


def _forgotten(session: Session) -> None:
    """Forget what was remembered: it does not count."""
    session.info.pop(CHANGES, None)
