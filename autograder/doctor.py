"""An examination of the machine and the course, with a remedy for each thing missing."""

from __future__ import annotations

import os
import platform
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Literal

from traitlets.config.loader import LazyConfigValue

from autograder.course import CONFIG_NAME, Course, CourseError, calling_nbgrader
from autograder.grade.engines import available_cores
from autograder.grade.task import private_folders
from autograder.names import unfit
from autograder.sandbox.explain import explain
from autograder.sandbox.launch import Launcher
from autograder.sandbox.surroundings import package_spec

OLDEST = (3, 11)
DISK_BYTES = 2**30
FEEDBACK = "autograder.results.exporter.FeedbackExporter"
FOR_GRADERS = "autograder.graders.formgrader.ForGraders"
SAFE_FILTER = "autograder.safe_html.markdown2html"
SAFE_HTML = (
    "add c.HTMLExporter.sanitize_html = True and "
    f'c.HTMLExporter.filters = {{"markdown2html": "{SAFE_FILTER}"}} to nbgrader_config.py'
)


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at: "ok", "better" (works, but could be better) or "broken"."""

    topic: str
    state: Literal["ok", "better", "broken"]
    text: str


def examine(folder: Path) -> list[Finding]:
    """Examine the machine, and the course in or above `folder`.

    Parameters
    ----------
    folder : Path
        Where to look for a course.
    """
    return [*_machine(), *_course(folder)]


def _machine() -> Iterator[Finding]:
    text = f"{platform.python_version()} on {platform.system()} {platform.machine()}"
    wanted = "" if sys.version_info >= OLDEST else f"; {OLDEST[0]}.{OLDEST[1]} or later is needed"
    yield Finding("Python", "broken" if wanted else "ok", text + wanted)
    for package in ("nbgrader", "numpy", "jupyterlab"):
        try:
            yield Finding(package, "ok", version(package))
        except PackageNotFoundError:
            yield Finding(package, "broken", f"not installed: {sys.executable} -m pip install {package}")
    if os.name != "posix":
        yield Finding("grading", "broken", "grading needs Linux or macOS; on Windows use WSL")
        return
    yield from (Finding(topic, state, text) for topic, state, text in explain())
    with calling_nbgrader():
        found = shutil.which("alembic")
    state: Literal["ok", "broken"] = "ok" if found else "broken"
    yield Finding("alembic", state, found or "nbgrader needs it to make a gradebook: pip install alembic")
    yield Finding("cores", "ok", f"{available_cores()}: as many submissions run at once")


def _course(folder: Path) -> Iterator[Finding]:
    try:
        course = Course.find(folder) if Course.place(folder) else None
    except CourseError as error:
        yield Finding("course", "broken", str(error))
        return
    if course is None:
        yield Finding(
            "course",
            "better",
            f"a course is a folder with {CONFIG_NAME}; there is none in {folder.resolve()} or above it",
        )
        return
    yield Finding("course", "ok", f"{course.root} (assignments: {', '.join(course.assignments) or 'none'})")
    yield from (Finding("settings", "better", doubt) for doubt in course.doubts)
    for assignment in course.assignments:
        if reason := unfit(assignment):
            yield Finding("names", "broken", f"{assignment!r} cannot be the name of an assignment: {reason}")
    for name in course.settings.packages:
        if package_spec(name) is None:
            yield Finding("packages", "broken", f"c.Autograder.packages lists {name!r}, which is not installed")
    yield _place(course)
    for setting in ("masked", "shared"):
        for name in sorted(set(getattr(course.settings, setting)) - set(course.assignments)):
            yield Finding(setting, "broken", f"c.Autograder.{setting} names {name!r}, which is no assignment here")
    if SAFE_FILTER not in dict(_of_exporter(course, "filters", {})).values():
        yield Finding("formgrader", "better", f"runs what students write into their texts; {SAFE_HTML}")
    if course.config.GenerateFeedback.get("exporter_class") != FEEDBACK:
        text = "Generate Feedback writes hidden tests into the pages; add "
        yield Finding(
            "formgrader", "better", f'{text}c.GenerateFeedback.exporter_class = "{FEEDBACK}" to nbgrader_config.py'
        )
    if FOR_GRADERS not in list(_of_exporter(course, "preprocessors", [])):
        text = "shows no rubrics and does not note who gives points; add "
        yield Finding(
            "formgrader", "better", f'{text}c.HTMLExporter.preprocessors = ["{FOR_GRADERS}"] to nbgrader_config.py'
        )
    free = shutil.disk_usage(course.root).free
    enough = free >= DISK_BYTES
    yield Finding("disk", "ok" if enough else "better", f"{free / 2**30:.1f} GiB free" + ("" if enough else ": little"))
    writable = os.access(course.root, os.W_OK)
    yield Finding(
        "folder", "ok" if writable else "broken", "writable" if writable else f"{course.root} is not writable"
    )
    if course.course_id or course.db_url.startswith("sqlite"):
        yield Finding("gradebook", "ok", course.db_url)
    else:
        yield Finding(
            "gradebook", "broken", "nbgrader needs c.CourseDirectory.course_id for a database other than SQLite"
        )


def _of_exporter(course: Course, name: str, usual: Any) -> Any:
    """Return a setting of c.HTMLExporter, also where a course adds to the usual one by append or update."""
    found = course.config.HTMLExporter.get(name, usual)
    return found.get_value(usual) if isinstance(found, LazyConfigValue) else found


def _place(course: Course) -> Finding:
    """Return whether the course lies where students' code cannot see it."""
    packages = tuple(name for name in course.settings.packages if package_spec(name) is not None)
    try:
        Launcher(packages, trusted=True, private=private_folders(course))
    except ValueError as error:
        return Finding("place", "broken", str(error))
    return Finding("place", "ok", "students' code in the sandbox does not see the course folder")
