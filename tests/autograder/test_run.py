"""The steps of a run, one by one and in order, with an engine that runs nothing elsewhere."""

from __future__ import annotations

import errno
import itertools
import shutil
from contextlib import nullcontext
from datetime import datetime

import nbformat
import pytest
from course_maker import hand_in
from nbgrader.api import Gradebook

from autograder.course import CourseError, calling_nbgrader, only_writer
from autograder.execute.session import WorkerError
from autograder.grade import run as run_module
from autograder.grade import task as task_module
from autograder.grade.basis import basis_of
from autograder.grade.engines import LocalEngine, QuarantinedError
from autograder.grade.journal import Journal
from autograder.grade.monitor import Monitor, NotBegunError
from autograder.grade.record import Recorder
from autograder.grade.results import Run
from autograder.grade.run import Grading, grade
from autograder.grade.task import Release, Task
from autograder.grade.trials import grade_trials
from autograder.plan import CellOutcome, Outcome
from autograder.sandbox.launch import SandboxUnavailable


class HereAndNow(LocalEngine):
    """An engine that runs each item as it is drawn."""

    def map(self, function, items):
        for item in items:
            try:
                yield item, function(item)
            except Exception as error:
                yield item, error


@pytest.fixture(autouse=True)
def executed(monkeypatch):
    """The jobs that were executed, in order; every cell of them ends well."""
    jobs = []

    def execute(job, launch):
        jobs.append(job)
        return Outcome(tuple(CellOutcome(cell.key, "ok") for cell in job.cells))

    monkeypatch.setattr(task_module, "execute", execute)
    monkeypatch.setattr("autograder.sandbox.launch.why_not", lambda probe: "no worker is needed")
    return jobs


@pytest.fixture
def course(unchecked):
    """The course with the submissions of two students."""
    for student in ("ada", "bob"):
        hand_in(unchecked, student, nbformat.read(unchecked.folder("release", "small") / "small.ipynb", as_version=4))
    return unchecked


@pytest.fixture
def begin(course):
    """A function that begins a run as `grade` does; all are ended with the test."""
    with calling_nbgrader():
        recorders = []

        def begun(*students, **options):
            recorders.append(Recorder(course, "small"))
            journal = Journal(course.state("small"))
            return Grading(Release.load(course, "small"), recorders[-1], journal, students or ("ada", "bob"), **options)

        yield begun
        for recorder in recorders:
            recorder.__exit__(None, None, None)


def events(course):
    return [(entry["student"], entry["event"]) for entry in Journal(course.state("small")).entries()]


def autograded(course, student):
    return course.folder("autograded", "small", student) / "small.ipynb"


def change(course, student):
    path = course.folder("submitted", "small", student) / "small.ipynb"
    notebook = nbformat.read(path, as_version=4)
    notebook.cells[0].source += " "
    nbformat.write(notebook, path)


def test_a_new_submission_is_a_task(begin):
    task = begin().begin("ada")
    assert isinstance(task, Task)
    assert task.submission.student == "ada"
    assert list(task.prepared) == ["small"]
    assert begin().begin("ada").key == task.key, "the same submission has the same key"
    assert begin().begin("bob").key == task.key, "which does not depend on its student"


def test_a_run_executes_keeps_and_records(course, begin, executed):
    shown = []
    grading = begin(progress=lambda done, total: shown.append((done, total)))
    run = grading.execute(HereAndNow(), "launch")
    assert run is grading.run
    assert (list(run.results), run.failures, run.kept) == (["ada", "bob"], {}, 0)
    assert all(one.status == "graded" and "recorded" in one.phases for one in run.results.values())
    assert all(notebook.outcome is None for one in run.results.values() for notebook in one.notebooks)
    assert (shown, len(executed)) == ([(0, 2), (1, 2), (2, 2)], 2)
    assert events(course) == [
        ("ada", "executed"),
        ("ada", "recorded"),
        ("bob", "executed"),
        ("bob", "recorded"),
    ]
    assert autograded(course, "ada").exists()


def test_what_is_complete_is_kept(course, begin, executed):
    begin().execute(HereAndNow(), "launch")
    shown = []
    grading = begin(progress=lambda *done: shown.append(done))
    assert list(grading.unfinished(grading.students)) == []
    assert (list(grading.run.results), grading.run.kept, shown) == (["ada", "bob"], 2, [(1, 2), (2, 2)])
    assert all(notebook.outcome is None for one in grading.run.results.values() for notebook in one.notebooks)
    assert len(executed) == 2
    assert len(events(course)) == 4


