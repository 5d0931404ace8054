"""Every row of the syllabus is taught by a cell and, where it must be, practised by an exercise.

The rows stand in ``syllabus.toml``. Which cell serves which row stands in the cell's metadata: `teaches`
on text and figures, `practises` on answer cells.
"""

from __future__ import annotations

import ast
import tomllib
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell

ROOT = Path(__file__).resolve().parents[2]
CHAPTERS = {path.stem: path for path in sorted((ROOT / "solutions").glob("*/*.ipynb"))}
SYLLABUS = tomllib.loads(Path(__file__).with_name("syllabus.toml").read_text(encoding="utf-8"))
FEWEST_WORDS = 15


def rows(chapter: str) -> tuple[set[str], set[str]]:
    """All rows of a chapter, and those that an exercise must practise."""
    found = SYLLABUS.get(chapter, {})
    assert set(found) <= {"explained", "practised"}
    explained, practised = (set(found.get(kind, {})) for kind in ("explained", "practised"))
    assert not explained & practised
    return explained | practised, practised


def is_answer(cell) -> bool:
    return bool(cell.metadata.get("nbgrader", {}).get("solution"))


def is_handed_out(cell) -> bool:
    return "instructor" not in cell.metadata.get("tags", [])


def shows_something(cell) -> bool:
    """Whether a reader of the released chapter finds text, a figure or a table of numbers in a cell."""
    if cell.metadata.get("nbgrader", {}).get("grade") or is_answer(cell) or not is_handed_out(cell):
        return False
    if cell.cell_type == "markdown":
        return len(cell.source.split()) >= FEWEST_WORDS
    body = ast.parse(cell.source).body
    calls = [ast.unparse(node.func) for node in ast.walk(ast.Module(body, [])) if isinstance(node, ast.Call)]
    ends_in_value = bool(body) and isinstance(body[-1], ast.Expr)
    return ends_in_value or any(call == "print" or call.startswith("viz.") for call in calls)


def where(cells, kind: str) -> dict[str, list[str]]:
    """Map each row to the ids of the cells whose metadata name it; those of answers are grade ids, too."""
    found: dict[str, list[str]] = {}
    for cell in cells:
        for key in cell.metadata.get(kind, []):
            found.setdefault(key, []).append(cell.id)
    return found


def problems(cells, all_rows: set[str], to_practise: set[str]) -> list[str]:
    """What is wrong with the map of a chapter."""
    taught, practised = where(cells, "teaches"), where(cells, "practises")
    prose = where([cell for cell in cells if cell.cell_type == "markdown"], "teaches")
    said = [f"{key}: no cell teaches it" for key in sorted(all_rows - set(taught))]
    said += [f"{key}: figures alone do not explain it" for key in sorted(all_rows & set(taught) - set(prose))]
    said += [f"{key}: no answer practises it" for key in sorted(to_practise - set(practised))]
    for cell in cells:
        for kind in ("teaches", "practises"):
            keys = cell.metadata.get(kind, [])
            said += [f"{cell.id}: {kind} the unknown {key!r}" for key in keys if key not in all_rows]
            if kind in cell.metadata and (not keys or len(set(keys)) < len(keys) or not isinstance(keys, list)):
                said.append(f"{cell.id}: {kind} is a list of different rows, not {keys!r}")
        if "teaches" in cell.metadata and not shows_something(cell):
            said.append(f"{cell.id}: teaches, but shows neither text nor a figure")
        if "practises" in cell.metadata and not is_answer(cell):
            said.append(f"{cell.id}: practises, but is no answer")
    return said


def test_every_chapter_has_rows_and_all_rows_have_a_chapter():
    assert set(SYLLABUS) == set(CHAPTERS)


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_every_row_is_taught_and_practised(chapter):
    all_rows, to_practise = rows(chapter)
    assert all_rows
    cells = nbformat.read(CHAPTERS[chapter], as_version=4).cells
    assert problems(cells, all_rows, to_practise) == []


def cell(name, new=new_markdown_cell, source="word " * FEWEST_WORDS, **metadata):
    made = new(source, metadata=metadata)
    made.id = name
    return made


TEXT = cell("text", teaches=["a"])
FIGURE = cell("figure", new_code_cell, "viz.strip_a()", teaches=["a"])
ANSWER = cell("answer", new_code_cell, "def a(): ...", practises=["a"], nbgrader={"solution": True, "grade": False})
TEST = {"solution": False, "grade": True}


def test_a_complete_map_has_no_problems():
    assert problems([TEXT, FIGURE, ANSWER], {"a"}, {"a"}) == []
    assert problems([TEXT], {"a"}, set()) == []


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ([ANSWER], "a: no cell teaches it"),
        ([FIGURE, ANSWER], "a: figures alone do not explain it"),
        ([TEXT], "a: no answer practises it"),
        ([TEXT, ANSWER, cell("more", teaches=["b"])], "more: teaches the unknown 'b'"),
        ([TEXT, ANSWER, cell("more", practises=["a"])], "more: practises, but is no answer"),
        ([TEXT, ANSWER, cell("more", teaches=["a", "a"])], "more: teaches is a list of different rows, not ['a', 'a']"),
        ([TEXT, ANSWER, cell("more", teaches=[])], "more: teaches is a list of different rows, not []"),
        *(
            ([TEXT, ANSWER, silent], "more: teaches, but shows neither text nor a figure")
            for silent in (
                cell("more", source="### A heading", teaches=["a"]),
                cell("more", new_code_cell, "x = 1", teaches=["a"]),
                cell("more", new_code_cell, "print(1)", teaches=["a"], nbgrader=TEST),
                cell("more", teaches=["a"], tags=["instructor"]),
            )
        ),
    ],
)
def test_what_is_missing_is_found(cells, said):
    assert problems(cells, {"a"}, {"a"}) == [said]
