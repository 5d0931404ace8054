"""A submission's way from what was taken in to its result, and what that depends on."""

from __future__ import annotations

import copy
import json
import sys
import time
from dataclasses import replace
from pathlib import Path

import nbformat
import pytest

from autograder.course import Course, CourseError, calling_nbgrader
from autograder.grade import task as task_module
from autograder.grade.isolation import Isolation, save
from autograder.grade.prepare import Prepared, with_hidden_tests
from autograder.grade.results import Result
from autograder.grade.task import FORMAT, Release, Task, private_folders
from autograder.intake.submission import Submission
from autograder.notebook.read import NotGradable
from autograder.notebook.roles import grade_id
from autograder.plan import CellOutcome, Outcome
from autograder.sandbox.launch import Launcher, SandboxUnavailable
from autograder.sandbox.preload import slow_modules
from autograder.sandbox.probe import Probe
from autograder.settings import Autograder

ISOLATION = Isolation(("double", "half"), {"double()": ["data"]})


@pytest.fixture
def release(unchecked):
    return Release.load(unchecked, "small")


def configured(course, text):
    """The course with a line more in its configuration."""
    config = course.root / "nbgrader_config.py"
    config.write_text(f"{config.read_text()}\n{text}\n")
    return Course.find(course.root)


def as_bytes(notebook):
    return nbformat.writes(notebook).encode()


def test_what_was_handed_out_is_read(unchecked, release):
    assert (release.course, release.assignment, list(release.notebooks)) == (unchecked, "small", ["small"])
    names = [name for cell in release.notebooks["small"].cells if (name := grade_id(cell))]
    assert names == ["setup", "double", "test_double", "half", "test_half", "why", "draw"]
    assert (release.files, release.isolation) == ({}, None)


def test_files_beside_the_notebooks_are_part_of_it(unchecked):
    folder = unchecked.folder("release", "small")
    for name in (
        "data.csv",
        "deep/er/a.png",
        ".ipynb_checkpoints/small.csv",
        "deep/.ipynb_checkpoints/b.csv",
        "x.ipynb/c",
    ):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()
    (folder / "deep" / "other.ipynb").touch()
    (folder / "x.ipynb" / "c").unlink()
    (folder / "x.ipynb").rmdir()
    files = Release.handed_out(unchecked, "small").files
    assert files == {"data.csv": folder / "data.csv", "deep/er/a.png": folder / "deep" / "er" / "a.png"}
    assert list(files) == sorted(files)


def test_what_is_not_released_is_named_with_its_folder(unchecked):
    with pytest.raises(CourseError, match="there is no assignment 'other'"):
        Release.load(unchecked, "other")
    source = unchecked.folder("source", "other")
    source.mkdir()
    (source / "other.ipynb").touch()
    with pytest.raises(CourseError) as refused:
        Release.load(unchecked, "other")
    folder = unchecked.folder("release", "other")
    assert str(refused.value) == (
        f"'other' is not released: {folder} holds no notebook; run `autograder release other`"
    )


@pytest.fixture
def isolated(unchecked):
    return configured(unchecked, "c.Autograder.shared = []")


def test_isolation_is_read_where_tests_have_a_process_of_their_own(isolated):
    with pytest.raises(CourseError, match="is missing or damaged"):
        Release.load(isolated, "small")
    save(isolated, "small", {"small": ISOLATION})
    assert Release.load(isolated, "small").isolation == {"small": ISOLATION}


def test_a_notebook_that_came_after_the_release_is_named(isolated):
    folder = isolated.folder("release", "small")
    for name in ("c", "b"):
        (folder / f"{name}.ipynb").write_bytes((folder / "small.ipynb").read_bytes())
    save(isolated, "small", {"small": ISOLATION, "d": ISOLATION})
    with pytest.raises(CourseError) as refused:
        Release.load(isolated, "small")
    assert str(refused.value) == "b, c of 'small' came after the last release: run `autograder release small`"


