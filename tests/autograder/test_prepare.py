"""Whatever is handed in becomes a notebook with the instructor's cells, or a reason."""

from __future__ import annotations

import copy

import nbformat
import pytest
from course_maker import source_notebook
from hypothesis import given
from hypothesis import strategies as st
from nbformat.v4 import new_code_cell
from nbgrader.utils import compute_checksum

from autograder.course import calling_nbgrader
from autograder.grade.prepare import prepare
from autograder.grade.task import Release
from autograder.intake.submission import Submission
from autograder.notebook.read import NotGradable, read_notebook
from autograder.notebook.roles import grade_id
from autograder.notebook.secret import hidden_lines, without_hidden
from autograder.release.mistakes import reference

NAMES = ["setup", "double", "test_double", "half", "test_half", "why"]


@pytest.fixture(scope="session")
def release(released_template):
    from autograder.course import Course

    return Release.load(Course.find(released_template), "small")


def prepared(release, data):
    with calling_nbgrader():
        made = release.prepare(Submission("student", {"small": data}))["small"]
    if isinstance(made, NotGradable):
        raise made
    nbformat.validate(made.notebook)
    return made


def as_bytes(notebook):
    return nbformat.writes(notebook).encode()


def names(one):
    return [name for cell in one.notebook.cells if (name := grade_id(cell))]


def cell(one, name):
    return next(cell for cell in one.notebook.cells if grade_id(cell) == name)


def test_hidden_tests_come_back_and_answers_stay(release):
    one = prepared(release, as_bytes(reference(source_notebook())))
    assert "secret_number" in cell(one, "test_double").source
    assert "return 2 * x" in cell(one, "double").source
    assert names(one) == NAMES
    assert one.notes == ()


def test_demo_cells_are_not_run(release):
    one = prepared(release, as_bytes(reference(source_notebook())))
    assert [planned.name for planned in one.cells] == ["setup", "double", "test_double", "half", "test_half"]


def test_changed_tests_are_restored_and_noted(release):
    notebook = reference(source_notebook())
    next(c for c in notebook.cells if c.id == "test_double").source = "assert True"
    one = prepared(release, as_bytes(notebook))
    assert "secret_number" in cell(one, "test_double").source
    assert one.notes == ("test_double had been changed; the original was used",)


def test_missing_cells_come_back_in_their_places(release):
    notebook = reference(source_notebook())
    notebook.cells = [c for c in notebook.cells if c.id not in ("setup", "double", "test_double", "why")]
    one = prepared(release, as_bytes(notebook))
    assert names(one) == NAMES
    assert len(one.notes) == 4


def test_an_empty_notebook_becomes_the_release(release):
    one = prepared(release, as_bytes(nbformat.v4.new_notebook()))
    assert names(one) == NAMES


def test_the_last_copy_counts(release):
    notebook = reference(source_notebook())
    position = next(i for i, c in enumerate(notebook.cells) if c.id == "double")
    twin = copy.deepcopy(notebook.cells[position])
    twin.id, twin.source = "twin", "def double(x):\n    return 'first try'"
    notebook.cells.insert(position, twin)
    one = prepared(release, as_bytes(notebook))
    assert "return 2 * x" in cell(one, "double").source
    assert names(one) == NAMES
    assert "more than once" in one.notes[0]


def test_roles_and_points_are_the_instructors(release):
    notebook = reference(source_notebook())
    for one in notebook.cells:
        if "nbgrader" in one.metadata:
            one.metadata.nbgrader |= {"points": 99, "grade": False, "solution": True, "locked": False}
            one.metadata.tags = ["skip-execution", "demo"]
    one = prepared(release, as_bytes(notebook))
    metadata = cell(one, "test_double").metadata
    assert (metadata.nbgrader.points, metadata.nbgrader.grade, metadata.get("tags")) == (3, True, ["raises-exception"])
    assert "test_double" in [planned.name for planned in one.cells]
    assert "secret_number" in cell(one, "test_double").source


def handed_out(release, **changes):
    """The release as a student has it, of which nbgrader took the checksums after these changes of a cell."""
    notebook = copy.deepcopy(release.notebooks["small"])
    for one in notebook.cells:
        if one.id in changes:
            changes[one.id](one)
            one.metadata.nbgrader["checksum"] = compute_checksum(one)
    return notebook


EARLIER = {
    "points of a test": ("test_half", lambda one: one.metadata.nbgrader.update(points=9)),
    "text of a test": ("test_half", lambda one: one.update(source="assert half(3) == 1")),
    "text of a read-only cell": ("setup", lambda one: one.update(source="import cmath")),
    "a test that was read-only": ("test_half", lambda one: one.metadata.nbgrader.update(grade=False)),
}


@pytest.mark.parametrize("what", EARLIER)
def test_nobody_is_blamed_for_what_the_instructor_changed(release, what):
    """A cell as an earlier release had it still has the checksum of that release."""
    name, how = EARLIER[what]
    one = prepared(release, as_bytes(handed_out(release, **{name: how})))
    assert one.notes == (f"{name} is that of an earlier release; the present one was used",)


