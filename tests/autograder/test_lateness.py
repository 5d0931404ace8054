"""What a delay costs: the rule by itself, and through dates, extensions and points that change after grading."""

from __future__ import annotations

import copy
import csv
import json
from datetime import datetime, timedelta

import pytest
from click.testing import CliRunner
from course_maker import hand_in, source_notebook
from hypothesis import given
from hypothesis import strategies as st
from nbgrader.api import Gradebook
from test_record import result

from autograder.cli import main
from autograder.course import Course, CourseError, calling_nbgrader
from autograder.grade.dates import extend, set_due, settle
from autograder.grade.journal import Journal
from autograder.grade.lateness import Extensions, Rule
from autograder.grade.record import Recorder
from autograder.grade.task import Release
from autograder.release.manifest import Manifest
from autograder.results.feedback import write_feedback
from autograder.results.report import write_report
from autograder.results.scores import standings

DUE = datetime(2026, 11, 1, 12)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
RULE = "c.Autograder.late_percent_a_day = 10\nc.Autograder.late_grace_minutes = 15\n"


@pytest.mark.parametrize(
    ("delay", "days"),
    [
        (timedelta(0), 0),
        (timedelta(minutes=15), 0),
        (timedelta(minutes=15, seconds=1), 1),
        (DAY, 1),
        (DAY + HOUR, 2),
        (10 * DAY, 10),
    ],
)
def test_a_day_counts_when_it_has_begun_and_nothing_does_within_the_grace(delay, days):
    assert Rule(10, grace=timedelta(minutes=15)).days(delay) == days


def test_free_days_are_used_up_by_the_first_delays():
    assert Rule(10, free_days=2).charged([1, 3, 0, 1]) == [0, 2, 0, 1]
    assert Rule(10).charged([1, 3]) == [1, 3]


def test_the_share_is_of_the_points_earned_or_of_what_they_could_be():
    assert Rule(10).penalty(2, 8, 20) == pytest.approx(1.6)
    assert Rule(10, of_maximum=True).penalty(2, 8, 20) == pytest.approx(4)
    assert Rule(10, of_maximum=True).penalty(2, 3, 20) == 3, "no more than there are"
    assert Rule(10, maximum=50).penalty(9, 8, 20) == 4
    assert Rule(30).penalty(9, 8, 20) == 8


@given(st.floats(0, 100), st.floats(0, 100), st.booleans(), st.integers(0, 400), st.floats(-5, 1e4), st.floats(0, 1e4))
def test_a_penalty_is_never_negative_more_than_the_points_or_less_for_more_days(
    percent, maximum, of_maximum, days, score, max_score
):
    rule = Rule(percent, maximum=maximum, of_maximum=of_maximum)
    penalty = rule.penalty(days, score, max_score)
    assert 0 <= penalty <= max(score, 0)
    assert penalty <= rule.penalty(days + 1, score, max_score)


@pytest.fixture
def late(unchecked):
    """A course with a rule, where ada's submission is 26 hours late and bob's 10 minutes; each has 5 points."""
    config = unchecked.root / "nbgrader_config.py"
    config.write_text(config.read_text() + RULE)
    course = Course.find(unchecked.root)
    notebook = Release.handed_out(course, "small").notebooks["small"]
    set_due(course, "small", DUE)
    journal = Journal(course.state("small"))
    with calling_nbgrader(), Recorder(course, "small") as recorder:
        for student, delay in (("ada", 26 * HOUR), ("bob", timedelta(minutes=10))):
            hand_in(course, student, source_notebook())
            one = result(student)
            journal.save(one)
            recorder.record(one, {"small": copy.deepcopy(notebook)}, DUE + delay)
            journal.mark_recorded(one)
    return course


def in_gradebook(course):
    with calling_nbgrader(), Gradebook(course.db_url, course.course_id) as gradebook:
        return {one.student_id: one.late_submission_penalty for one in gradebook.assignment_submissions("small")}


def penalties(course):
    found = {student: standing.penalty for student, standing in standings(course, "small").items()}
    assert found == pytest.approx(in_gradebook(course)), "nbgrader's tables say the same"
    return found


def give(course, points):
    with calling_nbgrader(), Gradebook(course.db_url, course.course_id) as gradebook:
        grade = gradebook.find_grade("why", "small", "small", "ada")
        grade.manual_score, grade.needs_manual_grade = points, False
        gradebook.db.commit()


def test_dates_and_extensions_and_points_by_hand_change_it_without_a_run(late):
    assert penalties(late) == {"ada": 1.0, "bob": 0.0}
    set_due(late, "small", DUE + 20 * HOUR)
    assert penalties(late) == {"ada": 0.5, "bob": 0.0}
    extend(late, "small", "ada", DUE + 30 * HOUR)
    assert penalties(late)["ada"] == 0.0
    assert standings(late, "small")["ada"].due == DUE + 30 * HOUR
    extend(late, "small", "ada", None)
    assert penalties(late)["ada"] == 0.5
    give(late, 4)
    assert standings(late, "small")["ada"].penalty == pytest.approx(0.9), "every page has it at once"
    settle(late, "small")
    assert penalties(late)["ada"] == pytest.approx(0.9)