def test_the_digest_is_of_all_that_a_result_depends_on(unchecked, release, tmp_path):
    """The limits, the notebooks, the files, the wall and what is masked; nothing else."""
    file = tmp_path / "data.csv"
    file.write_text("1")
    changed = json.loads(json.dumps(release.notebooks["small"]))
    changed["cells"][0]["source"] += " "
    with_file = replace(release, files={"data.csv": file})
    releases = [
        release,
        with_file,
        replace(release, notebooks={"small": changed}),
        replace(release, notebooks={**release.notebooks, "two": release.notebooks["small"]}),
        replace(release, isolation={"small": ISOLATION}),
        replace(release, isolation={"other": ISOLATION}),
        replace(release, isolation={"small": replace(ISOLATION, names=("double",))}),
        replace(release, isolation={"small": replace(ISOLATION, contract={})}),
        replace(release, course=configured(unchecked, "c.Autograder.memory_bytes = 2**30")),
        replace(release, course=configured(unchecked, "c.Autograder.masked = {'small': ['math']}")),
    ]
    digests = [one.digest() for one in releases]
    assert len(set(digests)) == len(releases)
    assert all(len(digest) == 64 for digest in digests)
    file.write_text("2")
    assert with_file.digest() not in digests
    other = replace(release, course=configured(unchecked, "c.Autograder.masked = {'other': ['cmath']}"))
    assert other.digest() == replace(release, course=Course.find(unchecked.root)).digest()


def test_the_digest_does_not_depend_on_an_order(release, tmp_path):
    paths = [tmp_path / "a", tmp_path / "b"]
    for path in paths:
        path.write_text(path.name)
    notebook = release.notebooks["small"]
    other = json.loads(json.dumps(notebook))
    other["cells"] = []
    turned = json.loads(json.dumps(notebook, sort_keys=True))
    one = {"b": notebook, "a": other}
    isolation = {"b": ISOLATION, "a": replace(ISOLATION, names=())}
    first = replace(release, notebooks=one, files={"a": paths[0], "b": paths[1]}, isolation=isolation)
    second = replace(
        release,
        notebooks={"a": other, "b": turned},
        files={"b": paths[1], "a": paths[0]},
        isolation=dict(reversed(isolation.items())),
    )
    assert first.digest() == second.digest()


def test_a_new_format_is_another_digest(release, monkeypatch):
    before = release.digest()
    monkeypatch.setattr(task_module, "FORMAT", FORMAT + 1)
    assert release.digest() != before


def test_each_notebook_is_prepared_or_has_its_reason(release, monkeypatch):
    good = as_bytes(release.notebooks["small"])
    with calling_nbgrader():
        graded = release.graded("small")
    release = replace(release, notebooks=dict.fromkeys(("small", "bad", "none"), release.notebooks["small"]))
    monkeypatch.setattr(Release, "graded", lambda self, name: graded)
    missing = NotGradable("there is none")
    submission = Submission("ada", {"small": good, "bad": b"{", "none": missing})
    with calling_nbgrader():
        prepared = release.prepare(submission)
    assert list(prepared) == ["small", "bad", "none"]
    assert isinstance(prepared["small"], Prepared)
    assert "secret_number" in "".join(cell.source for cell in prepared["small"].notebook.cells)
    assert str(prepared["bad"]) == "the file is damaged: it is not valid JSON; download the notebook again"
    assert prepared["none"] is missing
    recorded = release.to_record(prepared)
    assert recorded == {
        "small": prepared["small"].notebook,
        "bad": release.notebooks["bad"],
        "none": release.notebooks["none"],
    }
    assert recorded["small"] is prepared["small"].notebook


def test_nbgrader_puts_the_hidden_tests_back_once_for_all_submissions(release, monkeypatch):
    asked = []

    def count(released, information, config):
        asked.append(information["nbgrader"]["notebook"])
        return with_hidden_tests(released, information, config)

    monkeypatch.setattr(task_module, "with_hidden_tests", count)
    release = replace(release)
    for _ in range(3):
        prepare(release, as_bytes(release.notebooks["small"]))
    assert asked == ["small"]


def test_a_release_that_the_gradebook_does_not_know_is_a_mistake_of_the_course(release):
    other = replace(release, notebooks={"other": release.notebooks["small"]})
    with calling_nbgrader(), pytest.raises(CourseError, match=r"'other' \(MissingEntry.*autograder release small"):
        other.prepare(Submission("ada", {"other": as_bytes(release.notebooks["small"])}))


