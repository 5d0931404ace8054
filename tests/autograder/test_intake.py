"""Taking in folders that nobody vouches for."""

from __future__ import annotations

import errno
import hashlib
import os
from datetime import datetime

import pytest
from descriptors import opened

from autograder.intake.misplaced import misplaced
from autograder.intake.submission import Submission, exchanged_files, take_in
from autograder.notebook.read import NotGradable


@pytest.fixture
def folder(tmp_path):
    made = tmp_path / "student" / "small"
    made.mkdir(parents=True)
    return made


def take(folder, size_limit=1000):
    return take_in(folder, "student", ["small"], size_limit)


def reason(folder, **options):
    taken = take(folder, **options).notebooks["small"]
    assert isinstance(taken, NotGradable)
    return str(taken)


def test_a_notebook_is_taken(folder):
    (folder / "small.ipynb").write_bytes(b"{}")
    assert take(folder).notebooks == {"small": b"{}"}
    assert take(folder).refused == ()


def test_no_notebook(folder):
    assert reason(folder) == "there is no small.ipynb in the submission"


def test_a_link_is_not_followed(folder, tmp_path):
    (tmp_path / "neighbour.ipynb").write_bytes(b"{}")
    (folder / "small.ipynb").symlink_to(tmp_path / "neighbour.ipynb")
    assert "is a link" in reason(folder)


def test_a_linked_folder_is_not_followed(folder, tmp_path):
    (folder / "small.ipynb").write_bytes(b"{}")
    linked = tmp_path / "other" / "small"
    linked.parent.mkdir()
    linked.symlink_to(folder)
    assert reason(linked) == "the folder small is a link; hand in the files themselves"
    assert take_in(linked, "ada", ["a", "b"], 1000).student == "ada"
    assert list(take_in(linked, "ada", ["a", "b"], 1000).notebooks) == ["a", "b"]
    whole = tmp_path / "third"
    whole.symlink_to(folder.parent)
    assert "is a link" in reason(whole / "small")


def test_a_folder_or_a_pipe_is_no_notebook(folder):
    (folder / "small.ipynb").mkdir()
    assert "is not a file" in reason(folder)
    (folder / "small.ipynb").rmdir()
    os.mkfifo(folder / "small.ipynb")
    assert "is not a file" in reason(folder)


def test_size_is_capped(folder):
    (folder / "small.ipynb").write_bytes(b" " * 1001)
    assert reason(folder) == "small.ipynb has 1001 bytes; at most 1000 are read"


def test_other_files_are_named_and_not_used(folder):
    (folder / "small.ipynb").write_bytes(b"{}")
    (folder / "numpy.py").write_text("")
    (folder / "data").mkdir()
    (folder / "link").symlink_to("/etc/passwd")
    (folder / ".ipynb_checkpoints").mkdir()
    assert take(folder).refused == (
        "data: a folder, not part of the assignment",
        "link: a link, not followed",
        "numpy.py: not part of the assignment",
    )


def test_files_of_the_assignment_that_come_back_are_not_worth_a_word(folder):
    (folder / "small.ipynb").write_bytes(b"{}")
    (folder / "flu.csv").touch()
    (folder / "data").mkdir()
    assert take_in(folder, "student", ["small"], 1000, ["flu.csv", "data/more.npz"]).refused == ()


def test_what_is_no_folder_is_refused_with_a_reason(folder):
    folder.rmdir()
    folder.touch()
    assert "cannot be read" in reason(folder)


def test_many_other_files_make_a_short_list(folder):
    for number in range(50):
        (folder / f"file{number}").touch()
    assert take(folder).refused[-1] == "and 30 more"
    assert len(take(folder).refused) == 21


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-03-01 12:00:00 UTC", datetime(2026, 3, 1, 12)),
        (" 2026-03-01 12:00:00.250 UTC\n", datetime(2026, 3, 1, 12, 0, 0, 250_000)),
        ("2026-03-01T12:00:00+02:00", datetime(2026, 3, 1, 10)),
        ("yesterday or so", None),
        ("\ufffd" * 3, None),
        ("", None),
        ("9" * 40, None),
        ("2026-03-01 12:00:00 UTC" + " " * 977, datetime(2026, 3, 1, 12)),
        ("2026-03-01 12:00:00 UTC" + " " * 978, None),
    ],
)
def test_timestamps(folder, text, expected):
    (folder / "timestamp.txt").write_text(text)
    assert take(folder).timestamp == expected


