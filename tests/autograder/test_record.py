"""What reaches the gradebook and ``autograded/``, written by hand-made results."""

from __future__ import annotations

import copy
from dataclasses import replace
from datetime import datetime, timedelta

import nbformat
import pytest
from course_maker import source_notebook, with_task
from nbgrader.api import Gradebook, MissingEntry
from sqlalchemy import text
from sqlalchemy.event import listen

from autograder.course import CourseError, calling_nbgrader
from autograder.grade.dates import set_due
from autograder.grade.record import Recorder, copy_files, merge
from autograder.grade.results import GradeResult, NotebookResult, Result
from autograder.grade.task import Release
from autograder.lms.people import LONGEST, Person
from autograder.plan import CellError, CellOutcome, Outcome
from autograder.release.mistakes import reference

MOMENT = datetime(2026, 3, 1, 12)
ERROR = CellError("ValueError", "no", ("a traceback",))


@pytest.fixture
def notebook(unchecked):
    """The notebook as released, with its checksums; answers as they were handed out."""
    return Release.handed_out(unchecked, "small").notebooks["small"]


def result(student="ada", *, double=3.0, half=2.0, why=None, draw=None, outcome=None):
    grades = (
        GradeResult("test_double", 3.0, double, "ok"),
        GradeResult("test_half", 2.0, half, "ok"),
        GradeResult("why", 4.0, why, "manual"),
        GradeResult("draw", 2.0, draw, "manual"),
    )
    return Result(student, "small", "key", (NotebookResult("small", "graded", "", grades, (), outcome or Outcome(())),))


def record(course, *results, notebook, timestamp=None):
    with calling_nbgrader(), Recorder(course, "small") as recorder:
        for one in results:
            recorder.record(one, {"small": copy.deepcopy(notebook)}, timestamp)


def raising(error):
    def refuse(*args):
        raise error

    return refuse


def in_gradebook(course, student):
    with calling_nbgrader(), Gradebook(course.db_url, course.course_id) as gradebook:
        submission = gradebook.find_submission("small", student)
        grades = {grade.name: grade for entry in submission.notebooks for grade in entry.grades}
        comments = {comment.name: comment.auto_comment for entry in submission.notebooks for comment in entry.comments}
        scores = {name: (one.auto_score, one.manual_score, one.needs_manual_grade) for name, one in grades.items()}
        return submission.timestamp, scores, comments


def test_scores_reach_the_gradebook(unchecked, notebook):
    record(unchecked, result(double=0.0, half=1.5), notebook=notebook, timestamp=MOMENT)
    moment, scores, _ = in_gradebook(unchecked, "ada")
    assert moment == MOMENT
    assert scores == {
        "test_double": (0.0, None, False),
        "test_half": (1.5, None, False),
        "why": (None, None, True),
        "draw": (None, None, True),
    }


def test_recording_again_replaces_and_adds_nobody(unchecked, notebook):
    record(unchecked, result(), result("bob"), result(double=1.0), notebook=notebook)
    assert in_gradebook(unchecked, "ada")[1]["test_double"] == (1.0, None, False)
    assert in_gradebook(unchecked, "bob")[1]["test_double"] == (3.0, None, False)
    with calling_nbgrader(), Recorder(unchecked, "small") as recorder:
        assert recorder.students() == {"ada", "bob"}


def test_without_a_submission_there_are_no_students(unchecked):
    with calling_nbgrader():
        with Gradebook(unchecked.db_url, unchecked.course_id) as gradebook:
            gradebook.update_or_create_student("eve")
        with Recorder(unchecked, "small") as recorder:
            assert recorder.students() == set()


def test_what_a_person_gave_stays_and_is_looked_at_again_only_if_something_changed(unchecked, notebook):
    record(unchecked, result(), notebook=notebook)
    with calling_nbgrader(), Gradebook(unchecked.db_url, unchecked.course_id) as gradebook:
        for name, score in {"why": 3.5, "test_half": 1.0}.items():
            grade = gradebook.find_grade(name, "small", "small", "ada")
            grade.manual_score, grade.needs_manual_grade = score, False
        gradebook.db.commit()
    record(unchecked, result(), notebook=notebook)
    scores = in_gradebook(unchecked, "ada")[1]
    assert scores["why"] == (None, 3.5, False)
    assert scores["test_half"] == (2.0, 1.0, False)
    record(unchecked, result(why=0.0, half=1.5), notebook=notebook)
    for _ in range(2):
        scores = in_gradebook(unchecked, "ada")[1]
        assert scores["why"] == (0.0, 3.5, True)
        assert scores["test_half"] == (1.5, 1.0, True)
        assert scores["test_double"] == (3.0, None, False)
        record(unchecked, result(why=0.0, half=1.5), notebook=notebook)  # the wish for a second look stays


