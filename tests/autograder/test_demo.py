"""The demo's class on the real chapter: every submission by name, and nbgrader's own view of the result."""

from __future__ import annotations

import http.client
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import nbformat
import patience
import pytest
from course_maker import source_notebook
from nbgrader.api import Gradebook

from autograder.course import Course, CourseError, calling_nbgrader
from autograder.demo.play import play
from autograder.demo.scenarios import Material, make_class
from autograder.notebook.read import read_notebook
from autograder.notebook.roles import is_test
from autograder.notebook.secret import hidden_lines

ROOT = Path(__file__).resolve().parents[2]
CHAPTER = "01_neuron"
MAX_SCORE = 38.0

# What each must get, written down by hand from the points in the chapter: 34 by tests, 4 by a person.
EXPECTED = {
    "all_right": ("graded", 34),
    "all_right_but_chatty": ("graded", 34),
    "corrupt_json": ("not_gradable", 0),
    "deleted_tests": ("graded", 34),
    "duplicated_tests": ("graded", 34),
    "edited_points": ("graded", 32),
    "edited_tests": ("graded", 32),
    "half_done": ("graded", 16),
    "infinite_loop": ("partly_graded", 33),
    "link_beside": ("graded", 34),
    "link_to_a_neighbour": ("not_gradable", 0),
    "mistakes_1": ("graded", 9),
    "mistakes_2": ("graded", 5),
    "mistakes_3": ("graded", 7),
    "mistakes_4": ("graded", 7),
    "mistakes_5": ("graded", 5),
    "mistakes_6": ("graded", 8),
    "os_exit": ("partly_graded", 32),
    "os_exit_in_cell": ("partly_graded", 31),
    "output_flood": ("graded", 34),
    "output_without_end": ("partly_graded", 32),
    "syntax_error": ("graded", 32),
    "untouched": ("graded", 0),
    "wrong_file_name": ("not_gradable", 0),
}


@pytest.fixture(scope="module")
def played(tmp_path_factory):
    """The demo as the command plays it: its JSON, and the course in its workspace."""
    workspace = tmp_path_factory.mktemp("demo") / "workspace"
    command = [sys.executable, "-m", "autograder", "demo", CHAPTER, "--workspace", str(workspace), "--json"]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=patience.SECONDS, check=False)
    assert result.returncode == 0, result.stdout + result.stderr
    return json.loads(result.stdout), Course.find(workspace)


def test_the_class_is_complete(played):
    data, _ = played
    assert {one["student"] for one in data["submissions"]} == set(EXPECTED)
    assert len(EXPECTED) == 24


@pytest.mark.parametrize("student", EXPECTED)
def test_each_gets_what_it_must(played, student):
    data, _ = played
    one = next(one for one in data["submissions"] if one["student"] == student)
    assert (one["status"], one["score"]) == EXPECTED[student]
    assert (one["expected_status"], one["expected_score"]) == EXPECTED[student]
    assert one["max_score"] == MAX_SCORE


def test_every_named_mistake_is_made_and_recognised(played):
    _, course = played
    manifest = json.loads((course.state(CHAPTER) / "manifest.json").read_text())
    report = (course.root / "report" / f"{CHAPTER}.html").read_text()
    feedback = "".join(path.read_text() for path in course.root.glob("feedback/mistakes_*/*/*.html"))
    names = {mistake["name"] for mistake in manifest["mistakes"]}
    assert len(names) >= 24
    told = set(re.findall(r"This looks like: ([^<]+)\.</strong>", feedback))
    assert told <= {name.replace("'", "&#39;") for name in names}
    # where two functions of one exercise are wrong, only the first is seen
    assert len(told) >= 0.8 * len(names)
    assert "forgot the bias" in report


@pytest.mark.parametrize("student", EXPECTED)
def test_nbgraders_gradebook_reads_it(played, student):
    _, course = played
    with calling_nbgrader(), Gradebook(course.db_url, course.course_id) as gradebook:
        submission = gradebook.find_submission(CHAPTER, student)
        assert submission.score == EXPECTED[student][1]
        assert submission.max_score == MAX_SCORE
        written = EXPECTED[student][0] != "not_gradable" and student not in ("half_done", "untouched")
        assert submission.needs_manual_grade == written


