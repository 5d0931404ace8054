"""The student edition in JupyterLab, in a browser."""

from __future__ import annotations

import re
import shutil

import nbformat
import patience
import pytest
from lab_server import ROOT, TOKEN
from nbgrader.utils import compute_checksum
from playwright.sync_api import expect

from mlpkit.course.notebooks import read as read_plain
from mlpkit.course.notebooks import write
from mlpkit.course.page import write_page
from mlpkit.course.work import Work

CHAPTERS = [path.stem for path in sorted((ROOT / "course").glob("*/*.ipynb"))]
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


@pytest.mark.slow  # `tests/notebooks` runs them without a browser in every lane
@pytest.mark.parametrize("chapter", CHAPTERS)
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


@pytest.mark.slow  # the widgets are the library's own; what they draw is tested without a browser in every lane
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


def test_a_wrong_answer_is_explained_and_a_right_one_passes(lab):
    lab.open(until(read("01_neuron"), "threshold_neuron-test"), "answers")
    lab.run("setup")
    lab.replace("weighted_sum", STUB, "return w @ x")
    lab.run("weighted_sum", "weighted_sum-test")
    assert "weighted_sum(x, w, b) returned a wrong value" in lab.outputs("weighted_sum-test").inner_text()
    dialog = lab.begin_validating()
    rows = [row.inner_text().split("\t") for row in dialog.locator("tbody tr").all()]
    assert rows == [
        ["Exercise 1: the weighted sum", "2", "✗ failed"],
        ["Exercise 2: the threshold neuron", "2", "not begun"],
        ["all", "0 of 4", "0 of 2 done"],
    ]
    said = dialog.inner_text()
    assert "weighted_sum(x, w, b) returned a wrong value" in said
    assert "check.case" not in said
    assert "The following cell failed" not in said
    dialog.get_by_role("link", name="Exercise 2: the threshold neuron").click()
    expect(dialog).to_have_count(0)
    expect(lab.cell("threshold_neuron-text")).to_be_in_viewport(ratio=0.2)

    lab.replace("weighted_sum", "return w @ x", "return w @ x + b")
    lab.run("weighted_sum", "weighted_sum-test")
    assert re.fullmatch(r"weighted_sum: \d+ checks passed", lab.outputs("weighted_sum-test").inner_text().strip())
    said = lab.validate()
    assert "answers: 2 of 4 points by the visible checks. Next: Exercise 2: the threshold neuron." in said
    assert "The following cell failed" not in said


def test_a_notebook_of_another_course_gets_nbgraders_own_answer(lab):
    notebook = until(read("01_neuron"), "weighted_sum-test")
    notebook.cells = notebook.cells[-1:]
    notebook.cells[0].source = "print(sum([1, 2]) == 3)"
    notebook.cells[0].metadata.nbgrader.checksum = compute_checksum(notebook.cells[0])
    lab.open(notebook, "another")
    assert "Success! Your notebook passes all the tests." in lab.validate()


def with_answers(notebook: nbformat.NotebookNode, **answers: str) -> nbformat.NotebookNode:
    """Return a notebook with the bodies of some functions written."""
    for cell in notebook.cells:
        if cell.id in answers:
            head, _, _ = cell.source.partition("    # YOUR CODE HERE")
            cell.source = head + "\n".join(f"    {line}" for line in answers[cell.id].split("\n"))
    return notebook


@pytest.mark.slow  # `tests/mlpkit/test_course_fresh.py` stops one without a browser
def test_a_loop_without_end_is_spoken_of_and_can_be_stopped(lab):
    short = until(read("01_neuron"), "weighted_sum-test")
    lab.open(with_answers(short, weighted_sum="import time\nwhile True:\n    time.sleep(0.01)"), "endless")
    lab.run("setup", "weighted_sum")
    lab.start("weighted_sum-test")
    below = lab.cell("weighted_sum-test").locator(".jp-OutputArea")
    expect(below).to_contain_text("does the loop end? The button ■ above stops it.", timeout=patience.MILLISECONDS)
    lab.stop()
    expect(below).to_contain_text("If that was a loop: what makes it end?", timeout=patience.MILLISECONDS)
    said = below.inner_text()
    assert "Still running" not in said
    assert "This happened in weighted_sum(x, w, b)" in said
    assert "check.case" not in said