def test_force_executes_what_is_complete(begin, executed):
    begin().execute(HereAndNow(), "launch")
    run = begin("ada", force=True).execute(HereAndNow(), "launch")
    assert (list(run.results), run.kept, len(executed)) == (["ada"], 0, 3)


def test_what_was_changed_since_is_executed(course, begin, executed):
    begin().execute(HereAndNow(), "launch")
    change(course, "bob")
    run = begin().execute(HereAndNow(), "launch")
    assert (run.kept, len(executed)) == (1, 3)


def executed_only(begin, student):
    """Leave behind what a run does that is killed before it records."""
    grading = begin(student)
    grading.journal.save(grading.begin(student).run(grading.release, "launch"))


def test_what_was_executed_and_not_recorded_is_recorded_only(course, begin, executed):
    executed_only(begin, "ada")
    grading = begin("ada")
    assert list(grading.unfinished(grading.students)) == []
    assert (list(grading.run.results), grading.run.kept, len(executed)) == (["ada"], 0, 1)
    assert events(course) == [("ada", "executed"), ("ada", "recorded")]
    assert autograded(course, "ada").exists()


@pytest.mark.parametrize("lost", ["autograded", "gradebook", "both"])
def test_what_was_lost_is_recorded_again(course, begin, executed, lost):
    begin("ada").execute(HereAndNow(), "launch")
    if lost != "gradebook":
        shutil.rmtree(course.root / "autograded")
    if lost != "autograded":
        with Gradebook(course.db_url, course.course_id) as gradebook:
            gradebook.remove_submission("small", "ada")
    grading = begin("ada")
    assert not grading.is_complete(grading.journal.load("ada"))
    assert list(grading.unfinished(grading.students)) == []
    assert (grading.run.kept, len(executed)) == (0, 1)
    assert begin("ada").is_complete(grading.journal.load("ada"))


def test_a_result_is_complete_once_it_is_in_both_places(begin):
    executed_only(begin, "ada")
    grading = begin("ada")
    assert not grading.is_complete(grading.journal.load("ada"))
    begin("ada").execute(HereAndNow(), "launch")
    later = begin("ada")
    assert later.is_complete(later.journal.load("ada"))
    later.release = Release(
        later.release.course, "small", {**later.release.notebooks, "two": later.release.notebooks["small"]}, {}
    )
    assert not later.is_complete(later.journal.load("ada")), "a notebook of it is missing"


def test_files_of_the_assignment_go_beside_what_was_graded(course, begin):
    (course.folder("release", "small") / "data.csv").write_text("1,2")
    begin("ada").execute(HereAndNow(), "launch")
    assert (autograded(course, "ada").parent / "data.csv").read_text() == "1,2"


def test_the_moment_of_handing_in_reaches_the_gradebook(course, begin):
    (course.folder("submitted", "small", "ada") / "timestamp.txt").write_text("2026-03-01 12:00:00 +02:00")
    begin().execute(HereAndNow(), "launch")
    with Gradebook(course.db_url, course.course_id) as gradebook:
        moments = {name: gradebook.find_submission("small", name).timestamp for name in ("ada", "bob")}
    assert moments == {"ada": datetime(2026, 3, 1, 10), "bob": None}


def test_files_of_the_assignment_that_come_back_are_not_worth_a_word(course, begin):
    (course.folder("release", "small") / "data.csv").write_text("1,2")
    for name in ("data.csv", "own.csv"):
        (course.folder("submitted", "small", "ada") / name).write_text("3,4")
    assert begin().take_in("ada")[0].refused == ("own.csv: not part of the assignment",)


def test_a_result_keeps_what_it_was_graded_with(begin):
    grading = begin("ada")
    task = grading.begin("ada")
    assert task.basis == basis_of(grading.release).of(task.submission.digest())
    grading.execute(HereAndNow(), "launch")
    assert grading.journal.load("ada").basis == task.basis


def test_what_lies_beside_the_submissions_is_named(course, executed):
    (course.root / "submitted" / "ada" / "smal").mkdir()
    assert grade(course, "small", engine=HereAndNow(), trusted=True).misplaced == ["submitted/ada/smal"]