def test_no_page_and_no_file_for_students_holds_a_hidden_test(played):
    _, course = played
    source = read_notebook((course.folder("source", CHAPTER) / f"{CHAPTER}.ipynb").read_bytes())
    public = {line.strip() for cell in source.cells if is_test(cell) for line in _visible(cell.source)}
    hidden = {line.strip() for cell in source.cells if is_test(cell) for line in _hidden(cell.source)} - public
    assert len(hidden) > 30
    for page in course.root.glob("feedback/*/*/*.html"):
        text = re.sub(r"<[^>]+>", "", page.read_text())
        text = text.replace("&quot;", '"').replace("&#39;", "'").replace("&lt;", "<").replace("&gt;", ">")
        handed_in = "".join(path.read_text() for path in (course.root / "submitted" / page.parts[-3]).rglob("*.ipynb"))
        told = [line for line in hidden if len(line) > 12 and line in text and json.dumps(line)[1:-1] not in handed_in]
        assert told == [], page


def _hidden(source):
    lines = source.split("\n")
    return [lines[number - 1] for number in hidden_lines(source)]


def _visible(source):
    hidden = hidden_lines(source)
    return [line for number, line in enumerate(source.split("\n"), start=1) if number not in hidden]


def test_the_autograded_notebooks_are_valid(played):
    _, course = played
    for student in EXPECTED:
        notebook = nbformat.read(course.folder("autograded", CHAPTER, student) / f"{CHAPTER}.ipynb", as_version=4)
        nbformat.validate(notebook)


def test_a_flood_leaves_small_files(played):
    _, course = played
    for student in ("output_flood", "output_without_end"):
        assert (course.folder("autograded", CHAPTER, student) / f"{CHAPTER}.ipynb").stat().st_size < 500_000


@pytest.fixture(scope="module")
def formgrader(played):
    """nbgrader's formgrader, served from the workspace."""
    _, course = played
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "jupyter", "server", "--no-browser", f"--port={port}", "--ServerApp.token=t"]
    command += ["--allow-root", f"--ServerApp.root_dir={course.root}", "--ServerApp.port_retries=0"]
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    with (course.root / "server.log").open("w") as log:
        process = subprocess.Popen(command, cwd=course.root, stdout=log, stderr=log, env=environment)

        def fetch(path):
            request = urllib.request.Request(f"http://127.0.0.1:{port}/formgrader/{path}")
            request.add_header("Authorization", "token t")
            with urllib.request.urlopen(request, timeout=patience.SECONDS) as answer:
                return answer.read().decode()

        try:
            deadline = time.monotonic() + patience.SECONDS
            while True:
                try:
                    fetch("api/assignments")
                    break
                except (OSError, http.client.HTTPException):
                    assert time.monotonic() < deadline, (course.root / "server.log").read_text()[-2000:]
                    assert process.poll() is None, (course.root / "server.log").read_text()[-2000:]
                    time.sleep(0.2)
            yield fetch
        finally:
            process.terminate()
            process.wait()


def test_formgrader_lists_the_class(formgrader):
    listed = {one["student"]: one for one in json.loads(formgrader(f"api/submissions/{CHAPTER}"))}
    assert {name: (one["score"], one["autograded"]) for name, one in listed.items()} == {
        name: (score, True) for name, (_, score) in EXPECTED.items()
    }


@pytest.mark.parametrize("student", ["all_right", "os_exit", "corrupt_json"])
def test_formgrader_shows_a_submission(formgrader, played, student):
    _, course = played
    with calling_nbgrader(), Gradebook(course.db_url, course.course_id) as gradebook:
        (notebook,) = gradebook.find_submission(CHAPTER, student).notebooks
    page = formgrader(f"submissions/{notebook.id}/?index=0")
    assert "in_words" in page
    assert ("could not be graded" in page) == (student == "corrupt_json")


