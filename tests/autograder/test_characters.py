"""No character of a student's commands a terminal: not printed, not in JSON, not in the table."""

from __future__ import annotations

import csv
import json
import os
import pty
import subprocess
import sys
import unicodedata

import pytest
from course_maker import hand_in
from hypothesis import given
from hypothesis import strategies as st
from test_grade import answered

from autograder.characters import one_line, printable
from autograder.cli.main import Terminal
from autograder.grade.run import grade
from autograder.release.manifest import Manifest
from autograder.results.feedback import write_feedback
from autograder.results.report import harmless, write_report

CLIPBOARD = "\x1b]52;c;ZWNobw==\x1b\\\x1b[2J\x9b31m\u202egnp.exe\udcff\x07\x7f"
RIGHT_TO_LEFT = "\u061c\u200e\u200f\u202a\u202e\u2066\u2069"


def is_dangerous(letter: str) -> bool:
    return unicodedata.category(letter) in ("Cc", "Cs", "Zl", "Zp") or letter in RIGHT_TO_LEFT


@given(st.text(alphabet=st.characters(exclude_categories=()), max_size=30))
def test_nothing_dangerous_is_left(text):
    assert not any(map(is_dangerous, one_line(text)))
    assert {letter for letter in printable(text) if is_dangerous(letter)} <= {"\n", "\t"}


@given(st.text(alphabet="abc äß漢🙂é", max_size=600))
def test_what_people_write_stays(text):
    assert printable(text) == text
    assert one_line(text, 600) == text
    assert len(one_line(text, 100)) <= 100


def test_lines_and_what_is_cut():
    assert one_line("a\r\nb\tc") == "a  b c"
    assert printable("a\nb\tc\x1b") == "a\nb\tc\N{REPLACEMENT CHARACTER}"
    assert one_line("x" * 600) == "x" * 498 + " …"


@pytest.mark.parametrize("styled", [CLIPBOARD, f"[bold]{CLIPBOARD}[/bold]"])
def test_the_terminal_prints_its_own_colours_and_no_commands(styled, capsys):
    terminal = Terminal(force_terminal=True, color_system="standard", highlight=False)
    terminal.print(styled, markup=styled.startswith("[bold]"))
    printed = capsys.readouterr().out.replace("\x1b[1m", "").replace("\x1b[0m", "")
    assert not any(is_dangerous(letter) for letter in printed.replace("\n", ""))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("=1+1", "'=1+1"),
        ("  @x", "'  @x"),
        ("x;=cmd|' /C calc'!A0;y", "x;'=cmd|' /C calc'!A0;y"),
        ("x\t=1", "x =1"),
        ("a\n+1", "a +1"),
        ("a,-1", "a,'-1"),
        ("right; left", "right; left"),
        ("a=1", "a=1"),
    ],
)
def test_no_separator_lets_a_formula_begin(text, shown):
    assert harmless(text) == shown


def read_terminal(command):
    """Run a command in a pseudo-terminal and return what it wrote to it."""
    main, side = pty.openpty()
    process = subprocess.Popen(command, stdin=side, stdout=side, stderr=side, close_fds=True)
    os.close(side)
    written = b""
    while True:
        try:
            chunk = os.read(main, 65536)
        except OSError:  # Linux says that the other side is closed
            break
        if not chunk:
            break
        written += chunk
    os.close(main)
    process.wait()
    return written.decode(errors="replace")


@pytest.fixture
def odd(released):
    """A course with an honest student, and one whose name and files are commands."""
    hand_in(released, "honest", answered())
    hand_in(released, "odd\x1b[2J\u202e;=1+1", answered())
    folder = released.folder("submitted", "small", "odd\x1b[2J\u202e;=1+1")
    (folder / "\x1b]52;c;ZWNobw==\x1b\\.txt").write_text("")
    return released


def test_a_terminal_gets_no_command_from_a_class(odd):
    command = [sys.executable, "-m", "autograder", "--course", str(odd.root)]
    written = read_terminal([*command, "grade", "small"])
    written += read_terminal([*command, "report", "small"])
    assert "]52;" in written
    assert not any(bad in written for bad in ("\x1b]", "\x1b[2J", "\x1b\\", "\u202e", "\x9b"))
    plain = subprocess.run([*command, "grade", "small", "--json"], capture_output=True, check=True).stdout
    assert all(byte == 10 or 32 <= byte < 127 for byte in plain)
    assert {one["student"] for one in json.loads(plain)["submissions"]} == {"honest", "odd\x1b[2J\u202e;=1+1"}


def test_the_table_is_quoted_and_read_as_usual(odd):
    grade(odd, "small")
    _, table = write_report(odd, "small", Manifest(()))
    assert not any(map(is_dangerous, table.read_text().replace("\n", "")))
    header, first = table.read_text().splitlines()[:2]
    assert header.count('"') == first.count('"') == 2 * len(header.split(","))
    with table.open(newline="") as file:
        read = list(csv.DictReader(file))
    assert [float(row["score"]) for row in read] == [5.0, 5.0]
    assert {row["reason"] for row in read} == {""}
    assert read[0]["student"] == "honest"


def test_a_name_that_is_no_utf_8_is_a_failure_of_its_own(released):
    hand_in(released, "honest", answered())
    hand_in(released, os.fsdecode(b"m\xfcller"), answered())
    run = grade(released, "small")
    assert list(run.results) == ["honest"]
    assert "no UTF-8" in run.failures[os.fsdecode(b"m\xfcller")]
    assert len(write_feedback(released, "small", Manifest(()))) == 1
