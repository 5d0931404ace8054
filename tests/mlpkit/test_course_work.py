"""The working copy in a folder: made, updated, and left alone where it cannot be read."""

from __future__ import annotations

import errno
import io
import json
import os
import re
import shutil
from pathlib import Path, PureWindowsPath

import pytest
from releases import cell, demo, exercise, release, written

from mlpkit.course.__main__ import main
from mlpkit.course.keep import back_up, copy_file
from mlpkit.course.notebooks import Unreadable, read, write
from mlpkit.course.wording import shown_path
from mlpkit.course.work import NoCourse, Work

NEURON = release(
    demo("setup", "import numpy as np"), *exercise(1, "double"), *exercise(2, "third"), written("in_words")
)
NUMPY = release(*exercise(1, "blend"))


def with_exercise_three():
    """The next release: a text changed, an exercise corrected, one added."""
    new = release(*NEURON["cells"][1:8], *exercise(3, "half"), *NEURON["cells"][8:])
    cell(new, "double-text")["source"] += " Clearer."
    cell(new, "third-test")["source"] = "assert third(3) == 1"
    return new


@pytest.fixture
def root(tmp_path):
    """A clone of the course, in a folder with a blank and an umlaut."""
    folder = tmp_path / "Müllers Kurs"
    publish(folder, NEURON)
    write(folder / "course" / "00_numpy" / "00_numpy.ipynb", NUMPY)
    return folder


def publish(root, notebook):
    write(root / "course" / "01_neuron" / "01_neuron.ipynb", notebook)


def place(root):
    return root / "work" / "01_neuron" / "01_neuron.ipynb"


def solve(path, **answers):
    mine = read(path)
    for name, body in answers.items():
        cell(mine, name)["source"] = body
    write(path, mine)


def run(root, *arguments, monkeypatch):
    monkeypatch.chdir(root)
    return main([*arguments])


@pytest.fixture
def update(root, monkeypatch, capsys):
    """Run `mlp-course update` in the clone; return its exit code and what it printed."""

    def updated():
        code = run(root, "update", monkeypatch=monkeypatch)
        said = capsys.readouterr()
        return code, said.out + said.err

    return updated


def test_the_copy_is_made_and_left_alone_while_nothing_is_new(root, update):
    code, said = update()
    assert code == 0
    assert "01_neuron: new, in work/01_neuron/01_neuron.ipynb" in said
    assert read(place(root)) == NEURON
    solve(place(root), double="def double(x):\n    return 2 * x")
    before = place(root).read_bytes()
    code, said = update()
    assert (code, said.splitlines()[-1]) == (0, "All chapters are up to date.")
    assert place(root).read_bytes() == before
    assert not (place(root).parent / "backups").exists()


def test_a_new_release_in_mid_course(root, update):
    update()
    solve(place(root), double="def double(x):\n    return 2 * x", in_words="It doubles.")
    before = place(root).read_bytes()
    publish(root, with_exercise_three())
    code, said = update()
    assert code == 0
    assert "01_neuron: updated, with your 2 answers kept" in said
    assert "new exercises: half" in said
    mine = read(place(root))
    assert cell(mine, "double")["source"] == "def double(x):\n    return 2 * x"
    assert cell(mine, "in_words")["source"] == "It doubles."
    assert cell(mine, "double-text")["source"].endswith("Clearer.")
    assert cell(mine, "half")
    [backup] = (place(root).parent / "backups").iterdir()
    assert backup.read_bytes() == before
    assert shown_path(backup, root / "work") in said
    assert update() == (0, f"Your working copy is {root / 'work'}\nAll chapters are up to date.\n")


def test_names_of_backups_are_allowed_on_windows(root, update):
    update()
    for count in range(3):
        solve(place(root), double=f"pass  # {count}")
        publish(root, with_exercise_three() if count % 2 == 0 else NEURON)
        update()
    names = [path.name for path in (place(root).parent / "backups").iterdir()]
    assert len(names) == 3
    for name in names:
        assert re.fullmatch(r"01_neuron_[\d_-]+\.ipynb", name)
        assert PureWindowsPath(name).name == name


