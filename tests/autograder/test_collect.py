"""Hand-ins in every form that an LMS, an exchange or a person gives them: whose they are, and which is taken."""

from __future__ import annotations

from datetime import datetime

import class_maker
import pytest

from autograder.collect.archive import Zip
from autograder.collect.forms import recognise
from autograder.collect.run import collect
from autograder.grade.dates import extend, set_due


def pack(path, files):
    path.write_bytes(class_maker.zipped(files))
    return path


def where(course, student):
    return course.folder("submitted", "small", student)


def text_of(course, student):
    return (where(course, student) / "small.ipynb").read_bytes()


@pytest.mark.parametrize("wrapped", ["", "export/", "zip"])
def test_gradescope(unchecked, notebook, tmp_path, wrapped):
    metadata = b"""submission_1:
  :submitters:
  - :name: Ada Smith
    :sid: ada
    :email: ada@x.org
  - :name: Bob Stone
    :sid: bob
    :email: bob@x.org
  :created_at: 2026-11-03 11:59:59 Z
submission_2:
  :submitters: []
"""
    files = {
        "submission_metadata.yml": metadata,
        "submission_1/hw.ipynb": notebook,
        "submission_2/small.ipynb": notebook,
    }
    prefix = wrapped if wrapped.endswith("/") else ""
    path = pack(tmp_path / "export.zip", {f"{prefix}{name}": data for name, data in files.items()})
    if wrapped == "zip":
        path = pack(tmp_path / "outer.zip", {"downloads/export.zip": path.read_bytes()})
    account = collect(unchecked, "small", [path])
    assert account.sources[0][1] == "gradescope"
    assert set(account.entries) == {"ada", "bob"}
    assert text_of(unchecked, "ada") == text_of(unchecked, "bob") == notebook
    assert (where(unchecked, "ada") / "timestamp.txt").read_text() == "2026-11-03 11:59:59 UTC\n"
    assert [path for _, path, _ in account.unclaimed] == ["submission_2"]


def test_the_exchange_of_nbgrader(unchecked, notebook, tmp_path):
    for time, data in (("2026-11-01 10:00:00.123456 UTC", b"{}"), ("2026-11-02 10:00:00.123456 UTC", notebook)):
        folder = tmp_path / "inbound" / f"ada+small+{time}+c2VjcmV0"
        folder.mkdir(parents=True)
        (folder / "small.ipynb").write_bytes(data)
        (folder / "timestamp.txt").write_text(time)
        (folder / "submission_secret.txt").write_text("secret")
    (tmp_path / "inbound" / "bob+other+2026-11-02 10:00:00 UTC").mkdir()
    (tmp_path / "inbound" / "bob+other+2026-11-02 10:00:00 UTC" / "other.ipynb").write_bytes(notebook)
    account = collect(unchecked, "small", [tmp_path / "inbound"])
    assert account.of_kind("double") == [("ada", "handed in 2 times, the newest is taken")]
    assert text_of(unchecked, "ada") == notebook
    assert (where(unchecked, "ada") / "submission_secret.txt").read_text() == "secret"
    assert (where(unchecked, "ada") / "timestamp.txt").read_text() == "2026-11-02 10:00:00 UTC\n"
    assert "another assignment" in account.unclaimed[0][2]


@pytest.mark.parametrize(
    "layout",
    [
        {"ada/small.ipynb": "ada", "bob/small.ipynb": "bob"},
        {"ada/small/small.ipynb": "ada", "bob/small/small.ipynb": "bob"},
        {"all/ada/small.ipynb": "ada", "all/bob/small.ipynb": "bob"},
        {"ada.ipynb": "ada", "bob.ipynb": "bob"},
        {"ada_small.ipynb": "ada", "small_bob.ipynb": "bob"},
        {"ada/small/small.ipynb": "ada"},
        {"ada.zip": "ada", "bob.zip": "bob"},
    ],
)
def test_folders(unchecked, notebook, tmp_path, layout):
    inner = class_maker.zipped({"work/small.ipynb": notebook})
    files = {name: inner if name.endswith(".zip") else notebook for name in layout}
    account = collect(unchecked, "small", [pack(tmp_path / "class.zip", files)])
    assert set(account.entries) == set(layout.values())
    assert account.unknown == []
    assert all(text_of(unchecked, student) == notebook for student in layout.values())


@pytest.mark.parametrize("other", ["bob/small.ipynb", "bob.zip"])
def test_no_student_hands_in_for_another(unchecked, notebook, tmp_path, other):
    """In a zip whose files are named as an LMS names them, but which lies among the hand-ins of a class."""
    roster = tmp_path / "class.csv"
    roster.write_text("student,name,ID number\nada,Ada Smith,1\nbob,Bob Stone,2\n")
    forged = class_maker.zipped(
        {"Bob Stone_2_assignsubmission_file_/small.ipynb": notebook.replace(b"2 * x", b"x + x")}
    )
    files = {"ada.zip": forged, other: class_maker.zipped({"small.ipynb": notebook}) if "zip" in other else notebook}
    collect(unchecked, "small", [pack(tmp_path / "class.zip", files)], roster=roster)
    assert text_of(unchecked, "bob") == notebook
    assert b"x + x" in text_of(unchecked, "ada")


