"""Grading a class: what is recorded, what is kept, and what a killed run leaves behind."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from functools import partial

import nbformat
import patience
import psutil
import pytest
from course_maker import hand_in, source_notebook
from filelock import FileLock
from nbgrader.api import Gradebook

from autograder.course import Course, CourseError, calling_nbgrader
from autograder.grade.journal import Journal
from autograder.grade.record import Recorder
from autograder.grade.run import grade
from autograder.release.manifest import Manifest
from autograder.release.mistakes import mistakes, reference, with_mistakes
from autograder.results.feedback import write_feedback


def answered(**sources):
    """Return the right submission with some cells' sources replaced."""
    notebook = reference(source_notebook())
    for cell in notebook.cells:
        cell.source = sources.get(cell.id, cell.source)
    return notebook


def scores(course, student):
    with calling_nbgrader(), Gradebook(course.db_url, course.course_id) as gradebook:
        submission = gradebook.find_submission("small", student)
        grades = {grade.name: grade for notebook in submission.notebooks for grade in notebook.grades}
        return {name: (one.auto_score, one.manual_score, one.needs_manual_grade) for name, one in grades.items()}


def events(course):
    return Counter((entry["student"], entry["event"]) for entry in Journal(course.state("small")).entries())


def test_scores_reach_the_gradebook_and_notebooks_are_kept(released):
    hand_in(released, "ada", answered())
    hand_in(released, "bob", with_mistakes(source_notebook(), mistakes(source_notebook())[:1]))
    run = grade(released, "small")
    assert {name: (one.status, one.score, one.max_score) for name, one in run.results.items()} == {
        "ada": ("graded", 5.0, 9.0),
        "bob": ("graded", 2.0, 9.0),
    }
    assert scores(released, "ada") == {
        "test_double": (3.0, None, False),
        "test_half": (2.0, None, False),
        "why": (None, None, True),
    }
    assert scores(released, "bob")["test_double"] == (0.0, None, False)
    path = released.folder("autograded", "small", "bob") / "small.ipynb"
    graded = nbformat.read(path, as_version=4)
    nbformat.validate(graded)
    failed = next(cell for cell in graded.cells if cell.id == "test_double")
    assert failed.outputs[-1].ename == "AssertionError"
    assert "secret_number" in failed.source


def test_an_answer_left_as_released_gets_its_zero_at_once(released):
    hand_in(released, "ada", nbformat.read(released.folder("release", "small") / "small.ipynb", as_version=4))
    result = grade(released, "small").results["ada"]
    assert (result.score, result.needs_manual_grade) == (0.0, False)
    assert scores(released, "ada")["why"] == (0.0, None, False)
    with calling_nbgrader(), Gradebook(released.db_url, released.course_id) as gradebook:
        assert gradebook.find_comment("why", "small", "small", "ada").auto_comment == "No response."


def test_warnings_cost_nothing(released):
    noisy = (
        "import sys, warnings\ndef double(x):\n    warnings.warn('hm'); print('oh', file=sys.stderr)\n    return 2 * x"
    )
    hand_in(released, "ada", answered(double=noisy))
    assert grade(released, "small").results["ada"].score == 5.0


def test_what_cannot_be_graded_is_recorded_with_its_reason(released):
    hand_in(released, "broken", b"{")
    released.folder("submitted", "small", "empty").mkdir(parents=True)
    run = grade(released, "small")
    assert {name: (one.status, one.score, one.max_score) for name, one in run.results.items()} == {
        "broken": ("not_gradable", 0.0, 9.0),
        "empty": ("not_gradable", 0.0, 9.0),
    }
    assert "not valid JSON" in run.results["broken"].reason
    assert "there is no small.ipynb" in run.results["empty"].reason
    assert set(scores(released, "broken").values()) == {(0.0, None, False)}
    path = released.folder("autograded", "small", "broken") / "small.ipynb"
    assert "could not be graded" in nbformat.read(path, as_version=4).cells[0].source


