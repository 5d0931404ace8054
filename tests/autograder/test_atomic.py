"""A file is at every moment the old one or the new one, and stays so after a crash."""

from __future__ import annotations

import os
import stat

import pytest
from descriptors import opened

from autograder.files import write_atomically


@pytest.fixture
def steps(monkeypatch):
    """What is made durable and renamed, in order: the kind of file synced, and the names of a renaming."""
    done = []
    sync, replace = os.fsync, os.replace

    def noting_fsync(descriptor):
        done.append("folder" if stat.S_ISDIR(os.fstat(descriptor).st_mode) else os.pread(descriptor, 100, 0))
        sync(descriptor)

    def noting_replace(old, new):
        done.append((os.path.basename(old), os.path.basename(new)))
        replace(old, new)

    monkeypatch.setattr(os, "fsync", noting_fsync)
    monkeypatch.setattr(os, "replace", noting_replace)
    return done


def test_the_text_is_on_disk_before_the_name_and_then_the_name(tmp_path, steps):
    write_atomically(tmp_path / "file", "new")
    text, (temporary, name), folder = steps
    assert (text, name, folder) == (b"new", "file", "folder")
    assert temporary.startswith(".")
    assert temporary.endswith(".tmp")


def test_the_file_is_written_beside_its_place(tmp_path, monkeypatch):
    """A renaming from another file system would copy, and be cut short by a crash."""
    monkeypatch.setattr("tempfile.tempdir", "/nowhere")
    write_atomically(tmp_path / "deep" / "er" / "file", "é")
    assert (tmp_path / "deep" / "er" / "file").read_bytes() == "é".encode()


def test_writing_again_replaces_and_leaves_nothing_else(tmp_path):
    for text in ("old", "new"):
        write_atomically(tmp_path / "file", text)
        assert (tmp_path / "file").read_text() == text
    assert os.listdir(tmp_path) == ["file"]


@pytest.mark.parametrize(("private", "mode"), [(False, 0o644), (True, 0o600)])
def test_who_may_read_it(tmp_path, private, mode):
    write_atomically(tmp_path / "file", "x", private=private)
    assert stat.S_IMODE((tmp_path / "file").stat().st_mode) == mode
    write_atomically(tmp_path / "other", "x")
    assert stat.S_IMODE((tmp_path / "other").stat().st_mode) == 0o644


def test_half_a_character_becomes_a_question_mark(tmp_path):
    write_atomically(tmp_path / "file", "a\ud800b")
    assert (tmp_path / "file").read_text() == "a?b"


@pytest.mark.parametrize("step", ["fsync", "chmod", "replace"])
def test_a_failure_leaves_the_old_file_alone(tmp_path, monkeypatch, step):
    write_atomically(tmp_path / "file", "old")

    def full(*words):
        raise OSError("disk full")

    monkeypatch.setattr(os, step, full)
    with pytest.raises(OSError, match="disk full"):
        write_atomically(tmp_path / "file", "new")
    assert os.listdir(tmp_path) == ["file"]
    assert (tmp_path / "file").read_text() == "old"


def test_a_failure_after_the_renaming_is_not_covered_up(tmp_path, monkeypatch):
    sync = os.fsync

    def failing(descriptor):
        if stat.S_ISDIR(os.fstat(descriptor).st_mode):
            raise OSError("disk gone")
        sync(descriptor)

    monkeypatch.setattr(os, "fsync", failing)
    before = opened()
    with pytest.raises(OSError, match="disk gone"):
        write_atomically(tmp_path / "file", "new")
    assert opened() <= before
    assert os.listdir(tmp_path) == ["file"]


def test_no_descriptor_is_left_open(tmp_path):
    before = opened()
    write_atomically(tmp_path / "file", "new")
    assert opened() <= before
