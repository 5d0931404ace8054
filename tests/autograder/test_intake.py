"""Taking in folders that nobody vouches for."""

from __future__ import annotations

import os
from datetime import datetime

import pytest

from autograder.intake.submission import take_in
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
    assert "is a link" in reason(linked)
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
        ("2026-03-01 12:00:00 +0200", datetime(2026, 3, 1, 12)),
        ("yesterday or so", None),
        ("\ufffd" * 3, None),
    ],
)
def test_timestamps(folder, text, expected):
    (folder / "timestamp.txt").write_text(text)
    found = take(folder).timestamp
    assert (found is None) == (expected is None)
    if expected is not None and "UTC" in text:
        assert found == expected