def test_a_stopped_cell_is_named_and_the_rest_counts(released):
    hand_in(released, "ada", answered(double="def double(x):\n    while True:\n        pass"))
    hand_in(released, "bob", answered(half="import os\nos._exit(0)"))
    results = grade(released, "small").results
    assert (results["ada"].status, results["ada"].score) == ("partly_graded", 2.0)
    assert results["ada"].reason == "test_double: the cell used more than 2 seconds of computing time"
    assert (results["bob"].status, results["bob"].score) == ("partly_graded", 3.0)
    assert results["bob"].reason == "half: the cell ended the Python process"
    assert set(results["ada"].phases) == {"prepared", "started", "executed", "recorded"}


def test_what_is_graded_is_not_run_again(released):
    path = hand_in(released, "ada", answered())
    hand_in(released, "bob", answered())
    assert grade(released, "small").kept == 0
    again = grade(released, "small")
    assert (again.kept, len(again.results)) == (2, 2)
    nbformat.write(answered(half="def half(x):\n    return 0"), path)
    third = grade(released, "small")
    assert (third.kept, third.results["ada"].score) == (1, 3.0)
    assert scores(released, "ada")["test_half"] == (0.0, None, False)
    assert events(released)["ada", "executed"] == 2
    assert grade(released, "small", students=["bob"], force=True).kept == 0


def test_a_gradebook_that_was_lost_is_filled_again_without_running(released):
    hand_in(released, "ada", answered())
    shutil.copy(released.root / "gradebook.db", released.root / "before.db")
    grade(released, "small")
    os.replace(released.root / "before.db", released.root / "gradebook.db")
    grade(released, "small")
    assert scores(released, "ada")["test_double"] == (3.0, None, False)
    assert events(released)["ada", "executed"] == 1


def test_a_persons_grading_stays(released):
    path = hand_in(released, "ada", answered())
    grade(released, "small")
    with calling_nbgrader(), Gradebook(released.db_url, released.course_id) as gradebook:
        gradebook.find_grade("why", "small", "small", "ada").manual_score = 3.5
        gradebook.db.commit()
    nbformat.write(answered(half="def half(x):\n    return 0"), path)
    grade(released, "small")
    assert scores(released, "ada")["why"] == (None, 3.5, True), "a second look is asked for, as nbgrader does"


def test_a_task_waits_for_a_person(unchecked):
    """Points for what stands in no cell of its own: nbgrader's own rule for answers fails on such a cell."""
    hand_in(unchecked, "ada", answered())
    run = grade(unchecked, "small")
    assert run.failures == {}
    result = run.results["ada"]
    assert (result.status, result.score, result.max_score, result.needs_manual_grade) == ("graded", 5.0, 11.0, True)
    assert scores(unchecked, "ada")["draw"] == (None, None, True)
    with calling_nbgrader(), Gradebook(unchecked.db_url, unchecked.course_id) as gradebook:
        gradebook.find_grade("draw", "small", "small", "ada").manual_score = 2
        gradebook.db.commit()
    (page,) = write_feedback(unchecked, "small", Manifest(()))
    assert "7 of 7" in re.sub(r"<[^>]+>|\s+", " ", page.read_text()).replace("  ", " ")


def test_unknown_students_and_unreleased_assignments_are_explained(released, course):
    with pytest.raises(CourseError, match="no submission of 'small' by eve"):
        grade(released, "small", students=["eve"])
    with pytest.raises(CourseError, match="is not released"):
        grade(course, "small")


def test_only_one_run_writes(released):
    hand_in(released, "ada", answered())
    lock = released.state(".") / "lock"
    lock.parent.mkdir(exist_ok=True)
    with FileLock(lock), pytest.raises(CourseError, match="another run"):
        grade(released, "small")


def test_one_student_cannot_stop_the_others(released):
    copied = reference(source_notebook())
    copied.cells += [cell for cell in copied.cells if cell.id == "test_half"]
    hand_in(released, "a_copied", json.dumps(copied).encode())
    hand_in(released, "b_broken", b"\x00")
    hand_in(released, "c_right", answered())
    results = grade(released, "small").results
    assert (results["a_copied"].score, results["c_right"].score) == (5.0, 5.0)