def test_an_extension_is_kept_for_who_has_not_handed_in(late):
    extend(late, "small", "eve", DUE + 3 * DAY)
    notebook = Release.handed_out(late, "small").notebooks["small"]
    with calling_nbgrader(), Recorder(late, "small") as recorder:
        recorder.record(result("eve"), {"small": notebook}, DUE + 2 * DAY)
    assert penalties(late)["eve"] == 0.0
    set_due(late, "small", DUE - DAY)
    assert penalties(late)["eve"] == 0.0, "her date is a date, not a number of days after the others'"
    with calling_nbgrader(), Gradebook(late.db_url, late.course_id) as gradebook:
        assert gradebook.find_submission("small", "eve").duedate == DUE + 3 * DAY


def test_nbgraders_own_extension_counts_where_there_is_no_other(late):
    with calling_nbgrader(), Gradebook(late.db_url, late.course_id) as gradebook:
        gradebook.grant_extension("small", "ada", days=3)
    settle(late, "small")
    assert penalties(late)["ada"] == 0.0


def test_free_days_are_the_students_own_in_the_whole_course(late):
    config = late.root / "nbgrader_config.py"
    config.write_text(config.read_text() + "c.Autograder.late_free_days = 1\n")
    course = Course.find(late.root)
    settle(course, "small")
    assert penalties(course) == {"ada": 0.5, "bob": 0.0}
    with calling_nbgrader(), Gradebook(course.db_url, course.course_id) as gradebook:
        gradebook.update_or_create_assignment("earlier", duedate=str(DUE - 7 * DAY))
        gradebook.update_or_create_submission("earlier", "ada", timestamp=DUE - 7 * DAY + HOUR)
    settle(course, "small")
    assert penalties(course) == {"ada": 1.0, "bob": 0.0}, "the earlier delay took the free day"


def test_nbgraders_rule_goes_on_to_work_and_is_reckoned_anew(late):
    config = late.root / "nbgrader_config.py"
    config.write_text(config.read_text().replace(RULE, "c.LateSubmissionPlugin.penalty_method = 'zero'\n"))
    course = Course.find(late.root)
    settle(course, "small")
    assert penalties(course) == {"ada": 5.0, "bob": 5.0}
    extend(course, "small", "bob", DUE + HOUR)
    assert penalties(course) == {"ada": 5.0, "bob": 0.0}


def test_two_rules_are_refused(late):
    config = late.root / "nbgrader_config.py"
    config.write_text(config.read_text() + "c.LateSubmissionPlugin.penalty_method = 'zero'\n")
    with pytest.raises(CourseError, match="are two rules for late work: remove one"):
        Course.find(late.root)


def test_pages_and_table_say_what_was_charged(late):
    page = next(one for one in write_feedback(late, "small", Manifest(())) if "ada" in one.parts)
    text = " ".join(page.read_text().split())
    assert "Handed in 1 d 2 h after it was due (2026-11-01 12:00 UTC): 2 days have begun, 2 charged." in text
    assert "1 point is taken off" in text
    assert "4 of 5 points so far" in text
    extend(late, "small", "bob", DUE + DAY)
    report, table = write_report(late, "small", Manifest(()))
    assert "due 2026-11-01 12:00 UTC" in report.read_text(), "an extension is not everybody's date"
    row = next(one for one in csv.DictReader(table.read_text().splitlines()) if one["student"] == "ada")
    assert [row[name] for name in ("score", "seconds_late", "late_penalty", "final_score")] == [
        "5.0",
        "93600",
        "1.0",
        "4.0",
    ]


def call(course, *words, status=0):
    found = CliRunner().invoke(main, ["--course", str(course.root), *words])
    assert found.exit_code == status, found.output
    return found


def test_the_commands(late):
    told = call(late, "extend", "carl", "small/", "--until", "2026-11-05 13:00 +0100")
    assert told.stdout == "small: carl may hand in until 2026-11-05 12:00:00 UTC\n"
    assert "nobody in the course is called 'carl' yet" in told.stderr
    assert Extensions(late, "small").until == {"carl": datetime(2026, 11, 5, 12)}
    data = json.loads(call(late, "due", "small", "--json").stdout)
    assert data["extensions"] == {"carl": "2026-11-05T12:00:00Z"}
    assert "carl: until 2026-11-05T12:00:00Z" in call(late, "due", "small").stdout
    assert "did you mean ada?" in call(late, "extend", "adaa", "small", "--until", "2026-11-05 13:00 UTC").stderr
    call(late, "extend", "carl", "small", "--none")
    assert set(Extensions(late, "small").until) == {"adaa"}
    for words, status, said in [
        (["ada", "small"], 2, "give either --until MOMENT or --none"),
        (["ada", "small", "--until", "2026-11-05 13:00 UTC", "--none"], 2, "give either"),
        (["ada", "small", "--until", "5.11."], 1, "is not read"),
        (["ada", "small", "--until", "2026-10-05 13:00 UTC"], 1, "ends after the date of everybody"),
        (["ada", "smal", "--until", "2026-11-05 13:00 UTC"], 1, "did you mean small?"),
    ]:
        assert said in call(late, "extend", *words, status=status).stderr
