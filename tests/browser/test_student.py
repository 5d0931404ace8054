"""A student's whole way: answers, a new release in mid-course, the hand-in, the points."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import patience
import pytest
from lab_server import TOKEN
from playwright.sync_api import expect
from two_releases import CHAPTER, Chapter

from mlpkit.course.fresh import run
from mlpkit.course.notebooks import Notebook, read, text, write
from mlpkit.course.page import write_page
from mlpkit.course.work import Work

STUB = "raise NotImplementedError()"
MINE = "# a cell of my own\nprint(double(21))"


@pytest.fixture
def chapter(tmp_path):
    made = Chapter(tmp_path / "course folder")
    made.release(1)
    return made


def command(chapter: Chapter, work: Path, *arguments: str) -> str:
    """Run `mlp-course` in a process of its own."""
    folders = ("--course", chapter.root / "course", "--work", work)
    done = subprocess.run(
        [sys.executable, "-m", "mlpkit.course", arguments[0], *folders, *arguments[1:]],
        capture_output=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONUTF8": "1"},
        cwd=chapter.root,
        timeout=patience.SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def source(notebook: Notebook, name: str) -> str:
    [found] = [text(cell) for cell in notebook["cells"] if cell.get("id") == name]
    return found


def points(row: dict[str, str]) -> dict[str, float]:
    return {name: float(row[name]) for name in ("double-test", "half-test", "third-test")}


@pytest.mark.slow
def test_in_jupyterlab(lab, served, chapter):
    for other in served[1].iterdir():  # what other tests opened is no working copy of this student
        shutil.rmtree(other) if other.is_dir() else other.unlink()
    first = nbformat.read(chapter.released, as_version=4)
    said = command(chapter, served[1], "update")
    assert f"{CHAPTER}: new" in said
    work = Work(chapter.root / "course", served[1])
    lab.page.goto(f"{lab.address}/lab/workspaces/start/tree/start.md?token={TOKEN}&reset")
    start = lab.page.locator(".jp-MarkdownViewer")
    expect(start).to_contain_text("0 of 5 points by the visible checks", timeout=patience.MILLISECONDS)
    start.get_by_role("link", name="1. A small chapter").click()

    lab.attach(first)
    lab.replace("double", STUB, "return 2 * x")
    lab.replace("half", STUB, "return x * 2")
    lab.write("why", "Doubling and halving undo each other.")
    lab.run_all([cell.id for cell in first.cells if cell.cell_type == "code"])
    expect(lab.outputs("half-test")).to_contain_text("1 check passed")
    lab.save()
    before = read(work.place(CHAPTER))

    second = chapter.release(2)
    said = command(chapter, served[1], "update")
    assert f"{CHAPTER}: updated, with your 3 answers kept" in said
    assert "new exercises: third" in said
    merged = read(work.place(CHAPTER))
    for name in ("double", "half", "why"):
        assert source(merged, name) == source(before, name), name
    [backup] = (work.place(CHAPTER).parent / "backups").iterdir()
    assert read(backup) == before

    lab.page.goto(f"{lab.address}/lab/workspaces/later/tree/{CHAPTER}/{CHAPTER}.ipynb?token={TOKEN}&reset")
    lab.attach(second)
    expect(lab.cell("double-text")).to_contain_text("In clearer words: twice.")
    expect(lab.cell("double")).to_contain_text("return 2 * x")
    expect(lab.outputs("double-test")).to_contain_text("1 check passed")
    expect(lab.outputs("half-test")).to_have_count(0)
    lab.replace("third", STUB, "return x / 4")
    shown = lab.validate()
    assert "3 of 6 points by the visible checks, 2 failed. Next: Exercise 2: the half." in shown
    assert "half(x) returned a wrong value." in shown
    lab.replace("half", "return x", "return x / 2")
    lab.run_all([cell.id for cell in second.cells if cell.cell_type == "code"])
    lab.save()
    assert "5 of 6 points" in command(chapter, served[1], "progress", CHAPTER)

    chapter.hand_in("ada", work.place(CHAPTER))
    assert points(chapter.grades()["ada"]) == {"double-test": 3, "half-test": 2, "third-test": 0}


@pytest.mark.slow
def test_from_the_command_line(chapter, tmp_path):
    work = Work(chapter.root / "course", tmp_path / "Zoë's work")
    command(chapter, work.folder, "update")
    mine = read(work.place(CHAPTER))
    answered(mine, double="return 2 * x", half="return x * 2")
    mine["cells"].insert(4, {"cell_type": "code", "id": "mine", "metadata": {}, "source": MINE, "outputs": []})
    mine["cells"][4]["execution_count"] = None
    write(work.place(CHAPTER), run(mine, work.folder / CHAPTER).notebook)
    assert "5 of 5 points" in command(chapter, work.folder, "progress", CHAPTER)

    chapter.release(2)
    said = command(chapter, work.folder, "update")
    assert f"{CHAPTER}: updated, with your 2 answers kept" in said
    mine = read(work.place(CHAPTER))
    assert source(mine, "mine") == MINE
    assert "3 of 6 points" in command(chapter, work.folder, "progress", CHAPTER)
    answered(mine, half="return x / 2", third="return x / 3")
    write(work.place(CHAPTER), run(mine, work.folder / CHAPTER).notebook)
    said = command(chapter, work.folder, "progress", CHAPTER)
    assert "6 of 6 points" in said
    assert "Next: " in said, "the answer in words"
    assert command(chapter, work.folder, "update").endswith("All chapters are up to date.\n")

    chapter.hand_in("ada", work.place(CHAPTER))
    untouched = tmp_path / "untouched" / f"{CHAPTER}.ipynb"
    write(untouched, read(chapter.released))
    chapter.hand_in("bob", untouched)
    rows = chapter.grades()
    assert points(rows["ada"]) == {"double-test": 3, "half-test": 2, "third-test": 1}
    assert points(rows["bob"]) == {"double-test": 0, "half-test": 0, "third-test": 0}


def answered(notebook: Notebook, **bodies: str) -> None:
    for cell in notebook["cells"]:
        if cell.get("id") in bodies:
            cell["source"] = f"def {cell['id']}(x):\n    {bodies[cell['id']]}"


def test_the_course_is_opened_and_its_page_is_there(chapter, tmp_path):
    """`mlp-course open`, up to the program that it starts."""
    work = tmp_path / "work"
    said = command(chapter, work, "open", "--version")
    assert f"{CHAPTER}: new, in work/{CHAPTER}/{CHAPTER}.ipynb" in said
    assert (work / "start.md").exists()
    assert write_page(Work(chapter.root / "course", work)) == work / "start.md"
