"""The reference says in which section of the lectures a thing is taught."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def taught(extension):
    return extension("taught")


@pytest.fixture
def chapters(extension):
    return extension("chapters")


def test_a_heading_may_stand_anywhere_in_a_cell(taught, tmp_path):
    texts = ["# Weeks", "Before.\n\n## 1. Sigmoid\n\nText.\n\n### Others\n\nA `Dense` layer.", "## 2. Last"]
    cells = [new_markdown_cell(text, id=f"cell-{i}") for i, text in enumerate(texts)]
    cells.insert(2, new_code_cell("from mlpkit import Dense, Adam\nDense(1, 2)", id="code"))
    nbformat.write(new_notebook(cells=cells), tmp_path / "week1.ipynb")
    found = {word: place for place, words in taught._sections(tmp_path / "week1.ipynb") for word in words}
    assert found["Sigmoid"] == ("Weeks", "Sigmoid", "week1-cell-1")
    assert found["Dense"] == ("Weeks", "Others", "week1-cell-1-2")
    assert "Adam" not in found  # it is imported, and never used


def test_each_heading_of_a_cell_has_the_label_that_is_linked(chapters):
    text = chapters.with_labels("week1", "all", "Before.\n\n## One\n\nText.\n\n### Two")
    assert text == "Before.\n\n(week1-all)=\n## One\n\nText.\n\n(week1-all-2)=\n### Two"


@pytest.mark.parametrize(
    ("name", "heading"),
    [
        ("Sigmoid", "Sigmoid"),
        ("Tanh", "Tanh"),
        ("Dense", "The same with mlpkit"),
        ("one_hot", "One-hot, likelihood and categorical cross-entropy"),
        ("GELU", "The relatives of ReLU"),
        ("Dropout", "Dropout"),
        ("Adam", "Adam"),
    ],
)
def test_what_a_section_is_about_is_taught_there(taught, name, heading):
    app = SimpleNamespace(srcdir=ROOT / "docs")
    taught.find_places(app)
    assert app.taught_places[name][1] == heading
