"""Whatever is done to a valid notebook: the coordinator never fails, and no submission is lost.

The number of examples is read from MUTATIONS, so that many more can be tried once in a while.
"""

from __future__ import annotations

import contextlib
import copy
import json
import math
import os
import shutil

import nbformat
import pytest
from course_maker import source_notebook
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from autograder.course import Course, calling_nbgrader
from autograder.grade.journal import Journal
from autograder.grade.points import assess, nothing
from autograder.grade.record import Recorder
from autograder.grade.results import Result
from autograder.grade.task import Release
from autograder.intake.submission import take_in
from autograder.notebook.read import NotGradable
from autograder.plan import Cell, CellError, CellOutcome, Outcome
from autograder.release.mistakes import reference

EXAMPLES = int(os.environ.get("MUTATIONS", "300"))
NAMES = {"setup", "double", "test_double", "half", "test_half", "why"}
VALID = json.loads(json.dumps(reference(source_notebook())))
GRADED = {"test_double": 3.0, "test_half": 2.0, "why": 4.0}

TEXT = st.text(max_size=8) | st.sampled_from(["\x00", "\ud800", "é\u0301", "\u202e", "\r\n", "### BEGIN HIDDEN TESTS"])
NUMBER = st.integers() | st.floats() | st.sampled_from([10**400, -1, 2**63])
JSON = st.recursive(
    st.none() | st.booleans() | NUMBER | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=6,
)
SOURCES = [
    "%%bash\nls",
    "%",
    "def half(x",
    "x = 1 if",
    "\t\n",
    "raise",
    "# \ud800",
    "1/0",
    "await x",
    "!",
    "?",
    "\f\\\n",
]
KINDS = ["code", "markdown", "raw", "heading", "", None, 3]
SAID = ["grade_id", "grade", "solution", "locked", "task", "points", "schema_version", "cell_type", "checksum"]


def drop(draw, notebook):
    del notebook["cells"][_any_cell(draw, notebook)]


def duplicate(draw, notebook):
    twin = copy.deepcopy(notebook["cells"][_any_cell(draw, notebook)])
    notebook["cells"].insert(draw(st.integers(0, len(notebook["cells"]))), twin)


def reorder(draw, notebook):
    notebook["cells"] = draw(st.permutations(notebook["cells"]))


def retag(draw, notebook):
    tags = st.lists(st.sampled_from(["demo", "instructor", "skip-execution", "partial-credit"]) | TEXT, max_size=3)
    notebook["cells"][_any_cell(draw, notebook)]["metadata"]["tags"] = draw(tags | JSON)


def change_type(draw, notebook):
    notebook["cells"][_any_cell(draw, notebook)]["cell_type"] = draw(st.sampled_from(KINDS))


def change_source(draw, notebook):
    lines = st.lists(st.sampled_from(SOURCES) | TEXT, max_size=3)
    notebook["cells"][_any_cell(draw, notebook)]["source"] = draw(st.sampled_from(SOURCES) | lines | JSON)


def change_role(draw, notebook):
    cell = notebook["cells"][_any_cell(draw, notebook)]
    said = cell["metadata"].setdefault("nbgrader", {})
    value = st.sampled_from([*sorted(NAMES), True, False, 100, -1, math.nan, "code"]) | JSON
    said[draw(st.sampled_from(SAID))] = draw(value)


def change_id(draw, notebook):
    cell = notebook["cells"][_any_cell(draw, notebook)]
    cell["id"] = draw(st.sampled_from([*sorted(NAMES), "", "x" * 100, "a b"]) | JSON)


def change_outputs(draw, notebook):
    outputs = [{"output_type": "execute_result", "data": {"text/plain": "3"}, "metadata": {}, "execution_count": 1}]
    notebook["cells"][_any_cell(draw, notebook)]["outputs"] = draw(st.just(outputs) | JSON)


def change_attachments(draw, notebook):
    pictures = st.dictionaries(TEXT, st.dictionaries(TEXT, TEXT, max_size=2), max_size=2)
    notebook["cells"][_any_cell(draw, notebook)]["attachments"] = draw(pictures | JSON)


def change_kernel(draw, notebook):
    notebook["metadata"][draw(st.sampled_from(["kernelspec", "language_info", "celltoolbar"]) | TEXT)] = draw(JSON)


def change_format(draw, notebook):
    notebook[draw(st.sampled_from(["nbformat", "nbformat_minor"]))] = draw(st.integers(-1, 6) | JSON)


def change_anything(draw, notebook):
    parent, key = draw(st.sampled_from(list(_places(notebook))))
    if draw(st.booleans()):
        parent[key] = draw(JSON)
    else:
        del parent[key]


VERBS = ("drop", "duplicate", "reorder", "retag", "change")
MUTATIONS = [value for name, value in list(globals().items()) if name.split("_")[0] in VERBS]


