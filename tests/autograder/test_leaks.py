"""Nothing secret leaves with a release, wherever it stands and whatever it is wrapped in."""

from __future__ import annotations

import base64
import gzip
import html
import io
import json
import zipfile
from urllib.parse import quote

import nbformat
import pytest
from course_maker import CONFIG, make_course, nbgrader_cell, source_notebook, with_task
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from autograder.course import Course
from autograder.notebook.read import read_notebook
from autograder.notebook.secret import Secrets, marked, public
from autograder.release.editions import generate
from autograder.release.leaks import leaks, own_lines, public_attachments

ANSWER = "return 2 * x"
SECRETS = {
    "an answer": ANSWER,
    "a hidden test": "secret_number = 4.5",
    "a written answer": "Because doubling undoes halving.",
    "a mark scheme": "Two curves.",
    "a mark": "### BEGIN SOLUTION",
    "an instructor cell": "@mistake('squared', 'You multiplied x by itself.')",
}
PICTURE = base64.b64encode(b"\x89PNG\r\n\x1a\n" + bytes(range(256))).decode()
OTHER = base64.b64encode(b"\x89PNG\r\n\x1a\n" + bytes(range(255, -1, -1))).decode()


def zipped(text):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("inner.txt", text)
    return file.getvalue()


WRAPPINGS = {
    "plain": str,
    "in a program": lambda text: f"def double(x):\n    {text}\n",
    "JSON": lambda text: json.dumps({"deep": [{"er": f"first\n{text}\nlast"}]}),
    "JSON with every letter escaped": lambda text: '"' + "".join(f"\\u{ord(one):04x}" for one in text) + '"',
    "base64": lambda text: base64.b64encode(text.encode()).decode(),
    "base64 in lines": lambda text: base64.encodebytes((text * 9).encode()).decode(),
    "base64 twice": lambda text: base64.b64encode(base64.b64encode(text.encode())).decode(),
    "base64 for addresses": lambda text: base64.urlsafe_b64encode(text.encode()).decode().rstrip("="),
    "an address": lambda text: f"data:text/plain,{quote(text, safe='')}",
    "HTML": lambda text: f"<p>{html.escape(text)}</p>",
    "a repr": lambda text: repr(f"x\n{text}\ny"),
}
FILES = {
    "UTF-16": lambda text: text.encode("utf-16"),
    "zip": zipped,
    "gzip": lambda text: gzip.compress(text.encode()),
    "JSON in a zip": lambda text: zipped(json.dumps([text])),
    "after bytes": lambda text: bytes(range(256)) + text.encode() + bytes(99),
}


@pytest.fixture
def source():
    return with_task(source_notebook())


@pytest.fixture
def folder(unchecked):
    return unchecked.folder("release", "small")


def change(folder, how):
    """Change the released notebook."""
    notebook = read_notebook((folder / "small.ipynb").read_bytes())
    how(notebook)
    nbformat.write(notebook, folder / "small.ipynb")


PLACES = {
    "metadata of the notebook": lambda notebook, text: notebook.metadata.update(note=text),
    "a key of the metadata": lambda notebook, text: notebook.metadata.update({text: 1}),
    "metadata of a cell": lambda notebook, text: notebook.cells[0].metadata.update(note={"deep": [text]}),
    "tags": lambda notebook, text: notebook.cells[0].metadata.update(tags=[text]),
    "the state of widgets": lambda notebook, text: notebook.metadata.update(
        widgets={"application/vnd.jupyter.widget-state+json": {"state": {"a": {"state": {"value": text}}}}}
    ),
    "an attachment": lambda notebook, text: notebook.cells[0].update(attachments={"a.txt": {"text/plain": text}}),
    "an output": lambda notebook, text: notebook.cells[2].update(outputs=[new_output("stream", text=text)]),
}


def test_a_clean_release_has_no_leaks(source, folder):
    assert leaks({"small": source}, folder) == []


@pytest.mark.parametrize("secret", SECRETS)
@pytest.mark.parametrize("place", PLACES)
def test_every_secret_is_found_in_every_place(source, folder, place, secret):
    change(folder, lambda notebook: PLACES[place](notebook, SECRETS[secret]))
    assert any("line" in finding or "mark" in finding for finding in leaks({"small": source}, folder))


@pytest.mark.parametrize("wrapping", WRAPPINGS)
def test_every_wrapping_is_taken_off(source, folder, wrapping):
    text = WRAPPINGS[wrapping](ANSWER)
    change(folder, lambda notebook: notebook.metadata.update(note=text))
    assert leaks({"small": source}, folder) == [f"small.ipynb, metadata note: the line `{ANSWER}`"]
    change(folder, lambda notebook: notebook.metadata.pop("note"))
    (folder / "data").mkdir()
    (folder / "data" / "more.csv").write_text(text)
    assert leaks({"small": source}, folder) == [f"data/more.csv: the line `{ANSWER}`"]


@pytest.mark.parametrize("wrapping", FILES)
def test_files_are_unpacked(source, folder, wrapping):
    (folder / "more.npz").write_bytes(FILES[wrapping](ANSWER))
    assert leaks({"small": source}, folder) == [f"more.npz: the line `{ANSWER}`"]


@pytest.mark.parametrize(
    "data",
    [b"PK broken", b"\x1f\x8b broken", b"{broken", b"", b"[" * 100_000, b"\xff\xfe\x00", b"=" * 99, b"QUJD" * 5 + b"!"],
)
def test_a_file_that_cannot_be_unpacked_is_no_leak(source, folder, data):
    (folder / "data.csv").write_bytes(data)
    assert leaks({"small": source}, folder) == []


