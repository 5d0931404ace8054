"""Which files beside a notebook are handed out: those that nbgrader hands out, less what may not leave."""

from __future__ import annotations

from pathlib import Path

import pytest
from course_maker import KERNEL, make_course, nbgrader_cell, source_notebook
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from nbgrader.converters import GenerateAssignment

from autograder.course import Course, calling_nbgrader
from autograder.release.beside import asked_in_vain
from autograder.release.editions import generate
from autograder.release.leaks import leaks
from autograder.release.validate import validate

FILES = ("helper.py", "kit/__init__.py", "kit/part.py", "words.txt", "data/table.json", "sound.wav", "plain", "a b.csv")
LEFT_OUT = {".hidden": "a dot", ".git/config": "a dot", "kit/other.ipynb": "a notebook in a folder"}


def course_with(root, *names, settings="", notebook=None):
    """Make a course with these files beside its notebook."""
    course = make_course(root, notebook)
    for name in names:
        path = course.folder("source", "small") / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("{}" if name.endswith("ipynb") else f"# {path.stem}\n")
    config = root / "nbgrader_config.py"
    config.write_text(config.read_text() + settings)
    return Course.find(root)


def released(course):
    """Return what is handed out besides the notebook."""
    target = course.folder("release", "small")
    generate(course, "small", target)
    found = {path.relative_to(target).as_posix() for path in target.rglob("*") if path.is_file()}
    return found - {"small.ipynb"}


def test_what_nbgrader_copies_is_handed_out_but_for_hidden_files_and_notebooks(tmp_path):
    course = course_with(tmp_path, *FILES, *LEFT_OUT, "__pycache__/helper.pyc", ".ipynb_checkpoints/a.txt")
    theirs = course.moved(release_directory=str(tmp_path / "theirs"), db_url=f"sqlite:///{tmp_path}/theirs.db")
    directories = theirs.directories
    directories.assignment_id = "small"
    with calling_nbgrader():
        GenerateAssignment(coursedir=directories, config=directories.config).start()
    folder = theirs.folder("release", "small")
    copied = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert released(course) == copied - {"small.ipynb"} - set(LEFT_OUT)
    assert released(course) == set(FILES)


@pytest.mark.parametrize(
    ("settings", "kept"),
    [
        ("c.Autograder.release_files = ['*.txt', 'data/*']", {"words.txt", "data/table.json"}),
        ("c.Autograder.withheld_files = ['*.py', 'data/*']", {"words.txt", "sound.wav", "plain", "a b.csv"}),
        ("c.CourseDirectory.ignore = ['kit', '*.wav', 'data']", {"helper.py", "words.txt", "plain", "a b.csv"}),
        ("c.CourseDirectory.include = ['*.py']", {"helper.py", "kit/__init__.py", "kit/part.py"}),
        ("c.CourseDirectory.max_file_size = 0", set()),
        ("c.Autograder.release_files = []", set()),
    ],
)
def test_the_settings_say_what_is_left_out(tmp_path, settings, kept):
    assert released(course_with(tmp_path, *FILES, settings=settings)) == kept


def test_what_a_notebook_asks_for_and_is_left_out_is_named(tmp_path):
    asking = new_notebook(
        metadata={"kernelspec": KERNEL},
        cells=[
            new_markdown_cell("![a picture](pictures/one.png) <img src='two.png'> three.png"),
            new_code_cell("import kit.part\nfrom helper import two\n%time open('./words.txt')"),
            new_code_cell("import secret_things", metadata={"tags": ["instructor"]}),
            new_code_cell("this is no Python 'plain'"),
            nbgrader_cell(
                "test",
                "### BEGIN HIDDEN TESTS\nopen('data/table.json')\n### END HIDDEN TESTS",
                grade=True,
                locked=True,
                points=1,
            ),
        ],
    )
    pictures = ("pictures/one.png", "two.png", "three.png")
    more = ("secret_things.py", "unasked.py", ".hidden")
    course = course_with(tmp_path, *FILES, *pictures, *more, settings="c.Autograder.withheld_files = ['*']")
    found = asked_in_vain(course, "small", {"small": asking})
    named = {"pictures/one.png", "two.png", "kit/__init__.py", "kit/part.py", "helper.py", "words.txt"}
    assert found == [
        f"small asks for {name}, which is not handed out: c.Autograder.withheld_files names it"
        for name in sorted(named | {"data/table.json"}, key=Path)
    ]


def test_a_file_that_holds_an_answer_or_a_hidden_test_is_refused(tmp_path):
    course = course_with(tmp_path, "helper.py", "notes.txt")
    source = course.folder("source", "small")
    (source / "notes.txt").write_text("### BEGIN HIDDEN TESTS\n")
    (source / "helper.py").write_text("def check():\n    secret_number = 4.5\n")
    target = course.folder("release", "small")
    generate(course, "small", target)
    found = leaks({"small": source_notebook()}, target)
    assert {line.split(":")[0] for line in found} == {"helper.py", "notes.txt"}


def helped_notebook():
    """Return a notebook whose cells, answers and tests use a module beside it, and names of a cell with an answer."""
    return new_notebook(
        metadata={"kernelspec": KERNEL},
        cells=[
            nbgrader_cell("setup", "from helper import two", locked=True),
            nbgrader_cell(
                "twice",
                "def twice(x):\n    ### BEGIN SOLUTION\n    import helper\n"
                "    return helper.two() * x\n    ### END SOLUTION",
                solution=True,
            ),
            nbgrader_cell("shown", "import math\nfrom fractions import Fraction as Part\nr = twice(2)", locked=True),
            nbgrader_cell(
                "test_twice",
                "import checks\nchecks.equal(twice(3), 6)\nassert r == math.floor(4.5) == Part(4) and two() == 2",
                grade=True,
                locked=True,
                points=2,
            ),
        ],
    )


MODULES = {
    "helper.py": "def two():\n    return 2\n",
    "checks.py": "def equal(a, b):\n    assert a == b, f'{a} is not {b}'\n",
}


@pytest.mark.parametrize("shared", [True, False], ids=["shared", "isolated"])
def test_an_assignment_with_modules_beside_it_is_right(tmp_path, shared):
    settings = "c.Autograder.shared = ['small']\n" * shared
    course = course_with(tmp_path, *MODULES, settings=settings, notebook=helped_notebook())
    for name, text in MODULES.items():
        (course.folder("source", "small") / name).write_text(text)
    assert [(check.rule, check.problems) for check in validate(course, "small").checks if check.problems] == []
