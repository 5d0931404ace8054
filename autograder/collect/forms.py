"""The forms in which hand-ins arrive, and how each says whose they are."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import PurePosixPath

from autograder.collect.archive import Archive, Member, UnreadableError
from autograder.intake.moments import read_moment
from autograder.lms import canvas, gradescope, moodle

EXCHANGED = re.compile(
    r"(?P<student>[^+]+)\+(?P<assignment>[^+]+)\+(?P<time>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d+)? \w+)(?:\+.*)?"
)
"""A folder in nbgrader's exchange."""
METADATA_BYTES = 100 * 2**20


@dataclass
class Handin:
    """What one student handed in, before anybody knows who that is.

    Attributes
    ----------
    keys : tuple of str
        What may be the student's id, an address or a number, the best first.
    name : str
        What the student is called.
    label : str
        How to call it in a message.
    files : list of (tuple of str, Member)
        The files, each with its path among those of the student.
    time : datetime or None
        When it was handed in, if the form says so.
    late : bool
        Whether the LMS calls it late.
    lms : dict of str to str
        By what the LMS knows it again when feedback is uploaded.
    """

    keys: tuple[str, ...]
    name: str
    label: str
    files: list[tuple[tuple[str, ...], Member]] = field(default_factory=list)
    time: datetime | None = None
    late: bool = False
    lms: dict[str, str] = field(default_factory=dict)


@dataclass
class Found:
    """What is in an archive: the hand-ins, and the files that belong to nobody, each with the reason."""

    handins: list[Handin] = field(default_factory=list)
    unclaimed: list[tuple[str, str]] = field(default_factory=list)


def recognise(archive: Archive) -> str:
    """Return the form of an archive: that in which most of its files are named, a plain folder if none."""
    members = _unwrapped(archive.members, "")
    if any(path == (gradescope.METADATA,) for path, _ in members):
        return "gradescope"
    tops = {path[0]: len(path) > 1 for path, _ in members}
    if not tops:
        return "folder"
    votes = Counter(_named_like(name, is_folder) for name, is_folder in tops.items())
    form, number = votes.most_common(1)[0]
    return form if 2 * number > len(tops) or form == "folder" else "folder"


def find(archive: Archive, form: str, assignment: str) -> Found:
    """Return the hand-ins in an archive of a form."""
    return FORMS[form](_unwrapped(archive.members, assignment), assignment)


def _named_like(name: str, is_folder: bool) -> str:
    if moodle.parse_folder(name):
        return "moodle"
    if is_folder and EXCHANGED.fullmatch(name):
        return "exchange"
    if not is_folder and canvas.parse_file(name):
        return "canvas"
    return "folder"


Files = list[tuple[tuple[str, ...], Member]]


def _unwrapped(members: Iterable[Member], assignment: str) -> Files:
    """Return the members by their paths, without folders around all of them that are nobody's own."""
    found = [(member.path, member) for member in members]
    while found and len({path[0] for path, _ in found}) == 1 and all(len(path) > 1 for path, _ in found):
        around = all(len(path) > 2 and path[1] != assignment for path, _ in found)
        if _named_like(found[0][0][0], True) != "folder" or not (around or any(_is_flat(path) for path, _ in found)):
            break
        found = [(path[1:], member) for path, member in found]
    return found


def _is_flat(path: tuple[str, ...]) -> bool:
    """Return whether a file in a folder is named by an LMS, so that the folder is only around them all."""
    return bool(moodle.parse_folder(path[1]) or canvas.parse_file(path[1]) or path[1] == gradescope.METADATA)


def _moodle(members: Files, assignment: str) -> Found:
    found, students = Found(), dict[str, Handin]()
    for path, member in members:
        said = moodle.parse_folder(path[0])
        inside = path[1:] if len(path) > 1 else ((said.rest,) if said and said.rest else ())
        if said is None or not inside:
            found.unclaimed.append(("/".join(path), "its folder names no participant of Moodle's"))
            continue
        number = str(int(said.number))
        folder = path[0] if len(path) > 1 and said.plugin == "file" else ""
        handin = students.setdefault(
            number, Handin((f"participant {number}",), said.name, said.name, lms={"participant": number})
        )
        if folder:
            handin.lms["folder"] = folder
        handin.files.append((inside, member))
    found.handins += students.values()
    return found


