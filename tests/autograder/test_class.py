"""A class of 300 from an LMS and back: everybody is accounted for, and the LMS reads what is exported."""

from __future__ import annotations

import hashlib
import shutil
from collections import Counter
from dataclasses import replace

import class_maker
import nbformat
import pytest
from click.testing import CliRunner

from autograder.cli.main import main
from autograder.collect.run import collect
from autograder.collect.whose import read_roster
from autograder.course import Course
from autograder.grade.dates import set_due
from autograder.grade.journal import Journal
from autograder.grade.results import GradeResult, NotebookResult, Result
from autograder.intake.moments import zone_named
from autograder.intake.submission import take_in
from autograder.lms.people import Person
from autograder.results.roster import known_people

UNREADABLE = {"page", "empty", "cut", "damaged zip"}
RENAMED = {
    "browser's second download",
    "copy",
    "upper case",
    "name appended",
    "another name",
    "text",
    "zip",
    "zip in zip in zip",
    "second attempt",
    "untouched beside",
    "macOS",
    "decomposed",
}


class Klass:
    """The course, the students, what they hand in, and the files of the two systems."""

    def __init__(self, root, template):
        shutil.copytree(template, root)
        self.course = Course.find(root)
        self.students = class_maker.make_class()
        released = nbformat.read(self.course.folder("release", "small") / "small.ipynb", as_version=4)
        self.files, self.kinds = class_maker.hand_ins(released, self.students)
        self.by_username = {student.username: student for student in self.students}
        assert len(self.students) == 300
        assert len(self.kinds) == 21

    def submitted(self, student):
        return self.course.folder("submitted", "small", student.username)

    def give(self, scores):
        """Let results stand in the journal as grading leaves them: points by user name, None if not gradable."""
        journal = Journal(self.course.state("small"))
        for username, score in scores.items():
            status = "not_gradable" if score is None else "graded"
            cell = GradeResult("test_double", 9.0, score or 0.0, "ok")
            result = Result(username, "small", "key", (NotebookResult("small", status, "damaged", (cell,)),))
            journal.save(result)
            journal.mark_recorded(replace(result, phases={}))
            page = self.course.folder("feedback", "small", username) / "small.html"
            page.parent.mkdir(parents=True)
            page.write_text(f"<p>{username}</p>")


@pytest.fixture(scope="module")
def on_moodle(tmp_path_factory, unchecked_template):
    """The class collected from Moodle's zip and worksheet, with its account."""
    root = tmp_path_factory.mktemp("moodle")
    made = Klass(root / "course", unchecked_template)
    made.zip = class_maker.moodle_zip(root / "stats.zip", made.students, made.files)
    made.sheet = class_maker.moodle_worksheet(root / "Grades-small.csv", made.students, made.files)
    set_due(made.course, "small", class_maker.DUE)
    made.account = collect(made.course, "small", [made.zip], roster=made.sheet, zone=zone_named("Europe/Berlin"))
    return made


@pytest.fixture(scope="module")
def on_canvas(tmp_path_factory, unchecked_template):
    """The class collected from Canvas's zip and gradebook, with its account."""
    root = tmp_path_factory.mktemp("canvas")
    made = Klass(root / "course", unchecked_template)
    made.zip = class_maker.canvas_zip(root / "submissions.zip", made.students, made.files)
    made.sheet = class_maker.canvas_gradebook(root / "2026_Grades-MLP.csv", made.students)
    set_due(made.course, "small", class_maker.DUE)
    made.account = collect(made.course, "small", [made.zip], roster=made.sheet)
    return made


@pytest.fixture(params=["moodle", "canvas"])
def made(request):
    return request.getfixturevalue(f"on_{request.param}")


def kinds_of(made, student):
    return {kind for kind, _ in made.account.entries[student.username].remarks}


def test_everybody_is_accounted_for(made):
    account = made.account
    assert len(account.entries) == 300
    assert set(account.entries) == set(made.by_username)
    assert account.statuses == {"collected": 297, "replaced": 0, "unchanged": 0, "kept": 0, "missing": 3}
    assert account.unknown == []
    assert {student for student, entry in account.entries.items() if entry.status == "missing"} == {
        student.username for student in made.students[-3:]
    }
    assert len(made.course.students("small")) == 297


def test_each_notebook_is_found_whatever_it_is_called(made):
    for student in made.students[:-3]:
        kind = made.kinds.get(student.number)
        taken = take_in(made.submitted(student), student.username, ["small"], 20 * 2**20)
        data = taken.notebooks["small"]
        if kind in UNREADABLE - {"empty", "cut"}:
            assert not isinstance(data, bytes)
        elif kind not in ("empty", "cut", "another notebook", "untouched"):
            assert isinstance(data, bytes), kind
            assert b"return 2 * x" in data, kind


def test_each_irregularity_has_its_line(made):
    wanted = {kind: {"renamed"} for kind in RENAMED} | {kind: {"unreadable"} for kind in UNREADABLE}
    wanted["second attempt"] = wanted["untouched beside"] = {"renamed", "double"}
    wanted |= {"untouched": {"untouched"}, "another notebook": {"foreign"}, "links": {"refused"}, "bomb": {"refused"}}
    wanted["damaged zip"] = {"unreadable", "refused"}
    for student in made.students[:-3]:
        found = kinds_of(made, student) - {"late"}
        kind = made.kinds.get(student.number)
        assert found == wanted.get(kind, set()), kind


