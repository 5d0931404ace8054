"""The requests of the button Validate: which are answered, and what is said of the file."""

from __future__ import annotations

from pathlib import Path

from releases import answer, check, demo, exercise, release

from mlpkit.course.notebooks import write
from mlpkit.course.server import ADDRESS, Ours, _remark
from mlpkit.course.work import Work


class Request:
    def __init__(self, path, asked):
        self.path, self.query_arguments = path, {"path": [asked.encode()]}


def test_only_notebooks_of_the_course_are_answered_for(tmp_path):
    chapter = release(demo("setup", "from mlpkit import viz"), *exercise(1, "double"))
    write(tmp_path / "work" / "Müller 1" / "week 1.ipynb", chapter)
    write(tmp_path / "work" / "other.ipynb", release(*exercise(1, "double")))
    write(tmp_path / "outside.ipynb", chapter)
    source = release(demo("setup", "from mlpkit import viz"), answer("double"), check("double"))
    for one in source["cells"]:
        one["metadata"].get("nbgrader", {}).pop("checksum", None)
    write(tmp_path / "work" / "source.ipynb", source)
    (tmp_path / "work" / "cut.ipynb").write_text('{"cells": [')
    ours = Ours("/user/zoë/", tmp_path / "work")
    address = "/user/zoë" + ADDRESS
    found = ours.match(Request(address, "Müller 1/week 1.ipynb"))
    assert found == {"target_kwargs": {"path": tmp_path / "work" / "Müller 1" / "week 1.ipynb", "notebook": chapter}}
    for other in ("other.ipynb", "source.ipynb", "cut.ipynb", "none.ipynb", "../outside.ipynb", "", "\0"):
        assert ours.match(Request(address, other)) is None, other
    assert ours.match(Request("/user/zoë/api/contents", "Müller 1/week 1.ipynb")) is None


def test_a_renamed_chapter_is_told_its_name(tmp_path):
    write(tmp_path / "course" / "01_neuron" / "01_neuron.ipynb", release(*exercise(1, "double")))
    work = Work(tmp_path / "course", tmp_path / "work")
    list(work.update())
    path: Path = work.place("01_neuron")
    assert _remark(path) == ""
    other = path.rename(path.with_name("week 1.ipynb"))
    assert _remark(other) == "your file is called week 1.ipynb; hand it in as 01_neuron.ipynb"
    assert _remark(tmp_path / "elsewhere.ipynb") == ""
