"""The reader edition of a notebook: executed with its answers, which are then taken out; what they produced stays."""

from __future__ import annotations

import asyncio
import copy
import hashlib
import importlib.metadata
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import nbformat
from filelock import FileLock
from jupyter_client.kernelspec import NoSuchKernel
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat.notebooknode import NotebookNode
from nbgrader.preprocessors import ClearHiddenTests, ClearSolutions

from autograder.course import Course, CourseError
from autograder.files import write_atomically
from autograder.grade.own import read_own
from autograder.notebook.roles import INSTRUCTOR, tags
from autograder.release.editions import addressed
from autograder.release.kernel import WatchedKernel
from autograder.release.leaks import own_lines, unreleased_lines
from autograder.sandbox.surroundings import ONE_THREAD, package_spec


def reader_edition(course: Course, assignment: str, cache: Path) -> dict[str, NotebookNode]:
    """Execute the notebooks of an assignment for those who only read them.

    Instructor cells and hidden tests are taken out before, the answers after the execution.

    Parameters
    ----------
    course : Course
        The course.
    assignment : str
        Name of the assignment.
    cache : Path
        Folder for what was executed. It is used again until a file of the assignment, one of the course's packages
        (``c.Autograder.packages``), its address, Python or an installed distribution changes. Several processes can
        share it: each notebook is executed by one of them.

    Returns
    -------
    dict of str to NotebookNode
        The notebooks, with outputs, by name.

    Raises
    ------
    CourseError
        If a cell fails, or an answer would be shown.
    """
    course.check_assignment(assignment)
    source = course.folder("source", assignment)
    state = _state(course, source)
    edition = {}
    cache.mkdir(parents=True, exist_ok=True)
    for path in sorted(source.glob("*.ipynb")):
        kept = cache / f"{path.stem}-{state}.ipynb"
        with FileLock(cache / f"{path.stem}.lock"):
            if not kept.exists():
                notebook = _edition(course, path)
                for old in cache.glob(f"{path.stem}-*.ipynb"):
                    old.unlink()
                write_atomically(kept, nbformat.writes(notebook) + "\n")
            edition[path.stem] = nbformat.read(kept, as_version=4)
    return edition


def _edition(course: Course, path: Path) -> NotebookNode:
    source = addressed(read_own(path), course.settings.repository)
    notebook = copy.deepcopy(source)
    notebook.cells = [cell for cell in notebook.cells if INSTRUCTOR not in tags(cell)]
    ClearHiddenTests(config=course.config).preprocess(notebook, {})
    _execute(course, notebook, path)
    ClearSolutions(config=course.config).preprocess(notebook, {})
    if shown := unreleased_lines(source, notebook, own_lines(course)):
        raise CourseError(f"the reader edition of {path.name} would show answers:\n" + "\n".join(shown))
    return notebook


def _execute(course: Course, notebook: NotebookNode, path: Path) -> None:
    """Run the cells in a copy of their folder, in which they may write."""
    with tempfile.TemporaryDirectory(prefix="autograder-reader-") as folder:
        shutil.copytree(path.parent, folder, dirs_exist_ok=True)
        client = NotebookClient(
            notebook,
            timeout=round(course.limits.cell_wall_seconds),
            record_timing=False,
            kernel_manager_class=WatchedKernel,
            extra_arguments=["--IPKernelApp.log_level=40"],  # only errors, or each kernel speaks of its ports
            resources={"metadata": {"path": folder}},
        )
        paths = [str(course.root), os.environ.get("PYTHONPATH", "")]
        environment = {**os.environ, **ONE_THREAD, "PYTHONPATH": os.pathsep.join(filter(None, paths))}
        try:
            asyncio.run(client.async_execute(env=environment))
        except NoSuchKernel as error:
            raise CourseError(
                f"{path.name} names the kernel {error.name!r}, which is not installed here: open it in JupyterLab, "
                "choose another in the menu Kernel, Change Kernel…, and save it"
            ) from error
        except (CellExecutionError, CellTimeoutError, DeadKernelError) as error:
            raise CourseError(f"{path.name} cannot be executed with its own answers:\n{error}") from error
        notebook.metadata.pop("widgets", None)  # what a page without a kernel can show, each output says in HTML


def _state(course: Course, source: Path) -> str:
    """Return a digest of all that the outputs depend on."""
    digest = hashlib.sha256(f"{sys.version} {course.settings.repository}".encode())
    installed = {f"{found.metadata['Name']} {found.version}" for found in importlib.metadata.distributions()}
    digest.update("\n".join(sorted(installed)).encode())
    for folder in (source, *_packages(course), Path(__file__).parent):
        for file in sorted(folder.rglob("*")):
            if file.is_file() and not any(part.startswith((".", "__pycache__")) for part in file.parts[-3:]):
                digest.update(str(file.relative_to(folder)).encode() + file.read_bytes())
    return digest.hexdigest()[:16]


def _packages(course: Course) -> Iterator[Path]:
    for name in course.settings.packages:
        spec = package_spec(name)
        if spec is None or not spec.submodule_search_locations:
            raise CourseError(f"c.Autograder.packages lists {name!r}, which is not installed as a package")
        yield Path(spec.submodule_search_locations[0])