def test_files_beside_come_along_under_names_that_are_safe(made):
    number = next(number for number, kind in made.kinds.items() if kind == "files beside")
    folder = made.submitted(made.students[number])
    assert {path.name for path in folder.iterdir()} >= {"small.ipynb", "plot.png", "_CON.txt", "timestamp (2).txt"}
    number = next(number for number, kind in made.kinds.items() if kind == "zip")
    assert (made.submitted(made.students[number]) / "data" / "x.csv").read_text() == "1\n"


def test_nothing_is_written_outside(made):
    root = made.course.root
    beside = {path.name for path in root.parent.iterdir()}
    assert beside == {"course", made.zip.name, made.sheet.name}
    assert not any(path.is_symlink() for path in root.rglob("*"))
    number = next(number for number, kind in made.kinds.items() if kind == "links")
    texts = [text for kind, text in made.account.entries[made.students[number].username].remarks if kind == "refused"]
    assert sorted(text.split(": ", 1)[1] for text in texts) == [
        "a link, not followed",
        *["its path leads outside of the archive"] * 3,
    ]


def test_moodle_says_when_and_canvas_whether_it_was_late(on_moodle, on_canvas):
    for student in on_moodle.students[:-3]:
        is_late = class_maker.handed_in_at(student) > class_maker.DUE
        entry = on_moodle.account.entries[student.username]
        assert entry.moment == class_maker.handed_in_at(student)
        assert ("late" in kinds_of(on_moodle, student)) == is_late == ("late" in kinds_of(on_canvas, student))
        assert take_in(on_moodle.submitted(student), "", [], 0).timestamp == entry.moment
        assert on_canvas.account.entries[student.username].moment is None


def test_the_roster_is_nbgraders(on_moodle, on_canvas):
    for made in (on_moodle, on_canvas):
        people = {person.student: person for person in known_people(made.course)}
        assert set(people) == set(made.by_username)
        assert all(people[one.username].name == one.name for one in made.students)
    people = {person.student: person for person in known_people(on_canvas.course)}
    one = on_canvas.students[7]
    assert (people[one.username].section, people[one.username].lms_user_id) == (one.section, str(one.user))
    people = {person.student: person for person in known_people(on_moodle.course)}
    assert people[one.username].email == one.email


def test_collecting_again_changes_nothing(on_moodle):
    made = on_moodle
    before = fingerprint(made.course.root / "submitted")
    options = {"roster": made.sheet, "zone": zone_named("Europe/Berlin")}
    again = collect(made.course, "small", [made.zip], **options)
    assert again.statuses == {"collected": 0, "replaced": 0, "unchanged": 297, "kept": 0, "missing": 3}
    assert fingerprint(made.course.root / "submitted") == before


def fingerprint(folder):
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_what_is_exported_the_lms_reads(made, tmp_path):
    scores = {one.username: (one.number % 19) / 2 for one in made.students[:-3]}
    for number, kind in made.kinds.items():
        if kind in UNREADABLE:
            scores[made.students[number].username] = None
    made.give(scores)
    is_moodle = made.sheet.name.startswith("Grades")
    arguments = ["--course", str(made.course.root), "export", "small", str(made.sheet), "--output", str(tmp_path)]
    ran = CliRunner().invoke(main, [*arguments, "--to", "moodle" if is_moodle else "canvas"])
    assert ran.exit_code == 0, ran.output
    table = tmp_path / made.sheet.name
    found = class_maker.read_moodle(table) if is_moodle else class_maker.read_canvas(table, 12)
    assert len(found) == 300
    for one in made.students:
        score = scores.get(one.username)
        assert found[one.participant if is_moodle else one.user] == ("" if score is None else f"{score:.2f}")
    assert only_changed(made.sheet.read_bytes(), table.read_bytes()) == 297 - len(UNREADABLE)
    if is_moodle:
        pages = class_maker.moodle_feedback(tmp_path / "feedback.zip")
        assert pages == {one.participant: ["small.html"] for one in made.students[:-3]}
    else:
        pages = class_maker.canvas_feedback(tmp_path / "feedback.zip")
        taken = {(one.user, int(made.account.entries[one.username].lms["attachment"])) for one in made.students[:-3]}
        assert set(pages) == taken
        assert Counter(user for user, _ in pages) == {one.user: 1 for one in made.students[:-3]}


def only_changed(before, after):
    """Return how many lines differ; all others are the same bytes, and their number is the same."""
    lines = list(zip(before.split(b"\n"), after.split(b"\n"), strict=True))
    return sum(one != other for one, other in lines)


def test_a_person_known_by_an_address_keeps_the_id(on_moodle):
    """A gradebook that knows students by other ids than the roster's goes on with its own."""
    one = on_moodle.students[5]
    known = [Person("bjoern", "B.", "M.", one.email)]
    roster = read_roster(on_moodle.sheet, None, known, zone_named("UTC"))
    assert roster.participants[str(one.participant)] == "bjoern"
    assert roster.participants[str(on_moodle.students[6].participant)] == on_moodle.students[6].username
