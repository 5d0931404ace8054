"""A student's notebook and a new release, merged: whatever was done to either, no answer is lost."""

from __future__ import annotations

import copy

import nbformat
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nbgrader.utils import compute_checksum
from releases import (
    answer,
    cell,
    check,
    demo,
    exercise,
    failed,
    own,
    plain,
    printed,
    prose,
    ran,
    release,
    sources,
    written,
)

from mlpkit.course.merge import merge
from mlpkit.course.notebooks import is_begun

FIRST = release(
    demo("setup", "import numpy as np"),
    *exercise(1, "double"),
    demo("picture", "draw(1)"),
    *exercise(2, "third"),
    written("in_words"),
)


def student():
    """One who answered exercise 1 and the question in words, and has cells of their own."""
    mine = copy.deepcopy(FIRST)
    cell(mine, "double")["source"] = "def double(x):\n    return 2 * x"
    cell(mine, "in_words")["source"] = "It doubles."
    ran(cell(mine, "double"), 2)
    ran(cell(mine, "double-test"), 3, printed("double: 1 check passed\n"))
    mine["cells"].insert(3, own("double(4)", "try-it"))
    return mine


def test_the_checksum_is_nbgraders():
    """What is_begun compares with is what nbgrader itself computes and writes into a release."""
    for name in ("double", "in_words"):
        one = copy.deepcopy(cell(FIRST, name))
        assert not is_begun(one)
        assert one["metadata"]["nbgrader"]["checksum"] == compute_checksum(nbformat.from_dict(one))
        one["source"] += " "
        assert is_begun(one)


def test_a_new_text_comes_and_the_answers_stay():
    new = copy.deepcopy(FIRST)
    cell(new, "double-text")["source"] = "### Exercise 1: twice (2 points)\n\nClearer."
    mine = student()
    made = merge(mine, new, FIRST)
    assert cell(made.notebook, "double-text")["source"].endswith("Clearer.")
    assert cell(made.notebook, "double") == cell(mine, "double")
    assert cell(made.notebook, "double-test") == cell(mine, "double-test"), "with what it printed"
    assert cell(made.notebook, "in_words")["source"] == "It doubles."
    assert (made.kept, made.replaced) == (["double", "in_words"], ["double-text"])
    assert [made.added, made.retired, made.corrected] == [[], [], []]
    assert sources(made.notebook)[3] == "double(4)"


def test_a_new_exercise_stands_in_its_place():
    new = release(*FIRST["cells"][1:6], *exercise(3, "half"), *FIRST["cells"][6:])
    made = merge(student(), new, FIRST)
    names = [one["id"] for one in made.notebook["cells"]]
    assert names[names.index("picture") :][:4] == ["picture", "half-text", "half", "half-test"]
    assert made.added == ["half"]
    assert made.kept == ["double", "in_words"]


def test_a_corrected_exercise_keeps_its_answer_and_loses_the_verdict_of_the_old_check():
    new = copy.deepcopy(FIRST)
    for name, source in (("double", answer("double", "pass  # TODO")), ("double-test", check("double", "assert 1"))):
        cell(new, name).update(plain(source))
    for name in ("third",):
        cell(new, name).update(plain(answer("third", "a better start")))
    made = merge(student(), new, FIRST)
    assert cell(made.notebook, "double")["source"].endswith("return 2 * x")
    assert cell(made.notebook, "double-test")["outputs"] == []
    assert made.corrected == ["double"]
    assert "a better start" in cell(made.notebook, "third")["source"], "a stub that nobody touched is the new one"


def test_an_answer_outlives_its_exercise():
    new = release(*[one for one in FIRST["cells"][1:] if not one["id"].startswith("double")])
    made = merge(student(), new, FIRST)
    assert made.retired == ["double"]
    own_cells = made.notebook["cells"][2:4]
    assert [one["source"] for one in own_cells] == ["double(4)", "def double(x):\n    return 2 * x"]
    assert [one for one in own_cells if "nbgrader" in one["metadata"]] == []


def test_what_a_student_tried_in_a_demo_stays_unless_its_text_is_new():
    mine, new = student(), copy.deepcopy(FIRST)
    cell(mine, "picture")["source"] = "draw(7)"
    cell(mine, "setup")["source"] = "import numpy"
    cell(new, "setup")["source"] = "import numpy as np\nimport math"
    made = merge(mine, new, FIRST).notebook
    assert cell(made, "picture")["source"] == "draw(7)"
    assert cell(made, "setup")["source"] == "import numpy as np\nimport math"


def test_a_copied_cell_becomes_the_students_own_and_a_deleted_one_comes_back():
    mine = student()
    copied = copy.deepcopy(cell(mine, "double")) | {"id": "copied", "source": "def double(x):\n    return x + x"}
    mine["cells"].append(copied)
    mine["cells"].remove(cell(mine, "third-test"))
    made = merge(mine, FIRST, FIRST).notebook
    assert "nbgrader" not in cell(made, "copied")["metadata"]
    assert cell(made, "double")["source"].endswith("2 * x")
    assert cell(made, "third-test") == cell(FIRST, "third-test")