def test_answers_given_in_course_itself_are_taken_along(root, update):
    """Who worked in course/, as the README once said, copies it, restores it and pulls."""
    solve(root / "course" / "01_neuron" / "01_neuron.ipynb", double="def double(x):\n    return 2 * x")
    shutil.copytree(root / "course", root / "work")
    publish(root, with_exercise_three())
    assert "01_neuron: updated, with your 1 answer kept" in update()[1]
    mine = read(place(root))
    assert cell(mine, "double")["source"] == "def double(x):\n    return 2 * x"
    assert [one["id"] for one in mine["cells"]] == [one["id"] for one in with_exercise_three()["cells"]]


def test_answers_in_the_released_file_itself_count_as_answers(root, update):
    solve(root / "course" / "01_neuron" / "01_neuron.ipynb", double="def double(x):\n    return 2 * x")
    update()
    publish(root, with_exercise_three())
    update()
    assert cell(read(place(root)), "double")["source"] == "def double(x):\n    return 2 * x"


def test_a_renamed_notebook_is_updated_under_its_name(root, update):
    update()
    solve(place(root), double="def double(x):\n    return 2 * x")
    other = place(root).with_name("meins äöü.ipynb")
    place(root).rename(other)
    publish(root, with_exercise_three())
    code, said = update()
    assert code == 0
    assert "meins äöü.ipynb" in said or "as it was before" in said
    assert not place(root).exists()
    assert cell(read(other), "double")["source"] == "def double(x):\n    return 2 * x"
    assert cell(read(other), "half")


DAMAGE = {
    "empty": (b"", "is empty"),
    "cut": (json.dumps(NEURON, indent=1).encode()[:400], "is damaged or cut off at line"),
    "conflict": (b'{\n<<<<<<< HEAD\n "cells": []\n=======\n', "holds marks of a git conflict"),
    "binary": (b"\xff\xfe\x00\x01{}", "is not text in UTF-8"),
    "other": (b"[1, 2]", "is not a notebook of format 4"),
    "old": (b'{"worksheets": [{"cells": []}], "nbformat": 3}', "is not a notebook of format 4"),
    "cells": (b'{"cells": [{"cell_type": "code", "source": 3}]}', "is not a notebook of format 4"),
    "deep": (b"[" * 200_000, "is nested too deeply"),
}


@pytest.mark.parametrize(("contents", "why"), DAMAGE.values(), ids=DAMAGE)
def test_a_damaged_notebook_is_left_as_it_is_with_a_sentence(root, update, contents, why):
    update()
    place(root).write_bytes(contents)
    checkpoint = place(root).parent / ".ipynb_checkpoints" / "01_neuron-checkpoint.ipynb"
    write(checkpoint, NEURON)
    for _ in range(2):
        code, said = update()
        assert code == 1
        assert f"work/01_neuron/01_neuron.ipynb {why}" in said
        assert "work/01_neuron/.ipynb_checkpoints/01_neuron-checkpoint.ipynb" in said
        assert "give the file another name" in said
        assert "Traceback" not in said
        assert place(root).read_bytes() == contents
        publish(root, with_exercise_three())


def test_other_files_come_along_and_the_students_own_are_kept(root, update):
    beside = root / "course" / "01_neuron" / "data" / "table.csv"
    beside.parent.mkdir()
    beside.write_text("1\n")
    update()
    mine = root / "work" / "01_neuron" / "data" / "table.csv"
    assert mine.read_text() == "1\n"
    mine.write_text("mine\n")
    update()
    assert mine.read_text() == "mine\n"
    beside.write_text("2\n")
    update()
    assert mine.read_text() == "2\n"
    assert [path.read_text() for path in (mine.parent / "backups").iterdir()] == ["mine\n"]


def test_windows_line_ends_and_marks_change_nothing(root, update):
    """A checkout on Windows may end lines with \\r\\n; an editor may put a mark at the beginning."""
    update()
    mine = read(place(root))
    cell(mine, "double")["source"] = "def double(x):\r\n    return 2 * x"
    place(root).write_bytes(b"\xef\xbb\xbf" + json.dumps(mine, indent=1).replace("\n", "\r\n").encode())
    released = root / "course" / "01_neuron" / "01_neuron.ipynb"
    released.write_bytes(released.read_bytes().replace(b"\n", b"\r\n"))
    assert update()[0] == 0
    made = place(root).read_bytes()
    assert b"return 2 * x" in made
    assert cell(read(place(root)), "third") == cell(NEURON, "third")


def test_without_a_course_a_sentence_says_what_to_do(tmp_path, monkeypatch, capsys):
    assert run(tmp_path, "update", monkeypatch=monkeypatch) == 1
    said = capsys.readouterr().err
    assert "There is no chapter in" in said
    assert "--course" in said
    with pytest.raises(SystemExit):
        main(["update", "--nonsense"])
    assert "unknown: --nonsense" in capsys.readouterr().err