def test_a_notebook_in_a_folder_is_not_handed_out(course, source):
    old = course.folder("source", "small") / "old"
    old.mkdir()
    nbformat.write(source, old / "small.ipynb")
    target = course.folder("release", "small")
    generate(course, "small", target)
    assert not (target / "old").exists()
    (target / "old").mkdir()
    nbformat.write(source, target / "old" / "small.ipynb")
    assert leaks({"small": source}, target) == ["old/small.ipynb: no source notebook has this name"]


def with_pictures():
    """A written answer with a picture in its question and another in its answer, and an answer without marks."""
    text = (
        "Look: ![](attachment:task%20one.png)\n"
        "### BEGIN SOLUTION\nIt shows this.\n![](attachment:key.png)\n### END SOLUTION"
    )
    notebook = source_notebook()
    asked = nbgrader_cell("asked", text, markdown=True, grade=True, solution=True, points=1)
    asked["attachments"] = {"task one.png": {"image/png": OTHER}, "key.png": {"image/png": PICTURE}}
    whole = nbgrader_cell("whole", "![](attachment:all.png)", markdown=True, grade=True, solution=True, points=1)
    whole["attachments"] = {"all.png": {"image/png": PICTURE}}
    notebook.cells += [asked, whole]
    return notebook


def test_a_picture_of_an_answer_is_taken_away_and_the_public_one_kept(tmp_path):
    course = make_course(tmp_path, with_pictures())
    target = course.folder("release", "small")
    generate(course, "small", target)
    assert leaks({"small": with_pictures()}, target) == []
    text = (target / "small.ipynb").read_text()
    assert PICTURE not in text
    cells = {cell.id: cell for cell in read_notebook(text.encode()).cells}
    assert cells["asked"].attachments == {"task one.png": {"image/png": OTHER}}
    assert "attachments" not in cells["whole"]


@pytest.mark.parametrize("place", ["attachment", "metadata", "file", "file in base64"])
def test_a_picture_of_an_answer_is_found_wherever_it_is(tmp_path, place):
    course = make_course(tmp_path, with_pictures())
    target = course.folder("release", "small")
    generate(course, "small", target)
    if place == "attachment":
        change(target, lambda notebook: notebook.cells[0].update(attachments={"x.png": {"image/png": PICTURE}}))
    elif place == "metadata":
        change(target, lambda notebook: notebook.metadata.update(icon=f"data:image/png;base64,{PICTURE}"))
    elif place == "file":
        (target / "key.png").write_bytes(base64.b64decode(PICTURE))
    else:
        (target / "key.csv").write_text(f"name,picture\nkey,{PICTURE}\n")
    (finding,) = leaks({"small": with_pictures()}, target)
    assert finding.endswith("a picture of an answer")


def test_the_state_of_widgets_is_not_handed_out(tmp_path):
    notebook = source_notebook()
    notebook.metadata["widgets"] = {"application/vnd.jupyter.widget-state+json": {"state": {}}}
    course = make_course(tmp_path, notebook)
    target = course.folder("release", "small")
    generate(course, "small", target)
    assert "widgets" not in read_notebook((target / "small.ipynb").read_bytes()).metadata


def test_header_footer_and_stubs_of_the_courses_own_are_no_leak(tmp_path):
    course = make_course(tmp_path)
    (course.root / "nbgrader_config.py").write_text(
        CONFIG + "c.ClearSolutions.code_stub = {'python': '# Hier steht deine Antwort\\nraise NotImplementedError'}\n"
        "c.ClearSolutions.text_stub = 'HIER ANTWORTEN'\n"
        "c.IncludeHeaderFooter.header = 'header.ipynb'\nc.IncludeHeaderFooter.footer = 'footer.ipynb'\n"
    )
    for name in ("header", "footer"):
        cells = [new_markdown_cell(f"The {name} of all chapters", id=name), new_code_cell(f"{name} = 1", id=f"{name}1")]
        nbformat.write(new_notebook(cells=cells), course.root / f"{name}.ipynb")
    course = Course.find(course.root)
    target = course.folder("release", "small")
    generate(course, "small", target)
    released = read_notebook((target / "small.ipynb").read_bytes())
    text = "\n".join(cell.source for cell in released.cells)
    for line in ("# Hier steht deine Antwort", "HIER ANTWORTEN", "The header of all chapters", "footer = 1"):
        assert line in text
    assert leaks({"small": source_notebook()}, target, own_lines(course)) == []
    assert leaks({"small": source_notebook()}, target) != []


def test_an_answer_without_marks_is_secret_as_a_whole():
    cell = nbgrader_cell("f", "def f(x):\n    return x + 41", solution=True)
    assert public(cell) == ""
    assert Secrets([marked(cell)]).first_in("x = 1; return x + 41") == "return x + 41"
    cell.source = "a = 1\n### BEGIN SOLUTION\nb = 2\n### END SOLUTION"
    assert public(cell) == "a = 1"


def test_pictures_that_nothing_public_shows_are_not_public():
    cell = new_markdown_cell('![a](attachment:a.png) <img src="attachment:b.png">')
    cell["attachments"] = {name: {"image/png": PICTURE} for name in ("a.png", "b.png", "c.png")}
    assert list(public_attachments(cell)) == ["a.png", "b.png"]
