"""The reader edition: what the answers produce, and nothing of how."""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import nbformat
import pytest
from course_maker import source_notebook
from nbformat.v4 import new_code_cell

from autograder.course import Course, CourseError
from autograder.release import reader
from autograder.release.reader import reader_edition


def texts(cell):
    return "".join(output.get("text", "") for output in cell.get("outputs", []))


def add(course, source):
    """Put a cell at the end of the notebook."""
    notebook = source_notebook()
    notebook.cells.append(new_code_cell(source, id="own"))
    nbformat.write(notebook, course.folder("source", "small") / "small.ipynb")


def test_outputs_stay_and_answers_go(course, tmp_path, monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "7")  # but as many notebooks at once as there are processors
    add(course, "import os\nprint(double(21), os.environ['OMP_NUM_THREADS'])")
    notebook = reader_edition(course, "small", tmp_path / "cache")["small"]
    cells = {cell.id: cell for cell in notebook.cells}
    assert texts(cells["own"]) == "42 1\n"
    assert "raise NotImplementedError()" in cells["double"].source
    everything = nbformat.writes(notebook)
    for secret in ("return 2 * x", "secret_number", "Because doubling", "@mistake", "BEGIN"):
        assert secret not in everything
    assert "widgets" not in notebook.metadata


def test_it_is_executed_again_only_when_something_changed(course, tmp_path, monkeypatch):
    add(course, "import os\nprint(os.getpid())")

    def again():
        return texts(reader_edition(course, "small", tmp_path / "cache")["small"].cells[-1])

    first = again()
    assert again() == first
    add(course, "import os\nprint(os.getpid(), 'anew')")
    second = again()
    assert second != first
    package = tmp_path / "own_package"
    package.mkdir()
    (package / "__init__.py").write_text("VALUE = 1\n")
    monkeypatch.syspath_prepend(tmp_path)
    config = course.root / "nbgrader_config.py"
    config.write_text(config.read_text() + "c.Autograder.packages = ['own_package']\n")
    course = Course.find(course.root)
    third = again()
    (package / "__init__.py").write_text("VALUE = 2\n")
    assert len({second, third, again()}) == 3
    assert len(list((tmp_path / "cache").glob("*.ipynb"))) == 1


def test_of_two_at_once_one_executes(course, tmp_path):
    add(course, "import os\nprint(os.getpid())")
    with ProcessPoolExecutor(2, get_context("spawn")) as pool:
        tasks = [pool.submit(reader_edition, course, "small", tmp_path / "cache") for _ in range(2)]
    first, second = (texts(task.result()["small"].cells[-1]) for task in tasks)
    assert first == second != ""


def test_a_notebook_that_fails_is_named(course, tmp_path):
    add(course, "1 / 0")
    with pytest.raises(
        CourseError, match=r"(?s)small\.ipynb cannot be executed with its own answers.*ZeroDivisionError"
    ):
        reader_edition(course, "small", tmp_path / "cache")


def test_a_notebook_that_ends_its_kernel_is_named(course, tmp_path):
    add(course, "import os; os._exit(1)")
    with pytest.raises(CourseError, match=r"small\.ipynb cannot be executed with its own answers:\nKernel died"):
        reader_edition(course, "small", tmp_path / "cache")


def test_a_kernel_that_is_not_there_is_named(course, tmp_path):
    notebook = source_notebook()
    notebook.metadata["kernelspec"] = {"name": "of_old", "display_name": "Of old", "language": "python"}
    nbformat.write(notebook, course.folder("source", "small") / "small.ipynb")
    with pytest.raises(CourseError, match=r"small\.ipynb names the kernel 'of_old', which is not installed here"):
        reader_edition(course, "small", tmp_path / "cache")


def test_an_answer_that_would_be_shown_is_refused(course, tmp_path, monkeypatch):
    add(course, "double(1)")
    monkeypatch.setattr(reader.ClearSolutions, "preprocess", lambda self, notebook, resources: (notebook, resources))
    with pytest.raises(CourseError, match=r"(?s)would show answers.*cell double: the line `return 2 \* x`"):
        reader_edition(course, "small", tmp_path / "cache")


def test_no_such_package(course, tmp_path):
    config = course.root / "nbgrader_config.py"
    config.write_text(config.read_text() + "c.Autograder.packages = ['no_such_package']\n")
    with pytest.raises(CourseError, match="'no_such_package', which is not installed"):
        reader_edition(Course.find(course.root), "small", tmp_path / "cache")