def test_exports_beside_a_worksheet_are_opened(unchecked, notebook, tmp_path):
    """As in a folder of downloads."""
    downloads = tmp_path / "downloads"
    downloads.mkdir()
    for number, name in enumerate(("ada", "bob")):
        pack(downloads / f"{number}.zip", {f"{name}+small+2026-11-01 10:00:00.1 UTC+c2V/small.ipynb": notebook})
    (downloads / "grades.csv").write_text("a,b\n")
    account = collect(unchecked, "small", [downloads])
    assert {one for one, entry in account.entries.items() if entry.status == "collected"} == {"ada", "bob"}


def test_who_is_known_by_name_or_address(unchecked, notebook, tmp_path):
    roster = tmp_path / "class.csv"
    roster.write_text(
        "student;first name;last name;email;group\na1;Ada;Smith;ada@x.org;Mo\nb2;Bob;Stone;bob@x.org;Tu\n"
    )
    files = {"Stone_Bob/x.ipynb": notebook, "ada@x.org/x.ipynb": notebook, "Eve/x.ipynb": notebook}
    account = collect(unchecked, "small", [pack(tmp_path / "class.zip", files)], roster=roster)
    assert {student for student, entry in account.entries.items() if entry.status == "collected"} == {"a1", "b2"}
    assert account.unknown == [("class.zip", "Eve", "the roster has nobody of this name or number")]


def test_a_later_hand_in_takes_the_place_of_an_earlier_one_which_is_kept(unchecked, notebook, tmp_path):
    first = pack(tmp_path / "first.zip", {"ada/small.ipynb": notebook, "ada/timestamp.txt": b"2026-11-01 10:00:00 UTC"})
    later = notebook.replace(b"2 * x", b"x + x")
    second = pack(tmp_path / "second.zip", {"ada/small.ipynb": later, "ada/timestamp.txt": b"2026-11-02 10:00:00 UTC"})
    collect(unchecked, "small", [first])
    assert collect(unchecked, "small", [second]).entries["ada"].status == "replaced"
    assert text_of(unchecked, "ada") == later
    assert [path.read_bytes() for path in unchecked.state("small").glob("earlier/*/1/small.ipynb")] == [notebook]
    assert collect(unchecked, "small", [first]).entries["ada"].status == "kept"
    assert text_of(unchecked, "ada") == later
    repaired = notebook.replace(b"2 * x", b"x * 2")
    (where(unchecked, "ada") / "small.ipynb").write_bytes(repaired)
    assert collect(unchecked, "small", [second]).entries["ada"].status == "unchanged"
    assert text_of(unchecked, "ada") == repaired, "what the instructor put right stays"


def test_who_may_hand_in_later_is_not_called_late(unchecked, notebook, tmp_path):
    set_due(unchecked, "small", datetime(2026, 11, 1))
    extend(unchecked, "small", "ada", datetime(2026, 11, 3))
    times = {"ada": b"2026-11-02 10:00:00 UTC", "bob": b"2026-11-02 10:00:00 UTC"}
    files = {f"{name}/timestamp.txt": moment for name, moment in times.items()}
    class_ = pack(tmp_path / "class.zip", files | {f"{name}/small.ipynb": notebook for name in times})
    entries = collect(unchecked, "small", [class_]).entries
    late = {name: [said for kind, said in entry.remarks if kind == "late"] for name, entry in entries.items()}
    assert late == {"ada": [], "bob": ["handed in 1 d 10 h late"]}


def test_canvas_numbers_say_which_download_is_older(unchecked, notebook, tmp_path):
    later = notebook.replace(b"2 * x", b"x + x")
    second = pack(tmp_path / "second.zip", {"smithada_12_205_small-1.ipynb": later})
    first = pack(tmp_path / "first.zip", {"smithada_12_104_small.ipynb": notebook})
    collect(unchecked, "small", [second])
    assert collect(unchecked, "small", [first]).entries["12"].status == "kept"
    assert text_of(unchecked, "12") == later
    newest = pack(tmp_path / "third.zip", {"smithada_12_306_small-2.ipynb": notebook})
    assert collect(unchecked, "small", [newest, first]).entries["12"].status == "replaced"
    assert text_of(unchecked, "12") == notebook


def test_a_dry_run_changes_nothing(unchecked, notebook, tmp_path, run):
    path = pack(tmp_path / "class.zip", {"ada/small.ipynb": notebook})
    before = sorted(unchecked.root.rglob("*"))
    code, printed = run("collect", "small", path, "--dry-run")
    assert code == 0
    assert "1 students: would be: 1 new." in printed
    assert sorted(unchecked.root.rglob("*")) == before


def test_forms_are_recognised_by_most_of_the_names(tmp_path):
    students = class_maker.make_class(20)
    files = {one.number: {"small.ipynb": b"{}"} for one in students}
    moodle = Zip(class_maker.moodle_zip(tmp_path / "m.zip", students, files), "m.zip")
    canvas = Zip(class_maker.canvas_zip(tmp_path / "c.zip", students, files), "c.zip")
    assert (recognise(moodle), recognise(canvas)) == ("moodle", "canvas")
    assert recognise(Zip(pack(tmp_path / "e.zip", {}), "e.zip")) == "folder"
