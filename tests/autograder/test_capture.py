"""The shell of the workers: cells that are Python already are taken as IPython would take them."""

from __future__ import annotations

import warnings
from pathlib import Path

import nbformat
import pytest
from IPython.core.interactiveshell import InteractiveShell

from autograder.execute.capture import Shell
from autograder.plan import Limits

SOLUTIONS = Path(__file__).resolve().parents[2] / "solutions"
SOURCES = [
    "%matplotlib inline\nx = 1",
    "x = 1\n!ls",
    "x = 1\nfiles = !ls\ny = %who",
    "%%time\nx = 1",
    "x = 5 \\\n% 3",
    "(5\n% 3)",
    "def f():\n    %time 1\n    return 2",
    "  x = 1\n  y = 2",
    "\n\nx = 1\ny = 2",
    "In [1]: x = 1\n   ...: y = 2",
    "In [1]: x\ny = 1",
    ">>> x = 1\n>>> y = 2",
    "x = 1\nx?",
    "import this?\nx",
    "/print x\ny = 1",
    "exit",
    "x = 1",
    's = """\n%time\n!ls\n"""\ny = 1',
    "# %time\nx = 1",
    "x = 1\n\n",
    "x = 1;\ny = '\\d'",
    "x = (1,\ny",
    "x = 1\r\ny = 2",
    "",
    "x = 1\n\x0cy = 2",
    "x = 1\x00\ny",
    "await f()\nx",
]
CELLS = [
    cell.source
    for path in sorted(SOLUTIONS.glob("*/*.ipynb"))
    for cell in nbformat.read(path, as_version=4).cells
    if cell.cell_type == "code"
]


@pytest.fixture(scope="module")
def shell():
    yield Shell.of_this_process(Limits())
    Shell.clear_instance()


def test_every_cell_becomes_what_ipython_makes_of_it(shell):
    assert len(CELLS) > 500
    for source in [*SOURCES, *CELLS]:
        assert shell.transform_cell(source) == InteractiveShell.transform_cell(shell, source), source


@pytest.mark.parametrize("step", ["input_transformers_cleanup", "input_transformers_post"])
def test_what_an_extension_does_to_the_text_of_a_cell_is_done(shell, monkeypatch, step):
    def shout(lines):
        return [line.upper() for line in lines]

    monkeypatch.setattr(shell, "input_transformers_post", [])
    transformers = getattr(shell, step)
    transformers.append(shout)
    try:
        assert shell.transform_cell("x = 1\ny = 2") == "X = 1\nY = 2\n"
    finally:
        transformers.remove(shout)
    assert shell.transform_cell("x = 1\ny = 2") == "x = 1\ny = 2\n"


@pytest.mark.parametrize(
    ("source", "awaits"),
    [
        ("x = 1\ny = 2", False),
        ("import asyncio\nawait asyncio.sleep(0)", True),
        ("async with lock:\n    pass", True),
        ("[x async for x in stream()]", True),
        ("async def f():\n    await g()", False),
        ("text = 'await'", False),
        ("x = (", False),
    ],
)
def test_only_what_awaits_at_the_top_is_run_in_a_loop(shell, source, awaits):
    found = {"transformed_cell": source, "preprocessing_exc_tuple": None}
    assert (
        shell.should_run_async(source, **found) == InteractiveShell.should_run_async(shell, source, **found) == awaits
    )


@pytest.mark.parametrize("source", ["x = 1\nassert (x, 'always true')", "x = 1\ny = 1if x else 2"])
def test_a_warning_of_the_compiler_is_said_once(shell, source):
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        shell.run_cell(source)
    assert [issubclass(one.category, SyntaxWarning | DeprecationWarning) for one in said] == [True]


def test_a_cell_is_parsed_once_and_as_ipython_would(shell, monkeypatch):
    trees = []
    monkeypatch.setattr(type(shell.compile).__mro__[1], "ast_parse", lambda *given: trees.append(given))
    shell.run_cell("x = 3\nx + 4")
    assert trees == []
    assert shell.user_ns["_"] == 7
    monkeypatch.undo()
    try:
        shell.run_cell("from __future__ import annotations\nx = 1")
        shell.run_cell("def f(x: is_not_there):\n    return 5\ny = f(1)")
        assert shell.user_ns["y"] == 5
        shell.run_cell("from __future__ import barry_as_FLUFL\nx = 1")  # which changes what is Python
        assert shell.run_cell("x = 1\ny = x <> 2").success
        assert shell.user_ns["y"] is True
        assert shell.run_cell("x = 1\ny = x != 2").error_before_exec is not None
    finally:
        shell.compile.reset_compiler_flags()
    assert shell.run_cell("def f(x: is_not_there):\n    return 5\ny = 6").error_in_exec is not None
