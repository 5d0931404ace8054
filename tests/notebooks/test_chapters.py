"""Each chapter runs, in both editions, and keeps to the rules for notebooks."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import nbclient
import nbformat
import patience
import pytest

from autograder.course import Course
from autograder.release.kernel import WatchedKernel
from autograder.release.reader import reader_edition
from mlpkit import viz

ROOT = Path(__file__).resolve().parents[2]
SOLUTIONS = sorted((ROOT / "solutions").glob("*/*.ipynb"))
COURSE_FOLDER = Course.find(ROOT)
COURSE = sorted((ROOT / "course").glob("*/*.ipynb"))
BY_NBVAL = ("01_neuron",)
"""What nbval runs in every lane; the reader edition, which is made of all chapters, runs the same cells once."""
RANDOM_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){0,4}")


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def read(path: Path):
    return nbformat.read(path, as_version=4)


def tags(cell) -> list[str]:
    return cell.metadata.get("tags", [])


def test_there_are_chapters_and_each_is_released():
    assert [path.stem for path in SOLUTIONS] == [path.stem for path in COURSE] != []


@pytest.mark.parametrize(
    "path",
    [pytest.param(path, marks=() if path.stem in BY_NBVAL else pytest.mark.slow) for path in SOLUTIONS],
    ids=name,
)
def test_solutions_pass_nbval(path):
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "-o",
        "addopts=",
        "-o",
        "filterwarnings=",
    ]
    command += ["--nbval-lax", "--nbval-current-env", "--nbval-cell-timeout=600", str(path)]
    result = subprocess.run(
        command, cwd=path.parent, capture_output=True, text=True, timeout=patience.SECONDS, check=False
    )
    assert result.returncode == 0, result.stdout[-3000:] + result.stderr[-3000:]


WHOLE = [pytest.param(False, id="without demonstrations"), pytest.param(True, id="whole", marks=pytest.mark.slow)]
"""The demonstrations run in the reader edition; that they need no answer is tested below."""


@pytest.mark.parametrize("whole", WHOLE)
@pytest.mark.parametrize("path", COURSE, ids=name)
def test_an_unsolved_chapter_runs_to_its_end(path, whole):
    """As a student meets it: every cell runs, and only what is not solved yet says so."""
    notebook = read(path)
    notebook.cells = [cell for cell in notebook.cells if whole or "demo" not in tags(cell)]
    client = nbclient.NotebookClient(
        notebook,
        timeout=patience.SECONDS,
        kernel_manager_class=WatchedKernel,
        resources={"metadata": {"path": str(path.parent)}},
    )
    client.execute()
    code = [cell for cell in notebook.cells if cell.cell_type == "code" and cell.source.strip()]
    assert all(cell.execution_count for cell in code)
    errors = [(cell.id, out.ename) for cell in code for out in cell.outputs if out.output_type == "error"]
    graded = [cell.id for cell in code if cell.metadata.get("nbgrader", {}).get("grade")]
    assert errors == [(cell_id, "NotImplementedError") for cell_id in graded]


MAGIC = re.compile(r"^(\s*)[%!].*", re.MULTILINE)


@pytest.mark.parametrize("path", SOLUTIONS, ids=name)
def test_no_demonstration_needs_an_answer(path):
    """So it shows the same in the reader edition, with the answers, and to a student who has none."""
    released = {cell.id: cell.source for cell in read(ROOT / "course" / path.stem / path.name).cells}
    answered: set[str] = set()
    for cell in read(path).cells:
        if cell.cell_type != "code" or "instructor" in tags(cell):
            continue
        tree = ast.parse(MAGIC.sub(r"\1pass", cell.source))
        if "demo" in tags(cell):
            assert released[cell.id] == cell.source
            assert (names(tree, ast.Load) - bound(tree)) & answered == set(), cell.id
            answered -= bound(tree)
        elif cell.metadata.get("nbgrader", {}).get("solution"):
            answered |= {node.name for node in tree.body if isinstance(node, (ast.FunctionDef, ast.ClassDef))}
            answered |= {name for node in tree.body if isinstance(node, ast.Assign) for name in names(node, ast.Store)}


def names(tree: ast.AST, context: type) -> set[str]:
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, context)}


def bound(tree: ast.AST) -> set[str]:
    """Return what a cell itself gives a name to."""
    imported = [alias for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) for alias in node.names]
    arguments = {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
    return names(tree, ast.Store) | arguments | {alias.asname or alias.name for alias in imported}


@pytest.mark.parametrize("path", SOLUTIONS + COURSE, ids=name)
def test_stored_form(path):
    notebook = read(path)
    nbformat.validate(notebook)
    assert set(notebook.metadata) <= {"kernelspec", "language_info"}
    ids = [cell.id for cell in notebook.cells]
    assert len(set(ids)) == len(ids)
    assert [one for one in ids if RANDOM_ID.fullmatch(one)] == [], "cell ids are names given by hand"
    for cell in notebook.cells:
        if cell.cell_type == "code":
            assert cell.outputs == [], cell.id
            assert cell.execution_count is None, cell.id
            assert len(cell.source.splitlines()) <= (90 if path in COURSE else 140), cell.id
        if grade_id := cell.metadata.get("nbgrader", {}).get("grade_id"):
            assert grade_id == cell.id


LINE = 84
"""Characters of a line that fit the box of a cell on a small laptop; longer ones wrap by a word or a letter."""


@pytest.mark.parametrize("path", COURSE, ids=name)
def test_lines_of_code_fit_their_box(path):
    """In all cells but the first, whose message for a missing library the release adds."""
    code = [cell for cell in read(path).cells if cell.cell_type == "code" and cell.id != "setup"]
    assert [(cell.id, line) for cell in code for line in cell.source.splitlines() if len(line) > LINE] == []


IMAGE = re.compile(r"<img\b[^>]*>")
ALT = re.compile(r'\balt="([^"]{20,})"')


@pytest.mark.parametrize("chapter", COURSE_FOLDER.assignments)
def test_every_picture_has_an_alternative_text(chapter):
    """Pictures are shown through helpers that write an alt text, never as bare image data."""
    [notebook] = reader_edition(COURSE_FOLDER, chapter, ROOT / "build" / "site" / "executed").values()
    bundles = [
        (cell.id, output.data)
        for cell in notebook.cells
        if cell.cell_type == "code"
        for output in cell.outputs
        if output.output_type in ("display_data", "execute_result")
    ]
    pictures = [(where, image) for where, data in bundles for image in IMAGE.findall(data.get("text/html", ""))]
    assert pictures
    assert [where for where, image in pictures if not ALT.search(image)] == []
    assert [where for where, data in bundles if "image/png" in data and "<img" not in data.get("text/html", "")] == []


FEWEST_EXERCISES = {
    "00_numpy": 5,
    "01_neuron": 10,
    "02_gradient_descent": 10,
    "03_backprop": 12,
    "04_classification": 12,
    "05_design": 14,
    "06_training": 12,
    "07_project": 8,
    "08_today": 8,
}
NOTE = re.compile(r"# (Teaches|What (it|the exercise) teaches): \S+ \S+")
"""What an exercise is for, told to whoever teaches."""


@pytest.mark.parametrize("path", SOLUTIONS, ids=name)
def test_the_chapter_is_complete(path):
    """Enough exercises, each with its wrong answers; a written answer with a rubric; widgets with static strips."""
    cells = read(path).cells
    roles = [cell.metadata.get("nbgrader", {}) for cell in cells]
    answers = [cell for cell, role in zip(cells, roles, strict=True) if role.get("solution") and not role["grade"]]
    written = [cell for cell, role in zip(cells, roles, strict=True) if role.get("solution") and role["grade"]]
    tests = [cell for cell, role in zip(cells, roles, strict=True) if role.get("grade") and not role["solution"]]
    assert len(answers) >= FEWEST_EXERCISES[path.stem]
    assert 1 <= len(written) <= 2
    for test in tests:
        assert "### BEGIN HIDDEN TESTS" in test.source, test.id
    instructor = {cell.id: cell for cell in cells if "instructor" in tags(cell)}
    for answer in answers:
        mistakes = instructor[f"{answer.id}-mistakes"].source
        assert mistakes.count("@mistake(") >= 3, answer.id
        assert NOTE.match(mistakes), answer.id
    for answer in written:
        assert "points" in instructor[f"{answer.id}-rubric"].source
    shown = "\n".join(cell.source for cell in cells if cell.cell_type == "code" and "demo" in tags(cell))
    explored, in_strips = (set(re.findall(rf"viz\.{kind}_(\w+)\(", shown)) for kind in ("explore", "strip"))
    assert len({one for one in explored & in_strips if hasattr(viz, f"plot_{one}")}) >= 2
    assert re.search(r"viz\.animate_\w+\(", shown)


QUESTION = re.compile(r"<details>\s*<summary>(.*?)</summary>\n\n(.*?)\n</details>", re.DOTALL)
YEAR = re.compile(r"\b(1[6-9]|20)\d\d\b")


def items(text: str) -> list[str]:
    return re.findall(r"^- (.+)$", text, re.MULTILINE)


@pytest.mark.parametrize("path", SOLUTIONS, ids=name)
def test_the_chapter_says_what_it_is_for(path):
    opening = read(path).cells[0].source
    assert opening.startswith("# ")
    _, promised = opening.split("\nYou will be able to\n")
    assert len(items(promised)) >= 4


@pytest.mark.parametrize("path", SOLUTIONS, ids=name)
def test_the_chapter_closes_with_what_to_keep(path):
    """A summary, the notation with its shapes, a quiz with answers that are explained, and what to read next."""
    closing = next(cell.source for cell in reversed(read(path).cells) if cell.cell_type == "markdown")
    titles = ["## Summary", "### Notation", "### Quiz", "### Further reading"]
    assert re.findall("^##+ .*$", closing, re.MULTILINE) == titles
    summary, notation, quiz, reading = re.split("|".join(f"^{title}$" for title in titles), closing, flags=re.M)[1:]
    assert len(items(summary)) >= 4
    header, _, *symbols = [line for line in notation.splitlines() if line.startswith("|")]
    assert "shape" in header
    assert len(symbols) >= 6
    questions = QUESTION.findall(quiz)
    assert len(questions) >= 5
    assert [asked for asked, answer in questions if len(answer.split()) < 10] == []
    assert len(items(reading)) >= 3
    assert [work for work in items(reading) if not YEAR.search(work)] == []


@pytest.mark.parametrize("path", SOLUTIONS, ids=name)
def test_what_opens_holds_no_mathematics_in_its_title(path):
    """Neither formulas nor code are rendered there."""
    for cell in read(path).cells:
        if cell.cell_type == "markdown":
            titles = re.findall("<summary>(.*?)</summary>", cell.source, re.DOTALL)
            assert cell.source.count("<details>") == len(titles) == cell.source.count("</details>"), cell.id
            assert [title for title in titles if re.search(r"[$`\\]|\*\*", title)] == []


def test_a_paper_is_linked_by_its_identifier_and_has_one():
    """A title in quotes that is linked leads to the resolver of identifiers, to the same one in each chapter."""
    links = re.findall(
        r'\["([^"\n]+)"\]\((\S+?)\)',
        "\n".join(cell.source for path in SOLUTIONS for cell in read(path).cells if cell.cell_type == "markdown"),
    )
    assert len(links) > 50
    assert [link for _, link in links if not re.fullmatch(r"https://doi\.org/10\.\d{4,}/[^\s()]+", link)] == []
    assert len(dict(links)) == len(set(links)) == len({link for _, link in links})
