"""No accuracy, threshold or stopping time in a chapter is read off data that were trained on, or kept for the test.

``held_out.toml`` says for each demonstration that shows such a number which data it comes from.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).resolve().parents[2]
CHAPTERS = {path.stem: path for path in sorted((ROOT / "solutions").glob("*/*.ipynb"))}
SOURCES = tomllib.loads(Path(__file__).with_name("held_out.toml").read_text(encoding="utf-8"))
VERDICT = re.compile(
    r"accurac|\bright about|right on|are right|digits read|[^_]missed|threshold|best_epoch|EarlyStopping|"
    r"within 0\.05|mistakes\b|do not know"
)
KINDS = ("validation", "new", "test", "training")


def demonstrations(chapter: str) -> dict[str, str]:
    """The cells that only show something and are no ready-made figure, by their ids."""
    cells = nbformat.read(CHAPTERS[chapter], as_version=4).cells
    shown = [cell for cell in cells if cell.cell_type == "code" and "demo" in cell.metadata.get("tags", [])]
    return {cell.id: cell.source for cell in shown if not cell.source.startswith("viz.")}


def verdicts(chapter: str) -> set[str]:
    """The demonstrations that print or draw an accuracy, a threshold or a stopping time."""
    described = re.compile(r'alt="[^"]*"')
    shows = re.compile(r"print\(|viz\.show\(")
    texts = {name: described.sub("", text) for name, text in demonstrations(chapter).items()}
    return {name for name, text in texts.items() if VERDICT.search(text) and shows.search(text)}


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_each_number_names_its_data(chapter):
    listed = SOURCES.get(chapter, {})
    assert verdicts(chapter) - set(listed) == set(), "say in held_out.toml which data these are read off"
    assert set(listed) - set(demonstrations(chapter)) == set()
    assert [name for name, said in listed.items() if not said.startswith(KINDS)] == []


@pytest.mark.parametrize("chapter", [name for name in CHAPTERS if name in SOURCES])
def test_the_test_set_is_used_once(chapter):
    with_test = [name for name, said in SOURCES[chapter].items() if re.search(r"\btest:", said)]
    assert len([name for name in with_test if not name.endswith("-own")]) <= 1
    for name, text in demonstrations(chapter).items():
        code = "\n".join(line for line in text.splitlines() if not line.startswith("#"))
        if re.search(r"test_(accuracy|loss)|digits\.(X|y)_test\b|evaluate\(digits\b|Z_(new|test)\b", code):
            known = name in with_test or name not in verdicts(chapter)
            assert known, f"{name} looks at the test set; held_out.toml does not say so"


@pytest.mark.parametrize("chapter", [name for name in CHAPTERS if name in SOURCES])
def test_comparisons_are_made_three_times(chapter):
    for name, text in demonstrations(chapter).items():
        if "three beginnings" in SOURCES[chapter].get(name, ""):
            assert re.search(r"range\(3\)|in \(2, 1, 0\)", text), name
