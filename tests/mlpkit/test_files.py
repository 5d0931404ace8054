import os
import sys
import threading

import pytest

from mlpkit.files import write_atomically

POSIX = pytest.mark.skipif(os.name == "nt", reason="permissions, links and folders as in POSIX")


def test_a_file_is_replaced_and_its_folder_made(tmp_path):
    path = tmp_path / "new" / "file"
    for contents in (b"first", b"second", b""):
        write_atomically(path, contents)
        assert path.read_bytes() == contents
    assert os.listdir(path.parent) == ["file"]


@pytest.mark.parametrize("moment", ["fsync", "replace"])
def test_an_error_leaves_the_old_contents_and_nothing_else(tmp_path, monkeypatch, moment):
    path = tmp_path / "file"
    write_atomically(path, b"old")

    def full(*args):
        raise OSError("no space left on device")

    monkeypatch.setattr(os, moment, full)
    with pytest.raises(OSError, match="no space left"):
        write_atomically(path, b"new")
    assert path.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["file"]


@POSIX
def test_the_contents_are_on_the_disk_before_the_name_and_the_name_before_the_end(tmp_path, monkeypatch):
    """Seen in the order of the system's calls: fsync of the file, replace, fsync of the folder."""
    calls = []
    fsync, replace = os.fsync, os.replace

    def synced(descriptor):
        calls.append(("fsync", os.readlink(f"/proc/self/fd/{descriptor}") if sys.platform == "linux" else ""))
        fsync(descriptor)

    def replaced(source, target):
        calls.append(("replace", os.fspath(source)))
        replace(source, target)

    monkeypatch.setattr(os, "fsync", synced)
    monkeypatch.setattr(os, "replace", replaced)
    write_atomically(tmp_path / "file", b"contents")
    assert [name for name, _ in calls] == ["fsync", "replace", "fsync"]
    if sys.platform == "linux":
        assert calls[0][1] == calls[1][1]
        assert calls[2][1] == os.fspath(tmp_path.resolve())


@POSIX
@pytest.mark.parametrize("mask", [0o022, 0o077])
def test_permissions_are_those_of_any_new_file(tmp_path, mask):
    before = os.umask(mask)
    try:
        write_atomically(tmp_path / "file", b"")
    finally:
        os.umask(before)
    assert (tmp_path / "file").stat().st_mode & 0o777 == 0o666 & ~mask


def test_the_umask_of_the_process_is_never_touched(tmp_path, monkeypatch):
    """Another thread that makes a file in that moment would get its permissions."""
    monkeypatch.setattr(os, "umask", lambda mask: pytest.fail("the umask belongs to the process"))
    write_atomically(tmp_path / "file", b"")


def test_threads_that_write_one_file_leave_one_of_their_contents(tmp_path):
    path = tmp_path / "file"
    contents = [bytes([65 + i]) * 100_000 for i in range(8)]
    threads = [threading.Thread(target=write_atomically, args=(path, one)) for one in contents]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert path.read_bytes() in contents
    assert os.listdir(tmp_path) == ["file"]


@POSIX
def test_a_link_stays_a_link(tmp_path):
    target, link = tmp_path / "target", tmp_path / "link"
    target.write_bytes(b"old")
    link.symlink_to(target)
    write_atomically(link, b"new")
    assert link.is_symlink()
    assert target.read_bytes() == b"new"