@pytest.mark.slow  # `tests/mlpkit/test_notebook.py` counts the lines without a browser in every lane
def test_a_million_prints_leave_the_page_alive(lab):
    flood = "for i in range(1_000_000):\n    print(i)\nreturn w @ x + b"
    lab.open(with_answers(until(read("01_neuron"), "weighted_sum-test"), weighted_sum=flood), "flood")
    lab.run("setup", "weighted_sum", "weighted_sum-test")
    lines = lab.cell("weighted_sum-test").locator(".jp-OutputArea").inner_text().strip().splitlines()
    assert len(lines) < 110
    assert "… The rest is not shown. Is there a print in a loop?" in lines
    assert re.fullmatch(r"weighted_sum: \d+ checks passed", lines[-1])


@pytest.mark.slow  # `tests/mlpkit/test_notebook.py` has the sentences, without a browser, in every lane
def test_mistakes_that_python_says_little_about(lab):
    """A power sign, then a syntax error before a check; then a restart."""
    short = until(read("01_neuron"), "activation-explorer")
    lab.open(with_answers(short, weighted_sum="return float(w @ x) ^ b", threshold_neuron="return 0"), "mistakes")
    lab.run("setup", "weighted_sum", "weighted_sum-test", "threshold_neuron", "activation-explorer")
    assert "a power is written with **" in lab.cell("weighted_sum-test").inner_text()
    lab.replace("threshold_neuron", "return 0", "return (")
    lab.run("threshold_neuron", "threshold_neuron-test")
    assert "The cell with threshold_neuron could not be run" in lab.outputs("threshold_neuron-test").inner_text()

    lab.restart()
    handle = lab.cell("activation-explorer").locator(".noUi-handle").first
    handle.focus()
    handle.press("ArrowRight")
    note = lab.cell("activation-explorer").locator(".mlpkit-unanswered .widget-html-content")
    expect(note).not_to_be_empty()
    shown = "note => getComputedStyle(note, '::after').visibility === 'visible'"
    lab.page.wait_for_function(shown, arg=note.element_handle(), timeout=patience.MILLISECONDS)
    lab.run("activation-explorer")
    assert "Has the first cell of this notebook been run" in lab.cell("activation-explorer").inner_text()


def test_from_the_start_page_to_an_answer_that_outlives_an_update(lab, served, tmp_path):
    """What `mlp-course open` shows; a student answers and saves; a new release comes; the answer is there."""
    for other in served[1].iterdir():  # what other tests opened is no working copy of this student
        shutil.rmtree(other)
    released = tmp_path / "course" / "01_neuron" / "01_neuron.ipynb"
    short = until(read("01_neuron"), "threshold_neuron-test")
    write(released, dict(short))
    work = Work(tmp_path / "course", served[1])
    list(work.update())
    page = write_page(work)
    lab.page.goto(f"{lab.address}/lab/workspaces/start/tree/{page.name}?token={TOKEN}&reset")
    start = lab.page.locator(".jp-MarkdownViewer")
    expect(start).to_contain_text("0 of 4 points by the visible checks", timeout=patience.MILLISECONDS)
    assert lab.page.locator(".jp-Launcher, .jp-toast-button").count() == 0
    assert lab.page.get_by_role("menuitem", name="Nbgrader").count() == 0
    start.get_by_role("link", name="1. The neuron").click()

    lab.attach(short)
    lab.run("setup")
    expect(lab.outputs("setup")).to_contain_text("0 of 4 points by the visible checks. Next: Exercise 1")
    lab.replace("weighted_sum", STUB, "return w @ x + b")
    lab.run("weighted_sum", "weighted_sum-test")
    lab.save()
    assert "2 of 4 points" in page.read_text(encoding="utf-8"), "it is renewed when a notebook is saved"

    new = until(read("01_neuron"), "without_input-test")
    for cell in new.cells:
        cell.source = cell.source.replace("### Exercise 1", "In clearer words.\n\n### Exercise 1")
    write(released, dict(new))
    assert [change.merge.added for change in work.update()] == [["without_input"]]
    merged = read_plain(work.place("01_neuron"))
    assert [cell["id"] for cell in merged["cells"]] == [cell.id for cell in new.cells]
    lab.page.goto(f"{lab.address}/lab/workspaces/next/tree/01_neuron/01_neuron.ipynb?token={TOKEN}&reset")
    lab.attach(new)
    expect(lab.cell("weighted_sum")).to_contain_text("return w @ x + b")
    expect(lab.outputs("weighted_sum-test")).to_contain_text("checks passed")
    expect(lab.cell("weighted_sum-text")).to_contain_text("In clearer words.")
    assert "2 of 5 points" in write_page(work).read_text(encoding="utf-8")
