"""What an LMS calls things: names of files and folders, tables, dates; in whatever form a stranger may write them."""

from __future__ import annotations

import csv
import io
import unicodedata
from datetime import UTC, datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from autograder.collect.names import safe_path
from autograder.course import CourseError
from autograder.intake.moments import zone_named
from autograder.lms import canvas, gradescope, moodle
from autograder.lms.attempts import LONGEST, LONGEST_STEM, attempt, safe_name, stem_of
from autograder.lms.dates import read_date
from autograder.lms.people import Directory, Person, divided, unfit_student
from autograder.lms.table import Table
from autograder.names import WINDOWS

texts = st.text(st.characters(blacklist_categories=("Cs",)), max_size=40)
words = st.text(st.characters(whitelist_categories=("L", "N"), max_codepoint=0x24F), min_size=1, max_size=12)


@given(texts.map(lambda text: text.replace("_", " ")), st.integers(0, 10**9), texts)
def test_a_folder_of_moodle_names_its_participant(name, number, file):
    """Whatever a student calls a file: the first number is Moodle's own, since Moodle leaves no underscore in names."""
    said = moodle.parse_folder(f"{name}_{number}_assignsubmission_file_{file}")
    assert said == moodle.Folder(name, str(number), "file", file)
    assert moodle.parse_folder(f"{name}_{number}_assignsubmission_onlinetext").plugin == "onlinetext"
    again = moodle.parse_folder(moodle.folder_for(name, str(number)))
    assert again.number == str(number)


@given(st.from_regex(r"[a-z]{1,9}", fullmatch=True), st.booleans(), st.integers(1, 10**9), st.integers(1, 10**9), texts)
def test_a_file_of_canvas_names_user_and_attachment(name, late, user, attachment, file):
    file = f"{file}x"
    said = canvas.parse_file(f"{name}_{'LATE_' * late}{user}_{attachment}_{file}")
    assert said == canvas.File(name, str(user), str(attachment), file, late)
    assert canvas.parse_file(f"{name}_{'LATE_' * late}{user}_text.html") == canvas.File(
        name, str(user), "", "text.html", late
    )


@given(texts)
def test_other_names_are_nobodys(name):
    if "_assignsubmission_" not in name:
        assert moodle.parse_folder(name) is None
    if "_" not in name:
        assert canvas.parse_file(name) is None


@pytest.mark.parametrize(
    ("stem", "number"),
    [
        ("small", 0),
        ("SMALL", 0),
        ("small-1", 1),
        ("small-12", 12),
        ("small (2)", 2),
        ("small(3)", 3),
        ("Copy of small", 1),
        ("Copy of Copy of small", 2),
        ("small-Copy1", 1),
        ("small - Copy (2)", 2),
        ("small - Kopie", 1),
        ("small_copy", 1),
        ("Copy of small (1)", 2),
        ("homework", 0),
    ],
)
def test_a_name_says_which_attempt_it_is(stem, number):
    assert attempt(stem, "small") == number


def test_a_number_of_the_notebooks_own_is_no_attempt():
    assert [attempt(stem, "lab-1") for stem in ("lab-1", "lab-1-2", "Lab-1 (3)")] == [0, 2, 3]


@given(texts, words)
def test_attempts_are_counted_of_any_name(stem, expected):
    assert attempt(stem, expected) >= 0
    assert attempt(f"{expected} (7)", expected) == 7


