"""What is on disk after any crash can be gone on from."""

from __future__ import annotations

import json
import os
import stat
import time

import pytest

from autograder.grade.journal import LONGEST_NAME, Journal
from autograder.grade.results import GradeResult, NotebookResult, Result
from autograder.plan import CellError, CellOutcome, Frame, Outcome


def result(student="ada", key="k1"):
    error = CellError("AssertionError", "no", ("line",), (Frame(1, 2, "f"),))
    outcome = Outcome((CellOutcome(1, "error", error=error),), 1.0)
    grades = (GradeResult("test", 2.0, 0.0, "error", error), GradeResult("why", 1.0, None, "manual"))
    notebook = NotebookResult("small", "graded", "", grades, ("note",), outcome)
    return Result(student, "small", key, (notebook,), ("x: why",), {"prepared": 1.0})


def test_a_result_survives(tmp_path):
    Journal(tmp_path).save(result())
    again = Journal(tmp_path)
    assert again.load("ada") == result()
    assert list(again.results()) == [result()]
    assert not again.is_recorded(result())


def test_a_result_is_on_disk_before_the_journal_says_so(tmp_path, monkeypatch):
    synced = []
    sync = os.fsync

    def noting(descriptor):
        status = os.fstat(descriptor)
        synced.append("folder" if stat.S_ISDIR(status.st_mode) else status.st_size)
        sync(descriptor)

    monkeypatch.setattr(os, "fsync", noting)
    Journal(tmp_path).save(result())
    kept, line = tmp_path / "results" / "ada.json", tmp_path / "journal.jsonl"
    assert synced == [kept.stat().st_size, "folder", line.stat().st_size]
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600, "it holds what a student wrote and earned"


def test_what_the_journal_says(tmp_path, monkeypatch):
    monkeypatch.setattr(time, "time", lambda: 1234.56789)
    journal = Journal(tmp_path / "deep" / "er")
    journal.save(result())
    timed = journal.mark_recorded(result())
    assert timed.phases == {"prepared": 1.0, "recorded": 1234.568}
    expected = [{"event": event, "student": "ada", "key": "k1", "time": 1234.568} for event in ("executed", "recorded")]
    assert journal.entries() == expected
    lines = (tmp_path / "deep" / "er" / "journal.jsonl").read_text().splitlines()
    assert [json.loads(line) for line in lines] == expected


def test_the_folder_is_made_by_whichever_step_comes_first(tmp_path):
    """As where a result was written by hand, or its journal was lost."""
    for _ in range(2):
        Journal(tmp_path / "deep" / "er").mark_recorded(result())
    assert len(Journal(tmp_path / "deep" / "er").entries()) == 2


def test_when_it_was_recorded_comes_back_with_the_result(tmp_path, monkeypatch):
    monkeypatch.setattr(time, "time", lambda: 99.5)
    journal = Journal(tmp_path)
    journal.save(result())
    assert "recorded" not in journal.load("ada").phases
    journal.mark_recorded(result())
    for one in (journal, Journal(tmp_path)):
        assert one.load("ada").phases == {"prepared": 1.0, "recorded": 99.5}
        assert [found.phases["recorded"] for found in one.results()] == [99.5]
    journal.save(result(key="k2"))
    for one in (journal, Journal(tmp_path)):
        assert one.load("ada").phases == {"prepared": 1.0}
        assert one.load("ada").key == "k2"


def test_results_come_by_name_and_are_counted(tmp_path):
    journal = Journal(tmp_path)
    assert (len(journal), list(journal.results()), journal.load("ada")) == (0, [], None)
    for student in ("cem", "ada", "bob", "ada"):
        journal.save(result(student))
    (tmp_path / "results" / "note.txt").touch()
    assert [one.student for one in journal.results()] == ["ada", "bob", "cem"]
    assert len(journal) == 3


def test_a_damaged_result_does_not_hide_the_others(tmp_path):
    journal = Journal(tmp_path)
    for student in ("ada", "bob"):
        journal.save(result(student))
    (tmp_path / "results" / "ada.json").write_text("{")
    assert [one.student for one in journal.results()] == ["bob"]


