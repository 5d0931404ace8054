"""Hand-ins in every form, hostile ones among them, and what the commands say of wrong use."""

from __future__ import annotations

import csv
import io
import json
import shutil
import struct
import tracemalloc
import zipfile
from datetime import datetime

import class_maker
import nbformat
import pytest
from click.testing import CliRunner
from course_maker import hand_in

from autograder.cli.main import main
from autograder.collect import archive as archive_module
from autograder.collect.archive import UnreadableError, Zip
from autograder.collect.forms import recognise
from autograder.collect.run import collect
from autograder.grade.dates import extend, set_due
from autograder.grade.journal import Journal
from autograder.grade.record import Recorder
from autograder.grade.results import GradeResult, NotebookResult, Result
from autograder.lms.people import Person
from autograder.release.manifest import Manifest
from autograder.results.report import write_report


@pytest.fixture(scope="module")
def notebook(unchecked_template):
    """The bytes of a notebook with answers."""
    released = nbformat.read(unchecked_template / "course" / "small" / "small.ipynb", as_version=4)
    return nbformat.writes(class_maker.answered(released)).encode()


@pytest.fixture
def run(unchecked):
    """A function that calls the command line in the course's folder, and returns its exit code and output."""

    def called(*arguments):
        result = CliRunner().invoke(main, ["--course", str(unchecked.root), *map(str, arguments)])
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        return result.exit_code, result.output

    return called


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


def test_forms_are_recognised_by_most_of_the_names(tmp_path):
    students = class_maker.make_class(20)
    files = {one.number: {"small.ipynb": b"{}"} for one in students}
    moodle = Zip(class_maker.moodle_zip(tmp_path / "m.zip", students, files), "m.zip")
    canvas = Zip(class_maker.canvas_zip(tmp_path / "c.zip", students, files), "c.zip")
    assert (recognise(moodle), recognise(canvas)) == ("moodle", "canvas")
    assert recognise(Zip(pack(tmp_path / "e.zip", {}), "e.zip")) == "folder"


@pytest.fixture
def bad(tmp_path, notebook):
    """Files for wrong uses, by name."""
    students = class_maker.make_class(3)
    files = {one.number: {"small.ipynb": notebook} for one in students}
    made = {
        "zip": class_maker.moodle_zip(tmp_path / "moodle.zip", students, files),
        "sheet": class_maker.moodle_worksheet(tmp_path / "sheet.csv", students, files),
        "hundred": class_maker.moodle_worksheet(tmp_path / "hundred.csv", students, files, "100.00"),
        "canvas": class_maker.canvas_gradebook(tmp_path / "canvas.csv", students),
        "text": tmp_path / "notes.txt",
        "empty": tmp_path / "empty.csv",
        "double": tmp_path / "double.csv",
        "nobody": tmp_path / "nobody.csv",
        "nowhere": tmp_path / "nowhere.zip",
    }
    made["text"].write_text("some text")
    made["empty"].write_text("")
    made["double"].write_text("student,name\nada,Ada\nADA,Ada\n")
    made["nobody"].write_text("colour,size\nred,1\n")
    return made


WRONG = [
    ("collect small", 2, "needs FILES"),
    ("collect smal {zip}", 1, "there is no assignment 'smal'"),
    ("collect small {nowhere}", 1, "there is no"),
    ("collect small {text}", 1, "neither a folder nor a zip"),
    ("collect small {zip} --from blackboard", 2, "is not one of"),
    ("collect small {zip} --roster {nowhere}", 1, "No such file"),
    ("collect small {zip} --roster {empty}", 1, "is empty"),
    ("collect small {zip} --roster {zip}", 1, "a CSV file is wanted"),
    ("collect small {zip} --roster {double}", 1, "more than one row of 'ada'"),
    ("collect small {zip} --roster {nobody}", 1, "no column student"),
    ("collect small {zip} --roster {sheet} --id Matrikel", 1, "there is no column 'Matrikel'"),
    ("collect small {zip} --roster {sheet} --id Grade", 1, "cannot be a student's id"),
    ("collect small {zip} --zone Mars/Base", 1, "there is no zone Mars/Base"),
    ("export small", 2, "needs --to"),
    ("export small --to moodle", 1, "name the grading worksheet"),
    ("export small {sheet} --to csv", 1, "fills in no file"),
    ("export small {nowhere} --to moodle", 1, "No such file"),
    ("export small {canvas} --to moodle", 1, "no grading worksheet"),
    ("export small {sheet} --to canvas", 1, "no gradebook of Canvas"),
    ("export small {hundred} --to moodle", 1, "--scale converts"),
    ("export small {sheet} --to moodle --column Punkte", 1, "there is no column 'Punkte'"),
    ("export small {canvas} --to canvas --column exam", 1, "no column of an assignment 'exam'"),
    ("export small {sheet} --to moodle --output {text}", 1, "notes.txt"),
]


@pytest.mark.parametrize(("line", "code", "said"), WRONG)
def test_wrong_use_gets_one_line(run, bad, unchecked, line, code, said):
    give(unchecked, "s20260000", 3.0)
    found, printed = run(*(word.format(**bad) for word in line.split()))
    assert (found, "Traceback" in printed) == (code, False), printed
    assert said in printed
    if code == 1:
        assert len(printed.strip().splitlines()) == 1


def test_nothing_graded_is_nothing_to_export(run, bad):
    assert run("export", "small", bad["sheet"], "--to", "moodle")[1].startswith(
        "Error: nothing of 'small' is graded yet"
    )


def test_moodles_numbers_need_the_worksheet(run, bad, unchecked):
    code, printed = run("collect", "small", bad["zip"])
    assert code == 1
    assert "3 of students who are not known" in printed
    assert "--roster" in printed
    assert unchecked.students("small") == []