def test_an_answer_left_as_released_is_commented_as_nbgrader_does(unchecked, notebook):
    record(unchecked, result(), notebook=notebook)
    assert in_gradebook(unchecked, "ada")[2] == {
        "double": "No response.",
        "half": "No response.",
        "why": "No response.",
        "draw": None,
    }
    for cell in notebook.cells:
        if cell.id == "why":
            cell.source = "Because."
    record(unchecked, result(), notebook=notebook)
    assert in_gradebook(unchecked, "ada")[2] == {
        "double": "No response.",
        "half": "No response.",
        "why": None,
        "draw": None,
    }


def test_the_notebook_is_written_in_nbformats_form(unchecked, notebook):
    record(unchecked, result(), notebook=notebook)
    path = unchecked.folder("autograded", "small", "ada") / "small.ipynb"
    text = path.read_text()
    assert text.endswith("}\n")
    written = nbformat.reads(text, as_version=4)
    nbformat.validate(written)
    assert [cell.id for cell in written.cells] == [cell.id for cell in notebook.cells]
    assert written.nbformat == 4


def test_a_failure_leaves_nothing_half_done(unchecked, notebook):
    odd = result()
    odd = replace(odd, notebooks=(replace(odd.notebooks[0], grades=(*odd.grades, GradeResult("no", 1.0, 1.0, "ok"))),))
    with calling_nbgrader(), Recorder(unchecked, "small") as recorder:
        with pytest.raises(KeyError):
            recorder.record(odd, {"small": notebook})
        recorder.record(result("bob"), {"small": notebook})
    with pytest.raises(MissingEntry):
        in_gradebook(unchecked, "ada")
    assert in_gradebook(unchecked, "bob")[1]["test_double"] == (3.0, None, False)


def test_one_transaction_records_a_submission(unchecked, notebook):
    """nbgrader's methods would commit by themselves, and leave a student without a submission where one fails."""
    said = []
    with calling_nbgrader(), Recorder(unchecked, "small") as recorder:
        engine = recorder.gradebook.engine
        listen(engine, "before_cursor_execute", lambda *told: said.append(told[2].split()[0]))
        listen(engine, "commit", lambda connection: said.append(";"))
        for one in (result("ada"), result("bob"), result("ada", double=1.0)):
            said.clear()
            recorder.record(one, {"small": copy.deepcopy(notebook)})
            parts = " ".join(said).split(";")
            assert sum("INSERT" in part or "UPDATE" in part for part in parts) == 1


def test_an_interrupt_in_the_middle_leaves_nothing_to_be_committed_later(unchecked, notebook, monkeypatch):
    with calling_nbgrader(), Recorder(unchecked, "small") as recorder:
        with monkeypatch.context() as patch:
            patch.setattr(recorder, "_record_comments", raising(KeyboardInterrupt()))
            with pytest.raises(KeyboardInterrupt):
                recorder.record(result(), {"small": notebook})
        recorder.record(result("bob"), {"small": notebook})
        assert recorder.students() == {"bob"}
    assert in_gradebook(unchecked, "bob")[1]["test_double"] == (3.0, None, False)


def test_late_penalties_are_nbgraders(unchecked, notebook):
    unchecked.config.LateSubmissionPlugin.penalty_method = "zero"
    with calling_nbgrader(), Gradebook(unchecked.db_url, unchecked.course_id) as gradebook:
        gradebook.update_or_create_assignment("small", duedate="2026-02-01 00:00:00 UTC")
    record(unchecked, result(), notebook=notebook, timestamp=MOMENT)
    record(unchecked, result("bob"), notebook=notebook, timestamp=datetime(2026, 1, 1))
    with calling_nbgrader(), Gradebook(unchecked.db_url, unchecked.course_id) as gradebook:
        late = {name: gradebook.find_submission("small", name).late_submission_penalty for name in ("ada", "bob")}
    assert late == {"ada": 5.0, "bob": 0.0}


def test_when_an_assignment_is_due_is_set_and_read(unchecked):
    assert set_due(unchecked, "small") is None
    assert set_due(unchecked, "small", MOMENT) == MOMENT
    assert set_due(unchecked, "small") == MOMENT, "asking changes nothing"
    with pytest.raises(CourseError, match="does not know 'other'"):
        set_due(unchecked, "other")


def test_the_gradebook_adds_up_what_the_cells_are_worth(unchecked):
    with calling_nbgrader(), Recorder(unchecked, "small") as recorder:
        assert recorder.max_score() == 3 + 2 + 4 + 2