def test_what_is_graded_is_no_part_of_the_release(release):
    before = copy.deepcopy(release.notebooks["small"])
    first, second = (prepare(release, as_bytes(release.notebooks["small"])).notebook for _ in range(2))
    for cell in first.cells:
        cell.metadata["changed"] = cell.source = "changed"
    first.metadata["changed"] = True
    assert release.notebooks["small"] == before
    assert "changed" not in str(second)
    assert "changed" not in str(prepare(release, as_bytes(release.notebooks["small"])).notebook)


def prepare(release, data):
    with calling_nbgrader():
        return release.prepare(Submission("ada", {"small": data}))["small"]


def test_a_job_has_the_courses_limits_and_the_releases_wall(release):
    prepared = prepare(release, as_bytes(release.notebooks["small"]))
    job = release.job("small", prepared)
    assert [cell.name for cell in job.cells] == ["setup", "double", "test_double", "half", "test_half"]
    assert (job.limits, job.names, job.contract) == (release.course.limits, (), None)
    assert job.limits.cell_seconds == 2
    walled = replace(release, isolation={"small": ISOLATION}).job("small", prepared)
    assert (walled.names, walled.contract) == (ISOLATION.names, ISOLATION.contract)
    assert [cell.side for cell in walled.cells if cell.name.startswith("test_")] == ["test", "test"]


NOWHERE = Probe("none", reason="there is none")


def launcher_of(monkeypatch, release, found=NOWHERE, **options):
    monkeypatch.setattr(task_module, "Launcher", lambda *words, **more: Launcher(*words, **more, probe=found))
    return release.launcher(**options)


def test_what_starts_workers_knows_the_assignment(monkeypatch, unchecked, release, tmp_path):
    course = configured(
        unchecked, "c.Autograder.packages = ['json']\nc.Autograder.masked = {'small': ['cmath', 'wave']}"
    )
    files = {"a.csv": tmp_path / "a.csv"}
    walled = replace(release, course=course, files=files, isolation={"small": ISOLATION})
    made = launcher_of(monkeypatch, walled, trusted=True)
    assert (made.packages, made.files, made.isolated, made.masked) == (("json",), files, True, ("cmath", "wave"))
    assert made.trusted
    assert not made.require_sandbox
    beside = launcher_of(monkeypatch, replace(walled, isolation=None), trusted=True)
    assert (beside.isolated, beside.masked) == (False, ())
    other = launcher_of(monkeypatch, replace(walled, assignment="other"), trusted=True)
    assert other.masked == ()
    assert made.private == private_folders(course)


def test_slow_packages_are_looked_for_in_cells_and_programs(monkeypatch, unchecked, release, tmp_path):
    assert launcher_of(monkeypatch, release, trusted=True).preload == ()
    (tmp_path / "more.py").write_bytes(b"import sympy  # \xff")
    (tmp_path / "data.csv").write_text("pandas")
    files = {name: tmp_path / name for name in ("more.py", "data.csv")}
    assert launcher_of(monkeypatch, replace(release, files=files), trusted=True).preload == slow_modules(["sympy"])
    drawing = json.loads(json.dumps(release.notebooks["small"]))
    drawing["cells"][0]["source"] = "import pandas"
    drawing = replace(release, notebooks={"small": nbformat.from_dict(drawing)})
    assert launcher_of(monkeypatch, drawing, trusted=True).preload == slow_modules(["pandas"])
    own = replace(release, course=configured(unchecked, "c.Autograder.packages = ['json']"))
    assert launcher_of(monkeypatch, own, trusted=True).preload == slow_modules(["matplotlib"])


def test_modules_of_the_courses_own_packages_are_loaded_as_the_cells_import_them(monkeypatch, unchecked, release):
    notebook = json.loads(json.dumps(release.notebooks["small"]))
    code = next(cell for cell in notebook["cells"] if cell["cell_type"] == "code")
    code["source"] = (
        "%matplotlib inline\nimport email.message as message, wave\nfrom json.decoder import JSONDecoder\n"
        "try:\n    from json import encoder\nexcept ImportError:\n    from json.decoder import *\n"
        "from . import json\ndef f():\n    import json.tool"
    )
    configuration = "c.Autograder.packages = ['json', 'email']"
    own = replace(
        release, course=configured(unchecked, configuration), notebooks={"small": nbformat.from_dict(notebook)}
    )
    loaded = launcher_of(monkeypatch, own, trusted=True).preload
    names = "json.decoder.JSONDecoder", "json.encoder", "json.decoder"
    assert loaded == (*slow_modules(["matplotlib"]), "email.message", *names)


