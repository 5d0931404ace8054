"""A class from an LMS and back: a few always, all 300 in the long run."""

from __future__ import annotations

import csv
import json
import math
import re
from collections import Counter

import class_maker
import nbformat
import pytest
from click.testing import CliRunner
from formgrader_app import formgrader_of
from test_regrade import correct

from autograder.cli.main import main
from autograder.course import Course
from autograder.grade.history import History
from autograder.results.scores import standings

SETTINGS = """
c.Autograder.late_percent_a_day = 10
c.HTMLExporter.preprocessors = ["autograder.graders.formgrader.ForGraders"]
"""
ODD = ("zip", "second attempt", "untouched", "cut", "another notebook")
NOT_GRADABLE = ("page", "empty", "cut", "damaged zip")
UNANSWERED = ("untouched", "another notebook")
UNREAD, EXTENDED = 1, 14
"""Whose answer nobody reads, and who may hand in a day later."""
GRADERS = ("maya", "tom", "yun")


def call(course, *arguments):
    ran = CliRunner().invoke(main, ["--course", str(course.root), *map(str, arguments)])
    assert ran.exit_code == 0, ran.output
    return ran.stdout


class Chain:
    """A class on its way from one of the two systems and back; each method is a step, with what must hold after it."""

    def __init__(self, course, folder, lms, size):
        config = course.root / "nbgrader_config.py"
        config.write_text(config.read_text() + SETTINGS)
        self.course = Course.find(course.root)
        correct(self.course, test_half="assert half(3) == 2")  # rejects right answers
        self.folder, self.lms = folder, lms
        students = class_maker.make_class(300)
        handed_out = nbformat.read(self.course.folder("release", "small") / "small.ipynb", as_version=4)
        self.files, self.kinds = class_maker.hand_ins(handed_out, students)
        few = {number for number, kind in self.kinds.items() if kind in ODD} | {0, UNREAD, 4, EXTENDED, 299}
        self.students = [one for one in students if size == 300 or one.number in few]
        assert size == len(self.students)
        self.by_name = {one.username: one for one in self.students}
        if lms == "moodle":
            self.zip = class_maker.moodle_zip(folder / "class.zip", self.students, self.files)
            self.sheet = class_maker.moodle_worksheet(folder / "sheet.csv", self.students, self.files)
        else:
            self.zip = class_maker.canvas_zip(folder / "class.zip", self.students, self.files)
            self.sheet = class_maker.canvas_gradebook(folder / "book.csv", self.students)

    def kind(self, student):
        return self.kinds.get(student.number)

    @property
    def handed_in(self):
        return [one for one in self.students if one.number in self.files]

    @property
    def answered(self):
        """Those whose notebook holds right answers, the written one too."""
        return [one for one in self.handed_in if self.kind(one) not in (*NOT_GRADABLE, *UNANSWERED)]

    def points(self, student):
        """What a person gives for the written answer."""
        return student.number % 5

    def final(self, student):
        """What the LMS must be told in the end."""
        if student not in self.handed_in or self.kind(student) in NOT_GRADABLE or student.number == UNREAD:
            return ""
        earned = 0 if self.kind(student) in UNANSWERED else 5 + self.points(student)
        late = (class_maker.handed_in_at(student) - class_maker.DUE).total_seconds()
        days = math.ceil(late / 86400) if late > 0 and student.number != EXTENDED and self.lms == "moodle" else 0
        return f"{earned * (1 - days / 10):.2f}"  # Canvas says that it was late, not since when

    def collect(self):
        data = json.loads(call(self.course, "collect", "small", self.zip, "--roster", self.sheet, "--json",
                               "--zone", "Europe/Berlin"))  # fmt: skip
        assert len(data["students"]) == len(self.students)

    def grade(self):
        call(self.course, "grade", "small")
        found = standings(self.course, "small")
        assert {name: one.score for name, one in found.items()} == {
            one.username: 3.0 * (one in self.answered) for one in self.handed_in
        }
        assert {name for name, one in found.items() if one.needs_manual_grade} == {
            one.username for one in self.answered
        }

    def read(self, monkeypatch):
        """Give the points as formgrader does, each grader those of a share, in the order of the links on its pages."""
        call(self.course, "graders", "small", *GRADERS)
        by = {}
        with formgrader_of(self.course, monkeypatch) as pages:
            found = pages.submissions("small", "small")
            names = {one["id"]: self.by_name[student] for student, one in found.items()}
            skipped = found[next(one.username for one in self.students if one.number == UNREAD)]["id"]
            for grader in GRADERS:
                here, seen = skipped, {skipped}
                while there := re.search(r'href="\.\./(\w+)/#why"', pages.ask(f"submissions/{here}/", user=grader)):
                    here = there[1]
                    if here in seen:
                        break
                    seen.add(here)
                    pages.give(here, "why", self.points(names[here]), user=grader)
                    by[names[here].username] = grader
        assert set(by) == {one.username for one in self.answered if one.number != UNREAD}
        rows = json.loads(call(self.course, "graders", "small", "--json"))["answers"]
        assert {row["student"]: row["by"] for row in rows if row["by"]} == by
        assert all(row["reader"] == by[row["student"]] for row in rows if row["by"])
        shares = Counter(row["reader"] for row in rows)
        assert sum(shares.values()) == len(self.handed_in)

    def extend(self):
        call(self.course, "due", "small", f"{class_maker.DUE:%Y-%m-%d %H:%M} UTC")
        student = next(one for one in self.students if one.number == EXTENDED)
        call(self.course, "extend", student.username, "small", "--until", "2026-11-04 12:00 UTC")

    def correct(self):
        """The differences shown are those recorded, and nobody reads an answer twice."""
        before, waiting = self.cells(), self.waiting()
        correct(self.course, test_half="assert half(3) == 1.5")
        shown = json.loads(call(self.course, "grade", "small", "--changed-tests", "--json"))
        assert self.cells() == before, "nothing counts yet"
        recorded = json.loads(call(self.course, "grade", "small", "--changed-tests", "--apply", "--json"))
        assert recorded["differences"] == shown["differences"]
        names = sorted(one.username for one in self.answered)
        (difference,) = shown["differences"]
        assert (difference["name"], difference["change"], sorted(difference["students"])) == ("test_half", 2.0, names)
        after = self.cells()
        assert {key: after[key] - before[key] for key in before if after[key] != before[key]} == {
            (name, "test_half"): 2.0 for name in names
        }
        unread = next(one.username for one in self.students if one.number == UNREAD)
        assert self.waiting() == waiting == {(unread, "why")}

    def cells(self):
        found = standings(self.course, "small")
        return {(name, cell): score.score for name, one in found.items() for (_, cell), score in one.cells.items()}

    def waiting(self):
        found = standings(self.course, "small")
        return {(name, cell) for name, one in found.items() for (_, cell), score in one.cells.items()
                if score.needs_manual_grade}  # fmt: skip

    def tell(self):
        """The pages, the report and what the LMS reads of the exported files."""
        call(self.course, "feedback", "small")
        call(self.course, "report", "small")
        with (self.course.root / "report" / "small.csv").open() as file:
            statuses = {row["student"]: row["status"] for row in csv.DictReader(file)}
        assert statuses == {one.username: self.status(one) for one in self.students}
        exported = self.exported(self.course, "out")
        assert exported == {one: self.final(one) for one in self.students}
        zipped = self.folder / "out" / "feedback.zip"
        pages = (class_maker.moodle_feedback if self.lms == "moodle" else class_maker.canvas_feedback)(zipped)
        whose = [one.participant if self.lms == "moodle" else one.user for one in self.handed_in]
        assert sorted(key if self.lms == "moodle" else key[0] for key in pages) == sorted(whose)
        return exported

    def status(self, student):
        if student not in self.handed_in:
            return "handed in nothing"
        return "not_gradable" if self.kind(student) in NOT_GRADABLE else "graded"

    def exported(self, course, name):
        call(course, "export", "small", self.sheet, "--to", self.lms, "--output", self.folder / name)
        table = self.folder / name / self.sheet.name
        found = class_maker.read_moodle(table) if self.lms == "moodle" else class_maker.read_canvas(table, 12)
        assert len(found) == len(self.students)
        return {one: found[one.participant if self.lms == "moodle" else one.user] for one in self.students}

    def move(self, exported):
        """A backup that is restored elsewhere runs nothing, and says the same."""
        call(self.course, "backup", self.folder / "kept.tar.gz")
        call(self.course, "restore", self.folder / "kept.tar.gz", self.folder / "elsewhere")
        course = Course.find(self.folder / "elsewhere")
        assert f"0 graded now, {len(self.handed_in)} already graded before" in call(course, "grade", "small")
        assert self.exported(course, "again") == exported
        lines = [list(History(one.state("small")).changes()) for one in (self.course, course)]
        assert lines[0] == lines[1]
        assert {one.by for one in lines[0]} == {"tests", *GRADERS}


WHOLE = [pytest.param(lms, 300, marks=pytest.mark.slow) for lms in ("moodle", "canvas")]
"""All of the class: some minutes each."""


@pytest.mark.parametrize(("lms", "size"), [("moodle", 10), ("canvas", 10), *WHOLE])
def test_from_the_lms_to_the_lms(released, tmp_path, monkeypatch, lms, size):
    """Collected, graded, read by three in formgrader, extended, regraded with a corrected test, told, and moved."""
    chain = Chain(released, tmp_path, lms, size)
    chain.collect()
    chain.grade()
    chain.read(monkeypatch)
    chain.extend()
    chain.correct()
    chain.move(chain.tell())
