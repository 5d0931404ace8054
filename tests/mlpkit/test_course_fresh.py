"""A notebook run from its first cell on, and the table of what its checks said: in kernels."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from releases import cell, demo, exercise, own, printed, prose, ran, release, written

from mlpkit.course import fresh
from mlpkit.course.fresh import run
from mlpkit.course.results import as_page, results

TITLE = prose("in_words-text", "### Exercise 9: in your own words (4 points, read by your teacher)")


def solved(notebook, **answers):
    for name, body in answers.items():
        cell(notebook, name)["source"] = f"def {name}(x):\n    {body}"
    return notebook


def said(run):
    return {one.exercise.name.removesuffix("-test"): (one.exercise.state, one.message) for one in results(run)}


def test_each_state_and_its_message(tmp_path):
    names = ["double", "third", "half", "unread", "begun", "unchecked", "retyped"]
    made = release(*(one for i, name in enumerate(names) for one in exercise(i + 1, name)), TITLE, written("in_words"))
    solved(made, double="return 1", half="return undefined", unread="return 1 +")
    solved(made, begun="# later\n    raise NotImplementedError()", unchecked="return 2", retyped="return 1")
    solved(made, third="raise ValueError('<b>' + '\\n'.join('abcdefghijklmnop'))")
    cell(made, "unchecked-test")["source"] = "assert True"
    cell(made, "retyped")["cell_type"] = "markdown"
    ran(cell(made, "half-test"), 3, printed("passed long ago"))
    cell(made, "double")["source"] = cell(made, "double")["source"].splitlines(keepends=True)
    before = json.dumps(made)
    after = run(made, tmp_path)
    assert json.dumps(made) == before
    assert after.ended == ""
    found = said(after)
    assert found["double"] == ("passed", "")
    assert found["third"][1].startswith("ValueError: <b>a\nb\nc")
    assert found["third"][1].endswith("\n…")
    assert found["half"] == ("failed", "NameError: name 'undefined' is not defined")
    assert found["unread"] == ("failed", "Your answer could not be run. SyntaxError in line 2: invalid syntax")
    assert found["begun"] == ("failed", "It is not solved yet.")
    assert found["unchecked"][0] == "failed"
    assert "The cell with the checks was changed" in found["unchecked"][1]
    assert "choose Code in the menu" in found["retyped"][1]
    assert found["in_words"] == ("not begun", "")

    page = as_page("01_neuron", after, "your file is called a&b.ipynb")
    assert "01_neuron: 2 of 14 points by the visible checks, 6 failed. Next: Exercise 2: the third." in page
    assert "your file is called a&amp;b.ipynb" in page
    assert "ValueError: &lt;b&gt;a" in page
    assert "<b>" not in page
    assert "assert" not in page
    assert 'href="#cell-id=double-text"' in page
    assert "<td style='text-align: left'>1 of 8 done</td>" in page


ENDLESS = "while True:\n        try: time.sleep(1)\n        except BaseException: pass"


@pytest.fixture(scope="module")
def late(tmp_path_factory):
    """Notebooks that do not end by themselves, after they were run: at the same time, since they mostly wait."""
    loops = release(*exercise(1, "double"), *exercise(2, "third"), demo("use", "double(2)"), own("while True: pass"))
    idle = "import time\n    while True: time.sleep(0.01)"  # which takes no time from the tests beside it
    solved(loops, double=idle, third="return 1")
    notebooks = {"loops": loops}
    for how, body in {"ends": "import os; os._exit(3)", "cannot be stopped": f"import time\n    {ENDLESS}"}.items():
        made = release(*exercise(1, "half"), *exercise(2, "double"), *exercise(3, "third"), *exercise(4, "blend"))
        notebooks[how] = solved(made, half="return 1", double=body, third="return 1")
    with pytest.MonkeyPatch.context() as patch, ThreadPoolExecutor(len(notebooks)) as pool:
        patch.setattr(fresh, "LIMIT_AFTER", 4)
        patch.setattr(fresh, "GRACE", 5)
        runs = {how: pool.submit(run, one, tmp_path_factory.mktemp("late"), 9) for how, one in notebooks.items()}
        return {how: one.result() for how, one in runs.items()}


def test_a_loop_without_end_is_stopped_and_the_rest_is_run(late):
    after = late["loops"]
    assert said(after) == {
        "double": ("failed", "It was stopped after 9 s. Does the loop end?"),
        "third": ("passed", ""),
    }
    page = as_page("01_neuron", after)
    assert "A cell outside the exercises, “double(2)”: It was stopped after 4 s. Does the loop end?" in page
    assert "A cell outside the exercises, “while True: pass”: It was stopped" in page


@pytest.mark.parametrize(
    ("how", "message"), [("ends", "The kernel ended here."), ("cannot be stopped", "It could not be")]
)
def test_a_kernel_that_is_lost(late, how, message):
    after = late[how]
    assert after.ended.startswith("The run ended before the last cell.")
    found = said(after)
    assert found["half"] == ("passed", "")
    assert found["double"][0] == "failed"
    assert found["double"][1].startswith(message)
    assert found["third"] == ("not checked", "")
    assert found["blend"] == ("not begun", "")
    assert after.ended in as_page("01_neuron", after)


def test_nothing_is_begun(tmp_path):
    made = release(*exercise(1, "double"), TITLE, written("in_words"))
    page = as_page("01_neuron", run(made, tmp_path))
    assert "0 of 2 points by the visible checks. Next: Exercise 1: the double." in page
    assert "<pre>" not in page


def test_a_kernel_that_is_not_there_is_named(tmp_path):
    made = release(*exercise(1, "double"))
    made["metadata"]["kernelspec"]["name"] = "of_old"
    after = run(made, tmp_path)
    assert "There is no kernel called of_old here" in as_page("01_neuron", after)
    assert said(after)["double"] == ("not begun", "")
