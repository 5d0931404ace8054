"""What is handed out, and what `validate` finds before it is."""

from __future__ import annotations

import copy

import nbformat
import patience
import pytest
from click.testing import CliRunner
from course_maker import hand_in, make_course, nbgrader_cell, source_notebook, with_task
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell

from autograder.cli import main
from autograder.course import Course, CourseError, only_writer
from autograder.grade.results import GradeResult
from autograder.grade.run import grade as grade_class
from autograder.notebook.read import read_notebook
from autograder.notebook.roles import is_test
from autograder.plan import CellError, Frame
from autograder.release.editions import generate
from autograder.release.leaks import leaks
from autograder.release.manifest import Failure, KnownMistake, Manifest
from autograder.release.mistakes import deal, exercises, mistakes, reference, with_mistakes
from autograder.release.publish import known_mistakes, release_assignment
from autograder.release.validate import validate
from autograder.sandbox.launch import Launcher


def rewrite(course, change):
    """Apply a change to the source notebook's cells, by id, and write it back."""
    notebook = source_notebook()
    change({cell.id: cell for cell in notebook.cells}, notebook)
    nbformat.write(notebook, course.folder("source", "small") / "small.ipynb")


def problems(course):
    return {check.rule: check.problems for check in validate(course, "small").checks if not check.passed}


def only(found):
    assert len(found) == 1, found
    return next(iter(found.values()))


def test_the_release_of_the_small_course(released):
    folder = released.folder("release", "small")
    text = (folder / "small.ipynb").read_text()
    notebook = read_notebook(text.encode())
    assert [cell.id for cell in notebook.cells] == [
        cell.id for cell in source_notebook().cells if cell.id != "double_mistakes"
    ]
    for secret in ("return 2 * x", "secret_number", "Because doubling", "mistake", "BEGIN"):
        assert secret not in text
    assert "raise NotImplementedError()" in text


def test_run_all_goes_on_after_checks_that_fail(released):
    """What nbclient stops at, JupyterLab stops at."""
    notebook = read_notebook((released.folder("release", "small") / "small.ipynb").read_bytes())
    NotebookClient(notebook, timeout=patience.SECONDS).execute()
    failed = [cell for cell in notebook.cells if any(out.output_type == "error" for out in cell.get("outputs", []))]
    assert [cell.id for cell in failed if cell.id != "show"] == [cell.id for cell in notebook.cells if is_test(cell)]


def test_releasing_again_changes_nothing(released, tmp_path):
    generate(released, "small", tmp_path / "again")
    path = released.folder("release", "small") / "small.ipynb"
    assert (tmp_path / "again" / "small.ipynb").read_bytes() == path.read_bytes()


def test_files_are_handed_out_but_for_hidden_and_old_ones(course):
    source = course.folder("source", "small")
    for name in ("data.csv", "small.py", "small.md", "notes.txt", ".hidden.csv", "solution.png"):
        (source / name).write_text("x")
    (source / "data").mkdir()
    (source / "data" / "more.npz").write_text("x")
    target = course.folder("release", "small")
    target.mkdir(parents=True)
    (target / "left-over.txt").write_text("x")
    generate(course, "small", target)
    names = sorted(path.relative_to(target).as_posix() for path in target.rglob("*") if path.is_file())
    wanted = ["data.csv", "data/more.npz", "notes.txt", "small.ipynb", "small.md", "small.py", "solution.png"]
    assert names == wanted


def test_the_address_of_the_course_is_written_into_the_release(course):
    install = '%pip install "git+<address of this repository>"'
    rewrite(
        course,
        lambda cells, notebook: notebook.cells.insert(0, new_code_cell(f"if False:\n    {install}", id="install")),
    )
    released = course.folder("release", "small")
    generate(course, "small", released)
    untold = read_notebook((released / "small.ipynb").read_bytes()).cells[0].source
    assert "<address" not in untold
    with pytest.raises(ModuleNotFoundError, match=r'run a cell with the line %pip install "git\+ADDRESS"'):
        exec(untold.replace("if False", "if True"))
    config = course.root / "nbgrader_config.py"
    config.write_text(config.read_text() + "c.Autograder.repository = 'https://example.org/mlp'\n")
    course = Course.find(course.root)
    validation = validate(course, "small")
    assert validation.passed, problems(course)
    release_assignment(course, "small", validation)
    first = read_notebook((released / "small.ipynb").read_bytes()).cells[0]
    assert first.source == 'if False:\n    %pip install "git+https://example.org/mlp"'