def test_a_timestamp_is_text_and_no_link(folder, tmp_path):
    def moment_and_remarks():
        taken = take(folder)
        return taken.timestamp, taken.refused

    assert moment_and_remarks() == (None, ())
    (folder / "timestamp.txt").write_bytes(b"2026-03-01 12:00:00 UTC\n")
    assert moment_and_remarks() == (datetime(2026, 3, 1, 12), ())
    (folder / "timestamp.txt").write_bytes(b"\xff\xfe")
    assert moment_and_remarks() == (None, ("timestamp.txt is not read: it is not UTF-8 text",))
    (folder / "timestamp.txt").unlink()
    (tmp_path / "other").write_text("2026-03-01 12:00:00 UTC")
    (folder / "timestamp.txt").symlink_to(tmp_path / "other")
    remark = "timestamp.txt is not read: timestamp.txt is a link; hand in the file itself"
    assert moment_and_remarks() == (None, (remark,))


def test_of_a_long_name_the_beginning_is_shown(folder):
    (folder / ("n" * 250)).touch()
    name, _, reason = take(folder).refused[0].partition(": ")
    assert (name[:190], reason) == ("n" * 190, "not part of the assignment")
    assert len(name) <= 205


def test_what_nbgraders_exchange_put_there_is_given_back(folder, tmp_path):
    assert exchanged_files(folder) == {}
    (folder / "timestamp.txt").write_bytes(b"now\xff")
    (folder / "submission_secret.txt").write_text("abc")
    assert exchanged_files(folder) == {"timestamp.txt": "now\ufffd", "submission_secret.txt": "abc"}
    (folder / "submission_secret.txt").write_text("x" * 1001)
    assert exchanged_files(folder) == {"timestamp.txt": "now\ufffd"}
    (folder / "submission_secret.txt").unlink()
    (folder / "submission_secret.txt").symlink_to(tmp_path / "other")
    assert list(exchanged_files(folder)) == ["timestamp.txt"]


@pytest.mark.parametrize(
    "name",
    [
        "timestamp.txt",
        "submission_secret.txt",
        ".ipynb_checkpoints",
        ".DS_Store",
        "Thumbs.db",
        "desktop.ini",
        "__MACOSX",
    ],
)
def test_what_systems_put_into_folders_is_not_worth_a_word(folder, name):
    (folder / name).touch()
    assert take(folder).refused == ()


def test_every_notebook_of_the_assignment_is_looked_for(folder):
    (folder / "b.ipynb").write_bytes(b"two")
    (folder / "c.ipynb").write_bytes(b"no")
    taken = take_in(folder, "ada", ["a", "b"], 3)
    assert (taken.student, list(taken.notebooks)) == ("ada", ["a", "b"])
    assert str(taken.notebooks["a"]) == "there is no a.ipynb in the submission"
    assert taken.notebooks["b"] == b"two"
    assert taken.refused == ("c.ipynb: not part of the assignment",)


def test_a_folder_that_cannot_be_read_gives_a_reason_for_each_notebook(folder):
    taken = take_in(folder / "missing", "ada", ["a", "b"], 3)
    assert {name: str(why) for name, why in taken.notebooks.items()} == dict.fromkeys(
        ["a", "b"], "the folder missing cannot be read: No such file or directory"
    )
    assert (taken.student, taken.refused, taken.timestamp) == ("ada", (), None)


def test_a_file_that_cannot_be_read_is_named_with_the_reason(folder, monkeypatch):
    def locked(path, flags):
        raise PermissionError(errno.EACCES, "Permission denied")

    (folder / "small.ipynb").write_bytes(b"{}")
    monkeypatch.setattr("autograder.intake.submission.os.open", locked)
    assert reason(folder) == "small.ipynb cannot be read: Permission denied"


def test_a_file_that_grows_while_it_is_read_is_not_read_to_its_end(folder, monkeypatch):
    (folder / "small.ipynb").write_bytes(b"x" * 5000)
    true = os.fstat

    def small(descriptor):
        status = list(true(descriptor))
        status[6] = 10
        return os.stat_result(status)

    monkeypatch.setattr("autograder.intake.submission.os.fstat", small)
    assert len(take(folder).notebooks["small"]) == 1001


