"""The student's side as Windows has it: paths, names of files, line ends, consoles."""

from __future__ import annotations

import io
import json
import re
from pathlib import PureWindowsPath

import pytest
from releases import answer, cell, check, exercise, release, written

from mlpkit.course.__main__ import main
from mlpkit.course.keep import back_up
from mlpkit.course.merge import Merge
from mlpkit.course.notebooks import is_as_given, is_begun, read, write
from mlpkit.course.standing import chapters
from mlpkit.course.tables import link
from mlpkit.course.wording import shown_path, told
from mlpkit.course.work import Change, Work

RESERVED = re.compile(r"(?i)^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\..*)?$|[<>:\"/\\|?*\x00-\x1f]|[. ]$")
"""Names that Windows does not allow."""
NEURON = release(*exercise(1, "double"), *exercise(2, "third"), written("in_words"))


@pytest.mark.parametrize(
    "folder", [r"C:\Users\Zoë\mlp course\work", r"D:\work", "\\\\server\\share\\mlp\\work", r"c:relative\work"]
)
def test_what_is_told_of_an_update_has_paths_that_can_be_read(folder):
    work = PureWindowsPath(folder)
    path = work / "01_neuron" / "01_neuron.ipynb"
    assert shown_path(path, work) == "work/01_neuron/01_neuron.ipynb"
    backup = path.with_name("backups") / "01_neuron_2026-01-31_23-59-59.ipynb"
    lines = told(Change("01_neuron", path, "merged", merge=Merge({}, kept=["double"]), backup=backup), work)
    assert lines == [
        "01_neuron: updated, with your 1 answer kept",
        "    as it was before: work/01_neuron/backups/01_neuron_2026-01-31_23-59-59.ipynb",
    ]
    assert link(path.with_name("week #1?.ipynb"), work) == "01_neuron/week%20%231%3F.ipynb"


def test_the_case_of_letters_in_a_path_does_not_matter():
    path = PureWindowsPath(r"c:\users\zoë\WORK\01_neuron\01_neuron.ipynb")
    assert shown_path(path, PureWindowsPath(r"C:\Users\Zoë\work")).endswith("/01_neuron/01_neuron.ipynb")


def test_windows_allows_every_name_that_the_copy_needs(tmp_path):
    write(tmp_path / "course" / "01_neuron" / "01_neuron.ipynb", NEURON)
    assert main(["update", "--course", str(tmp_path / "course")]) == 0
    back_up(tmp_path / "work" / "01_neuron" / "01_neuron.ipynb")
    names = {part for path in (tmp_path / "work").rglob("*") for part in path.relative_to(tmp_path).parts}
    assert {"backups", ".release", "start.md"} <= names
    assert [name for name in names if RESERVED.search(name)] == []
    assert RESERVED.search("aux.ipynb")
    assert RESERVED.search("a:b")


def test_windows_allows_every_name_in_the_course(request):
    names = {path.name for path in (request.config.rootpath / "course").rglob("*")}
    assert [name for name in names if RESERVED.search(name)] == []


def test_line_ends_of_windows_are_no_answer_and_no_change():
    for made in (answer("double"), check("double"), written("in_words")):
        made["source"] = made["source"].replace("\n", "\r\n")
        assert not is_begun(made) or not made["metadata"]["nbgrader"]["solution"]
        assert is_as_given(made)
    made["source"] += "\r\nmine"
    assert is_begun(made)


def test_a_notebook_written_on_windows_is_merged_and_counted(tmp_path):
    released = tmp_path / "course" / "01_neuron" / "01_neuron.ipynb"
    write(released, NEURON)
    work = Work(tmp_path / "course", tmp_path / "work")
    list(work.update())
    mine = read(work.place("01_neuron"))
    cell(mine, "double")["source"] = "def double(x):\r\n    return 2 * x  # schön\r\n"
    contents = json.dumps(mine, indent=1, ensure_ascii=False).replace("\n", "\r\n")
    work.place("01_neuron").write_bytes(b"\xef\xbb\xbf" + contents.encode())
    new = release(*exercise(1, "double"), *exercise(2, "third"), *exercise(3, "half"), written("in_words"))
    write(released, new)
    released.write_bytes(b"\xef\xbb\xbf" + released.read_bytes().replace(b"\n", b"\r\n"))
    [change] = work.update()
    assert (change.merge.kept, change.merge.added, change.merge.corrected) == (["double"], ["half"], [])
    assert "return 2 * x  # schön" in cell(read(work.place("01_neuron")), "double")["source"]
    [one] = chapters(work)
    assert [exercise.state for exercise in one.exercises] == ["not checked", "not begun", "not begun", "not begun"]


@pytest.mark.parametrize("encoding", ["cp1252", "cp437", "ascii"])
def test_a_console_without_some_characters_shows_the_rest(tmp_path, monkeypatch, encoding):
    course = tmp_path / "Kurs von Zoë 数"
    write(course / "01_neuron" / "01_neuron.ipynb", NEURON)
    for arguments in (["update"], ["progress"], ["progress", "01_neuron"], ["progress", "missing"]):
        out, err = (io.TextIOWrapper(io.BytesIO(), encoding=encoding, newline="\r\n") for _ in range(2))
        monkeypatch.setattr("sys.stdout", out)
        monkeypatch.setattr("sys.stderr", err)
        code = main([*arguments, "--course", str(course)])
        out.flush(), err.flush()
        said = (out.buffer.getvalue() + err.buffer.getvalue()).decode(encoding)
        assert code == (arguments[-1] == "missing")
        assert "01_neuron" in said
        assert "Traceback" not in said
