"""What is told of an exception: its lines in cells and beside the notebook, in little time."""

from __future__ import annotations

import inspect
import json
import linecache
import sys
import traceback

import pytest

from autograder.execute.exceptions import describe, name_cells, own_lines

CALLS_A_LIBRARY = "import json\n\n\ndef read(text):\n    return json.loads(text)\n\n\nread('{')"


def raised(source, name):
    """Return what code raises that has the name of a cell or of a file."""
    with pytest.raises(Exception) as caught:  # noqa: PT011 (whatever the code raises)
        exec(compile(source, name, "exec"), {})
    return caught.value


def places(found):
    return [(one.filename, one.lineno) for one in traceback.extract_tb(found)]


def test_lines_of_cells_stay_and_those_of_libraries_go(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    error = raised(CALLS_A_LIBRARY, "<cell 3>")
    assert len(places(error.__traceback__)) > 4
    assert places(own_lines(error.__traceback__)) == [("<cell 3>", 8), ("<cell 3>", 5)]
    assert describe(error).frames == describe(error.with_traceback(own_lines(error.__traceback__))).frames


def test_lines_of_files_beside_the_notebook_stay(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    path = str(tmp_path / "helper.py")
    assert places(own_lines(raised(CALLS_A_LIBRARY, path).__traceback__)) == [(path, 8), (path, 5)]


def test_where_all_lines_are_those_of_libraries_there_is_none_of_its_own():
    with pytest.raises(json.JSONDecodeError) as caught:
        json.loads("{")
    assert own_lines(caught.value.__traceback__.tb_next) is None
    assert own_lines(None) is None


def test_a_folder_that_a_cell_has_removed_hides_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr("os.getcwd", lambda: (_ for _ in ()).throw(FileNotFoundError()))
    error = raised("1 / 0", "<cell 0>")
    assert ("<cell 0>", 1) in places(own_lines(error.__traceback__))


def test_inspect_finds_the_module_of_a_cell_without_a_search(monkeypatch):
    source = "def f():\n    return 1\n"
    monkeypatch.setitem(linecache.cache, "<cell 7>", (len(source), None, source.splitlines(True), "<cell 7>"))
    space = {}
    exec(compile(source, "<cell 7>", "exec"), space)
    monkeypatch.setattr(inspect, "modulesbyfile", {})
    name_cells(__name__)

    class Modules(dict):
        def copy(self):
            raise AssertionError("all modules are searched")

    monkeypatch.setattr(sys, "modules", Modules(sys.modules))
    assert inspect.getmodule(space["f"].__code__) is sys.modules[__name__]