@pytest.mark.parametrize(
    "source",
    [
        r"print('\ud800')",
        r"raise ValueError('\ud800')",
        "from IPython.display import display\ndisplay({'text/plain': 3}, raw=True)",
    ],
)
def test_nothing_that_a_cell_shows_stops_the_class(released, source):
    hand_in(released, "a_odd", answered(double=f"def double(x):\n    return 2 * x\n{source}"))
    hand_in(released, "b_right", answered())
    run = grade(released, "small")
    assert run.failures == {}
    assert (run.results["a_odd"].score, run.results["b_right"].score) == (5.0, 5.0)


def test_a_failure_of_our_own_costs_that_student_only(released, monkeypatch):
    for student in ("ada", "bob"):
        hand_in(released, student, answered())
    whole = Recorder.record

    def record(self, result, *rest):
        if result.student == "ada":
            raise RuntimeError("no luck")
        whole(self, result, *rest)

    monkeypatch.setattr(Recorder, "record", record)
    run = grade(released, "small")
    assert run.failures == {"ada": "RuntimeError: no luck"}
    assert run.results["bob"].score == 5.0
    monkeypatch.undo()
    assert grade(released, "small").results["ada"].score == 5.0
    assert events(released)["ada", "executed"] == 1


@pytest.mark.parametrize("name", ["x" * 252, "naïve été", "-rf", "*[x]?", "a.b", "it's\n"])
def test_names_of_students(released, name):
    hand_in(released, name, answered())
    assert grade(released, "small").results[name].score == 5.0
    assert grade(released, "small").kept == 1


def test_a_lost_autograded_folder_is_written_again_without_running(released):
    hand_in(released, "ada", answered())
    grade(released, "small")
    shutil.rmtree(released.root / "autograded")
    grade(released, "small")
    assert (released.folder("autograded", "small", "ada") / "small.ipynb").exists()
    assert events(released)["ada", "executed"] == 1


def test_late_penalties_are_nbgraders(released):
    config = released.root / "nbgrader_config.py"
    config.write_text(config.read_text() + "c.LateSubmissionPlugin.penalty_method = 'zero'\n")
    released = Course.find(released.root)
    with calling_nbgrader(), Gradebook(released.db_url, released.course_id) as gradebook:
        gradebook.update_or_create_assignment("small", duedate="2026-01-01 00:00:00 UTC")
    path = hand_in(released, "ada", answered())
    (path.parent / "timestamp.txt").write_text("2026-02-01 00:00:00 UTC")
    grade(released, "small")
    with calling_nbgrader(), Gradebook(released.db_url, released.course_id) as gradebook:
        submission = gradebook.find_submission("small", "ada")
        assert submission.late_submission_penalty == submission.score == 5.0


@contextlib.contextmanager
def interruptible(command: list[str]) -> Iterator[subprocess.Popen]:
    """Start a command that hears an interrupt even if these tests run in the background, where shells ignore it."""
    hear = partial(signal.signal, signal.SIGINT, signal.SIG_DFL)
    piped = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, preexec_fn=hear, **piped) as process:
        try:
            yield process
        finally:
            process.kill()