def test_of_an_answer_nobody_knows_who_changed_its_points(release):
    notebook = handed_out(release, why=lambda one: one.metadata.nbgrader.update(points=9))
    next(one for one in notebook.cells if one.id == "why").source = "Because."
    (note,) = prepared(release, as_bytes(notebook)).notes
    assert note == "why has other points or another role than in the release; those of the release were used"


def test_who_changes_a_test_is_told_so(release):
    notebook = handed_out(release)
    next(one for one in notebook.cells if one.id == "test_half").source = "assert True"
    assert prepared(release, as_bytes(notebook)).notes == ("test_half had been changed; the original was used",)


def test_a_release_in_an_older_format_gives_a_valid_notebook(release):
    """Before nbformat 4.5 cells had no ids."""
    with calling_nbgrader():
        graded = copy.deepcopy(release.graded("small"))
    released = copy.deepcopy(release.notebooks["small"])
    for old in (graded, released):
        old.nbformat_minor = 4
        for one in old.cells:
            del one["id"]
    one = prepare(as_bytes(released), released, graded)
    nbformat.validate(one.notebook)
    assert names(one) == NAMES
    assert len({one.id for one in one.notebook.cells}) == len(one.notebook.cells)


@pytest.mark.parametrize("odd", [5, ["x"], {"a": 1}, None])
def test_odd_metadata_are_no_proof(release, odd):
    notebook = handed_out(release)
    for one in notebook.cells:
        if one.id == "test_half":
            one.source = "assert True"
            one.metadata.nbgrader |= {"checksum": odd, "points": odd}
    assert "test_half had been changed; the original was used" in prepared(release, as_bytes(notebook)).notes


def test_own_cells_keep_nothing_but_their_source(release):
    notebook = reference(source_notebook())
    own = new_code_cell("y = 3", metadata={"nbgrader": {"grade_id": "invented", "grade": True}, "tags": ["skip"]})
    notebook.cells.insert(2, own)
    one = prepared(release, as_bytes(notebook))
    kept = next(c for c in one.notebook.cells if c.source == "y = 3")
    assert kept.metadata == {}
    assert "invented" not in names(one)


def test_the_order_is_the_instructors(release):
    notebook = reference(source_notebook())
    own = new_code_cell("y = 3", id="own")
    notebook.cells.insert(4, own)
    before = prepared(release, as_bytes(notebook))
    notebook.cells = [*reversed(notebook.cells)]
    one = prepared(release, as_bytes(notebook))
    assert names(one) == names(before) == NAMES
    assert [planned.name for planned in before.cells] == ["setup", "double", "cell 5", *NAMES[2:5]]
    assert one.notes == ("the cells stood in another order; that of the release was used",)
    assert before.notes == ()


def test_cells_without_metadata_are_known_by_their_ids(release):
    notebook = reference(source_notebook())
    for one in notebook.cells:
        one.metadata = {}
    one = prepared(release, as_bytes(notebook))
    assert names(one) == NAMES
    assert "return 2 * x" in cell(one, "double").source
    assert "secret_number" in cell(one, "test_double").source


def test_pictures_pasted_into_answers_stay(release):
    notebook = reference(source_notebook())
    picture = {"sketch.png": {"image/png": "aGk="}}
    why = next(c for c in notebook.cells if c.id == "why")
    why["attachments"] = picture
    one = prepared(release, as_bytes(notebook))
    assert cell(one, "why")["attachments"] == picture
    nbformat.validate(one.notebook)


def test_the_same_file_gives_the_same_notebook(release):
    notebook = reference(source_notebook())
    notebook.cells.append(new_code_cell("z = 1"))
    data = as_bytes(notebook)
    assert prepared(release, data).notebook == prepared(release, data).notebook


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"\xff\xfe\x00",
        b"[" * 100_000,
        b'{"cells": 3}',
        b'{"cells": [], "nbformat_minor": ' + b"1" * 5000 + b"}",
        b'{"cells": [], "nbformat": 4, "nbformat_minor": 5, "metadata": {"x": "\\ud800"}}',
        b'{"cells": [3], "nbformat": 4, "nbformat_minor": 5, "metadata": {}}',
        b'{"worksheets": [{"cells": []}], "nbformat": 3, "nbformat_minor": 0, "metadata": {}}',
    ],
)
def test_what_is_no_notebook_is_refused_with_a_reason(data):
    with pytest.raises(NotGradable, match=r"\w"):
        read_notebook(data)


def test_a_byte_order_mark_and_windows_line_ends_do_no_harm(release):
    data = b"\xef\xbb\xbf" + as_bytes(reference(source_notebook())).replace(b"\n", b"\r\n")
    assert names(prepared(release, data)) == NAMES


@given(st.lists(st.sampled_from(["a = 1", "### BEGIN HIDDEN TESTS", "### END HIDDEN TESTS", "", "  b"]), max_size=12))
def test_hidden_lines_and_the_rest_make_the_whole(lines):
    source = "\n".join(lines)
    hidden = hidden_lines(source)
    kept = [line for number, line in enumerate(lines, start=1) if number not in hidden]
    assert without_hidden(source).split("\n") == (kept or [""])
    assert not any("HIDDEN" in line and "BEGIN" in line for line in kept)