def test_a_folder_whose_name_is_no_text_is_not_graded(begin):
    grading = begin("\udcff", "bob")
    run = grading.execute(HereAndNow(), "launch")
    assert list(run.results) == ["bob"]
    assert run.failures == {
        "\udcff": "the folder's name is no UTF-8, which the gradebook cannot hold: rename it",
    }


class Told(Monitor):
    """A monitor that writes down what it is told."""

    def __init__(self):
        super().__init__()
        self.told = []

    def watching(self, assignment, submissions):
        self.told.append(("watching", assignment, submissions))
        return super().watching(assignment, submissions)

    def kept(self):
        self.told.append(("kept",))
        super().kept()

    def finished(self, result):
        self.told.append(("finished", result.student, result.status))
        super().finished(result)

    def failed(self, student, reason):
        self.told.append(("failed", student, reason))
        super().failed(student, reason)


def test_the_monitor_is_told_of_every_step(begin):
    executed_only(begin, "ada")
    first = Told()
    begin("ada", "bob", monitor=first).execute(HereAndNow(), "launch")
    assert first.told[0] == ("watching", "small", 2)
    assert ("finished", "ada", "graded") in first.told, "though it was executed before"
    second = Told()
    begin("ada", "bob", monitor=second).execute(HereAndNow(), "launch")
    assert second.told == [("watching", "small", 2), ("kept",), ("kept",)]


def test_the_monitor_is_told_of_failures(begin):
    monitor = Told()
    begin(monitor=monitor).fail("ada", KeyError("x"))
    assert monitor.told == [("failed", "ada", "KeyError: 'x'")]


def test_what_was_not_begun_is_left_and_the_next_is_taken(begin, executed):
    class Late(HereAndNow):
        def map(self, function, items):
            for item, result in super().map(function, items):
                late = item.submission.student == "ada"
                yield item, NotBegunError() if late else result

    run = begin().execute(Late(), "launch")
    assert (list(run.results), run.failures, run.left) == (["bob"], {}, 1)


def test_a_submission_that_cannot_be_begun_stops_no_other(course, begin, monkeypatch):
    whole = run_module.take_in

    def broken(folder, student, *rest):
        if student == "ada":
            raise RuntimeError("no luck")
        return whole(folder, student, *rest)

    monkeypatch.setattr(run_module, "take_in", broken)
    shown = []
    run = begin(progress=lambda *done: shown.append(done)).execute(HereAndNow(), "launch")
    assert (run.failures, list(run.results)) == ({"ada": "RuntimeError: no luck"}, ["bob"])
    assert shown == [(0, 2), (1, 2), (2, 2)]


def test_a_worker_that_fails_stops_no_other(course, begin, monkeypatch):
    whole, number = task_module.execute, itertools.count()

    def broken(job, launch):
        if next(number) == 0:
            raise WorkerError("it did not start")
        return whole(job, launch)

    monkeypatch.setattr(task_module, "execute", broken)
    shown = []
    run = begin(progress=lambda *done: shown.append(done)).execute(HereAndNow(), "launch")
    assert (run.failures, list(run.results)) == ({"ada": "it did not start"}, ["bob"])
    assert shown == [(0, 2), (1, 2), (2, 2)]
    assert events(course) == [("bob", "executed"), ("bob", "recorded")]


def test_what_cannot_be_recorded_was_executed_all_the_same(course, begin, monkeypatch):
    whole = Recorder.record

    def broken(self, result, *rest):
        if result.student == "ada":
            raise ValueError("no")
        whole(self, result, *rest)

    monkeypatch.setattr(Recorder, "record", broken)
    run = begin().execute(HereAndNow(), "launch")
    assert (run.failures, list(run.results)) == ({"ada": "ValueError: no"}, ["bob"])
    assert events(course) == [("ada", "executed"), ("bob", "executed"), ("bob", "recorded")]