def test_an_assignment_that_the_gradebook_does_not_know_is_named_and_the_gradebook_closed(unchecked, monkeypatch):
    closed = []
    close = Gradebook.close
    monkeypatch.setattr(Gradebook, "close", lambda self: closed.append(close(self)))
    with calling_nbgrader(), pytest.raises(CourseError, match="does not know 'other': run `autograder release other`"):
        Recorder(unchecked, "other")
    assert len(closed) == 1
    with calling_nbgrader(), Recorder(unchecked, "small"):
        assert len(closed) == 1
    assert len(closed) == 2


def test_the_digest_of_the_source_tells_every_change_of_a_cell(unchecked):
    with calling_nbgrader(), Recorder(unchecked, "small") as recorder:
        before = recorder.source_digest()
        assert before == recorder.source_digest()
        assert before.splitlines() == sorted(before.splitlines())
        assert [line.split("/")[:2] for line in before.splitlines()] == [
            ["small", name] for name in ("double", "draw", "half", "setup", "test_double", "test_half", "why")
        ]
    with calling_nbgrader(), Gradebook(unchecked.db_url, unchecked.course_id) as gradebook:
        gradebook.find_source_cell("test_half", "small", "small").checksum = "another"
        gradebook.db.commit()
    with calling_nbgrader(), Recorder(unchecked, "small") as recorder:
        assert "small/test_half/another" in recorder.source_digest().splitlines()


def test_files_go_beside_the_notebook_with_their_folders(tmp_path):
    (tmp_path / "from").mkdir()
    for name in ("a.csv", "b.png"):
        (tmp_path / "from" / name).write_text(name)
    files = {"a.csv": tmp_path / "from" / "a.csv", "deep/er/b.png": tmp_path / "from" / "b.png"}
    for _ in range(2):
        copy_files(files, tmp_path / "to")
        assert (tmp_path / "to" / "a.csv").read_text() == "a.csv"
        assert (tmp_path / "to" / "deep" / "er" / "b.png").read_text() == "b.png"
    copy_files({}, tmp_path / "nothing")
    assert not (tmp_path / "nothing").exists()


def merged(*outputs, error=None, status="ok"):
    """The outputs that the first code cell has after these arrived from a worker."""
    outcome = Outcome((CellOutcome(1, status, outputs, error),))
    made = merge(source_notebook(), NotebookResult("small", "graded", outcome=outcome))
    nbformat.validate(made)
    return made.cells[1].outputs


def test_outputs_and_numbers_go_into_the_cells_that_ran():
    notebook = reference(with_task(source_notebook()))
    before = copy.deepcopy(notebook)
    printed = {"output_type": "stream", "name": "stdout", "text": "hello"}
    keys = [index for index, cell in enumerate(notebook.cells) if cell.id in ("setup", "double", "test_half")]
    outcome = Outcome(tuple(CellOutcome(key, "ok", (printed,) * number) for number, key in enumerate(keys)))
    made = merge(notebook, NotebookResult("small", "graded", outcome=outcome))
    assert notebook == before, "what was prepared stays as it was"
    counts = [cell.execution_count for cell in made.cells if cell.cell_type == "code"]
    assert counts == [1, None, 2, None, None, 3]
    assert [made.cells[key].outputs for key in keys] == [[], [printed], [printed, printed]]
    assert [cell.source for cell in made.cells] == [cell.source for cell in before.cells]


def test_a_notebook_that_was_not_run_begins_with_the_reason():
    made = merge(source_notebook(), NotebookResult("small", "not_gradable", "it is damaged"))
    notice, *rest = made.cells
    assert notice.source == (
        "**This submission could not be graded:** it is damaged\n\nWhat follows is the notebook as released."
    )
    assert (notice.cell_type, notice.id) == ("markdown", "not-gradable")
    assert rest == source_notebook().cells


