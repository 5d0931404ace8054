"""Several graders in nbgrader's own formgrader: rubrics, shares, who gave which points; and no rubric for students."""

from __future__ import annotations

import copy
import getpass
import json
import re
import shutil
from html import unescape
from pathlib import Path

import nbformat
import pytest
from course_maker import CONFIG, make_course, nbgrader_cell, source_notebook, with_task
from formgrader_app import formgrader_of
from hypothesis import given
from hypothesis import strategies as st
from nbformat.v4 import new_code_cell, new_markdown_cell
from nbgrader.api import Gradebook
from nbgrader.apps import NbGraderAPI
from nbgrader.coursedir import CourseDirectory
from test_corrections import call, changes
from test_record import result

from autograder.course import Course, CourseError, calling_nbgrader
from autograder.grade.dates import settle
from autograder.grade.history import History
from autograder.grade.journal import Journal
from autograder.grade.record import Recorder
from autograder.grade.task import Release
from autograder.graders.rubric import rubrics
from autograder.graders.shares import Shares
from autograder.keep.begin import CONFIG as NEW_COURSE
from autograder.lms.people import Person
from autograder.release.editions import generate
from autograder.release.manifest import Manifest
from autograder.results.exporter import FeedbackExporter
from autograder.results.feedback import write_feedback

SETTING = 'c.HTMLExporter.preprocessors = ["autograder.graders.formgrader.ForGraders"]\n'
SECRETS = ("Because doubling undoes halving", "Half a point for a number alone", "Penalty of the house", "Two curves")
"""The reference answer, two rubrics and a mark scheme."""
PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
CLASS = ("ada", "bob", "eve", "kim")


def with_rubrics():
    """The small notebook with a rubric, in which there is a picture, below the written answer and the task."""
    notebook = with_task(source_notebook())
    instructors = {"tags": ["instructor"]}
    rubric = new_markdown_cell(f"**Rubric**\n\n- 4 points. {SECRETS[1]}.", id="r", metadata=instructors)
    rubric.attachments = {"a.png": {"image/png": PIXEL}}
    notebook.cells.insert(-1, rubric)
    notebook.cells.append(new_markdown_cell(f"{SECRETS[2]}: 1", id="d", metadata=instructors))
    notebook.cells.append(new_code_cell("nothing_of_this = 1", id="m", metadata=instructors))
    return notebook


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    """A course of four who are graded; their written answers and tasks wait."""
    root = tmp_path_factory.mktemp("graders") / "course"
    root.mkdir()
    course = make_course(root, with_rubrics(), shared=True)
    feedback = 'c.GenerateFeedback.exporter_class = "autograder.results.exporter.FeedbackExporter"\n'
    (root / "nbgrader_config.py").write_text(CONFIG + "c.Autograder.shared = ['small']\n" + SETTING + feedback)
    course = Course.find(root)
    generate(course, "small", course.folder("release", "small"))
    journal = Journal(course.state("small"))
    course.state("small").mkdir(parents=True)
    (course.state("small") / "manifest.json").write_text('{"mistakes": []}')
    notebook = Release.handed_out(course, "small").graded("small")
    with calling_nbgrader(), Recorder(course, "small") as recorder:
        recorder.enrol([Person(student, student.title(), "Example") for student in CLASS])
        for student in CLASS:
            made = result(student)
            journal.save(made)
            recorder.record(made, {"small": copy.deepcopy(notebook)})
            journal.mark_recorded(made)
    return root


@pytest.fixture
def course(template, tmp_path):
    shutil.copytree(template, tmp_path / "course")
    return Course.find(tmp_path / "course")


@pytest.fixture
def pages(course, monkeypatch):
    with formgrader_of(course, monkeypatch) as found:
        yield found


def words(page):
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", page.split("</nav>")[-1])))


def test_the_rubric_stands_below_the_answer(pages):
    page = pages.ask(f"submissions/{pages.submissions('small', 'small')['ada']['id']}/", user="maya")
    text = words(page)
    answer, reference, rubric, task, of_task = (
        page.index(one) for one in ('id="why-comment"', *SECRETS[:2], 'id="draw-comment"', SECRETS[2])
    )
    assert answer < reference < rubric < task < of_task
    assert "Reference answer" in text
    assert "<blockquote>" in page[:rubric]
    assert f"data:image/png;base64,{PIXEL}" in page or "a.png" not in page
    assert "nothing_of_this" not in page, "named mistakes are no rubric"
    assert "BEGIN SOLUTION" not in page