def test_a_notebook_that_nbgrader_refuses_is_explained(course):
    rewrite(course, lambda cells, notebook: cells["half"].metadata.nbgrader.update(grade_id="double"))
    with pytest.raises(CourseError, match=r"(?s)nbgrader cannot make the release of 'small'.*double"):
        generate(course, "small", course.folder("release", "small"))


def test_no_such_assignment(course):
    with pytest.raises(CourseError, match=r"no assignment 'smal' in .*; did you mean small\?"):
        validate(course, "smal")


def test_validate_changes_nothing_and_starts_what_forks_workers_once(course, monkeypatch):
    started, whole = [], Launcher.__enter__
    monkeypatch.setattr(Launcher, "__enter__", lambda self: started.append(self.isolated) or whole(self))
    before = sorted(course.root.rglob("*"))
    assert validate(course, "small").passed
    assert sorted(course.root.rglob("*")) == before
    assert started == [True]


def test_a_task_can_be_handed_out_without_its_mark_scheme(tmp_path):
    course = make_course(tmp_path, with_task(source_notebook()))
    validation = validate(course, "small")
    assert [check.problems for check in validation.checks if not check.passed] == []
    folder = release_assignment(course, "small", validation)
    released = read_notebook((folder / "small.ipynb").read_bytes())
    (task,) = (cell for cell in released.cells if cell.metadata.get("nbgrader", {}).get("task"))
    assert task.source.strip() == "Draw both."
    assert leaks({"small": with_task(source_notebook())}, folder) == []
    task.source += "\nTwo curves."
    nbformat.write(released, folder / "small.ipynb")
    assert leaks({"small": with_task(source_notebook())}, folder) == ["small.ipynb, cell draw: the line `Two curves.`"]


def test_validate_finds_a_wrong_reference(course):
    rewrite(course, lambda cells, _: cells["half"].update(source=cells["half"].source.replace("x / 2", "x / 3")))
    assert any("test_half: AssertionError" in problem for problem in only(problems(course)))


def test_what_depends_on_a_wrong_reference_is_not_checked(course):
    """No mistake is accused of keeping points that the reference does not have."""

    def change(cells, _):
        cells["double"].source = cells["double"].source.replace("2 * x", "3 * x")
        cells["test_half"].source = "pass"

    rewrite(course, change)
    validation = validate(course, "small")
    told = {check.rule: (check.problems, check.unchecked) for check in validation.checks if check.problems}
    assert [found for found, _ in told.values()] == [
        ("test_double: AssertionError: double(3) should be 6, got 9",),
        ("test_half gives 2",),
    ]
    left = [check.rule for check in validation.checks if check.unchecked == ("double",)]
    assert [rule.split(",")[0] for rule in left] == [
        "the reference earns every point with the tests in a process of their own",
        "each named mistake loses points",
        "named mistakes fail in different words",
    ]


def test_a_setup_cell_that_fails_is_the_one_cause(course):
    rewrite(course, lambda cells, _: cells["setup"].update(source="import a_package_that_nobody_has"))
    validation = validate(course, "small")
    (found,) = [check.problems for check in validation.checks if check.problems]
    assert found[0] == "setup: ModuleNotFoundError: No module named 'a_package_that_nobody_has'"
    assert found[1].startswith("in small these do not earn their points with it: test_")
    assert len(found) == 2
    assert "–" in CliRunner().invoke(main, ["--course", str(course.root), "validate", "small"]).output


def test_validate_finds_points_for_nothing(course):
    rewrite(course, lambda cells, _: cells["test_half"].update(source="pass"))
    assert only(problems(course)) == ("test_half gives 2",)


def test_validate_finds_a_mistake_that_keeps_its_points(course):
    def change(cells, _):
        cells["double_mistakes"].source = "@mistake('added', 'Adds.')\ndef double(x):\n    return x + x"

    rewrite(course, change)
    assert only(problems(course)) == ("double: 'added' keeps all its points",)