@pytest.mark.parametrize(
    ("output", "valid"),
    [
        (
            {"output_type": "stream", "name": "stderr", "text": "x"},
            {"output_type": "stream", "name": "stderr", "text": "x"},
        ),
        (
            {"output_type": "stream", "name": "other", "text": 5},
            {"output_type": "stream", "name": "stdout", "text": "5"},
        ),
        ({"output_type": "stream"}, {"output_type": "stream", "name": "stdout", "text": ""}),
        (
            {"output_type": "error", "ename": "E", "evalue": 3, "traceback": ["a", 4], "more": 1},
            {"output_type": "error", "ename": "E", "evalue": "3", "traceback": ["a", "4"]},
        ),
        ({"output_type": "error"}, {"output_type": "error", "ename": "", "evalue": "", "traceback": []}),
        (
            {"output_type": "execute_result", "data": {"text/plain": "2"}},
            {"output_type": "execute_result", "execution_count": 1, "data": {"text/plain": "2"}, "metadata": {}},
        ),
        (
            {
                "output_type": "display_data",
                "data": {"application/json": {"a": 1}, "text/html": 7},
                "metadata": {"b": 1},
            },
            {"output_type": "display_data", "data": {"application/json": {"a": 1}, "text/html": "7"}, "metadata": {}},
        ),
        ({"output_type": "anything", "data": [1]}, {"output_type": "display_data", "data": {}, "metadata": {}}),
        ({}, {"output_type": "display_data", "data": {}, "metadata": {}}),
    ],
)
def test_an_output_of_whatever_form_becomes_a_valid_one(output, valid):
    assert merged(output) == [valid]


def test_a_cell_that_was_cut_short_without_a_word_gets_its_reason():
    said = {"output_type": "error", "ename": "ValueError", "evalue": "no", "traceback": ["ValueError: no"]}
    printed = {"output_type": "stream", "name": "stdout", "text": "x"}
    assert merged(error=ERROR, status="stopped") == [said]
    assert merged(printed, error=ERROR, status="stopped") == [printed, said]
    own = {**said, "traceback": ["a traceback"]}
    assert merged(printed, own, error=ERROR, status="error") == [printed, own]
    assert merged(printed) == [printed]


def test_a_submission_is_looked_up_by_indexes_however_many_are_graded(unchecked):
    """Without them, nbgrader's sum of a submission's points looks at the grades of everybody."""
    with calling_nbgrader(), Recorder(unchecked, "small") as recorder:
        for query in (
            "SELECT sum(auto_score) FROM grade WHERE notebook_id = 'x'",
            "SELECT id FROM comment WHERE notebook_id = 'x'",
            "SELECT id FROM submitted_notebook WHERE assignment_id = 'x'",
            "SELECT id FROM submitted_assignment WHERE student_id = 'x'",
        ):
            plan = recorder.gradebook.db.execute(text(f"EXPLAIN QUERY PLAN {query}")).all()
            assert [row[3].split()[0] for row in plan] == ["SEARCH"], query


def people_in(course):
    with calling_nbgrader(), Gradebook(course.db_url, course.course_id) as gradebook:
        return {one.id: (one.first_name, one.last_name, one.email, one.lms_user_id) for one in gradebook.students}


def test_who_is_enrolled_keeps_what_a_later_roster_does_not_say(unchecked):
    with calling_nbgrader(), Recorder(unchecked, "small") as recorder:
        recorder.enrol([Person("ada", "Ada", "Smith", "ada@example.org", lms_user_id="17"), Person("bob")])
        recorder.enrol([Person("ada", last_name="Stone", section="B"), Person("cem", "Cem", "y" * 1000)])
    assert people_in(unchecked) == {
        "ada": ("Ada", "Stone", "ada@example.org", "17"),
        "bob": (None, None, None, None),
        "cem": ("Cem", "y" * LONGEST, None, None),
    }


def test_a_roster_that_cannot_be_written_enrols_nobody(unchecked):
    """Here the database, as one that somebody else holds, refuses the second of two."""

    def people():
        yield Person("ada", "Ada")
        raise OSError("no space is left")

    with calling_nbgrader(), Recorder(unchecked, "small") as recorder:
        with pytest.raises(OSError, match="no space"):
            recorder.enrol(people())
        recorder.enrol([Person("bob", "Bob")])
    assert people_in(unchecked) == {"bob": ("Bob", None, None, None)}


def test_an_extension_reaches_one_student_and_costs_are_reckoned_anew(unchecked, notebook):
    set_due(unchecked, "small", MOMENT)
    late = MOMENT + timedelta(days=2)
    record(unchecked, result("ada"), result("bob"), notebook=notebook, timestamp=late)

    def seconds_late(student):
        with calling_nbgrader(), Gradebook(unchecked.db_url, unchecked.course_id) as gradebook:
            return gradebook.find_submission("small", student).total_seconds_late

    assert (seconds_late("ada"), seconds_late("bob")) == (2 * 86400, 2 * 86400)
    with calling_nbgrader(), Recorder(unchecked, "small") as recorder:
        recorder.extended("ada", timedelta(days=3))
    assert (seconds_late("ada"), seconds_late("bob")) == (0, 2 * 86400)
    with calling_nbgrader(), Recorder(unchecked, "small") as recorder:
        recorder.extended("ada", None)
    assert seconds_late("ada") == 2 * 86400