def _canvas(members: Files, assignment: str) -> Found:
    found, students = Found(), dict[str, Handin]()
    for path, member in members:
        said = canvas.parse_file(path[-1])
        if said is None:
            anonymous = re.match(r"(LATE_)?anon_", path[-1])
            reason = (
                "it is anonymous: download the zip again with names" if anonymous else "its name is none of Canvas's"
            )
            found.unclaimed.append(("/".join(path), reason))
            continue
        handin = students.setdefault(said.user, Handin((said.user,), said.name, said.name, lms={"user": said.user}))
        handin.late |= said.late
        if int(said.attachment or 0) >= int(handin.lms.get("attachment", 0)):
            handin.lms |= {"attachment": said.attachment, "prefix": said.name}
        handin.files.append(((said.file,), member))
    for handin in students.values():
        handin.files.sort(key=lambda one: int(getattr(canvas.parse_file(one[1].name), "attachment", "") or 0))
    found.handins += students.values()
    return found


def _gradescope(members: Files, assignment: str) -> Found:
    found, folders = Found(), defaultdict(list)
    submissions: dict[str, gradescope.Submission] = {}
    for path, member in members:
        if path == (gradescope.METADATA,):
            try:
                submissions = gradescope.parse_metadata(member.read(METADATA_BYTES))
            except (ValueError, UnreadableError) as problem:
                found.unclaimed.append((gradescope.METADATA, str(problem)))
        elif len(path) == 1:
            found.unclaimed.append((path[0], "it lies in no submission's folder"))
        else:
            folders[path[0]].append((path[1:], member))
    for folder, files in folders.items():
        submission = submissions.get(folder)
        if submission is None or not submission.submitters:
            found.unclaimed.append((folder, f"{gradescope.METADATA} does not say whose it is"))
            continue
        for one in submission.submitters:
            keys = tuple(key for key in (one.sid, one.email) if key)
            lms = {"submission": folder}
            found.handins.append(Handin(keys, one.name, folder, list(files), submission.created_at, lms=lms))
    return found


def _exchange(members: Files, assignment: str) -> Found:
    found, attempts = Found(), dict[str, Handin]()
    for path, member in members:
        said = EXCHANGED.fullmatch(path[0])
        if said is None or len(path) == 1:
            found.unclaimed.append(("/".join(path), "it lies in no folder of nbgrader's exchange"))
        elif said["assignment"] != assignment:
            found.unclaimed.append(("/".join(path), f"it is of another assignment, {said['assignment']}"))
        else:
            handin = attempts.setdefault(path[0], Handin((said["student"],), "", path[0], time=_moment(said["time"])))
            handin.files.append((path[1:], member))
    found.handins += attempts.values()
    return found


def _folder(members: Files, assignment: str) -> Found:
    """Take the first folder for the student, also in ``STUDENT/ASSIGNMENT/``; of a file that lies alone, its name."""
    found, students = Found(), dict[str, Handin]()
    for path, member in members:
        inside = path[2:] if len(path) > 2 and path[1] == assignment else path[1:]
        key = path[0] if len(path) > 1 else PurePosixPath(path[0]).stem
        handin = students.setdefault(key, Handin(_keys(key) if len(path) == 1 else (key,), key, key))
        handin.files.append((inside or path, member))
    found.handins += students.values()
    return found


def _keys(stem: str) -> tuple[str, ...]:
    """Return what in the name of a file may be a student's id: all of it, or a part between underscores or spaces."""
    return (stem, *dict.fromkeys(part for part in re.split(r"[_ ]+", stem) if part and part != stem))


def _moment(text: str) -> datetime | None:
    try:
        return read_moment(text)
    except ValueError:
        return None


FORMS: dict[str, Callable[[Files, str], Found]] = {
    "moodle": _moodle,
    "canvas": _canvas,
    "gradescope": _gradescope,
    "exchange": _exchange,
    "folder": _folder,
}
"""From the name of a form to what reads it."""
