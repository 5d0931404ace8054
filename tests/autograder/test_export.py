"""What is exported and reported of a class, and what `collect` and `export` say of wrong use."""

from __future__ import annotations

import csv
import io
import json
import shutil

import class_maker
import pytest
from course_maker import hand_in
from test_collect import pack

from autograder.collect.run import collect
from autograder.grade.journal import Journal
from autograder.grade.record import Recorder
from autograder.grade.results import GradeResult, NotebookResult, Result
from autograder.lms.people import Person
from autograder.release.manifest import Manifest
from autograder.results.report import write_report


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
    code, told = run("export", "small", "--to", "csv")
    assert (code, told.splitlines()[-1]) == (0, "2 students, one row each.")
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
    path = unchecked.root / "export" / "small" / "grades.parquet"
    assert path.stat().st_mode & 0o777 == 0o600
    table = parquet.read_table(path)
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
    assert rows["eve"]["status"] == "collected, not graded"
    assert (rows["eve"]["last_name"], rows["eve"]["score"], rows["eve"]["final_score"]) == ("Moon", "", "")
    assert page.read_text().count("collected, not graded") == 2, "among the facts, and in her row"
    everybody = json.loads(page.with_suffix(".json").read_text())
    assert (everybody["collected_not_graded"], everybody["handed_in_nothing"]) == (["eve"], ["bob"])
    assert [one["student"] for one in everybody["students"]] == ["ada"]
    assert all(word in page.read_text() for word in ("Ada Smith", "Mo", "Handed in nothing", "Bob Stone"))
    hidden = write_report(unchecked, "small", Manifest(()), hidden=True)
    for path in hidden:
        text = path.read_text()
        assert not any(
            word in text for word in (">ada", '"ada"', "Ada", "Smith", ">bob", '"bob"', "Stone", ">eve", "Moon")
        )
        assert "student-" in text
    data = json.loads(hidden[1].with_suffix(".json").read_text())
    assert [test["messages"] for test in data["tests"]] == [[]] * len(data["tests"])
    again = write_report(unchecked, "small", Manifest(()), hidden=True)
    assert again[1].read_text() == hidden[1].read_text(), "the same pseudonyms each time"
    assert page.read_text() != hidden[0].read_text()
    whole = hidden[0].read_text()
    one = write_report(unchecked, "small", Manifest(()), students=["ada"], hidden=True)
    assert one[0].name.startswith("small-student-")
    assert hidden[0].read_text() == whole, "the class's own report stays"
    shutil.rmtree(unchecked.root / "report")
