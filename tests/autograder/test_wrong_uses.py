"""What a user can get wrong: one line with the rule, what arrived and what to do; no traceback; the status listed."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from course_maker import hand_in, make_course, source_notebook

from autograder.cli import collect as cli_collect
from autograder.cli import main
from autograder.cli.main import COMMANDS
from autograder.collect.forms import FORMS
from autograder.course import Course
from autograder.release.editions import generate

ROOT = Path(__file__).parents[2]

WORDS = [
    # what was typed, the exit status, what the one line says
    ("grad small", 2, "no command 'grad'; did you mean grade?"),
    ("Grade small", 2, "no command 'Grade'; did you mean grade?"),
    ("reprot small", 2, "no command 'reprot'; did you mean report?"),
    ("publish small", 2, "no command 'publish'"),
    ("--corse . grade small", 2, "no option --corse; did you mean --course?"),
    ("--db-url", 2, "--db-url"),
    ("--course /nowhere/at/all grade small", 2, "'/nowhere/at/all' does not exist"),
    ("--course {file} grade small", 2, "is a file"),
    ("grade", 2, "needs ASSIGNMENTS: autograder grade ASSIGNMENTS..."),
    ("grade small --stduent ada", 2, "no option --stduent; did you mean --student?"),
    ("grade small --student", 2, "--student"),
    ("grade small --workers many", 2, "'many' is not a valid integer"),
    ("grade small --workers -1", 2, "-1 is not in the range x>=0"),
    ("grade small --sandbox maybe", 2, "'maybe' is not one of 'auto', 'require', 'off'"),
    ("grade small --sandbox", 2, "--sandbox"),
    ("grade small --jsno", 2, "no option --jsno; did you mean --json?"),
    ("grade Small", 1, "no assignment 'Small' in {source}; did you mean small?"),
    ("grade smal", 1, "did you mean small?"),
    ("grade other", 1, "no assignment 'other' in {source}; there are: ready, small"),
    ("grade solutions/small/small.ipynb", 1, "a name is wanted, not a path; did you mean small?"),
    ("grade small.ipynb", 1, "did you mean small?"),
    ("grade small", 1, "'small' is not released"),
    ("grade ready small", 1, "'small' is not released"),
    ("grade ready --student nobody", 1, "no submission of 'ready' by nobody: there is no folder"),
    ("grade ready --student Ada", 1, "did you mean ada?"),
    ("grade ready --student ../ada", 1, "it holds a slash"),
    ("feedback", 2, "needs ASSIGNMENTS"),
    ("feedback smal", 1, "did you mean small?"),
    ("feedback ready/", 1, "nothing of 'ready' is graded yet: run `autograder grade ready` first"),
    ("feedback ready --student", 2, "--student"),
    ("report", 2, "needs ASSIGNMENTS"),
    ("report ready", 1, "nothing of 'ready' is graded yet"),
    ("report ready --format html", 2, "no option --format"),
    ("validate smal", 1, "did you mean small?"),
    ("validate small --strickt", 2, "did you mean --strict?"),
    ("release nothing", 1, "there are: ready, small"),
    ("release .hidden", 1, "it begins with a dot"),
    ("due", 2, "needs ASSIGNMENT: autograder due ASSIGNMENT [MOMENT]"),
    ("due ready tomorrow", 1, "'tomorrow' is not read"),
    ("due ready 01.11.2026", 1, "it is no date, time and zone; write it like"),
    ("due small 2026-11-01T12:00Z", 1, "the gradebook does not know 'small': run `autograder release small` first"),
    ("due ready 2026-11-01 12:00 UTC", 2, "unexpected extra arguments (12:00 UTC)"),
    ("init {file}", 2, "is a file"),
    ("init {root}", 1, "is a course already"),
    ("new", 2, "needs ASSIGNMENT: autograder new ASSIGNMENT"),
    ("new small", 1, "is there already: choose another name"),
    ("new con", 1, "Windows keeps it for a device"),
    ("new a+b", 1, "it holds a plus sign"),
    ("extend ada", 2, "needs ASSIGNMENT: autograder extend STUDENT ASSIGNMENT"),
    ("extend ada ready", 2, "give either --until MOMENT or --none"),
    ("extend ada ready --until soon", 1, "'soon' is not read"),
    ("extend ada ready --until 2026-11-01T12:00Z", 1, "ready has no date that could be extended: set one with"),
    ("grade ready --apply", 2, "--apply goes with --changed-tests"),
    ("grade ready --changed-test", 2, "did you mean --changed-tests?"),
    ("show ready", 2, "needs STUDENT: autograder show ASSIGNMENT STUDENT [EXERCISE]"),
    ("show ready ada", 1, "nothing of 'ready' is graded yet"),
    ("points ready ada why", 2, "needs NUMBER"),
    ("points ready ada why 3", 2, "--why"),
    ("points ready ada why lots --why x", 2, "'lots' is neither a number nor the word tests"),
    ("points ready ada why 3 --why x", 1, "nothing of ready by 'ada' is graded"),
    ("backup {file}", 1, "is there already: choose another name"),
    ("restore", 2, "needs FILE: autograder restore FILE FOLDER"),
    ("restore /nowhere.tar.gz {file}.d", 1, "there is no file /nowhere.tar.gz"),
    ("restore {file} {file}.d", 1, "is no whole backup"),
    ("restore {file} {root}", 1, "is not empty: restore into a new folder"),
    ("new-term {root}", 1, "is not empty: begin the term in a new folder"),
    ("newterm other", 2, "no command 'newterm'; did you mean new-term?"),
    ("collect ready", 2, "needs FILES: autograder collect ASSIGNMENT FILES..."),
    ("collect redy x.zip", 1, "did you mean ready?"),
    ("collect ready x.zip --from moodel", 2, "'moodel' is not one of 'moodle', 'canvas'"),
    ("export ready", 2, "needs --to"),
    ("export redy --to csv", 1, "did you mean ready?"),
    ("export ready --to excel", 2, "'excel' is not one of 'moodle', 'canvas', 'csv', 'parquet'"),
    ("demo smal", 1, "did you mean small?"),
    ("demo small --workspace", 2, "--workspace"),
    ("demo small other", 2, "unexpected extra argument (other)"),
    ("doctor small", 2, "unexpected extra argument (small)"),
]

SETTINGS = [
    ("c.Autograder.cell_second = 5", "no setting c.Autograder.cell_second; did you mean c.Autograder.cell_seconds?"),
    ("c.Autograder.workers = 'two'", "c.Autograder.workers must be a whole number of 0 or more; it is 'two' (str)"),
    ("c.Autograder.packages = 'mlpkit'", "must be a list of texts"),
    ("c.Autograder.strict = 'yes'", "must be True or False"),
    ("c.Autograder.cell_seconds = (", "cannot be read: SyntaxError"),
    ("import no_such_module", "cannot be read: ModuleNotFoundError"),
    ("c.ClearSolutions.begin_solution_delimeter = 'X'", "must be nbgrader's own"),
    ("c.CourseDirectory.db_url = 'mysql://x/y'", "the gradebook cannot be used"),
]


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A course with an assignment that is not released, and one that is and has a submission."""
    made = make_course(tmp_path_factory.mktemp("wrong"), shared=False)
    shutil.copytree(made.folder("source", "small"), made.folder("source", "ready"))
    source = made.folder("source", "ready")
    (source / "small.ipynb").rename(source / "ready.ipynb")
    config = made.root / "nbgrader_config.py"
    config.write_text(config.read_text() + "c.Autograder.shared = ['ready']\n")
    generate(made, "ready", made.folder("release", "ready"))
    hand_in(made, "ada", source_notebook(), "ready")
    return made