def test_the_first_interrupt_ends_a_run_in_order_and_the_second_at_once(released):
    """The first: what runs is recorded, nothing new begins. The second, on going on: the worker that hangs dies."""
    config = released.root / "nbgrader_config.py"
    config.write_text(config.read_text() + "c.Autograder.cell_seconds = 600\n")
    slow = "import time\ntime.sleep(1)\ndef double(x):\n    return 2 * x"
    for number in range(8):
        hand_in(released, f"student{number}", answered(double=slow))
    command = [sys.executable, "-m", "autograder", "--course", str(released.root), "grade", "small", "--json"]
    with interruptible([*command, "--workers", "2"]) as process:
        while not events(released).total():
            assert process.poll() is None
            time.sleep(0.02)
        process.send_signal(signal.SIGINT)
        told, said = process.communicate(timeout=patience.SECONDS)
    assert process.returncode == 130, said
    answer = json.loads(told)
    done = {student for student, _ in events(released)}
    assert answer["left"] == 8 - len(done) >= 3
    assert {one["student"] for one in answer["submissions"]} == done
    assert events(released) == Counter({(student, event): 1 for student in done for event in ("executed", "recorded")})
    steps = [json.loads(line) for line in said.splitlines() if line.startswith("{")]
    kinds = [one["event"] for one in steps if one["event"] not in ("submission", "progress", "stopping")]
    assert kinds == ["start", "end"]
    assert (steps[-1]["interrupted"], steps[-1]["left"]) == (True, answer["left"])
    assert {one["student"]: one["score"] for one in steps if one["event"] == "submission"} == dict.fromkeys(done, 5.0)
    [log] = (released.state("small") / "logs").iterdir()
    assert [json.loads(line) for line in log.read_text().splitlines()] == steps
    assert f"To go on: python -m autograder --course {released.root} grade small --json --workers 2" in said

    log.unlink()
    hand_in(released, "a-first", answered(double="import time\ntime.sleep(600)"))
    with interruptible([*command, "--student", "a-first"]) as process:
        while not any('"running": 1' in one.read_text() for one in log.parent.glob("*")):
            assert process.poll() is None
            time.sleep(0.05)
        workers = psutil.Process(process.pid).children(recursive=True)
        began = time.monotonic()
        process.send_signal(signal.SIGINT)
        time.sleep(0.5)
        assert process.poll() is None
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=patience.SECONDS)
    assert time.monotonic() - began < 60
    assert (process.returncode, "Ended at once" in said) == (130, True)
    assert psutil.wait_procs(workers, timeout=patience.SECONDS)[1] == []
    shutil.rmtree(released.folder("submitted", "small", "a-first").parent)

    grade(Course.find(released.root), "small")
    assert {student for student, event in events(released)} == {f"student{number}" for number in range(8)}
    assert set(events(released).values()) == {1}


@pytest.mark.parametrize("sandbox", ["with", pytest.param("without", marks=pytest.mark.slow)])
def test_a_killed_run_is_continued(released, tmp_path, sandbox):
    """Kill the coordinator in the middle: the second run gives what an undisturbed one gives, nothing run twice."""
    slow = "import time\ntime.sleep(0.4)\ndef double(x):\n    return 2 * x"
    wrong = "import time\ntime.sleep(0.4)\ndef double(x):\n    return 'wrong'"
    for number in range(10):
        hand_in(released, f"student{number}", answered(double=wrong if number % 3 else slow))
    twin = tmp_path / "undisturbed"
    shutil.copytree(released.root, twin)
    undisturbed = grade(Course.find(twin), "small").results

    environment = dict(os.environ)
    if sandbox == "without":
        environment["PATH"] = ""
    command = [sys.executable, "-m", "autograder", "--course", str(released.root), "grade", "small", "--json"]
    command += ["--sandbox=off"] if sandbox == "without" else []
    process = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment, start_new_session=True
    )
    workers = []
    while events(released).total() < 5 or not workers:
        assert process.poll() is None, "the run ended before it could be killed"
        workers = psutil.Process(process.pid).children(recursive=True)
        time.sleep(0.02)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    assert psutil.wait_procs(workers, timeout=patience.SECONDS)[1] == [], "workers outlive their coordinator"
    finished = {student for (student, event) in events(released) if event == "executed"}
    assert 0 < len(finished) < 10

    results = grade(released, "small").results
    assert {name: (one.status, one.score) for name, one in results.items()} == {
        name: (one.status, one.score) for name, one in undisturbed.items()
    }
    for name in results:
        assert scores(released, name) == scores(Course.find(twin), name)
    counts = events(released)
    assert {student: counts[student, "executed"] for student in results} == dict.fromkeys(results, 1)
