"""The student edition in JupyterLab, in a browser."""

from __future__ import annotations

import re

import nbformat
import pytest
from lab_server import ROOT

CHAPTERS = [path.stem for path in sorted((ROOT / "course").glob("*/*.ipynb"))]
SOME = ("01_neuron",)
"""Chapters whose cells are all run here, in every lane; `tests/notebooks` runs the others without a browser."""
ON_STDERR = ".jp-OutputArea-output[data-mime-type='application/vnd.jupyter.stderr']"
STUB = "raise NotImplementedError()"


def read(chapter: str) -> nbformat.NotebookNode:
    return nbformat.read(ROOT / "course" / chapter / f"{chapter}.ipynb", as_version=4)


def code_cells(notebook: nbformat.NotebookNode) -> list[nbformat.NotebookNode]:
    return [cell for cell in notebook.cells if cell.cell_type == "code" and cell.source.strip()]


def graded_cells(notebook: nbformat.NotebookNode) -> list[nbformat.NotebookNode]:
    return [cell for cell in code_cells(notebook) if cell.metadata.get("nbgrader", {}).get("grade")]


def until(notebook: nbformat.NotebookNode, last: str) -> nbformat.NotebookNode:
    """Return the beginning of a notebook."""
    cells = notebook.cells[: [cell.id for cell in notebook.cells].index(last) + 1]
    return nbformat.v4.new_notebook(cells=cells, metadata=notebook.metadata)


@pytest.mark.parametrize(
    "chapter", [pytest.param(name, marks=() if name in SOME else pytest.mark.slow) for name in CHAPTERS]
)
def test_an_unsolved_chapter_runs_to_its_end(lab, chapter):
    """The tests of open exercises say so; nothing else goes wrong, and all pictures and formulas are there."""
    notebook = read(chapter)
    tests = graded_cells(notebook)
    lab.open(notebook, chapter)
    lab.run_all([cell.id for cell in code_cells(notebook)])
    complaints = {cell.id: lab.cell(cell.id).locator(ON_STDERR).all_inner_texts() for cell in code_cells(notebook)}
    assert {cell_id for cell_id, said in complaints.items() if said} == {cell.id for cell in tests}
    assert {cell.id for cell in tests if "NotImplementedError" not in complaints[cell.id][-1]} == set()
    assert lab.broken() == []


def test_a_slider_redraws_the_picture(lab):
    lab.open(read("01_neuron"), "slider")
    lab.run("setup", "activation-explorer")
    shown = lab.cell("activation-explorer")
    picture = shown.locator("img")
    before = {name: picture.get_attribute(name) for name in ("src", "alt")}
    handle = shown.locator(".noUi-handle").first
    handle.focus()
    handle.press("ArrowRight")
    lab.expect_change(picture, "src", before["src"])
    assert picture.get_attribute("alt") != before["alt"]
    assert "weight 1.5" in picture.get_attribute("alt")


def test_a_right_answer_passes_its_checks_and_is_valid(lab):
    lab.open(until(read("01_neuron"), "weighted_sum-test"), "right")
    lab.run("setup")
    lab.replace("weighted_sum", STUB, "return w @ x + b")
    lab.run("weighted_sum", "weighted_sum-test")
    assert re.fullmatch(r"weighted_sum: \d+ checks passed", lab.outputs("weighted_sum-test").inner_text().strip())
    assert "Success! Your notebook passes all the tests." in lab.validate()


def test_a_wrong_answer_is_explained_and_is_not_valid(lab):
    lab.open(until(read("01_neuron"), "threshold_neuron-test"), "wrong")
    lab.run("setup")
    lab.replace("weighted_sum", STUB, "return w @ x")
    lab.run("weighted_sum", "weighted_sum-test")
    assert "This looks like a result that is off by b" in lab.outputs("weighted_sum-test").inner_text()
    wrong, unanswered = lab.validate().split("The following cell failed:")[1:]
    assert "This looks like a result that is off by b" in wrong
    assert "NotImplementedError" in unanswered
