"""What is on disk after any crash can be gone on from."""

from __future__ import annotations

import pytest

from autograder.files import write_atomically
from autograder.grade.journal import Journal
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


def test_recorded_is_remembered_for_this_very_result(tmp_path):
    journal = Journal(tmp_path)
    journal.save(result())
    journal.mark_recorded(result())
    again = Journal(tmp_path)
    assert again.is_recorded(result())
    assert not again.is_recorded(result(key="k2"))
    assert [entry["event"] for entry in again.entries()] == ["executed", "recorded"]


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
    assert [entry["student"] for entry in Journal(tmp_path).entries()] == ["ada", "eve"]


@pytest.mark.parametrize("text", ["", "{", "[]", '{"student": "ada"}'])
def test_a_damaged_result_counts_as_none(tmp_path, text):
    journal = Journal(tmp_path)
    journal.save(result())
    (tmp_path / "results" / "ada.json").write_text(text)
    assert journal.load("ada") is None
    assert list(journal.results()) == []


def test_atomic_writing_leaves_the_old_file_when_it_fails(tmp_path, monkeypatch):
    path = tmp_path / "file"
    write_atomically(path, "old")

    def full(*words):
        raise OSError("disk full")

    monkeypatch.setattr("autograder.grade.journal.os.fsync", full)
    with pytest.raises(OSError, match="disk full"):
        write_atomically(path, "new")
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_statuses_of_several_notebooks():
    def of(*statuses):
        return Result("a", "b", "", tuple(NotebookResult(s, s) for s in statuses)).status

    assert of("graded", "graded") == "graded"
    assert of("not_gradable") == "not_gradable"
    assert of("graded", "not_gradable") == "partly_graded"
    assert of("graded", "partly_graded") == "partly_graded"