def damage_bytes(draw, data):
    """Do to the file what disks, mail programs and editors do."""
    place = draw(st.integers(0, len(data)))
    return draw(
        st.sampled_from(
            [
                data,
                data[:place],
                data[:place] + b"\xff" + data[place:],
                data[:place] + data[place + 1 :],
                data.replace(b"\n", b"\r\n"),
                b"\xef\xbb\xbf" + data,
                data + data,
                data.decode(errors="replace").encode("utf-16"),
            ]
        )
    )


def _any_cell(draw, notebook):
    return draw(st.integers(0, len(notebook["cells"]) - 1))


def _places(value):
    """Yield every place of a JSON document as its container and its key there."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in list(items):
        yield value, key
        yield from _places(inner)


@st.composite
def files(draw):
    """Draw the bytes of a notebook to which a few things were done."""
    notebook = copy.deepcopy(VALID)
    for _ in range(draw(st.integers(1, 4))):
        try:
            draw(st.sampled_from(MUTATIONS))(draw, notebook)
        except (TypeError, KeyError, AttributeError, IndexError, ValueError):
            continue  # an earlier change took away what this one needs
    try:
        data = json.dumps(notebook, ensure_ascii=draw(st.booleans())).encode(errors="replace")
    except RecursionError:
        data = b"{}"
    return damage_bytes(draw, data) if draw(st.integers(0, 9)) == 0 else data


OUTCOMES = st.sampled_from(["ok", "error", "stopped", "not run"])
SHOWN = st.dictionaries(
    st.sampled_from(["output_type", "data", "name", "text", "traceback", "ename"]), JSON, max_size=4
)


@st.composite
def outcomes(draw, cells: tuple[Cell, ...]):
    """Draw what a worker may report of a job, honest or not; it has passed `Outcome.from_dict`."""
    found = []
    for cell in cells:
        status = draw(OUTCOMES)
        error = None if status == "ok" else CellError(draw(TEXT), draw(TEXT), ("secret_number", draw(TEXT)))
        value = draw(st.none() | st.booleans() | st.floats())
        found.append(CellOutcome(cell.key, status, tuple(draw(st.lists(SHOWN, max_size=2))), error, value))
    return Outcome(tuple(found[: draw(st.integers(0, len(found)))] if draw(st.booleans()) else found))


@pytest.fixture(scope="module")
def course(released_template, tmp_path_factory):
    root = tmp_path_factory.mktemp("mutations") / "course"
    shutil.copytree(released_template, root)
    return Course.find(root)


@pytest.fixture(scope="module")
def recorder(course):
    with pytest.MonkeyPatch.context() as patch, contextlib.ExitStack() as stack:
        patch.setattr(os, "fsync", lambda descriptor: None)  # thousands of times, for a disk that is thrown away
        stack.enter_context(calling_nbgrader())
        yield stack.enter_context(Recorder(course, "small"))


@pytest.fixture(scope="module")
def release(course):
    return Release.load(course, "small")


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck), print_blob=True, database=None)
@given(data=st.data())
def test_no_mutation_of_a_notebook_is_lost_or_stops_the_coordinator(course, release, recorder, data):
    """Take in, prepare, assess, journal and record, as `grade` does, with a made-up outcome of the run."""
    folder = course.folder("submitted", "small", "student")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "small.ipynb").write_bytes(data.draw(files()))
    submission = take_in(folder, "student", release.notebooks, 10**6, release.files)
    prepared = release.prepare(submission)
    one = prepared["small"]
    if isinstance(one, NotGradable):
        assert str(one)
        graded = nothing("small", release.notebooks["small"], str(one))
    else:
        planned = release.job("small", one).cells
        graded = assess("small", one, data.draw(outcomes(tuple(cell for cell in planned if cell.key < 10**6))))
        _check_restored(one)
    result = Result("student", "small", submission.digest(), (graded,), submission.refused)
    _check_points(result)

    journal = Journal(course.state("small"))
    journal.save(result)
    recorder.record(result, release.to_record(prepared), submission.timestamp)
    kept = journal.load("student")
    assert kept is not None
    assert (kept.status, kept.score, kept.max_score) == (result.status, result.score, 9.0)
    written = course.folder("autograded", "small", "student") / "small.ipynb"
    notebook = nbformat.read(written, as_version=4)
    assert "secret_number" not in json.dumps([cell.get("outputs") for cell in notebook.cells])


def _check_restored(prepared):
    cells = {cell.metadata.nbgrader.grade_id: cell for cell in prepared.notebook.cells if "nbgrader" in cell.metadata}
    assert set(cells) == NAMES
    assert "secret_number" in cells["test_double"].source
    assert {name: cells[name].metadata.nbgrader.points for name in GRADED} == GRADED
    assert [name for name in cells if name in ("double", "test_double", "half", "test_half")] == [
        "double",
        "test_double",
        "half",
        "test_half",
    ]


def _check_points(result):
    assert {grade.name: grade.max_score for grade in result.grades} == GRADED
    for grade in result.grades:
        assert grade.score is None or 0 <= grade.score <= grade.max_score
        if grade.status in ("error", "stopped", "not run"):
            assert grade.score == 0