def test_the_folders_of_the_course_and_its_gradebook_are_private(unchecked, tmp_path):
    root = unchecked.root
    steps = [root / name for name in ("solutions", "course", "submitted", "autograded", "feedback")]
    assert private_folders(unchecked) == (root, *steps, root)
    elsewhere = configured(unchecked, f"c.CourseDirectory.db_url = 'sqlite:///{tmp_path}/marks/gradebook.db'")
    assert private_folders(elsewhere) == (root, *steps, tmp_path / "marks")
    for url in ("sqlite:///", "postgresql:///marks", "postgresql://host/marks"):
        assert private_folders(configured(unchecked, f"c.CourseDirectory.db_url = {url!r}")) == (root, *steps)
    absolute = configured(unchecked, f"c.CourseDirectory.submitted_directory = '{tmp_path}/in'")
    assert tmp_path / "in" in private_folders(absolute)
    assert Path("/") not in private_folders(configured(unchecked, "c.CourseDirectory.submitted_directory = '/'"))


def test_a_sandbox_is_required_by_the_caller_or_by_the_course(monkeypatch, unchecked, release):
    launcher_of(monkeypatch, release, trusted=True)
    with pytest.raises(SandboxUnavailable, match="required"):
        launcher_of(monkeypatch, release, require_sandbox=True, trusted=True)
    strict = replace(release, course=configured(unchecked, "c.Autograder.require_sandbox = True"))
    with pytest.raises(SandboxUnavailable, match="required"):
        launcher_of(monkeypatch, strict)
    launcher_of(monkeypatch, strict, trusted=True)


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere there is no sandbox to require")
def test_on_linux_a_sandbox_is_required_unless_the_course_says_otherwise(monkeypatch, unchecked, release):
    assert Autograder().require_sandbox
    assert not release.course.settings.require_sandbox


def test_nobody_is_trusted_unasked(monkeypatch, release):
    monkeypatch.setattr("os.geteuid", lambda: 0)
    with pytest.raises(SandboxUnavailable, match="would run as root"):
        launcher_of(monkeypatch, release)


def test_a_package_that_is_not_there_is_a_mistake_of_the_course(monkeypatch, unchecked, release):
    broken = replace(release, course=configured(unchecked, "c.Autograder.packages = ['no_such_package']"))
    with pytest.raises(CourseError, match=r"c\.Autograder\.packages lists 'no_such_package'"):
        launcher_of(monkeypatch, broken, trusted=True)


def test_a_task_executes_what_is_prepared_and_says_when(release, monkeypatch):
    """Each job goes to the workers; a notebook that is none has nothing, and the others count."""
    release = replace(release, notebooks=dict.fromkeys(("small", "bad"), release.notebooks["small"]))
    prepared = prepare(release, as_bytes(release.notebooks["small"]))
    seen = []

    def execute(job, launch):
        seen.append((job, launch))
        return Outcome(tuple(CellOutcome(cell.key, "ok") for cell in job.cells), 4.0)

    monkeypatch.setattr(task_module, "execute", execute)
    clock = iter([101.0, 105.5])
    monkeypatch.setattr(time, "time", lambda: next(clock))
    task = Task(
        Submission("ada", {}, ("x: why",)), "key", {"small": prepared, "bad": NotGradable("it is damaged")}, 100.0
    )
    result = task.run(release, "launch")
    assert seen == [(release.job("small", prepared), "launch")]
    assert isinstance(result, Result)
    assert (result.student, result.assignment, result.key, result.refused) == ("ada", "small", "key", ("x: why",))
    assert result.phases == {"prepared": 100.0, "started": 101.0, "executed": 105.5}
    assert [(one.name, one.status) for one in result.notebooks] == [("small", "graded"), ("bad", "not_gradable")]
    assert result.reason == "it is damaged"
    assert (result.score, result.max_score) == (5.0, 22.0)
    assert result.notebooks[0].outcome.seconds == 4.0


def test_a_task_begins_when_it_is_made():
    before = time.time()
    assert before <= Task(Submission("ada", {}), "key", {}).began <= time.time()