@pytest.mark.parametrize("part", ["_", "-1"])
def test_a_name_longer_than_any_is_not_looked_at(part):
    longest = "small" + part * ((LONGEST_STEM - 5) // len(part))
    assert attempt(longest, "small") >= 0
    assert attempt(longest + part * 30_000, "small") == 0


@pytest.mark.parametrize("name", ["small.ipynb", "small.IPYNB", "small.ipynb.txt", "small.ipynb.json"])
def test_a_notebook_is_known_by_its_ending(name):
    assert stem_of(name) == "small"
    assert stem_of("small.html") is None


@given(texts)
def test_a_safe_name_is_one_that_every_system_can_write(name):
    safe = safe_name(name)
    assert safe == safe_name(safe)
    assert safe not in ("", ".", "..")
    assert not set(safe) & set('<>:"|?*\\/\0')
    assert safe[-1] not in ". "
    assert safe.split(".")[0].upper() not in WINDOWS
    assert len(safe.encode()) <= LONGEST
    assert unicodedata.is_normalized("NFC", safe)


@given(st.text("ab./\\:C\0é ", max_size=20))
def test_a_path_leads_nowhere_else(name):
    path = safe_path(name)
    if path is not None:
        assert not {"..", ".", ""} & set(path)
        assert not any("/" in part or "\\" in part or "\0" in part for part in path)


@pytest.mark.parametrize(
    "name", ["../x", "a/../../x", "/etc/passwd", "\\\\host\\share", "C:\\x", "c:x/../y", "a\\..\\b"]
)
def test_a_path_that_leads_outside_is_none(name):
    assert safe_path(name) is None


cells = st.text(st.characters(blacklist_categories=("Cs",), blacklist_characters="\0\ufeff"), max_size=8)
tables = st.lists(st.lists(cells, min_size=2, max_size=4), min_size=1, max_size=5)


@pytest.mark.parametrize("quoting", [csv.QUOTE_MINIMAL, csv.QUOTE_ALL])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
@given(rows=tables, mark=st.booleans())
@example(rows=[["", ""], ["\r", ""]], mark=False)
def test_a_table_is_read_as_python_reads_it_and_written_as_it_was(tmp_path_factory, quoting, end, rows, mark):
    rows = [["id", "name"], *rows]
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator=end, quoting=quoting).writerows(rows)
    path = tmp_path_factory.getbasetemp() / "table.csv"
    data = b"\xef\xbb\xbf" * mark + text.getvalue().encode()
    path.write_bytes(data)
    table = Table.read(path)
    assert table.to_bytes() == data
    read = [[table.value(row, column) for column in range(len(cells))] for row, cells in enumerate(table.rows)]
    by_python = csv.reader(io.StringIO(text.getvalue(), newline=""))
    assert read == [row or [""] for row in by_python], "an empty line is one empty cell"
    for row in range(1, len(read)):
        table.put(row, 1, '7,5 "x"')
    changed = list(csv.reader(io.StringIO(table.to_bytes().decode("utf-8-sig"), newline="")))
    assert [row[:1] + row[2:] for row in changed] == [row[:1] + row[2:] for row in read]
    assert all(row[1] == '7,5 "x"' for row in changed[1:])


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"", "empty"),
        (b'a,b\n"c', "line 2 is not closed"),
        (b"PK\x03\x04...", "spreadsheet or a zip"),
        (b"a\0b", "no text"),
    ],
)
def test_what_is_no_table_is_refused(tmp_path, data, problem):
    path = tmp_path / "grades.csv"
    path.write_bytes(data)
    with pytest.raises(CourseError, match=problem):
        Table.read(path)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_a_table_keeps_its_encoding(tmp_path, encoding):
    path = tmp_path / "grades.csv"
    path.write_bytes("Name;Note\nJürgen;\n".encode(encoding))
    table = Table.read(path)
    assert (table.delimiter, table.columns, table.value(1, 0)) == (";", ["Name", "Note"], "Jürgen")
    table.put(1, 1, "1,5")
    assert table.to_bytes() == "Name;Note\nJürgen;1,5\n".encode(encoding)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("Tuesday, 3 November 2026, 5:59 PM", datetime(2026, 11, 3, 16, 59)),
        ("Tuesday, November 3, 2026, 12:05 AM", datetime(2026, 11, 2, 23, 5)),
        ("Dienstag, 3. November 2026, 17:59", datetime(2026, 11, 3, 16, 59)),
        ("Samstag, 1. August 2026, 17:59", datetime(2026, 8, 1, 15, 59)),
        ("mardi 3 novembre 2026, 17:59", datetime(2026, 11, 3, 16, 59)),
        ("dimanche 1er mars 2026, 08:00", datetime(2026, 3, 1, 7, 0)),
        ("3 de noviembre de 2026, 17:59", datetime(2026, 11, 3, 16, 59)),
        ("2026-11-03 17:59", datetime(2026, 11, 3, 16, 59)),
        ("2026-11-03T17:59:00Z", datetime(2026, 11, 3, 17, 59)),
        ("-", None),
        ("", None),
    ],
)
def test_dates_of_worksheets_are_read(text, moment):
    assert read_date(text, zone_named("Europe/Berlin")) == moment


@pytest.mark.parametrize(
    "text", ["03.11.2026 17:59", "11/3/26, 17:59", "November 2026, 17:59", "yesterday", "31 June 2026, 9:00"]
)
def test_dates_that_could_mean_two_are_not(text):
    with pytest.raises(ValueError):  # noqa: PT011
        read_date(text, UTC)


@given(texts)
def test_any_text_is_a_date_or_none(text):
    try:
        found = read_date(text, UTC)
    except (ValueError, OverflowError):
        return
    assert found is None or found.tzinfo is None


def test_people_are_found_by_what_exactly_one_has():
    directory = Directory(
        [
            Person("ada", "Ada", "Smith", "ada@x.org", lms_user_id="12"),
            Person("bob", "Bob", "Smith", "bob@x.org", keys=frozenset({"b1"})),
            Person("eve", "Ada", "Smith", "eve@x.org"),
        ]
    )
    assert directory.by_key("nobody", "B1").student == "bob"
    assert directory.by_key("12").student == directory.by_key("ADA@X.ORG").student == "ada"
    assert directory.by_name("smithbob").student == "bob"
    assert directory.by_name("Ada Smith") is None
    assert directory.by_key("") is None


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("Smith, Ada Maria", ("Ada Maria", "Smith")),
        ("Ada Maria Smith", ("Ada Maria", "Smith")),
        ("Plato", ("", "Plato")),
        ("", ("", "")),
    ],
)
def test_names_are_divided(name, parts):
    assert divided(name) == parts


@pytest.mark.parametrize("name", ["", "+", "..", "a/b", "-x", ".x", "x" * 129, "a\nb", "aux"])
def test_what_cannot_be_a_folder_is_no_student(name):
    assert unfit_student(name)


def test_addresses_may_be_ids():
    assert unfit_student("ada+mlp@example.org") == ""


def test_gradescope_says_whose_a_folder_is():
    data = b"""submission_1:
  :submitters:
  - :name: Ada Smith
    :sid: '007'
    :email: ada@x.org
  - :name: Bob
    :sid:
    :email: bob@x.org
  :created_at: 2026-11-03 11:59:59.123456000 Z
submission_2:
  :submitters: []
"""
    found = gradescope.parse_metadata(data)
    assert [one.sid for one in found["submission_1"].submitters] == ["007", ""]
    assert found["submission_1"].created_at == datetime(2026, 11, 3, 11, 59, 59, 123456, tzinfo=UTC)
    assert found["submission_2"].submitters == ()


@pytest.mark.parametrize("data", [b"- a", b"a: [", b"x: !!python/object/apply:os.system [true]", b"\xff\xfe"])
def test_other_yaml_is_refused(data):
    with pytest.raises(ValueError):  # noqa: PT011
        gradescope.parse_metadata(data)
