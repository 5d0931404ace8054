"""Bring in what students handed in, and account for everybody."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path

from autograder.collect.account import Account, Entry, Record
from autograder.collect.archive import Zip
from autograder.collect.choose import Choice, Wanted, choose, wanted_notebooks
from autograder.collect.contents import Contents
from autograder.collect.forms import Handin, find, recognise
from autograder.collect.place import Placement
from autograder.collect.sources import archives
from autograder.collect.whose import Roster, read_roster
from autograder.course import Course, calling_nbgrader, only_writer
from autograder.grade.lateness import Extensions
from autograder.grade.record import Recorder
from autograder.intake.moments import read_moment, spoken
from autograder.intake.submission import TIMESTAMP
from autograder.lms.people import Person
from autograder.results.roster import known_people, write_sections

PACKING = timedelta(hours=1)
"""Files of several students that are no further apart were not handed in then: it is when they were packed."""
Progress = Callable[[int, int], object]


def collect(
    course: Course,
    assignment: str,
    files: list[Path],
    *,
    form: str | None = None,
    roster: Path | None = None,
    id_column: str | None = None,
    zone: tzinfo | None = None,
    dry_run: bool = False,
    progress: Callable[[str], Progress] = lambda description: lambda done, total: None,
) -> Account:
    """Put what students handed in where it is graded, and say what happened to each.

    Parameters
    ----------
    course : Course
        The course.
    assignment : str
        Name of a released assignment.
    files : list of Path
        Zips and folders.
    form : str, optional
        A key of `autograder.collect.forms.FORMS`; recognised by default.
    roster : Path, optional
        Who is in the class: see `read_roster`. They are written into the gradebook.
    id_column : str, optional
        The roster's column with the ids of students.
    zone : tzinfo, optional
        In which zone times are that name none; this machine's by default.
    dry_run : bool
        Change nothing.
    progress : callable
        Called with a description once the files are found to be readable; returns what is called with the number of
        students done and of all.

    Raises
    ------
    CourseError
        If the assignment is not released, a file cannot be read at all, or the roster cannot be used.
    """
    zone = zone or datetime.now().astimezone().tzinfo or UTC
    wanted = wanted_notebooks(course, assignment)
    with contextlib.ExitStack() as stack:
        if not dry_run:
            stack.enter_context(only_writer(course))
        stack.enter_context(calling_nbgrader())
        recorder = stack.enter_context(Recorder(course, assignment))
        people = read_roster(roster, id_column, known_people(course), zone)
        record = Record.load(course, assignment)
        account = Account(assignment, dry_run, due=recorder.due())
        account.doubts += people.doubts
        collecting = _Collecting(course, assignment, wanted, people, record, account, zone)
        collecting.read(files, form, stack)
        collecting.place(progress("Collecting"))
        collecting.account_for_all(recorder)
        if not dry_run:
            enrolled = {person.student: person for person in (*people.listed, *collecting.new)}
            recorder.enrol(enrolled.values())
            write_sections(course, {one.student: one.section for one in enrolled.values() if one.section})
            record.save(course, assignment, account)
    return account


class _Collecting:
    """The steps of a run."""

    def __init__(
        self,
        course: Course,
        assignment: str,
        wanted: list[Wanted],
        people: Roster,
        record: Record,
        account: Account,
        zone: tzinfo,
    ) -> None:
        self.course = course
        self.assignment = assignment
        self.new: list[Person] = []
        self._wanted = wanted
        self._extensions = Extensions(course, assignment)
        self._people = people
        self._record = record
        self._account = account
        self._zone = zone
        self._handins: dict[str, list[tuple[Handin, str]]] = {}
        self._persons: dict[str, Person] = {}

    def read(self, files: list[Path], form: str | None, stack: contextlib.ExitStack) -> None:
        """Find the hand-ins in the files, and whose they are."""
        for path in files:
            for archive in archives(path, stack):
                found_form = form or recognise(archive)
                found = find(archive, found_form, self.assignment)
                self._account.sources.append((archive.label, found_form, len(found.handins)))
                self._account.unclaimed += [(archive.label, *one) for one in (*archive.refused, *found.unclaimed)]
                self._account.left_behind += archive.left_behind
                if not found.handins:
                    self._account.doubts.append(f"{archive.label} holds no hand-in in the form {found_form!r}")
                if found_form in ("moodle", "folder") and isinstance(archive, Zip):
                    self._date(found.handins, archive.label)
                for handin in found.handins:
                    self._assign(handin, found_form, archive.label)

    def place(self, progress: Progress) -> None:
        """Write the newest hand-in of each student."""
        for done, (student, handins) in enumerate(sorted(self._handins.items()), start=1):
            self._account.entries[student] = self._place(self._persons[student], handins)
            progress(done, len(self._handins))

    def account_for_all(self, recorder: Recorder) -> None:
        """Name those who are in the class and have handed in nothing, now or before."""
        there = set(self.course.students(self.assignment)) | set(self._account.entries)
        for student, person in self._people.directory.people.items():
            if student not in there:
                self._account.entries[student] = Entry(student, person.name, "missing")
        numbered = [one.student for one in self.new if self._account.entries[one.student].form == "canvas"]
        if numbered:
            self._account.doubts.append(
                f"{len(numbered)} students are known by Canvas's number alone: give its gradebook with --roster"
            )

    def _assign(self, handin: Handin, form: str, source: str) -> None:
        person, reason = self._people.whose(handin, form, [one.name for one in self._wanted])
        if person is None:
            self._account.unknown.append((source, handin.label, reason))
            return
        if person.student not in self._people.directory.people and person.student not in self._persons:
            self.new.append(person)
        self._persons[person.student] = person
        self._handins.setdefault(person.student, []).append((handin, form))

    def _date(self, handins: list[Handin], label: str) -> None:
        """Date hand-ins by the zip's own times, unless those are of its packing."""
        newest = [
            (handin, max(times))
            for handin in handins
            if (times := [self._universal(member.time) for _, member in handin.files if member.time is not None])
        ]
        moments = [moment for _, moment in newest]
        if len(moments) < 2 or max(moments) - min(moments) < PACKING:
            self._account.undated.append(label)
            return
        for handin, moment in newest:
            handin.time = moment

    def _universal(self, moment: datetime) -> datetime:
        return (moment if moment.tzinfo else moment.replace(tzinfo=self._zone)).astimezone(UTC).replace(tzinfo=None)

    def _place(self, person: Person, handins: list[tuple[Handin, str]]) -> Entry:
        """Place the newest of a student's hand-ins that has a notebook which can be read."""
        moments = [self._moment(person, handin, form) for handin, form in handins]
        order = sorted(
            range(len(handins)),
            key=lambda one: (moments[one] or datetime.min, int(handins[one][0].lms.get("attachment") or 0), one),
            reverse=True,
        )
        position = order[0]
        entry = Entry(person.student, person.name, "collected")
        if len(order) > 1:
            position = next((one for one in order if self._choice(handins[one][0]).usable), position)
            which = "the newest" if position == order[0] else "the newest that can be read"
            entry.remarks.append(("double", f"handed in {len(order)} times, {which} is taken"))
        handin, form = handins[position]
        entry.moment, entry.lms, entry.form = moments[position], handin.lms, form
        with Contents(handin.files) as contents:
            choice = choose(contents.pieces, self._wanted, self.course.settings.submission_bytes)
            entry.remarks += choice.remarks
            entry.remarks += [("refused", f"{path}: {reason}") for path, reason in contents.refused]
            self._write(entry, handin, choice)
        return entry

    def _choice(self, handin: Handin) -> Choice:
        with Contents(handin.files) as contents:
            return choose(contents.pieces, self._wanted, self.course.settings.submission_bytes)

    def _write(self, entry: Entry, handin: Handin, choice: Choice) -> None:
        own = entry.form in ("exchange", "folder")
        choice.others = [piece for piece in choice.others if not (own and piece.path == (TIMESTAMP,))]
        extended = self._extensions.until.get(entry.student)
        due = extended or self._account.due
        if due and entry.moment and entry.moment > due:
            entry.remarks.append(("late", f"handed in {spoken(entry.moment - due)} late"))
        elif handin.late and not (extended and entry.moment):
            entry.remarks.append(
                ("late", "the LMS calls it late" + ("" if entry.moment else ", and does not say by how much"))
            )
        placement = Placement(self.course, self.assignment, entry.student, choice, entry.moment, exchanged=own)
        entry.digest = placement.digest()
        if placement.folder.exists() and self._record.digest(entry.student) == entry.digest:
            entry.status = "unchanged"
        elif placement.is_older() or self._is_outnumbered(entry):
            entry.status = "kept"
        elif self._account.dry_run:
            entry.status = "replaced" if placement.folder.exists() else "collected"
        else:
            entry.status = "replaced" if placement.write() else "collected"
            entry.remarks += [("refused", f"{path}: {reason}") for path, reason in placement.refused]

    def _is_outnumbered(self, entry: Entry) -> bool:
        """Return whether a file with a higher number of Canvas's was taken before; Canvas says no times."""
        known = self._record.lms(entry.student, "canvas").get("attachment")
        return bool(known) and int(known or 0) > int(entry.lms.get("attachment") or known or 0)

    def _moment(self, person: Person, handin: Handin, form: str) -> datetime | None:
        """Return when it was handed in: as the roster says, else the form, else nbgrader's own file."""
        if moment := self._people.submitted.get(person.student):
            return moment
        if handin.time is not None:
            return self._universal(handin.time) if handin.time.tzinfo else handin.time
        for path, member in handin.files:
            if form in ("exchange", "folder") and path == (TIMESTAMP,):
                with contextlib.suppress(ValueError):
                    return read_moment(member.read(1000).decode())
        return None