def test_formgrader_runs_nothing_of_a_students(formgrader, played):
    """A script in a student's output or text would act with the rights of the instructor who reads it."""
    _, course = played
    path = course.folder("autograded", CHAPTER, "all_right") / f"{CHAPTER}.ipynb"
    original = path.read_bytes()
    notebook = nbformat.reads(original.decode(), as_version=4)
    evil = "<img src=x onerror='evil()'><script>evil()</script>"
    display = nbformat.v4.new_output("display_data", {"text/html": evil, "application/javascript": "evil()"})
    notebook.cells += [
        nbformat.v4.new_markdown_cell(evil, id="evil-text"),
        nbformat.v4.new_code_cell("1", id="evil-output", outputs=[display]),
    ]
    with calling_nbgrader(), Gradebook(course.db_url, course.course_id) as gradebook:
        (entry,) = gradebook.find_submission(CHAPTER, "all_right").notebooks
    try:
        path.write_text(nbformat.writes(notebook))
        page = formgrader(f"submissions/{entry.id}/?index=0")
    finally:
        path.write_bytes(original)
    assert "evil" in page
    assert not re.search(r"<script[^>]*>\s*evil|<[^>]*onerror", page)


# Scores that nbgrader cannot give, by a defect that the design names: what is printed to stderr costs the points.
NBGRADER_DIFFERS = {"all_right_but_chatty": 32}
BOTH_FINISH = [
    "all_right_but_chatty",
    "mistakes_2",
    *(
        pytest.param(name, marks=pytest.mark.slow)
        for name in ("all_right", "edited_tests", "half_done", "syntax_error", "untouched")
    ),
]


@pytest.fixture(scope="module")
def by_nbgrader(request, played, tmp_path_factory):
    """The submissions whose tests were chosen, graded by ``nbgrader autograde``, with a gradebook of its own."""
    _, course = played
    tests = (item for item in request.session.items if "by_nbgrader" in getattr(item, "fixturenames", ()))
    chosen = {item.callspec.params["student"] for item in tests}
    root = tmp_path_factory.mktemp("nbgrader") / "course"
    shutil.copytree(course.root, root, symlinks=True, ignore=shutil.ignore_patterns("autograded", "feedback"))
    for submission in (root / "submitted").iterdir():
        if submission.name not in chosen:
            shutil.rmtree(submission)
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    command = [sys.executable, "-m", "nbgrader", "autograde", CHAPTER, "--force"]
    result = subprocess.run(
        command, cwd=root, env=environment, capture_output=True, text=True, timeout=patience.SECONDS, check=False
    )
    assert result.returncode == 0, result.stderr[-3000:]
    return Course.find(root)


@pytest.mark.parametrize("student", BOTH_FINISH)
def test_nbgrader_gives_the_same_scores(played, by_nbgrader, student):
    _, course = played
    ours, theirs = _cell_scores(course, student), _cell_scores(by_nbgrader, student)
    if student not in NBGRADER_DIFFERS:
        assert ours == theirs
    else:
        assert sum(score or 0 for score in theirs.values()) == NBGRADER_DIFFERS[student]
        assert [name for name in ours if ours[name] != theirs[name]] == ["weighted_sum-test"]


def _cell_scores(course, student):
    with calling_nbgrader(), Gradebook(course.db_url, course.course_id) as gradebook:
        (notebook,) = gradebook.find_submission(CHAPTER, student).notebooks
        return {grade.name: grade.auto_score for grade in notebook.grades}


def test_the_demo_plays_on_any_course_with_a_gradebook_of_its_own(released, tmp_path):
    """On the small course, with its one exercise that has mistakes, everything is as it must be, too."""
    config = released.root / "nbgrader_config.py"
    real = tmp_path / "real.db"
    shutil.copy(released.root / "gradebook.db", real)
    before = real.read_bytes()
    config.write_text(config.read_text() + f"c.CourseDirectory.db_url = 'sqlite:///{real}'\n")
    course = Course.find(released.root)
    result = play(course, "small", tmp_path / "played", lambda description: lambda done, total: None)
    assert result.surprises() == []
    assert len(result.hands) >= 20
    assert real.read_bytes() == before


@pytest.mark.parametrize(
    ("kept", "said"),
    [
        (("title", "setup", "double", "test_double"), "double defines no function or class: name another"),
        (("title", "setup", "why"), "an exercise that tests grade: name another"),
    ],
)
def test_an_assignment_that_cannot_be_spoiled_is_refused(kept, said):
    notebook = source_notebook()
    notebook.cells = [cell for cell in notebook.cells if cell.id in kept]
    for cell in notebook.cells:
        if cell.id == "double":
            cell.source = "### BEGIN SOLUTION\ndouble = 2 .__mul__\n### END SOLUTION"
    with pytest.raises(CourseError, match=said):
        make_class(Material(notebook, notebook))
