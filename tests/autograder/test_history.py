"""The history of points: what is noted once, also when two processes look at once."""

from __future__ import annotations

import getpass
import json
import multiprocessing
import os
from types import SimpleNamespace

import pytest
from filelock import FileLock, Timeout

from autograder.grade.history import Change, History, user_name


class Gradebook:
    """A gradebook whose query gives rows, and in which somebody else acts while it is read."""

    def __init__(self, *rows, meanwhile=lambda: None):
        self.db = self
        self.rows, self.meanwhile = rows, meanwhile

    def query(self, *columns):
        return self

    select_from = join = filter = query

    def find_assignment(self, name):
        return SimpleNamespace(id=1)

    def commit(self):
        pass

    def __iter__(self):
        for student, points in self.rows:
            self.meanwhile()
            grade = SimpleNamespace(manual_score=None, auto_score=points, score=points)
            yield student, "small", "test", grade


def told(folder):
    return [(one.student, one.before, one.after) for one in History(folder).changes()]


def test_what_another_process_has_noted_is_not_noted_again(tmp_path):
    """Both have read the file before either wrote."""
    one, other = History(tmp_path), History(tmp_path)
    for history in (one, other):
        history.notice(Gradebook(("ada", 1.0)), "small")
    for history in (one, other, one):
        history.notice(Gradebook(("ada", 2.0), ("bob", 3.0)), "small")
    assert told(tmp_path) == [("ada", None, 1.0), ("ada", 1.0, 2.0), ("bob", None, 3.0)]


def test_cells_of_which_some_have_no_points(tmp_path):
    """None is told from a cell that no line is about, also when cells come in another order for each student."""
    at = {"at": 0.0, "before": None, "by": "ada", "notebook": "small"}
    for student, cells in (("ada", "abc"), ("bob", "cba")):
        for number, cell in enumerate(cells):
            History(tmp_path).add([Change(student=student, cell=cell, after=[None, 0.5, 2.0][number], **at)])
    known = History(tmp_path)
    known.add([Change(student=one.student, cell=one.cell, after=one.after, **at) for one in known.changes()])
    assert told(tmp_path) == [(student, None, after) for student in ("ada", "bob") for after in (None, 0.5, 2.0)]
    known.add([Change(student="bob", cell="c", after=1.0, **at), Change(student="ada", cell="d", after=None, **at)])
    assert told(tmp_path)[6:] == [("bob", None, 1.0), ("ada", None, None)]


def test_nobody_writes_between_the_look_and_the_line(tmp_path):
    def look():
        with pytest.raises(Timeout), FileLock(tmp_path / "points.lock", timeout=0):
            pass

    History(tmp_path).notice(Gradebook(("ada", 1.0), meanwhile=look), "small")
    assert told(tmp_path) == [("ada", None, 1.0)]


def test_a_change_that_was_noticed_before_it_was_told_is_there_once(tmp_path):
    """Formgrader tells of a change after it is in the gradebook; a run may look in between."""
    History(tmp_path).notice(Gradebook(("ada", 1.0)), "small")
    change = Change(0.0, "ada", "small", "test", None, 1.0, "bea")
    again = Change(0.0, "ada", "small", "test", 1.0, 2.0, "bea")
    History(tmp_path).add([change, again])
    assert told(tmp_path) == [("ada", None, 1.0), ("ada", 1.0, 2.0)]


def test_a_line_that_was_cut_short_hides_no_other(tmp_path):
    history = History(tmp_path)
    history.notice(Gradebook(("ada", 1.0)), "small")
    with (tmp_path / "points.jsonl").open("a") as file:
        file.write('{"at": 1.0, "stud')
    history.notice(Gradebook(("ada", 2.0)), "small")
    history.notice(Gradebook(("ada", 2.0)), "small")
    assert told(tmp_path) == [("ada", None, 1.0), ("ada", 1.0, 2.0)]


def _notice_many(folder, start):
    history = History(folder)
    start.wait()
    for number in range(40):
        history.notice(Gradebook(("ada", float(number))), "small")


@pytest.mark.slow  # it starts processes; the tests above show the same one step at a time
def test_processes_that_note_at_once_keep_one_chain(tmp_path):
    context = multiprocessing.get_context("spawn")
    start = context.Event()
    others = [context.Process(target=_notice_many, args=(tmp_path, start)) for _ in range(3)]
    for one in others:
        one.start()
    start.set()
    for one in others:
        one.join()
    lines = [json.loads(line) for line in (tmp_path / "points.jsonl").read_text().splitlines()]
    assert all(one["before"] != one["after"] for one in lines)
    assert [one["before"] for one in lines[1:]] == [one["after"] for one in lines[:-1]]


@pytest.mark.parametrize("error", [KeyError("getpwuid(): uid not found: 1234"), OSError("No username set")])
def test_a_user_without_a_name_has_a_number(monkeypatch, error):
    def nobody():
        raise error

    monkeypatch.setattr(getpass, "getuser", nobody)
    assert user_name() == f"user {os.getuid()}"
