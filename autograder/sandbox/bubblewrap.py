"""The bubblewrap command line of a worker: what it can see, and nothing else.

The system's programs and libraries, Python with its installed packages and the packages that the
assignment allows are there read-only. The course folder, other students' work, the gradebook, the
network and other processes are not there at all. The home folder is new, empty and in memory.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from autograder.sandbox.inside.namespaces import KEYS
from autograder.sandbox.masks import View

HOME = "/home/student"
SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/nix/store", "/opt/conda")
SETTINGS = ("/etc/ld.so.cache", "/etc/alternatives", "/etc/fonts", "/etc/localtime")
SCRATCH = {"/dev/shm": 64 * 2**20, "/tmp": 128 * 2**20, HOME: 256 * 2**20}
"""Folders that can be written, and their sizes in bytes: they are in memory."""


def command(
    bwrap: Sequence[str],
    program: list[str],
    view: View,
    files: Mapping[str, Path],
    environment: Mapping[str, str],
    *,
    forks: bool = False,
) -> list[str]:
    """Return the command that runs `program` locked in.

    Parameters
    ----------
    bwrap : sequence of str
        Path of bubblewrap, and its options for the namespaces to make.
    program : list of str
        The command to run inside.
    view : View
        Files and folders that keep their place, read-only, besides the system's own.
    files : mapping of str to Path
        Place of a file, in the home folder unless it is absolute, to the file to show there, read-only.
    environment : mapping of str to str
        The whole environment of the program.
    forks : bool
        Whether the program forks workers that mount a /proc of their own. The kernel lets an ordinary user do so only
        if no part of this one is covered; each worker covers those parts by itself.
    """
    arguments = [*bwrap, "--new-session", "--clearenv", "--hostname", "grading"]
    for name, value in environment.items():
        arguments += ["--setenv", name, value]
    for name in SYSTEM:
        if os.path.islink(name):
            arguments += ["--symlink", os.readlink(name), name]
        elif os.path.isdir(name):
            arguments += _bind(Path(name), Path(name))
    for name in filter(os.path.exists, SETTINGS):
        arguments += _bind(Path(name), Path(name))
    arguments += ["--proc", "/proc", "--dev", "/dev"]
    if os.path.exists(KEYS) and not forks:
        arguments += ["--ro-bind", "/dev/null", KEYS]
    for folder, size in SCRATCH.items():
        arguments += scratch(folder, size)
    arguments += _show(view)
    for folder in sorted(set(_folders(files))):
        arguments += ["--perms", "0777", "--dir", os.path.join(HOME, folder)]
    for name, path in files.items():
        arguments += ["--ro-bind", str(path), os.path.join(HOME, name)]
    return [*arguments, "--remount-ro", "/dev", "--remount-ro", "/", "--chdir", HOME, "--", *program]


def scratch(folder: str, size: int) -> list[str]:
    """Return the options for a folder in memory that every user can write, of so many bytes."""
    return ["--perms", "0777", "--size", str(size), "--tmpfs", folder]


def system() -> list[Path]:
    """Return the system's folders that are here and shown."""
    return [Path(name) for name in SYSTEM if os.path.isdir(name) and not os.path.islink(name)]


def _folders(files: Iterable[str]) -> Iterator[str]:
    """Yield the folders in which the files of the home folder lie."""
    for name in files:
        while name := os.path.dirname(name):
            if name == "/":
                break
            yield name


def _show(view: View) -> Iterator[str]:
    """Yield the options that show files and folders, with those folders built anew that hold a masked module."""
    for path in _outermost(view.visible):
        yield from _bind(path, path)
    for folder, entries in view.rebuilt.items():
        yield from ("--perms", "0755", "--tmpfs", str(folder))
        for entry in entries:
            yield from ("--ro-bind", f"{folder}/{entry}", f"{folder}/{entry}")
    for path, stub in view.stubs.items():
        yield from _bind(stub, path)
    for folder in view.covered:
        yield from ("--perms", "0755", "--size", "4096", "--tmpfs", str(folder))
    for folder in (*view.rebuilt, *view.covered):
        yield from ("--remount-ro", str(folder))


def _bind(source: Path, path: Path) -> Iterator[str]:
    """Yield the options that show a file or folder under a path, in folders that every user can enter."""
    for folder in reversed(path.parents[:-1]):  # left to itself, bubblewrap may make them for root alone
        yield from ("--perms", "0755", "--dir", str(folder))
    yield from ("--ro-bind", str(source), str(path))


def _outermost(paths: Iterable[Path]) -> list[Path]:
    """Return the paths that lie neither in another of them nor in what is shown anyway, sorted."""
    covered = system()
    kept: list[Path] = []
    for path in sorted(set(paths)):
        if not any(path.is_relative_to(other) for other in [*covered, *kept]):
            kept.append(path)
    return kept