def refused(*words, status):
    """Call the command and return the one line that it prints."""
    result = CliRunner().invoke(main, words)
    assert result.exit_code == status, result.output
    assert isinstance(result.exception, SystemExit)
    assert not result.stdout
    lines = result.stderr.splitlines()
    assert len(lines) == 1, lines
    assert lines[0].startswith("Error: ")
    return lines[0]


@pytest.mark.parametrize(("typed", "status", "said"), WORDS)
def test_a_wrong_word_is_one_line(course, typed, status, said):
    file = course.root / "nbgrader_config.py"
    words = [word.format(file=file, root=course.root) for word in typed.split()]
    place = [] if words[0].startswith("-") else ["--course", str(course.root)]
    line = refused(*place, *words, status=status)
    assert said.format(source=course.folder("source", ".")) in line
    told = json.loads(CliRunner().invoke(main, [*place, *words, "--json"]).stdout) if status == 1 else None
    assert told is None or told == {"error": {"message": line.removeprefix("Error: "), "status": 1}}


@pytest.mark.parametrize(("line", "said"), SETTINGS)
def test_a_wrong_setting_is_one_line(course, tmp_path, line, said):
    folder = tmp_path / "other"
    shutil.copytree(course.root, folder)
    config = folder / "nbgrader_config.py"
    config.write_text(f"{config.read_text()}{line}\n")
    assert said in refused("--course", str(folder), "due", "ready", status=1)


