"""Indexes that nbgrader's tables lack: without them, each submission costs a look at all that are graded already."""

from __future__ import annotations

from typing import Any

from sqlalchemy import text

COLUMNS = {
    "grade": ("notebook_id",),
    "comment": ("notebook_id",),
    "submitted_notebook": ("assignment_id",),
    "submitted_assignment": ("student_id",),
}
"""The columns by which a submission's rows are looked up, by table; what nbgrader keeps unique begins with others."""


def ensure(gradebook: Any) -> None:
    """Make the indexes where they are missing; nbgrader's own commands work on with them."""
    for table, columns in COLUMNS.items():
        for column in columns:
            gradebook.db.execute(text(f"CREATE INDEX IF NOT EXISTS autograder_{table}_{column} ON {table} ({column})"))
    gradebook.db.commit()