def give(course, student, score, **more):
    """Let a result stand in the journal as grading leaves it."""
    cell = GradeResult("test_double", 9.0, score, "manual" if score is None else "ok")
    result = Result(student, "small", "key", (NotebookResult("small", "graded", "", (cell,)),), **more)
    journal = Journal(course.state("small"))
    journal.save(result)
    journal.mark_recorded(result)


def exported(path):
    return {row["Username"]: row["Grade"] for row in csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig")))}


def test_points_are_converted_left_empty_or_zero_as_one_says(run, bad, unchecked, tmp_path, notebook):
    give(unchecked, "s20260000", 4.5)
    give(unchecked, "s20260001", None)
    line = ("export", "small", bad["hundred"], "--to", "moodle", "--output", tmp_path / "out")
    assert run(*line, "--scale")[0] == 0
    assert exported(tmp_path / "out" / "hundred.csv") == {"s20260000": "50.00", "s20260001": "", "s20260002": ""}
    assert run(*line, "--no-scale", "--so-far", "--zero-missing")[0] == 0
    assert exported(tmp_path / "out" / "hundred.csv") == {"s20260000": "4.50", "s20260001": "0.00", "s20260002": ""}, (
        "whom the course does not know gets nothing"
    )
    with Recorder(unchecked, "small") as recorder:
        recorder.enrol([Person("s20260002")])
    _, printed = run(*line, "--no-scale", "--zero-missing", "--json")
    assert json.loads(printed)["empty"] == {"s20260001": "has answers that a person has yet to read"}
    assert exported(tmp_path / "out" / "hundred.csv")["s20260002"] == "0.00"
    hand_in(unchecked, "s20260002", notebook)
    run(*line, "--no-scale", "--zero-missing")
    assert exported(tmp_path / "out" / "hundred.csv")["s20260002"] == "", "handed in, and not graded yet"


def test_a_decimal_comma_stays_one(run, unchecked, tmp_path):
    sheet = tmp_path / "Bewertungen.csv"
    sheet.write_bytes(
        "Teilnehmer/in;Vollständiger Name;E-Mail-Adresse;Status;Bewertung;Höchste Bewertung;"
        "Zuletzt geändert (Bewertung)\n"
        'Teilnehmer/in4711;"Ada O\'Neil";ada@x.org;"Zur Bewertung";;"9,00";-\n'.encode("utf-8-sig")
    )
    give(unchecked, "ada@x.org", 4.5)
    assert run("export", "small", sheet, "--to", "moodle", "--output", tmp_path / "out")[0] == 0
    assert (tmp_path / "out" / sheet.name).read_bytes() == sheet.read_bytes().replace(b'";;"9', b'";4,50;"9')


def test_tables_have_the_whole_class(run, unchecked):
    give(unchecked, "ada", 4.5)
    with Recorder(unchecked, "small") as recorder:
        recorder.enrol([Person("ada", "Ada", "=Smith", "ada@x.org"), Person("bob", "Bob", "Stone")])
    assert run("export", "small", "--to", "csv")[0] == 0
    text = (unchecked.root / "export" / "small" / "grades.csv").read_text()
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [(row["student"], row["status"], row["final_score"]) for row in rows] == [
        ("ada", "graded", "4.5"),
        ("bob", "handed in nothing", ""),
    ]
    assert rows[0]["last_name"] == "'=Smith"


def test_parquet_is_read_by_its_own_library_or_refused(run, unchecked, monkeypatch):
    give(unchecked, "ada", 4.5)
    try:
        import pyarrow.parquet as parquet
    except ImportError:
        code, printed = run("export", "small", "--to", "parquet")
        assert code == 1
        assert "pip install pyarrow" in printed
        return
    assert run("export", "small", "--to", "parquet")[0] == 0
    table = parquet.read_table(unchecked.root / "export" / "small" / "grades.parquet")
    assert table.to_pylist()[0]["final_score"] == 4.5


def test_the_report_has_names_sections_and_who_is_missing(unchecked, tmp_path, notebook):
    roster = tmp_path / "class.csv"
    roster.write_text("student,name,section\nada,Ada Smith,Mo\nbob,Bob Stone,Tu\neve,Eve Moon,Tu\n")
    collect(
        unchecked,
        "small",
        [pack(tmp_path / "class.zip", {"ada/x.ipynb": notebook, "eve/x.ipynb": notebook})],
        roster=roster,
    )
    give(unchecked, "ada", 4.5, refused=("Ada Smith.txt: not part of the assignment",))
    page, table = write_report(unchecked, "small", Manifest(()))[:2]
    rows = {row["student"]: row for row in csv.DictReader(io.StringIO(table.read_text()))}
    assert (rows["ada"]["last_name"], rows["ada"]["section"], rows["ada"]["status"]) == ("Smith", "Mo", "graded")
    assert rows["bob"]["status"] == "handed in nothing"
    assert "eve" not in rows, "she handed in, and is not graded yet"
    assert all(word in page.read_text() for word in ("Ada Smith", "Mo", "Handed in nothing", "Bob Stone"))
    hidden = write_report(unchecked, "small", Manifest(()), hidden=True)
    for path in hidden:
        text = path.read_text()
        assert not any(word in text for word in (">ada", '"ada"', "Ada", "Smith", ">bob", '"bob"', "Stone"))
        assert "student-" in text
    data = json.loads(hidden[1].with_suffix(".json").read_text())
    assert [test["messages"] for test in data["tests"]] == [[]] * len(data["tests"])
    again = write_report(unchecked, "small", Manifest(()), hidden=True)
    assert again[1].read_text() == hidden[1].read_text(), "the same pseudonyms each time"
    assert page.read_text() != hidden[0].read_text()
    shutil.rmtree(unchecked.root / "report")