def test_only_what_a_person_grades_has_a_rubric():
    by_hand = nbgrader_cell("code", "### BEGIN SOLUTION\nx = 1\n### END SOLUTION", grade=True, solution=True, points=1)
    notebook = with_rubrics()
    notebook.cells.append(by_hand)
    found = rubrics(notebook)
    assert list(found) == ["why", "draw", "code"]
    assert [len(found[name]) for name in found] == [2, 1, 1]
    assert found["code"][0].source == "> **Reference answer**\n>\n> ~~~~python\n> x = 1\n> ~~~~"
    assert "attachments" in found["why"][1]
    by_hand.source = by_hand.source.replace("x = 1", 'x = """\n~~~~~\n"""')
    assert rubrics(notebook)["code"][0].source.endswith('> ~~~~~~python\n> x = """\n> ~~~~~\n> """\n> ~~~~~~')


def test_no_student_gets_a_rubric(course, pages, monkeypatch):
    """Release, pages, what nbgrader's own button writes, its own exporter, and what goes to the LMS."""
    ada = pages.submissions("small", "small")["ada"]["id"]
    assert SECRETS[1] in pages.ask(f"submissions/{ada}/"), "it is shown to graders, in this very process"
    pages.give(ada, "why", 3, user="maya")
    write_feedback(course, "small", Manifest(()))
    assert pages.data("assignment/small/ada/generate_feedback", method="POST", body={})["success"]
    call(course, "report", "small", "--pseudonyms")
    call(course, "export", "small", "--to", "csv")
    students = [course.folder("release", "small"), course.root / "feedback", course.root / "export"]
    found = [path for folder in students for path in folder.rglob("*") if path.is_file()]
    assert {path.suffix for path in found} >= {".ipynb", ".html", ".csv"}
    for path in [*found, *course.folder("autograded", "small", "ada").rglob("*.ipynb")]:
        text = path.read_text()
        assert not any(secret in text for secret in (*SECRETS[:3], "Reference answer")), path
        assert path.suffix == ".ipynb" or SECRETS[3] not in text, path
    config = course.root / "nbgrader_config.py"
    config.write_text(config.read_text().replace("c.GenerateFeedback", "# c.GenerateFeedback"))
    monkeypatch.chdir(course.root)
    api = NbGraderAPI(CourseDirectory(config=Course.find(course.root).config))
    assert api.generate_feedback("small", "bob", force=True)["success"]
    page = course.folder("feedback", "small", "bob") / "small.html"
    assert FeedbackExporter.__name__ not in page.read_text()
    assert not any(secret in page.read_text() for secret in SECRETS[:3])


def test_who_gives_points_is_noted(course, pages):
    """A hub's user by name; without a hub, the user who runs the server. A comment alone changes no points."""
    found = pages.submissions("small", "small")
    pages.give(found["ada"]["id"], "why", 3, user="maya")
    pages.give(found["ada"]["id"], "why", 2, user="tom", extra=0.5)
    pages.give(found["ada"]["id"], "why", 2, user="maya", extra=0.5)
    pages.give(found["ada"]["id"], "why", None, user="tom")
    pages.give(found["ada"]["id"], "draw", 1)
    settle(course, "small")
    assert changes(course, "why") == [
        (None, 3.0, "maya", ""),
        (3.0, 2.5, "tom", ""),
        (2.5, None, "tom", ""),
    ]
    assert changes(course, "draw") == [(None, 1.0, getpass.getuser(), "")]
    told = call(course, "show", "small", "ada", "why").stdout
    assert "3 -> 2.5  by tom" in told
    call(course, "points", "small", "ada", "why", "4", "--why", "read again")
    assert changes(course, "why")[-1] == (None, 4.0, getpass.getuser(), "read again")


def test_points_stay_where_the_name_cannot_be_noted(course, pages):
    found = pages.submissions("small", "small")
    path = course.state("small") / "points.jsonl"
    pages.ask(f"submissions/{found['ada']['id']}/")
    kept = path.read_bytes()
    path.unlink()
    path.mkdir()
    assert pages.give(found["ada"]["id"], "why", 3, user="maya")["manual_score"] == 3
    path.rmdir()
    path.write_bytes(kept)
    settle(course, "small")
    assert changes(course, "why") == [(None, 3.0, "formgrader", "")]