def test_elsewhere_there_is_no_course(tmp_path):
    for command in ("grade small", "release", "report small", "due small"):
        assert "a course is a folder with nbgrader_config.py" in refused(
            "--course", str(tmp_path), *command.split(), status=1
        )


def test_an_empty_course_says_what_it_lacks(tmp_path):
    (tmp_path / "nbgrader_config.py").write_text("c = get_config()\n")
    for command in ("release", "validate", "demo"):
        assert "the course has no assignment" in refused("--course", str(tmp_path), command, status=1)
    assert "holds none with a notebook" in refused("--course", str(tmp_path), "release", "small", status=1)


def test_wrong_words_are_an_object_where_json_is_asked_for():
    told = json.loads(CliRunner().invoke(main, ["grad", "--json"]).stdout)
    assert told["error"]["status"] == 2
    assert "did you mean grade?" in told["error"]["message"]


def test_help_needs_none_of_the_large_libraries():
    """What costs seconds to load is loaded by what needs it; a figure of seconds would measure the machine."""
    commands = [[], *([command] for command in COMMANDS)]
    code = (
        "import sys; from autograder.cli import main\n"
        f"for words in {commands!r}:\n"
        "    try: main([*words, '--help'])\n"
        "    except SystemExit: pass\n"
        "print(*{name.partition('.')[0] for name in sys.modules})"
    )
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    heavy = {"nbgrader", "numpy", "nbconvert", "nbformat", "sqlalchemy", "jinja2", "IPython", "traitlets", "pygments"}
    assert not heavy & set(loaded.stdout.splitlines()[-1].split())


def test_collect_offers_every_form():
    assert tuple(FORMS) == cli_collect.FORMS


def test_the_statuses_are_in_the_documentation():
    guide = (ROOT / "docs/instructors.md").read_text()
    table = guide.partition("| exit status |")[2].partition("\n\n")[0]
    assert re.findall(r"^\| (\d+) \|", table, re.M) == ["0", "1", "2", "130"]


@pytest.mark.parametrize(
    ("step", "command"),
    [
        ("release", "grade ready"),
        ("release", "collect ready ."),
        ("source", "audit ready"),
        ("source", "validate ready"),
        ("source", "release ready --solutions"),
    ],
)
def test_a_damaged_notebook_of_the_course_is_named(course, tmp_path, step, command):
    folder = tmp_path / "other"
    shutil.copytree(course.root, folder)
    broken = Course.find(folder).folder(step, "ready") / "ready.ipynb"
    broken.write_text("{")
    assert f"{broken}: the file is damaged" in refused("--course", str(folder), *command.split(), status=1)