def test_what_alone_cannot_be_recorded_is_recorded_as_not_gradable(course, begin, executed, monkeypatch):
    whole = Recorder.record

    def broken(self, result, *rest):
        if result.student == "ada" and result.status == "graded":
            raise TypeError("a part of it")
        whole(self, result, *rest)

    monkeypatch.setattr(Recorder, "record", broken)
    run = begin().execute(HereAndNow(), "launch")
    assert run.failures == {}
    assert (run.results["ada"].status, run.results["ada"].score) == ("not_gradable", 0.0)
    assert "cannot be recorded (TypeError: a part of it)" in run.results["ada"].reason
    assert run.results["bob"].status == "graded"
    assert begin().execute(HereAndNow(), "launch").kept == 2
    assert len(executed) == 2
    journal = Journal(course.state("small"))
    assert [one.student for one in journal.recorded()] == ["ada", "bob"]
    assert "could not be graded" in autograded(course, "ada").read_text()
    assert "cannot be recorded (TypeError: a part of it)" in autograded(course, "ada").read_text()
    force = begin("ada", force=True)
    monkeypatch.undo()
    assert list(force.unfinished(["ada"])), "and again if asked to"


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS, errno.EDQUOT])
@pytest.mark.parametrize("step", ["begin", "save"])
def test_a_full_disk_stops_the_run(begin, monkeypatch, number, step):
    def full(*words):
        raise OSError(number, "the words of the system", "/some/file")

    monkeypatch.setattr(run_module.Journal, "save", full) if step == "save" else monkeypatch.setattr(
        run_module, "take_in", full
    )
    with pytest.raises(CourseError, match=r"^/some/file cannot be written: the words of the system$"):
        begin().execute(HereAndNow(), "launch")


def test_a_full_disk_stops_the_run_also_while_a_submission_is_set_aside(begin, course, monkeypatch):
    def execute(job, launch):
        raise QuarantinedError("it ended two workers")

    def full(*words):
        raise OSError(errno.ENOSPC, "no room", "/some/file")

    monkeypatch.setattr(task_module, "execute", execute)
    with monkeypatch.context() as patch:
        patch.setattr(run_module.Journal, "quarantine", full)
        with pytest.raises(CourseError, match=r"^/some/file cannot be written: no room$"):
            begin("ada").execute(HereAndNow(), "launch")
    assert begin("ada").execute(HereAndNow(), "launch").failures == {"ada": "it ended two workers"}
    later = "it ended two workers in an earlier run and is not tried again unless it changes, or with --force"
    assert begin("ada").execute(HereAndNow(), "launch").failures == {"ada": later}


def test_a_run_that_is_to_stop_begins_nothing_and_says_how_many_are_left(begin, course, executed):
    for student in ("cem", "dan"):
        shutil.copytree(course.folder("submitted", "small", "ada"), course.folder("submitted", "small", student))
    monitor = Monitor()
    grading = begin("ada", "bob", "cem", "dan", monitor=monitor, progress=lambda done, total: done and monitor.stop())
    run = grading.execute(HereAndNow(), "launch")
    assert (list(run.results), run.left, len(executed)) == (["ada"], 3, 1)
    assert begin("ada", "bob", "cem", "dan").execute(HereAndNow(), "launch").kept == 1


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (WorkerError("as it is"), "as it is"),
        (KeyError("x"), "KeyError: 'x'"),
        (PermissionError(errno.EACCES, "no", "/f"), "PermissionError: [Errno 13] no: '/f'"),
    ],
)
def test_a_failure_in_words(begin, error, words):
    grading = begin()
    grading.fail("ada", error)
    assert grading.run == Run({}, {"ada": words}, 0)


def test_a_disk_without_a_name_is_one_too(begin):
    with pytest.raises(CourseError, match=r"^the disk cannot be written: full$"):
        begin().fail("ada", OSError(errno.ENOSPC, "full"))


def test_progress_counts_results_and_failures(begin):
    shown = []
    grading = begin("ada", "bob", "cem", progress=lambda *done: shown.append(done))
    grading.show_progress()
    grading.fail("ada", KeyError("x"))
    grading.show_progress()
    grading.run.results["bob"] = None
    grading.show_progress()
    assert shown == [(0, 3), (1, 3), (2, 3)]


def test_everybody_or_those_named_are_graded_in_order(course, executed):
    hand_in(course, "Cem", b"{")
    assert list(grade(course, "small", engine=HereAndNow(), trusted=True).results) == ["Cem", "ada", "bob"]
    assert grade(course, "small", engine=HereAndNow(), trusted=True).kept == 3
    chosen = grade(course, "small", students=["bob", "ada", "bob"], force=True, engine=HereAndNow(), trusted=True)
    assert (list(chosen.results), chosen.kept) == (["ada", "bob"], 0)
    assert grade(course, "small", students=[], engine=HereAndNow(), trusted=True) == Run()