def test_what_is_rolled_back_is_not_noted(course, pages, monkeypatch):
    found = pages.submissions("small", "small")
    pages.ask(f"submissions/{found['ada']['id']}/")

    def full(self, *args):
        self.flush()
        self.rollback()

    with monkeypatch.context() as patch:
        patch.setattr("sqlalchemy.orm.Session.commit", full)
        pages.give(found["ada"]["id"], "why", 3, user="maya")
    pages.give(found["ada"]["id"], "draw", 2, user="maya")
    assert changes(course, "why") == []
    assert changes(course, "draw") == [(None, 2.0, "maya", "")]


def link(page):
    return re.search(r'href="\.\./(\w+)/#(\w+)">The next', page)


def test_students_are_divided_and_formgrader_leads_through_a_share(course, pages):
    told = call(course, "graders", "small", "maya", "tom").stdout
    assert re.search(r"maya +│ small/why +│ +2 │ +2 │ +0 │", told)
    assert Shares.load(course, "small").readers == {"ada": "maya", "bob": "tom", "eve": "maya", "kim": "tom"}
    found = pages.submissions("small", "small")
    seen = []
    here = found["bob"]["id"]
    assert "tom reads the submission below." in words(pages.ask(f"submissions/{here}/", user="maya"))
    while forward := link(pages.ask(f"submissions/{here}/", user="maya")):
        here, cell = forward.groups()
        student = next(name for name, one in found.items() if one["id"] == here)
        seen.append((student, cell))
        page = words(pages.ask(f"submissions/{here}/", user="maya"))
        assert "You grade as maya" in page
        assert "reads the submission below" not in page
        for name in ("why", "draw"):
            pages.give(here, name, 1 + (student == "eve"), user="maya")
    assert sorted(seen) == [("ada", "draw"), ("eve", "draw")], "the first that waits in it, by name"
    assert "no answers of yours to be read." in words(pages.ask(f"submissions/{here}/", user="maya"))
    assert "4 answers of yours to be read." in words(pages.ask(f"submissions/{here}/", user="tom"))
    assert "4 answers to be read." in words(pages.ask(f"submissions/{here}/", user="professor"))
    data = json.loads(call(course, "graders", "small", "--json").stdout)
    assert [(one["student"], one["reader"], one["by"], one["points"]) for one in data["answers"]] == [
        (student, reader, by, points)
        for student, reader, by, points in (
            ("ada", "maya", "maya", 1.0),
            ("bob", "tom", "", None),
            ("eve", "maya", "maya", 2.0),
            ("kim", "tom", "", None),
        )
        for _ in range(2)
    ]
    told = call(course, "graders", "small").stdout
    assert re.search(r"maya +│ small/draw +│ +2 │ +0 │ +2 │ +1.50 of 2", told)
    assert re.search(r"tom +│ small/draw +│ +2 │ +2 │ +0 │", told)


def test_exercises_are_divided(course, pages):
    call(course, "graders", "small", "maya", "tom", "--by", "exercises")
    found = pages.submissions("small", "small")
    page = pages.ask(f"submissions/{found['ada']['id']}/", user="maya")
    assert words(page).count("tom reads this answer.") == 1
    assert "4 answers of yours" in words(page)
    assert link(page)[2] == "why"
    pages.give(found["bob"]["id"], "draw", 2, user="maya")
    told = call(course, "graders", "small").stdout
    assert re.search(r"maya +│ small/draw +│ +0 │ +0 │ +1 │ +2.00 of 2", told), "who gave points outside a share"
    assert call(course, "graders", "small", "--none").stdout.count("nobody") == 2
    assert not (course.state("small") / "graders.json").exists()


