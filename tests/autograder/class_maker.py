"""A class of 300, and what it hands in on Moodle and on Canvas: everything that goes wrong in a term.

The files are written as the two systems write them, from their documentation and sources, not by the code under test.
"""

from __future__ import annotations

import copy
import csv
import functools
import io
import stat
import unicodedata
import zipfile
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_notebook

DUE = datetime(2026, 11, 3, 12, 0)
"""In universal time."""
FIRST = ["Ada", "Björn", "Chloé", "Dmitri", "Élodie", "Fatıma", "Gül", "Håkon", "Íñigo", "Jürgen", "Siân", "Zoë"]
LAST = ["O'Neil", "Müller", "van der Berg", "García-López", "Smith", "Łukasik", "Nguyễn", "Čapek", "Ægir", "de la Cruz"]


@dataclass(frozen=True)
class Student:
    """One of the class."""

    number: int
    username: str
    first: str
    last: str

    @property
    def name(self):
        return f"{self.first} {self.last}"

    @property
    def email(self):
        return f"{self.username}@students.example.org"

    @property
    def participant(self):
        return 4_000_000 + 7 * self.number

    @property
    def user(self):
        return 90_000 + 3 * self.number

    @property
    def section(self):
        return "Monday" if self.number % 2 else "Thursday, 9:00"


def make_class(size=300):
    """Return the students; names repeat, ids do not."""
    return [
        Student(number, f"s2026{number:04}", FIRST[number % len(FIRST)], LAST[number % len(LAST)])
        for number in range(size)
    ]


def answered(released, factor="2"):
    """Return the released notebook with its answers filled in."""
    notebook = copy.deepcopy(released)
    for cell in notebook.cells:
        name = cell.metadata.get("nbgrader", {}).get("grade_id")
        if name == "double":
            cell.source = f"def double(x):\n    return {factor} * x"
        elif name == "half":
            cell.source = "def half(x):\n    return x / 2"
        elif name == "why":
            cell.source = "Each undoes the other."
    return notebook


def zipped(files):
    """Return a zip of names and bytes."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return data.getvalue()


@functools.cache
def bomb():
    """Return a zip of 200 kB with 201 MB in it."""
    return zipped({"zeros.bin": bytes(201 * 2**20)})


def with_link(name, target):
    """Return a zip with a symbolic link and a file that leads outside."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        link = zipfile.ZipInfo(name)
        link.create_system = 3
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, target)
        archive.writestr("../../outside.txt", "outside")
        archive.writestr("/etc/absolute.txt", "outside")
        archive.writestr("C:\\Windows\\drive.txt", "outside")
    return data.getvalue()


def hand_ins(released, students):
    """Return what each student hands in, by number: file names and bytes; and which irregularity it is, by number."""
    notebook = nbformat.writes(answered(released)).encode()
    older = nbformat.writes(answered(released, "3")).encode()
    untouched = nbformat.writes(released).encode()
    other = nbformat.writes(new_notebook(cells=[new_code_cell("print('hello')")])).encode()
    odd = {
        "browser's second download": {"small (1).ipynb": notebook},
        "copy": {"Copy of small.ipynb": notebook},
        "upper case": {"Small.ipynb": notebook},
        "name appended": {"small_Smith.ipynb": notebook},
        "another name": {"homework.ipynb": notebook},
        "text": {"small.ipynb.txt": notebook},
        "zip": {"small.zip": zipped({"small/small.ipynb": notebook, "small/data/x.csv": b"1\n"})},
        "zip in zip in zip": {"a.zip": zipped({"b.zip": zipped({"c.zip": zipped({"small.ipynb": notebook})})})},
        "second attempt": {"small.ipynb": older, "small-1.ipynb": notebook},
        "untouched beside": {"small.ipynb": untouched, "small-Copy1.ipynb": notebook},
        "files beside": {"small.ipynb": notebook, "plot.png": b"\x89PNG", "CON.txt": b"x", "timestamp.txt": b"1999"},
        "links": {"small.ipynb": notebook, "more.zip": with_link("small.ipynb", "/etc/passwd")},
        "bomb": {"small.ipynb": notebook, "bomb.zip": bomb()},
        "macOS": {"small.zip": zipped({"small.ipynb": notebook, "__MACOSX/._small.ipynb": b"x", ".DS_Store": b"x"})},
        "decomposed": {unicodedata.normalize("NFD", "Übung.ipynb"): notebook},
        "untouched": {"small.ipynb": untouched},
        "page": {"small.html": b"<html></html>"},
        "empty": {"small.ipynb": b""},
        "cut": {"small.ipynb": notebook[:-200]},
        "another notebook": {"small.ipynb": other},
        "damaged zip": {"small.zip": b"PK\x03\x04 nothing of the kind"},
    }
    files, kinds = {}, {}
    absent = {student.number for student in students[-3:]}
    for student in students:
        if student.number not in absent:
            files[student.number] = {"small.ipynb": notebook}
    for position, (kind, content) in enumerate(odd.items()):
        number = students[10 + 9 * position].number if len(students) > 220 else students[position].number
        files[number], kinds[number] = content, kind
    return files, kinds


def handed_in_at(student):
    """Return when a student handed in, in universal time; every tenth is late."""
    late = (
        timedelta(hours=1 + student.number / 10) if student.number % 10 == 4 else -timedelta(minutes=student.number + 5)
    )
    return DUE + late


