"""Archives of every kind, hostile ones among them: nothing is lost, and nothing stops the others."""

from __future__ import annotations

import errno
import random
import struct
import tracemalloc
import zipfile

import class_maker
import nbformat
import pytest
from test_collect import pack, text_of, where

from autograder.collect import archive as archive_module
from autograder.collect.archive import UnreadableError, Zip
from autograder.collect.contents import Contents
from autograder.collect.run import collect


def test_the_times_of_a_zip_are_used_unless_it_was_packed_then(unchecked, notebook, tmp_path):
    def packed(name, hours):
        with zipfile.ZipFile(tmp_path / name, "w") as archive:
            for student, hour in hours.items():
                info = zipfile.ZipInfo(f"{student}/small.ipynb", (2026, 11, 3, hour, 0, 0))
                archive.writestr(info, notebook)
        return tmp_path / name

    zone = class_maker.datetime.strptime("+0100", "%z").tzinfo
    apart = collect(unchecked, "small", [packed("a.zip", {"ada": 9, "bob": 15})], zone=zone, dry_run=True)
    assert apart.entries["bob"].moment == class_maker.datetime(2026, 11, 3, 14)
    together = collect(unchecked, "small", [packed("b.zip", {"ada": 9, "bob": 9})], zone=zone, dry_run=True)
    assert together.entries["bob"].moment is None
    assert together.undated == ["b.zip"]


def raw_zip(path, names, *, flag=0):
    """Write a zip whose names are these bytes, with the flag for UTF-8 or without."""
    with zipfile.ZipFile(path, "w") as archive:
        for number, content in enumerate(names.values()):
            archive.writestr(f"{number:0{len(list(names)[number])}}", content)
    data = path.read_bytes()
    for number, name in enumerate(names):
        data = data.replace(f"{number:0{len(name)}}".encode(), name)
    data = data.replace(b"PK\x03\x04\x14\x00\x00\x00", b"PK\x03\x04\x14\x00" + struct.pack("<H", flag))
    path.write_bytes(data)
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "cp437"])
def test_names_in_other_encodings_are_read(unchecked, notebook, tmp_path, encoding):
    names = {f"{name}/small.ipynb".encode(encoding): notebook for name in ("Jürgen", "Zoë")}
    account = collect(unchecked, "small", [raw_zip(tmp_path / "class.zip", names)])
    assert set(account.entries) == {"Jürgen", "Zoë"}


def a_large_class(course, folder, size):
    """Return the zip and the worksheet of a class with a megabyte of notebook each."""
    released = nbformat.read(course.folder("release", "small") / "small.ipynb", as_version=4)
    students = class_maker.make_class(size)
    released.cells[0].source += "x" * 2**20
    big = nbformat.writes(class_maker.answered(released)).encode()
    files = {one.number: {"small.ipynb": big} for one in students}
    return class_maker.moodle_zip(folder / "class.zip", students, files), class_maker.moodle_worksheet(
        folder / "sheet.csv", students, files
    )


def test_a_class_takes_the_memory_of_one(unchecked, tmp_path):
    path, sheet = a_large_class(unchecked, tmp_path, 15)
    tracemalloc.start()
    account = collect(unchecked, "small", [path], roster=sheet, dry_run=True)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert account.statuses["collected"] == 15
    assert peak < 30 * 2**20


@pytest.mark.slow  # half a minute: a gigabyte of notebooks
def test_a_class_of_a_thousand(unchecked, tmp_path):
    path, sheet = a_large_class(unchecked, tmp_path, 1000)
    account = collect(unchecked, "small", [path], roster=sheet)
    assert account.statuses["collected"] == len(unchecked.students("small")) == 1000
    assert account.unknown == account.unclaimed == []


def encrypted(data):
    """Return a zip whose files claim to be encrypted."""
    return data.replace(b"PK\x03\x04\x14\x00\x00\x00", b"PK\x03\x04\x14\x00\x01\x00").replace(
        b"PK\x01\x02\x14\x03\x14\x00\x00\x00", b"PK\x01\x02\x14\x03\x14\x00\x01\x00"
    )


def test_what_cannot_be_read_is_said_and_stops_nobody(unchecked, notebook, tmp_path, monkeypatch):
    monkeypatch.setattr("autograder.collect.contents.MOST_FILES", 50)
    locked = encrypted(class_maker.zipped({"small.ipynb": notebook}))
    files = {
        "ada/small.ipynb": notebook,
        "bob/locked.zip": locked,
        "eve/many.zip": class_maker.zipped({f"{number}.txt": b"" for number in range(99)}),
        "fay/a": b"x",
        "fay/a/b": b"y",
        "fay/small.ipynb": notebook,
        "gus/huge.ipynb": b" " * (21 * 2**20),
    }
    account = collect(unchecked, "small", [pack(tmp_path / "class.zip", files)])
    assert set(account.entries) == {"ada", "bob", "eve", "fay", "gus"}
    assert "encrypted" in str(account.entries["bob"].remarks)
    assert "more than 50 files" in str(account.entries["eve"].remarks)
    assert "more than 20971520 bytes" in str(account.entries["gus"].remarks)
    assert {path.name for path in where(unchecked, "fay").iterdir()} == {"small.ipynb", "a", "a_b"}
    assert text_of(unchecked, "ada") == notebook


def test_a_zip_with_too_long_a_list_is_not_opened(tmp_path, monkeypatch):
    path = pack(tmp_path / "many.zip", {f"{number}": b"" for number in range(100)})
    monkeypatch.setattr(archive_module, "DIRECTORY_BYTES", 1000)
    with pytest.raises(UnreadableError, match="list of files"):
        Zip(path, "many.zip")


def contents_of(path):
    return Contents((member.path, member) for member in Zip(path, path.name).members)


def test_the_zips_of_a_hand_in_have_a_limit_together(tmp_path, monkeypatch):
    monkeypatch.setattr("autograder.collect.contents.ZIP_BYTES", 10_000)
    inner = class_maker.zipped({"a.txt": random.Random(0).randbytes(4_000)})
    path = pack(tmp_path / "hand-in.zip", {f"{number}.zip": inner for number in range(4)})
    with contents_of(path) as contents:
        assert len(contents.pieces) == 2
        assert [name for name, _ in contents.refused] == ["2.zip", "3.zip"]
        assert all("10000 bytes together" in reason for _, reason in contents.refused)


def test_zips_count_among_the_files_of_a_hand_in(tmp_path, monkeypatch):
    monkeypatch.setattr("autograder.collect.contents.MOST_FILES", 5)
    path = pack(tmp_path / "hand-in.zip", {f"{number}.zip": class_maker.zipped({}) for number in range(9)})
    with contents_of(path) as contents:
        assert contents.refused == [
            ("5.zip", "more than 5 files were handed in; this one and all further are left out")
        ]


def test_a_full_disk_is_not_taken_for_a_damaged_file(tmp_path):
    class Full:
        def write(self, data):
            raise OSError(errno.ENOSPC, "No space left on device")

    (member,) = Zip(pack(tmp_path / "one.zip", {"a.txt": b"x"}), "one.zip").members
    with pytest.raises(OSError, match="No space left"):
        member.copy_to(Full(), 10)