def test_validate_finds_tests_that_depend_on_another_answer(course):
    rewrite(course, lambda cells, _: cells["test_half"].update(source="assert double(half(3.5)) == 3.5"))
    assert any("test_half: lost although answered right" in problem for problem in only(problems(course)))


def test_validate_finds_mistakes_that_cannot_be_told_apart(course):
    def change(cells, _):
        cells["test_double"].source = "assert double(3) == 6"

    rewrite(course, change)
    cells = "@mistake('a', 'A.')\ndef double(x):\n    return 1\n\n@mistake('b', 'B.')\ndef double(x):\n    return 2"
    rewrite(course, lambda found, _: (change(found, _), found["double_mistakes"].update(source=cells)))
    assert only(problems(course)) == ("double: 'a' and 'b' fail in the same words",)


def test_validate_finds_a_test_that_would_be_read_as_points(course):
    hidden = "\n### BEGIN HIDDEN TESTS\nhalf(\n    4)  # two\n### END HIDDEN TESTS"
    rewrite(course, lambda cells, _: cells["test_half"].update(source=cells["test_half"].source + hidden))
    assert only(problems(course)) == (
        "test_half, line 4: the number that `half(` gives is read as points: tag the cell partial-credit if that is "
        "meant, or end it in a statement such as assert",
    )


def test_partial_credit_is_allowed_where_it_is_meant(course):
    def change(cells, _):
        cells["test_half"].source += "\n2.0"
        cells["test_half"].metadata["tags"] = ["partial-credit"]

    rewrite(course, change)
    assert problems(course) == {}


@pytest.mark.parametrize(
    ("ending", "told"),
    [
        ("'0'", "'0'"),
        ("display(0)", "None"),
        ("None", "None"),
        ("float('nan')", "nan"),
        ("-1", "-1.0"),
        ("3", "3.0"),
        ("[2]", "[2]"),
        ("half", "<the student"),
    ],
)
def test_validate_finds_partial_credit_that_is_no_number(course, ending, told):
    """With the test's name and the value that the reference gives, told once."""

    def change(cells, _):
        cells["test_half"].source += f"\n{ending}"
        cells["test_half"].metadata["tags"] = ["partial-credit"]

    rewrite(course, change)
    found = only(problems(course))
    assert "test_half must end in its points, a number from 0 to 2, but its value is" in found[0]
    assert told in found[0] or ending == "half"


@pytest.mark.parametrize(
    "ending", ["np.array(2.0)", "np.float32(2)", "np.int64(2)", "np.True_", "np.array(True)", "True"]
)
def test_what_numpy_counts_is_read_as_points(course, ending):
    def change(cells, _):
        cells["test_half"].source = f"import numpy as np\n{cells['test_half'].source}\n{ending}"
        cells["test_half"].metadata["tags"] = ["partial-credit"]

    rewrite(course, change)
    assert problems(course) == {}


def test_validate_tries_tests_without_points(course):
    def change(cells, notebook):
        notebook.cells.append(nbgrader_cell("test_free", "assert half(4) == 3", grade=True, locked=True))

    rewrite(course, change)
    assert "test_free: AssertionError" in only(problems(course))[0]


def test_validate_compares_the_points_with_the_gradebooks(course, monkeypatch):
    monkeypatch.setattr("autograder.release.editions.contradictions", lambda notebook: [])

    def change(cells, notebook):
        with_task(notebook).cells[-1].metadata.nbgrader.grade = True

    rewrite(course, change)
    assert any("together, in the gradebook 13" in problem for problem in only(problems(course)))


def test_a_release_that_would_leak_is_refused(course):
    rewrite(course, lambda cells, notebook: notebook.cells[0].metadata.update(note="return 2 * x"))
    assert only(problems(course)) == ("small.ipynb, cell title, metadata: the line `return 2 * x`",)


def test_a_tag_for_partial_credit_without_an_expression_is_named(course):
    rewrite(course, lambda cells, _: cells["test_half"].metadata.update(tags=["partial-credit"]))
    assert "is tagged partial-credit, but does not end in an expression" in only(problems(course))[0]


def test_validate_finds_an_answer_without_tests(course):
    def change(_, notebook):
        notebook.cells.append(
            nbgrader_cell("more", "def more():\n    ### BEGIN SOLUTION\n    pass\n    ### END SOLUTION", solution=True)
        )

    rewrite(course, change)
    assert only(problems(course)) == ("more has no tests after it",)


