"""The glossary and the page on notation hold what the chapters define."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_markdown_cell, new_notebook

ROOT = Path(__file__).resolve().parents[2]
EXTENSIONS = ROOT / "docs" / "_extensions"


@pytest.fixture
def vocabulary(extension):
    return extension("vocabulary")


def test_every_definition_of_the_chapters_is_there(vocabulary):
    found = vocabulary.definitions(ROOT)
    cells = [
        cell
        for path in ROOT.glob("solutions/*/*.ipynb")
        for cell in nbformat.read(path, as_version=4).cells
        if cell.cell_type == "markdown" and "instructor" not in cell.metadata.get("tags", [])
    ]
    assert len(found) == sum(cell.source.count("**Definition.**") for cell in cells) > 40
    assert all(one.terms and one.text and one.link for one in found)
    lines = vocabulary.glossary(found)
    terms = [line for line in lines[3:-1] if line and not line.startswith(" ")]
    assert len(terms) == len(set(terms))
    assert {"gradient", "early stopping", "Jacobian matrix", "validation set"} <= set(terms)


def test_the_pages_are_made_by_sphinx(vocabulary, tmp_path):
    """A course of one chapter, whose definition ends with a formula, and another one that uses its word again."""
    folder = tmp_path / "solutions" / "week1"
    folder.mkdir(parents=True)
    (tmp_path / "nbgrader_config.py").write_text("c = get_config()\nc.CourseDirectory.source_directory = 'solutions'\n")
    texts = {
        "title": "# Weeks\n\nOpening.",
        "first": "Text.\n\n## 1. What is *one*?\n\n**Definition.** *Unity* is the *number*\n\n$$u = 1.$$\n\nMore.",
        "task": "### Exercise 1: add\n\nAdd.\n\n**Definition.** A *pair* is two of a *number*.",
        "end": "### Notation\n\n| symbol | meaning |\n|---|---|\n| $u$ | unity |",
    }
    cells = [new_markdown_cell(text, id=name) for name, text in texts.items()]
    nbformat.write(new_notebook(cells=cells), folder / "week1.ipynb")
    docs = tmp_path / "docs"
    docs.mkdir()
    (docs / "conf.py").write_text(
        f"import sys\nsys.path.insert(0, {str(EXTENSIONS)!r})\n"
        "extensions = ['myst_parser', 'vocabulary']\nmyst_enable_extensions = ['dollarmath']\n"
    )
    (docs / "index.md").write_text(
        "# All\n\n(week1-title)=\n## Title\n\n(week1-first)=\n## First\n\n"
        "```{chapter-glossary}\n```\n\n```{chapter-notation}\n```\n"
    )
    command = [sys.executable, "-m", "sphinx", "-W", "-q", "-b", "text", str(docs), str(tmp_path / "out")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    page = " ".join((tmp_path / "out" / "index.txt").read_text().split())
    assert (
        "number (1) See *unity*. (2) See *pair*. pair A *pair* is two of a *number*. Weeks: What is *one*? unity"
        in page
    )
    assert "*Unity* is the *number* u = 1. Weeks: What is *one*?" in page
    assert "Weeks ----- +" in page  # a section of its own
    assert "| u | unity" in page


def test_a_definition_goes_on_until_its_sentence_ends(vocabulary):
    formula = "$$y = x,$$"
    assert vocabulary.whole("It takes $x$ to", [formula, "where $x$ is known. More.", "End."]) == (
        "It takes $x$ to\n\n$$y = x,$$\n\nwhere $x$ is known."
    )
    assert vocabulary.whole("It takes $x$ to", [formula, "**By hand.** More."]) == "It takes $x$ to\n\n$$y = x.$$"
    assert vocabulary.whole("It is so. (It is.)", [formula]) == "It is so. (It is.)"


def test_a_term_is_found_below_the_word_that_one_looks_up(vocabulary):
    one = vocabulary.Definition(("overfits", "gap"), "A network *overfits* if there is a *gap*.", "link", "05_design")
    other = vocabulary.Definition(("gap",), "A *gap* is a hole.", "link", "06_training")
    lines = vocabulary.glossary([one, other])
    assert "overfitting" in lines
    assert "overfits" not in lines
    assert "  (1) See {term}`overfitting`." in lines
    assert "  (2) A *gap* is a hole." in lines
    assert '<a href="#term-overfitting">O</a>' in vocabulary.alphabet([one, other])
