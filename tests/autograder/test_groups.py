"""Wrong answers that are alike are found, and become named mistakes."""

from __future__ import annotations

import dataclasses
import json
import shutil
from pathlib import Path

import nbformat
import numpy as np
import pytest
from click.testing import CliRunner
from course_maker import hand_in, source_notebook
from hypothesis import given
from hypothesis import strategies as st
from mistaken_class import Member, disguised, members, row_of, told_apart

from autograder.cli.main import main
from autograder.course import Course, CourseError
from autograder.execute.behaviour import Behaviour
from autograder.grade.engines import LocalEngine
from autograder.grade.journal import Journal
from autograder.grade.run import grade
from autograder.grade.task import Release
from autograder.grade.trials import grade_trials
from autograder.notebook.syntax import likeness, look
from autograder.release.editions import generate
from autograder.release.isolated import isolated
from autograder.release.manifest import Manifest
from autograder.release.mistakes import Exercise, Mistake, mistakes, reference, with_mistakes
from autograder.release.validate import sources_of
from autograder.results.feedback import write_feedback
from autograder.results.groups import groups
from autograder.results.naming import name_mistake
from autograder.results.report import write_report

COURSE = Course.find(Path(__file__).parents[2])
STYLES = 3
NEW = "def double(x):\n    total = x + 3\n    return total"


def digest(*results):
    behaviour = Behaviour()
    for result in results:
        behaviour.seen("f()", result)
    return str(behaviour)


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner) | st.tuples(inner, inner),
    max_leaves=20,
)


@given(values)
def test_any_result_has_a_digest_of_one_length(value):
    assert digest(value) == digest(value)
    assert len(digest(value)) == 16


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (0.1 + 0.2, 0.3),
        (np.array([1.0, 0.0]), np.array([1.0 + 1e-9, 1e-17])),
        (np.float32(0.1) * 3, np.float32(0.3)),
        ([1e-16], [0.0]),
        (NameError("name 'totl' is not defined"), NameError("name 'result' is not defined")),
    ],
)
def test_what_differs_by_rounding_or_names_is_the_same(one, other):
    assert digest(one) == digest(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [(1, 1.0), (2.0, 2.01), ([1, 2], (1, 2)), (np.zeros(3), np.zeros((3, 1))), (np.nan, 0.0), (True, 1), (None, 0)],
)
def test_what_differs_otherwise_is_not(one, other):
    assert digest(one) != digest(other)


def test_nothing_seen_has_no_digest():
    assert digest() == ""


def test_huge_results_take_no_time():
    assert len(digest([list(range(10_000))] * 1_000, np.zeros(10**7), 10**5_000)) == 16


def test_looks_are_those_without_names_and_comments():
    code = 'def f(x, y=1):\n    """Say."""\n    # step\n    total: int = x * y\n    return total'
    assert look(code) == look("def f(a, b=1):\n    c = a * b\n    return c")
    assert look(code) != look("def f(a, b=1):\n    c = a + b\n    return c")
    assert look(code) != look("def g(a, b=1):\n    c = a * b\n    return c")
    assert look("no python (") == look("no  python (")
    assert likeness(look(code), look(code)) == 1.0
    assert 0 < likeness(look(code), look(code.replace("x * y", "x - y"))) < 1


@pytest.fixture(scope="module")
def graded(released_template, tmp_path_factory):
    """The small course after a run: each named mistake and a new one three times, two right answers."""
    root = tmp_path_factory.mktemp("groups") / "course"
    shutil.copytree(released_template, root)
    course = Course.find(root)
    source = source_notebook()
    unknown = Mistake(Exercise("double", ("test_double",)), "added three", "double", NEW, hint="")
    made = {}
    for number, member in enumerate([*members(source, STYLES), *(_new(source, unknown, n) for n in range(STYLES))]):
        made[f"s{number}"] = member
    made["right"] = Member(reference(source), ())
    for student, member in made.items():
        hand_in(course, student, member.notebook)
    run = grade(course, "small")
    assert not run.failures
    whole = {result.student: result for result in Journal(course.state("small")).results()}
    return course, made, whole