@pytest.mark.parametrize(
    ("place", "text", "finding"),
    [
        ("title", "the answer: return 2 * x", "the line `the answer: return 2 * x`"),
        ("half", "    return 2 * x", "the line `return 2 * x`"),
        ("half", "### BEGIN SOLUTION", "a mark of an answer"),
    ],
)
def test_leaks_are_found(released, place, text, finding):
    path = released.folder("release", "small") / "small.ipynb"
    notebook = read_notebook(path.read_bytes())
    next(cell for cell in notebook.cells if cell.id == place).source += "\n" + text
    nbformat.write(notebook, path)
    found = leaks({"small": source_notebook()}, path.parent)
    assert any(finding in line for line in found), found


def test_a_clean_release_has_no_leaks(released):
    assert leaks({"small": source_notebook()}, released.folder("release", "small")) == []


def test_exercises_and_mistakes_are_read():
    notebook = source_notebook()
    assert [(one.answer, one.tests) for one in exercises(notebook)] == [
        ("double", ("test_double",)),
        ("half", ("test_half",)),
    ]
    squared, truncated = mistakes(notebook)
    assert (squared.name, squared.hint, squared.function) == ("squared", "You multiplied x by itself.", "double")
    assert squared.code == "def double(x):\n    return x * x"
    assert truncated.exercise.answer == "double"


def test_a_mistake_takes_the_place_of_one_function_only():
    notebook = source_notebook()
    cell = next(cell for cell in notebook.cells if cell.id == "double")
    cell.source = "import math\n\n\n" + cell.source + "\n\n\ndef other():\n    return 1"
    made = with_mistakes(notebook, mistakes(notebook)[:1])
    source = next(cell for cell in made.cells if cell.id == "double").source
    assert source == "import math\n\n\ndef double(x):\n    return x * x\n\n\ndef other():\n    return 1"


def test_the_reference_is_what_a_student_could_hand_in():
    notebook = reference(source_notebook())
    text = nbformat.writes(notebook)
    assert "mistake" not in text
    assert "secret_number" not in text
    assert "SOLUTION" not in text


@pytest.mark.parametrize(
    ("source", "complaint"),
    [
        ("@mistake('one', 'two')\ndef double(:", "is not valid Python"),
        ("@mistake('one')\ndef double(x): return 1", "takes two texts"),
        ("@mistake('one', hint)\ndef double(x): return 1", "takes two texts"),
        ("@mistake('one', 'two')\ndef treble(x): return 1", "which no answer cell above it defines"),
    ],
)
def test_bad_instructor_cells_are_explained(source, complaint):
    notebook = source_notebook()
    next(cell for cell in notebook.cells if cell.id == "double_mistakes").source = source
    with pytest.raises(CourseError, match=complaint):
        mistakes(notebook)


def test_a_mistake_is_put_into_an_answer_with_magics():
    notebook = source_notebook()
    cell = next(cell for cell in notebook.cells if cell.id == "double")
    cell.source = f"%matplotlib inline\n{cell.source}"
    made = with_mistakes(notebook, mistakes(notebook)[:1])
    source = next(cell for cell in made.cells if cell.id == "double").source
    assert source == "get_ipython().run_line_magic('matplotlib', 'inline')\ndef double(x):\n    return x * x"


def test_an_answer_that_is_no_python_is_named_where_a_mistake_needs_it():
    notebook = source_notebook()
    next(cell for cell in notebook.cells if cell.id == "half").source = "to be repaired:"
    assert len(mistakes(notebook)) == 2
    next(cell for cell in notebook.cells if cell.id == "double").source = "def double(x:"
    with pytest.raises(CourseError, match="which no answer cell above it defines; double, the last one, is not valid"):
        mistakes(notebook)


def test_dealing_gives_each_mistake_once_and_leaves_every_exercise_right_sometimes():
    notebook = source_notebook()
    one, two = mistakes(notebook)
    hands = deal([one, two], lambda mistake: mistake.exercise, spare=2)
    assert sorted(mistake.name for hand in hands for mistake in hand) == ["squared", "truncated"]
    assert len(hands) == 4
    assert deal([], lambda mistake: mistake.exercise, spare=0) == []
    assert all(len(hand) <= 1 for hand in hands)