def test_a_list_divides_the_students(course, tmp_path):
    path = tmp_path / "list.csv"
    path.write_text("Student;Grader\nada;maya\nbob;tom\neve;tom\n")
    told = call(course, "graders", "small", "--list", str(path))
    assert "gives no grader to kim" in told.stderr
    assert re.search(r"nobody +│ small/why +│ +1 ", told.stdout)
    assert Shares.load(course, "small").readers == {"ada": "maya", "bob": "tom", "eve": "tom"}


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ("student,grader\nadda,maya", "row 2 of {path}: nobody in the course is called 'adda'; did you mean ada?"),
        ("student,grader\nada,", "row 2 of {path}: 'ada' has no grader"),
        ("student,grader\nada,maya\nada,tom", "row 3 of {path}: 'ada' has two graders, maya and tom"),
        ("student,name\nada,maya", "there is no column 'grader' in {path}; there are: student, name"),
        ("student,grader\n\n", "{path} names no student"),
    ],
)
def test_a_list_that_is_wrong(course, tmp_path, rows, said):
    path = tmp_path / "l.csv"
    path.write_text(rows)
    assert (
        call(course, "graders", "small", "--list", str(path), status=1).stderr == f"Error: {said.format(path=path)}\n"
    )


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (["graders", "small", "a", "b", "c", "--by", "exercises"], 1, "2 exercises cannot be divided among 3 graders"),
        (["graders", "small", "a", " "], 1, "a grader has a name"),
        (["graders", "small", "a", "--none"], 2, "give NAMES, --list FILE or --none"),
        (["graders", "smal"], 1, "did you mean small?"),
        (["graders", "small", "--by", "rows"], 2, "'rows' is not one of 'students', 'exercises'"),
    ],
)
def test_wrong_words(course, words, status, said):
    line = call(course, *words, status=status).stderr
    assert said in line
    assert line.count("\n") == 1


def test_an_assignment_that_tests_grade_alone_and_a_damaged_file(course):
    path = course.folder("source", "small") / "small.ipynb"
    notebook = nbformat.read(path, as_version=4)
    whole = list(notebook.cells)
    notebook.cells = [cell for cell in whole if cell.id not in ("why", "draw")]
    nbformat.write(notebook, path)
    assert "no written answer, code or task" in call(course, "graders", "small", status=1).stderr
    notebook.cells = whole
    nbformat.write(notebook, path)
    (course.state("small") / "graders.json").write_text('{"by": "moon", "readers": {}}')
    assert "is damaged: divide the answers again" in call(course, "graders", "small", status=1).stderr
    call(course, "graders", "small", "--none")


def test_formgrader_without_the_source_says_so(course, pages):
    found = pages.submissions("small", "small")
    Path(course.folder("source", "small") / "small.ipynb").unlink()
    assert "The rubrics cannot be shown" in words(pages.ask(f"submissions/{found['ada']['id']}/"))


def test_a_new_course_has_the_setting():
    assert SETTING.strip() in NEW_COURSE


NAMES = st.lists(st.sampled_from("abcdef"), min_size=1, max_size=5, unique=True)


@given(NAMES, NAMES, st.integers(6, 40), st.integers(0, 9))
def test_shares_are_even_and_stay_where_they_can(first, second, size, more):
    """Whatever graders come and go: no two shares differ by more than one, and only what must changes hands."""
    students = [f"s{number:02}" for number in range(size)]
    one = Shares().divided(first, "students", students)
    assert one.divided(first, "students", students) == one
    grown = one.divided(first, "students", [*students, *(f"t{number}" for number in range(more))])
    assert all(grown.readers[student] == one.readers[student] for student in students)
    two = one.divided(second, "students", students)
    for shares, names, total in ((one, first, size), (grown, first, size + more), (two, second, size)):
        loads = [list(shares.readers.values()).count(name) for name in names]
        assert sum(loads) == total
        assert max(loads) - min(loads) <= 1
    with pytest.raises(CourseError):
        Shares().divided(first, "students", students[: len(first) - 1])


def test_the_history_of_an_answer_by_two_graders_ends_with_the_gradebook(course, pages):
    ada = pages.submissions("small", "small")["ada"]["id"]
    for points, user in ((1, "maya"), (4, "tom"), (0, "maya")):
        pages.give(ada, "why", points, user=user)
    with calling_nbgrader(), Gradebook(course.db_url, course.course_id) as gradebook:
        score = gradebook.find_grade("why", "small", "small", "ada").score
    last = History(course.state("small")).of("ada")["small", "why"][-1]
    assert (last.after, last.by) == (score, "maya")