def test_the_copy_lies_beside_the_course_never_within(root, tmp_path):
    with pytest.raises(NoCourse, match="two separate folders"):
        Work(root / "course", root / "course" / "work")
    with pytest.raises(NoCourse, match="two separate folders"):
        Work(root / "course", root)
    assert Work.find(root / "course" / "01_neuron").folder == (root / "work").resolve()
    assert Work(root / "course", tmp_path / "elsewhere").chapters == ["00_numpy", "01_neuron"]


def test_a_release_without_ids_is_refused(root, update):
    publish(root, {**NEURON, "cells": [{**one, "id": "same"} for one in NEURON["cells"]]})
    code, said = update()
    assert code == 1
    assert "needs an id of its own" in said


def test_a_folder_that_cannot_be_written_is_told(root, update, monkeypatch):
    def refuse(*_):
        raise PermissionError(13, "Permission denied", str(place(root)))

    monkeypatch.setattr("mlpkit.course.work.write", refuse)
    code, said = update()
    assert code == 1
    assert "Permission denied. Is the file open in another program" in said
    assert "Traceback" not in said


def test_no_link_is_needed_and_none_is_made(root, update):
    """Windows lets ordinary users make none."""
    update()
    assert [path for path in (root / "work").rglob("*") if path.is_symlink()] == []
    shutil.rmtree(root / "course" / "00_numpy")
    assert update()[0] == 0
    assert (root / "work" / "00_numpy" / "00_numpy.ipynb").exists(), "a chapter that is withdrawn stays"


def test_reading_says_what_is_missing(tmp_path: Path):
    with pytest.raises(Unreadable, match="cannot be opened"):
        read(tmp_path / "none.ipynb")


def test_jupyterlab_is_opened_on_the_copy_with_settings_that_exist(root, monkeypatch, capsys):
    seen = []

    class Process:
        def __init__(self, command, env):
            seen.extend([command, env])

        def wait(self, interrupts=[KeyboardInterrupt]):  # noqa: B006
            if interrupts:
                raise interrupts.pop()
            return 0

    monkeypatch.setattr("mlpkit.course.lab.subprocess.Popen", Process)
    monkeypatch.setenv("JUPYTER_PATH", "elsewhere")
    assert run(root, "open", "--no-browser", monkeypatch=monkeypatch) == 0
    command, environment = seen
    assert f"--ServerApp.root_dir={root / 'work'}" in command
    assert command[-1] == "--no-browser"
    kernels, other = environment["JUPYTER_PATH"].split(os.pathsep)
    assert other == "elsewhere"
    kernel = json.loads((Path(kernels) / "kernels" / "python3" / "kernel.json").read_text(encoding="utf-8"))
    assert kernel["argv"][-2:] == ["--ext", "mlpkit.notebook"]
    [settings] = [option.partition("=")[2] for option in command if "app_settings_dir" in option]
    for name in ("overrides.json", "page_config.json"):
        assert json.loads((Path(settings) / name).read_text(encoding="utf-8"))
    assert (root / "work" / "start.md").read_text(encoding="utf-8").startswith("# Start here")

    monkeypatch.setattr("mlpkit.course.lab.is_installed", lambda name: False)
    assert run(root, "open", monkeypatch=monkeypatch) == 1
    assert "pip install 'mlp-course[lab]'" in capsys.readouterr().err


def test_a_full_disk_leaves_no_half_copies(tmp_path, monkeypatch):
    full = OSError(errno.ENOSPC, "No space left on device")

    class FullFile(io.FileIO):
        def write(self, content):
            super().write(bytes(content[:1]))
            raise full

    def copy(source, target):
        Path(target).write_bytes(b"h")
        raise full

    path = tmp_path / "own.ipynb"
    path.write_bytes(b"half")
    monkeypatch.setattr("mlpkit.course.keep.open", FullFile, raising=False)
    monkeypatch.setattr("mlpkit.course.keep.shutil.copyfile", copy)
    with pytest.raises(OSError, match="No space"):
        back_up(path)
    with pytest.raises(OSError, match="No space"):
        copy_file(path, tmp_path / "backups" / "base.ipynb")
    assert list((tmp_path / "backups").iterdir()) == []
    assert path.read_bytes() == b"half"