def grade(evalue, name="test", ename="AssertionError"):
    return GradeResult(name, 1.0, 0.0, "error", CellError(ename, evalue, (), (Frame(0, 1, "f"),)))


@pytest.mark.parametrize(
    ("evalue", "alike"),
    [
        ("got 5.0, expected 5.5", True),
        ("got 5.0000001, expected 5.5", True),
        ("got 5, expected 5.5", True),
        ("got 5.1, expected 5.5", False),
        ("got -5.0, expected 5.5", False),
        ("received 5.0, expected 5.5", False),
    ],
)
def test_a_mistake_is_recognised_by_its_words_and_numbers(evalue, alike):
    known = KnownMistake(
        "f", "forgot the bias", "Where is b?", (Failure("test", "AssertionError", "got 5.0, expected 5.5"),)
    )
    manifest = Manifest((known,))
    assert manifest.diagnose(grade(evalue)) == ([known] if alike else [])
    assert manifest.diagnose(grade(evalue, name="other")) == []
    assert manifest.diagnose(grade(evalue, ename="ValueError")) == []


def test_a_manifest_belongs_to_what_was_released(released):
    made = Manifest.load(released, "small")
    assert [one.name for one in made.mistakes] == ["squared", "truncated"]
    path = released.folder("source", "small") / "small.ipynb"
    path.write_text(path.read_text().replace("You multiplied", "You have multiplied"))
    quiet = lambda text: lambda done, total: None  # noqa: E731
    assert known_mistakes(released, "small", progress=quiet) == made
    (released.state("small") / "manifest.json").unlink()
    again = known_mistakes(released, "small", progress=quiet)
    assert again.mistakes[0].hint == "You have multiplied x by itself."
    assert Manifest.load(released, "small") == again


def test_a_course_is_found_from_below_and_explained_when_missing(course, tmp_path_factory):
    assert Course.find(course.folder("source", "small")).root == course.root
    with pytest.raises(CourseError, match=r"nbgrader_config\.py; there is none in"):
        Course.find(tmp_path_factory.mktemp("nowhere"))


def test_a_broken_configuration_is_explained(course):
    (course.root / "nbgrader_config.py").write_text("c = get_config(\n")
    with pytest.raises(CourseError, match=r"nbgrader_config\.py cannot be read: SyntaxError"):
        Course.find(course.root)


@pytest.mark.parametrize("setting", ["ClearHiddenTests.begin_test_delimeter", "ClearSolutions.end_solution_delimeter"])
def test_other_delimiters_are_refused(course, setting):
    config = course.root / "nbgrader_config.py"
    config.write_text(config.read_text() + f"c.{setting} = 'SECRET'\n")
    with pytest.raises(CourseError, match="must be nbgrader's own"):
        Course.find(course.root)


def test_a_path_that_the_gradebooks_address_cannot_hold_is_refused(tmp_path):
    (tmp_path / "50%").mkdir()
    with pytest.raises(CourseError, match="rename the folder"):
        make_course(tmp_path / "50%")


def test_a_release_waits_for_nobody_who_is_grading(released):
    validation = validate(released, "small")
    with only_writer(released), pytest.raises(CourseError, match="another run is writing"):
        release_assignment(released, "small", validation)


def test_cells_added_after_submissions_are_explained(released):
    hand_in(released, "ada", reference(source_notebook()))
    grade_class(released, "small")
    more = nbgrader_cell("more", "def more():\n    ### BEGIN SOLUTION\n    pass\n    ### END SOLUTION", solution=True)
    rewrite(released, lambda _, notebook: notebook.cells.append(more))
    with pytest.raises(CourseError, match="give the new version another assignment name"):
        generate(released, "small", released.folder("release", "small"))


def test_settings_come_from_the_configuration(tmp_path):
    course = make_course(tmp_path)
    assert course.limits.cell_seconds == 2
    assert course.settings.workers == 2
    moved = course.moved(release_directory="elsewhere")
    assert moved.folder("release", "small") == tmp_path / "elsewhere" / "small"
    assert course.folder("release", "small") == tmp_path / "course" / "small", "the original is left alone"
    assert copy.deepcopy(course.config) == course.config
