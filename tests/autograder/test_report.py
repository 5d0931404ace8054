"""The instructor's page: what it says of a class, and which test it doubts."""

from __future__ import annotations

import csv
import json
import random
import re
import shutil
import statistics
from types import SimpleNamespace

import numpy as np
import pytest

from autograder.course import Course
from autograder.grade.journal import Journal
from autograder.grade.results import GradeResult, NotebookResult, Result
from autograder.plan import CellError
from autograder.release.manifest import Failure, KnownMistake, Manifest
from autograder.results.report import write_report
from autograder.results.rows import Row
from autograder.results.scores import standing_of
from autograder.results.statistics import columns, doubtful, histogram

NOTHING = Manifest(())
EASE = {"easy": 2.0, "fair": 0.5, "planted": 1.0, "long": 0.0, "hard": -1.5, "last": -2.5}
"""How many standard deviations below the mean somebody may be who solves it as often as not."""
BLAME = CellError("AttributeError", "no attribute 'total'")


def graded(name, points, error=None):
    return GradeResult(name, 2.0, points, "ok" if error is None else "error", error)


def result(student, grades, status="graded"):
    return Result(student, "small", "key", (NotebookResult("small", status, "", tuple(grades)),))


def row(made):
    return Row(made, standing_of(made), {("small", grade.name): grade for grade in made.grades}, "")


def a_class(seed, size=300, planted=True):
    """Return what a class earns that has some ability; one test fails a third of the right answers if `planted`."""
    chance = random.Random(seed)
    made = []
    for number in range(size):
        ability = chance.gauss(0, 1)
        grades = []
        for name, ease in EASE.items():
            wrong = f"expected 4, got {chance.choice([0, 1, 2, 3.25])}"
            if ability < -1.8:
                grades.append(graded(name, 0.0, CellError("NotImplementedError", "")))
            elif ability + ease + chance.gauss(0, 0.7) < 0:
                grades.append(graded(name, 0.0, CellError("AssertionError", wrong)))
            elif planted and name == "planted" and chance.random() < 1 / 3:
                grades.append(graded(name, 0.0, BLAME))
            else:
                grades.append(graded(name, 2.0))
        made.append(result(f"s{number:03}", grades))
    return made


@pytest.mark.parametrize("seed", range(8))
def test_a_test_that_fails_right_answers_is_named_first(seed):
    found = doubtful(columns([row(one) for one in a_class(seed)], NOTHING))
    assert found[0].name == "planted"
    assert found[0].suspect.text == "AttributeError: no attribute 'total'"


@pytest.mark.parametrize("seed", range(8))
def test_a_class_without_a_bad_test_casts_little_doubt(seed):
    found = doubtful(columns([row(one) for one in a_class(seed, planted=False)], NOTHING))
    assert {column.name for column in found} <= {"hard", "last"}


def test_a_known_mistake_is_no_fault_of_the_test():
    mistake = KnownMistake("answer", "no total", "", (Failure("planted", BLAME.ename, BLAME.evalue),))
    tests = columns([row(one) for one in a_class(0)], Manifest((mistake,)))
    assert "planted" not in [column.name for column in doubtful(tests)]


def test_discrimination_is_numpys_correlation():
    rows = [row(one) for one in a_class(1)]
    for column in columns(rows, NOTHING):
        tried = [one for one in rows if one.tried(column.key)]
        own = [one.standing.cells[column.key].score for one in tried]
        rest = [sum(score.score for key, score in one.standing.cells.items() if key != column.key) for one in tried]
        assert column.discrimination == pytest.approx(np.corrcoef(own, rest)[0, 1])
        assert column.tried == len(tried)


def test_who_did_not_try_says_nothing_against_a_test():
    nobody = [
        row(result(f"s{n}", [graded(name, 0.0, CellError("NotImplementedError", "")) for name in EASE]))
        for n in range(9)
    ]
    for column in columns(nobody, NOTHING):
        assert (column.tried, column.none, column.wrong, column.messages, column.doubt) == (0, 9, 0, (), 0.0)
        assert column.discrimination is None


def test_a_histogram_holds_everything_once():
    bars = histogram([0, 0.05, 0.1, 0.3, 0.999, 1, 1.2, -0.5])
    assert [bar.count for bar in bars] == [3, 1, 0, 1, 0, 0, 0, 0, 0, 3]
    assert next(bar.count for bar in histogram([0.5], 0.0)) == 1


def test_sums_that_differ_in_their_last_digits_are_one_message():
    said = ["got 0.30000000000000004", "got 0.3", "got 7"]
    rows = [
        row(result(f"s{n}", [graded("one", 0.0, CellError("AssertionError", text))])) for n, text in enumerate(said)
    ]
    (column,) = columns(rows, NOTHING)
    assert [(message.text, message.count) for message in column.messages] == [
        ("AssertionError: got 0.3", 2),
        ("AssertionError: got 7", 1),
    ]


@pytest.fixture(scope="module")
def written(unchecked_template, tmp_path_factory):
    """A report of 300 students with a written answer that nobody has read, and one file that was no notebook."""
    root = tmp_path_factory.mktemp("report") / "course"
    shutil.copytree(unchecked_template, root)
    course = Course.find(root)
    journal = Journal(course.state("small"))
    for one in [*a_class(0), result("odd <b>", [graded(name, 0.0) for name in EASE], "not_gradable")]:
        why = GradeResult("why", 8.0, None, "manual")
        one = Result(one.student, "small", "key", (NotebookResult("small", one.status, "", (*one.grades, why)),))
        journal.save(one)
        journal.mark_recorded(one)
    page, table = write_report(course, "small", NOTHING)
    return SimpleNamespace(page=page, table=table, data=page.with_suffix(".json"))


def test_the_page_names_the_planted_test_first(written):
    page = written.page.read_text()
    first = re.search(r'class="note bad doubtful"><a href="#(\w+)"', page)
    assert first[1] == "planted"
    assert "AttributeError: no attribute &#39;total&#39;" in page


def test_what_a_person_has_yet_to_read_counts_neither_way(written):
    report = json.loads(written.data.read_text())
    shares = [one["share_so_far"] for one in report["students"] if one["status"] == "graded"]
    assert report["class"]["mean_share_so_far"] == pytest.approx(statistics.fmean(shares))
    assert (report["class"]["submissions"], report["class"]["to_be_read"]) == (301, 300)
    assert max(shares) == 1.0
    page = written.page.read_text()
    assert "Scores so far" in page
    assert "<b>8 of 20</b>points still to be given" in page


def test_page_table_and_data_say_the_same(written):
    report = json.loads(written.data.read_text())
    table = list(csv.DictReader(written.table.read_text().splitlines()))
    assert [one["student"] for one in report["students"]] == [line["student"] for line in table]
    for one, line in zip(report["students"], table, strict=True):
        assert float(line["score"]) == one["score"]
        assert float(line["hard"] or "nan") == pytest.approx(one["cells"]["hard"])


def test_the_page_asks_no_outside_host_and_escapes_names(written):
    page = written.page.read_text()
    assert not re.search(r"(src|href)=[\"']?(https?:)?//|url\(|import\(|fetch\(", page)
    assert "odd &lt;b&gt;" in page
    assert "odd <b>" not in page