@pytest.mark.parametrize("metadata", [True, False], ids=["in the metadata", "nowhere"])
def test_a_notebook_that_lost_its_ids_is_recognised(metadata):
    """As Colab saves it, or an old Jupyter."""
    mine = student()
    for one in mine["cells"]:
        name = one.pop("id")
        if metadata:
            one["metadata"]["id"] = name
    mine["nbformat_minor"] = 0
    made = merge(mine, FIRST, FIRST).notebook
    assert [one["id"] for one in made["cells"] if one["source"] != "double(4)"] == [one["id"] for one in FIRST["cells"]]
    assert cell(made, "double")["source"].endswith("2 * x")
    assert len(made["cells"]) == len(FIRST["cells"]) + 1


def test_an_exercise_under_a_new_id_is_found_by_its_grade_id():
    new = copy.deepcopy(FIRST)
    cell(new, "double")["id"] = "other"
    made = merge(student(), new, FIRST)
    assert cell(made.notebook, "other")["source"].endswith("2 * x")
    assert made.retired == made.added == []


NAMES = ["double", "third", "half", "square", "cube"]
WORDS = st.text("ab \n", max_size=6)


@st.composite
def releases(draw):
    """A release of some of the exercises in some order, with texts that may be new."""
    cells = [demo("setup", draw(st.sampled_from(["import numpy", "import numpy as np"])))]
    for number, name in enumerate(draw(st.lists(st.sampled_from(NAMES), unique=True)), start=1):
        given_lines = draw(st.sampled_from(["", "pass"]))
        test = draw(st.sampled_from(["", "assert True"]))
        cells += exercise(number, name, given_lines, test, draw(st.integers(1, 3)))
    if draw(st.booleans()):
        cells.insert(draw(st.integers(0, len(cells))), written("in_words"))
    if draw(st.booleans()):
        cells.insert(draw(st.integers(0, len(cells))), prose("more", draw(WORDS)))
    return release(*cells)


@st.composite
def edited(draw, notebook):
    """What a student makes of it, and their answers by name and own cells."""
    mine = copy.deepcopy(notebook)
    answers = {}
    for one in mine["cells"]:
        if one["metadata"].get("nbgrader", {}).get("solution") and draw(st.booleans()):
            one["source"] = answers[one["id"]] = draw(st.text(max_size=8)) + f"# {one['id']}"
    extra = [own(draw(WORDS) + "# mine") for _ in range(draw(st.integers(0, 3)))]
    for one in extra:
        mine["cells"].insert(draw(st.integers(0, len(mine["cells"]))), one)
    for one in draw(st.lists(st.sampled_from(mine["cells"]), max_size=2)):
        what = draw(st.sampled_from(["delete", "copy", "move", "run"]))
        if what == "copy":
            mine["cells"].insert(draw(st.integers(0, len(mine["cells"]))), copy.deepcopy(one) | {"id": own("")["id"]})
        elif one["id"] not in answers and one not in extra and what == "delete":
            mine["cells"] = [other for other in mine["cells"] if other is not one]
        elif what == "move":
            mine["cells"] = [other for other in mine["cells"] if other is not one]
            mine["cells"].insert(draw(st.integers(0, len(mine["cells"]))), one)
        elif one["cell_type"] == "code":
            ran(one, 1, failed("ValueError", "no"))
    return mine, answers, extra


@settings(deadline=None, max_examples=150)
@given(st.data())
def test_no_answer_and_no_own_cell_is_ever_lost(data):
    """Whatever mixture of edits, on both sides; and merging twice is merging once."""
    base, new = data.draw(releases()), data.draw(releases())
    mine, answers, extra = data.draw(edited(base))
    before = copy.deepcopy((mine, new, base))
    made = merge(mine, new, base).notebook
    assert (mine, new, base) == before
    nbformat.validate(made)
    names = [one["id"] for one in made["cells"]]
    released = [one["id"] for one in new["cells"]]
    assert len(set(names)) == len(names)
    assert [name for name in names if name in released] == released, "the release, in its order"
    for name, said in answers.items():
        assert said in (sources(made) if name not in released else [cell(made, name)["source"]])
    for one in extra:
        assert one["source"] in sources(made)
    for one in new["cells"]:
        there = cell(made, one["id"])
        assert there["metadata"] == one["metadata"]
        assert there["source"] == one["source"] or one["id"] in answers
    graded = [one["metadata"]["nbgrader"]["grade_id"] for one in made["cells"] if "nbgrader" in one["metadata"]]
    assert len(set(graded)) == len(graded)
    again = merge(made, new, new)
    assert again.notebook == made
    assert merge(made, new, base).notebook == made, "as after a crash between the two files"
    without = merge(mine, new).notebook
    assert all(said in sources(without) for said in answers.values())