def test_no_descriptor_is_left_open(folder):
    before = opened()
    (folder / "small.ipynb").mkdir()
    take(folder)
    (folder / "small.ipynb").rmdir()
    (folder / "small.ipynb").write_bytes(b"x" * 1001)
    take(folder)
    assert opened() <= before


def test_a_pipe_is_not_waited_for(folder):
    os.mkfifo(folder / "small.ipynb")
    assert reason(folder) == "small.ipynb is not a file"


def test_the_size_allowed_is_taken(folder):
    (folder / "small.ipynb").write_bytes(b" " * 1000)
    assert take(folder).notebooks == {"small": b" " * 1000}


@pytest.mark.parametrize(
    ("count", "listed", "last"), [(20, 20, "file19"), (21, 21, "and 1 more"), (22, 21, "and 2 more")]
)
def test_twenty_other_files_are_listed(folder, count, listed, last):
    for number in range(count):
        (folder / f"file{number:02d}").touch()
    refused = take(folder).refused
    assert len(refused) == listed
    assert refused[0] == "file00: not part of the assignment"
    assert refused[-1].startswith(last)


def submission(**changes):
    whole = {"student": "ada", "notebooks": {"a": b"one", "b": b"two"}, "refused": ("x: why",), "timestamp": None}
    return Submission(**{**whole, **changes})


def test_the_digest_is_of_all_that_was_handed_in():
    again = submission(notebooks={"b": b"two", "a": b"one"})
    assert submission().digest("base") == again.digest("base"), "in whatever order"
    others = [
        submission(notebooks={"a": b"one", "c": b"two"}),  # another name
        submission(notebooks={"a": b"two", "b": b"one"}),
        submission(notebooks={"a": b"one", "b": b"two", "c": b""}),
        submission(notebooks={"a": b"one"}),
        submission(notebooks={"a": b"one", "b": NotGradable("no")}),
        submission(notebooks={"a": b"one", "b": NotGradable("not at all")}),
        submission(refused=()),
        submission(refused=("y: why",)),
        submission(timestamp=datetime(2026, 3, 1)),
        submission(timestamp=datetime(2026, 3, 2)),
    ]
    digests = {one.digest("base") for one in [submission(), *others]} | {
        submission().digest(),
        submission().digest("b"),
    }
    assert len(digests) == len(others) + 3


def test_the_digest_stays_the_same_from_run_to_run():
    """It is kept on disk: another one means that everything is graded again, for which `FORMAT` is raised."""
    notebooks = {"a": hashlib.sha256(b"a").digest() + hashlib.sha256(b"one").digest()}
    expected = hashlib.sha256(b"base" + notebooks["a"] + b"((), None)").hexdigest()
    assert submission(notebooks={"a": b"one"}, refused=()).digest("base") == expected


def lay(folder, *paths):
    for path in paths:
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text("")


def test_what_lies_beside_the_submissions_is_named(course):
    submitted = course.root / "submitted"
    lay(submitted, "ada/small/small.ipynb", "ada/small/more/notes.txt", "bob/small.ipynb", "dan/Small/small.ipynb")
    lay(submitted, "eve.ipynb", "ada/.DS_Store", ".gitkeep", "fay/__MACOSX/small.ipynb", "Thumbs.db")
    assert misplaced(course, "small") == [f"submitted/{path}" for path in ("bob/small.ipynb", "dan/Small", "eve.ipynb")]


def test_other_assignments_of_the_course_are_where_they_should_be(course):
    lay(course.folder("source", "second"), "second.ipynb")
    lay(course.root / "submitted", "ada/small/small.ipynb", "ada/second/second.ipynb", "ada/third/third.ipynb")
    assert misplaced(course, "small") == ["submitted/ada/third"]


def test_only_loose_files_are_named_where_students_come_last(course):
    moved = course.moved(directory_structure="{nbgrader_step}/{assignment_id}/{student_id}")
    lay(moved.root / "submitted/small", "ada/small.ipynb", "ada/data.csv", "bob.ipynb")
    assert misplaced(moved, "small") == ["submitted/small/bob.ipynb"]


def test_nothing_is_misplaced_where_nothing_was_handed_in(course):
    assert misplaced(course, "small") == []


def test_submissions_outside_of_the_course_are_named_in_full(course, tmp_path_factory):
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    lay(elsewhere, "bob.ipynb")
    assert misplaced(course.moved(submitted_directory=str(elsewhere)), "small") == [f"{elsewhere}/bob.ipynb"]