def test_students_who_handed_nothing_in_are_named(course):
    with pytest.raises(CourseError) as refused:
        grade(course, "small", students=["zoe", "ada", "eve"], engine=HereAndNow(), trusted=True)
    where = course.folder("submitted", "small").parent
    assert str(refused.value).splitlines() == [
        f"no submission of 'small' by {student}: there is no folder {where}/{student}/small"
        for student in ("eve", "zoe")
    ]


def test_one_run_at_a_time_and_the_next_after_it(course):
    with only_writer(course), pytest.raises(CourseError, match="another run"):
        grade(course, "small", engine=HereAndNow(), trusted=True)
    assert len(grade(course, "small", engine=HereAndNow(), trusted=True).results) == 2


def test_what_is_asked_of_the_sandbox_reaches_it(course, monkeypatch):
    asked = []
    whole = Release.launcher

    def launcher(self, require_sandbox=False, trusted=False, make=None):
        asked.append((require_sandbox, trusted))
        if require_sandbox:
            raise SandboxUnavailable("there is none")
        return whole(self, trusted=True)

    monkeypatch.setattr(Release, "launcher", launcher)
    grade(course, "small", engine=HereAndNow())
    grade(course, "small", engine=HereAndNow(), trusted=True)
    with pytest.raises(SandboxUnavailable):
        grade(course, "small", engine=HereAndNow(), require_sandbox=True)
    assert asked == [(False, False), (False, True), (True, False)]


def test_the_releases_launcher_starts_the_workers(course, executed, monkeypatch):
    started, whole = [], task_module.execute
    monkeypatch.setattr(Release, "launcher", lambda self, *asks, **more: nullcontext("its launcher"))
    monkeypatch.setattr(task_module, "execute", lambda job, launch: started.append(launch) or whole(job, launch))
    grade(course, "small", engine=HereAndNow())
    grade_trials(Release.load(course, "small"), trials(course), HereAndNow())
    grade_trials(Release.load(course, "small"), trials(course), HereAndNow(), launch="another")
    assert started == ["its launcher"] * 4 + ["another"] * 2


def test_the_course_says_how_many_run_at_once(course, monkeypatch):
    asked = []

    class Noting(HereAndNow):
        def __init__(self, workers):
            asked.append(workers)

    monkeypatch.setattr(run_module, "LocalEngine", Noting)
    shown = []
    grade(course, "small", trusted=True, progress=lambda *done: shown.append(done))
    assert (asked, shown) == ([2], [(0, 2), (1, 2), (2, 2)])


def trials(course, count=2):
    data = (course.folder("release", "small") / "small.ipynb").read_bytes()
    return {f"trial {number}": {"small": data} for number in range(count)}


def test_trials_are_graded_without_a_trace(course, executed):
    release, shown = Release.load(course, "small"), []
    results = grade_trials(release, trials(course), HereAndNow(), lambda *done: shown.append(done))
    assert {label: (one.student, one.score, one.key) for label, one in results.items()} == {
        "trial 0": ("trial 0", 5.0, ""),
        "trial 1": ("trial 1", 5.0, ""),
    }
    assert (shown, len(executed)) == ([(1, 2), (2, 2)], 2)
    assert all(one.notebooks[0].outcome is not None for one in results.values())
    assert not (course.root / "autograded").exists()
    assert not course.state("small").exists()


def test_of_a_trial_only_the_tests_that_are_asked_for_are_run(course, executed):
    asked = {"trial 0": {"test_half"}, "trial 1": ()}
    results = grade_trials(Release.load(course, "small"), trials(course), HereAndNow(), tests=asked)
    names = [{cell.name for cell in job.cells} for job in executed]
    assert [found & {"test_double", "test_half"} for found in names] == [{"test_half"}, set()]
    assert all({"double", "half"} <= found for found in names)
    assert [one.score for one in results.values()] == [2.0, 0.0]


def test_a_trial_that_cannot_be_run_ends_them(course, monkeypatch):
    def broken(job, launch):
        raise WorkerError("it did not start")

    monkeypatch.setattr(task_module, "execute", broken)
    with pytest.raises(WorkerError, match="it did not start"):
        grade_trials(Release.load(course, "small"), trials(course), HereAndNow())


def test_trials_are_trusted(course, monkeypatch):
    asked = []
    whole = Release.launcher
    monkeypatch.setattr(Release, "launcher", lambda self, **asks: asked.append(asks) or whole(self, **asks))
    grade_trials(Release.load(course, "small"), {}, HereAndNow())
    assert asked == [{"trusted": True}]