@pytest.mark.parametrize("letter", ["x", "é"])
def test_a_name_too_long_for_a_file_is_replaced_by_its_digest(tmp_path, letter):
    size = len(letter.encode())
    longest = letter * (LONGEST_NAME // size)
    longer = longest + "x" * (LONGEST_NAME + 1 - len(longest.encode()))
    journal = Journal(tmp_path)
    for name in (longest, longer):
        journal.save(result(name))
        assert journal.load(name).student == name
    (kept,) = {path.stem for path in (tmp_path / "results").iterdir()} - {longest}
    assert len(kept) == 64
    assert int(kept, 16)
    assert LONGEST_NAME == 200


def test_recorded_is_remembered_for_this_very_result(tmp_path):
    journal = Journal(tmp_path)
    journal.save(result())
    journal.mark_recorded(result())
    again = Journal(tmp_path)
    assert again.is_recorded(result())
    assert not again.is_recorded(result(key="k2"))
    assert [entry["event"] for entry in again.entries()] == ["executed", "recorded"]


def test_only_what_was_recorded_counts_as_recorded(tmp_path):
    journal = Journal(tmp_path)
    for student in ("ada", "bob"):
        journal.save(result(student))
    assert list(journal.recorded()) == []
    recorded = journal.mark_recorded(result("bob"))
    assert list(journal.recorded()) == [recorded]


def test_a_result_that_was_executed_again_is_not_recorded_yet(tmp_path):
    """As after `grade --force` that was killed before it could record."""
    journal = Journal(tmp_path)
    journal.save(result())
    journal.mark_recorded(result())
    journal.save(result())
    assert not journal.is_recorded(result())
    assert not Journal(tmp_path).is_recorded(result())
    journal.mark_recorded(result())
    assert Journal(tmp_path).is_recorded(result())


def test_reading_writes_nothing(tmp_path):
    Journal(tmp_path / "nothing").entries()
    assert list(tmp_path.iterdir()) == []


def test_a_line_that_a_crash_cut_short_does_no_harm(tmp_path):
    journal = Journal(tmp_path)
    journal.mark_recorded(result())
    with (tmp_path / "journal.jsonl").open("a") as file:
        file.write('{"event": "recor')
    again = Journal(tmp_path)
    again.mark_recorded(result("eve"))
    again.mark_recorded(result("bob"))
    assert [entry["student"] for entry in Journal(tmp_path).entries()] == ["ada", "eve", "bob"]
    lines = (tmp_path / "journal.jsonl").read_text().split("\n")
    assert len(lines) == 5
    assert (lines[1], lines[4]) == ('{"event": "recor', "")


@pytest.mark.parametrize("line", ["[]", "7", "null", "{}", '{"event": "recorded", "student": "ada", "key": "k1"}'])
def test_a_line_of_another_form_is_left_out(tmp_path, line):
    journal = Journal(tmp_path)
    journal.mark_recorded(result("eve"))
    with (tmp_path / "journal.jsonl").open("a") as file:
        file.write(line + "\n")
    journal.mark_recorded(result("bob"))
    assert [entry["student"] for entry in Journal(tmp_path).entries()] == ["eve", "bob"]
    assert not Journal(tmp_path).is_recorded(result())


@pytest.mark.parametrize("text", ["", "{", "[]", '{"student": "ada"}'])
def test_a_damaged_result_counts_as_none(tmp_path, text):
    journal = Journal(tmp_path)
    journal.save(result())
    (tmp_path / "results" / "ada.json").write_text(text)
    assert journal.load("ada") is None
    assert list(journal.results()) == []


def test_statuses_of_several_notebooks():
    def of(*statuses):
        return Result("a", "b", "", tuple(NotebookResult(s, s) for s in statuses)).status

    assert of("graded", "graded") == "graded"
    assert of("not_gradable") == "not_gradable"
    assert of("graded", "not_gradable") == "partly_graded"
    assert of("graded", "partly_graded") == "partly_graded"