def moodle_zip(path, students, files):
    """Write the zip of Moodle's "Download all submissions"; names with an underscore have a space there."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for student in students:
            for name, content in files.get(student.number, {}).items():
                folder = f"{student.name}_{student.participant}_assignsubmission_file{'_' * (student.number % 2)}"
                archive.writestr(zipfile.ZipInfo(f"{folder}/{name}", (2026, 11, 5, 8, 30, 0)), content)
    return path


MOODLE = ["Identifier", "Full name", "Email address", "Username", "Status", "Grade", "Maximum Grade"]
MOODLE += ["Grade can be changed", "Last modified (submission)", "Last modified (grade)", "Feedback comments"]


def moodle_worksheet(path, students, files, maximum="9.00"):
    """Write Moodle's grading worksheet: a byte order mark, quotation marks where there is a space, times in Berlin."""
    lines = [",".join(quoted(name) for name in MOODLE)]
    for student in students:
        there = student.number in files
        local = handed_in_at(student) + timedelta(hours=1)
        clock = f"{local:%A}, {local.day} {local:%B %Y}, {local.hour % 12 or 12}:{local:%M %p}" if there else "-"
        status = "Submitted for grading" if there else "No submission"
        row = [f"Participant {student.participant}", student.name, student.email, student.username, status, "", maximum]
        lines.append(",".join(quoted(cell) for cell in [*row, "Yes", clock, "-", ""]))
    path.write_bytes(b"\xef\xbb\xbf" + "\n".join(lines).encode() + b"\n")
    return path


def quoted(cell):
    """Return a cell as PHP's ``fputcsv`` writes it."""
    return '"{}"'.format(cell.replace('"', '""')) if any(sign in cell for sign in ' ,"\n\t\\') else cell


def canvas_zip(path, students, files):
    """Write the zip of Canvas's "Download submissions"; a later attempt's file has a number that Canvas appends."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        attachment = 700_000
        for student in students:
            sortable = f"{student.last}, {student.first}".lower()
            prefix = "".join(sign for sign in sortable if sign.isalnum() or sign == "_")
            late = "LATE_" if student.number in files and handed_in_at(student) > DUE else ""
            for name, content in files.get(student.number, {}).items():
                attachment += 1
                archive.writestr(f"{prefix}_{late}{student.user}_{attachment}_{name}", content)
    return path


def canvas_gradebook(path, students, possible="9.00"):
    """Write Canvas's gradebook: rows about the columns first, the test student last, two decimals."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    head = ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "Warm-up (11)", "small (12)", "Current Score"]
    writer.writerow(head)
    writer.writerow(["", "", "", "", "", "Manual Posting", "", "(read only)"])
    writer.writerow(["    Points Possible", "", "", "", "", "5.00", possible, "(read only)"])
    for one in students:
        name = f"{one.last}, {one.first}"
        writer.writerow([name, one.user, f"M{one.number}", one.username, one.section, "4.50", "", "90.00"])
    writer.writerow(["Student, Test", 1, "", "a5f", "Monday", "", "", ""])
    path.write_bytes(text.getvalue().encode())
    return path


def read_moodle(path):
    """Return what Moodle's importer reads of a worksheet: participant to grade.

    As ``importgradeslib.php`` says: the columns by their names, the number behind the word, commas, UTF-8.
    """
    text = Path(path).read_bytes().decode("utf-8-sig")
    found = {}
    for row in csv.DictReader(io.StringIO(text, newline="")):
        assert row["Identifier"].startswith("Participant ")
        assert "Last modified (grade)" in row
        found[int(row["Identifier"].removeprefix("Participant "))] = row["Grade"]
    return found


def read_canvas(path, assignment):
    """Return what Canvas's importer reads of a gradebook: user to score, of the assignment with this number.

    As ``gradebook_importer.rb`` says: first come Student and ID; *Points Possible* and posting are no students.
    """
    rows = list(csv.reader(io.StringIO(Path(path).read_bytes().decode(), newline="")))
    assert rows[0][:2] == ["Student", "ID"]
    (column,) = [index for index, title in enumerate(rows[0]) if title.endswith(f"({assignment})")]
    return {
        int(row[1]): row[column]
        for row in rows[1:]
        if "Points Possible" not in row[0] and row[1] and row[0] != "Student, Test"
    }


def moodle_feedback(path):
    """Return what Moodle's "Upload multiple feedback files in a zip" takes: participant to file names.

    As ``importziplib.php`` says: hidden files are left out, a folder's name is split at underscores into five.
    """
    found = {}
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            *folders, file = name.split("/")
            assert not file.startswith((".", "~"))
            parts = folders[0].split("_", 4)
            assert len(parts) >= 4
            assert parts[1].isdigit()
            assert parts[2:4] == ["assignsubmission", "file"]
            found.setdefault(int(parts[1]), []).append(file)
    return found


def canvas_feedback(path):
    """Return what Canvas's form for marked submissions takes: user and attachment, the first two numbers of a name."""
    found = {}
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            parts = name.split("_")
            user, attachment = [int(part) for part in parts if part.isdigit()][:2]
            assert not parts[-1].startswith("link")
            found.setdefault((user, attachment), []).append(name)
    return found