def _new(source, mistake, style):
    notebook = with_mistakes(source, [mistake])
    cell = next(cell for cell in notebook.cells if cell.get("id") == "double")
    cell.source = disguised(cell.source, style)
    return Member(notebook, (mistake,))


def test_the_same_mistakes_are_together_and_others_apart(graded):
    course, made, results = graded
    rows = [row_of(results[student], "small", member.notebook) for student, member in made.items()]
    released = Release.handed_out(course, "small").notebooks["small"]
    mistaken = {student: member.made for student, member in made.items()}
    together, mixed, *_ = told_apart(rows, mistaken, "small", released, Manifest(()))
    assert (together, mixed) == (1.0, 0.0)


def test_the_report_shows_each_group_with_an_example(graded):
    course, _, _ = graded
    page = write_report(course, "small", Manifest.load(course, "small"))[0].read_text()
    assert "3 × <b>squared</b>" in page
    assert "3 × not named yet" in page


def test_a_group_becomes_a_mistake_that_all_its_members_are_told(graded):
    course, made, _ = graded
    page, _ = write_report(course, "small", Manifest.load(course, "small"))
    new = [one for one in json.loads(page.with_suffix(".json").read_text())["groups"] if not one["mistake"]]
    assert [len(group["students"]) for group in new] == [STYLES]
    arguments = [
        "--course",
        str(course.root),
        "name-mistake",
        "small",
        new[0]["name"],
        "added three",
        "Double is times two.",
    ]
    answer = CliRunner().invoke(main, arguments, catch_exceptions=False)
    assert answer.exit_code == 0, answer.output
    known = mistakes(nbformat.read(course.folder("source", "small") / "small.ipynb", as_version=4))
    assert [one.name for one in known] == ["squared", "truncated", "added three"]
    write_feedback(course, "small", Manifest.load(course, "small"))
    for student, member in made.items():
        page = course.folder("feedback", "small", student) / "small.html"
        told = "added three" in [one.name for one in member.made]
        assert ("Double is times two." in page.read_text()) == told


def test_an_unknown_group_is_refused_and_changes_nothing(graded):
    course, _, _ = graded
    with pytest.raises(CourseError, match="has no group 'double-0'"):
        name_mistake(course, "small", "double-0", "a", "b", progress=None)


def test_groups_need_no_isolation(graded):
    """Without a digest, what the tests said takes its place."""
    course, made, results = graded
    rows = []
    for student, member in made.items():
        row = row_of(results[student], "small", member.notebook)
        cells = {key: dataclasses.replace(one, behaviour="") for key, one in row.cells.items()}
        rows.append(dataclasses.replace(row, cells=cells))
    released = Release.handed_out(course, "small").notebooks["small"]
    found = groups(rows, {"small": released}, Manifest(()))
    assert [len(group.students) for group in found] == [STYLES] * 3


@pytest.mark.slow  # grades every named mistake of a chapter three times
@pytest.mark.parametrize("chapter", COURSE.assignments)
def test_the_named_mistakes_of_a_chapter_fall_into_their_groups(chapter, tmp_path):
    together, mixed, *_ = chapters_groups(COURSE, chapter, tmp_path)
    assert together >= 0.95
    assert mixed < 0.02


def chapters_groups(course, chapter, folder):
    """Return `told_apart` of a class made of a chapter's named mistakes."""
    trial = course.moved(release_directory=f"{folder}/release", db_url=f"sqlite:///{folder}/gradebook.db")
    generate(trial, chapter, trial.folder("release", chapter))
    sources, engine = sources_of(course, chapter), LocalEngine(2)
    source, release = sources[chapter], Release.handed_out(trial, chapter)
    release = dataclasses.replace(release, isolation=isolated(release, sources, engine)[0])
    made = {f"s{number}": member for number, member in enumerate(members(source, STYLES))}
    handed_in = {s: {chapter: nbformat.writes(member.notebook).encode()} for s, member in made.items()}
    tests = {s: {test for one in member.made for test in one.exercise.tests} for s, member in made.items()}
    results = grade_trials(release, handed_in, engine, tests=tests)
    rows = [row_of(results[student], chapter, member.notebook) for student, member in made.items()]
    mistaken = {student: member.made for student, member in made.items()}
    return told_apart(rows, mistaken, chapter, release.notebooks[chapter], Manifest(()))
