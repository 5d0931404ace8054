"""Settings of the wrong name or type are told in one line, with what was meant."""

from __future__ import annotations

import pytest
from click.testing import CliRunner
from course_maker import CONFIG
from traitlets.config import Config

from autograder.cli import main
from autograder.course import Course, CourseError
from autograder.settings import Autograder, doubts, faults


def config(line):
    space = {"c": Config()}
    exec(line, space)
    return space["c"]


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("cell_second = 5", "there is no setting c.Autograder.cell_second; did you mean c.Autograder.cell_seconds?"),
        ("zzz = 5", "there is no setting c.Autograder.zzz"),
        ("workers = 'two'", "c.Autograder.workers must be a whole number of 0 or more; it is 'two' (str)"),
        ("workers = 2.5", "c.Autograder.workers must be a whole number of 0 or more; it is 2.5 (float)"),
        ("workers = -1", "c.Autograder.workers must be a whole number of 0 or more; it is -1 (int)"),
        ("late_free_days = -1", "c.Autograder.late_free_days must be a whole number of 0 or more; it is -1 (int)"),
        ("processes = 0", "c.Autograder.processes must be a whole number of 1 or more; it is 0 (int)"),
        (
            "cell_seconds = None",
            "c.Autograder.cell_seconds must be a finite number of 0.001 or more; it is None (NoneType)",
        ),
        ("cell_seconds = 0", "c.Autograder.cell_seconds must be a finite number of 0.001 or more; it is 0 (int)"),
        (
            "notebook_seconds = float('inf')",
            "c.Autograder.notebook_seconds must be a finite number of 0.001 or more; it is inf (float)",
        ),
        (
            "late_percent_a_day = float('nan')",
            "c.Autograder.late_percent_a_day must be a number from 0 to 100; it is nan (float)",
        ),
        ("wall_factor = 0.5", "c.Autograder.wall_factor must be a finite number of 1 or more; it is 0.5 (float)"),
        ("shared = [1]", "c.Autograder.shared must be a list of texts; it is [1] (list)"),
        ("strict = 'yes'", "c.Autograder.strict must be True or False; it is 'yes' (str)"),
        ("repository = 1", "c.Autograder.repository must be a text; it is 1 (int)"),
        ("masked = ['a']", "c.Autograder.masked must be a dictionary from names to lists of texts; it is ['a'] (list)"),
    ],
)
def test_a_wrong_setting_is_one_line(line, told):
    assert faults(config(f"c.Autograder.{line}")) == [told]


def test_every_setting_takes_what_it_has():
    settings = Config({"Autograder": {name: getattr(Autograder(), name) for name in Autograder.class_own_traits()}})
    assert faults(settings) == []
    assert faults(config("c.Autograder.release_files.append('*.py')")) == []


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (
            "c.CourseDirectory.sorce_directory = 'x'",
            "nbgrader knows no setting c.CourseDirectory.sorce_directory; "
            "did you mean c.CourseDirectory.source_directory?",
        ),
        (
            "c.ClearSolutions.code_stup = {}",
            "nbgrader knows no setting c.ClearSolutions.code_stup; did you mean c.ClearSolutions.code_stub?",
        ),
        ("c.Autogrator.workers = 2", "c.Autogrator sets nothing; did you mean c.Autograder?"),
    ],
)
def test_what_nbgrader_does_not_know_is_doubted(line, told):
    assert doubts(config(line)) == [told]


@pytest.mark.parametrize(
    "line",
    [
        "c.CourseDirectory.course_id = 'x'",
        "c.ClearSolutions.code_stub = {'python': 'pass'}",
        "c.Exchange.root = '/x'",
        "c.AnyProgram.its_setting = 1",
        "c.Autograde.permissions = 664",
        "c.GenerateAssignment.create_assignment = True",
        "c.HTMLExporter.sanitize_html = True",
    ],
)
def test_what_another_program_may_read_is_not_doubted(line):
    assert (doubts(config(line)), faults(config(line))) == ([], [])


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("c.Autograder.workers = 'two'", "c.Autograder.workers must be a whole number"),
        ("c.Autograder.cell_second = 5", "did you mean c.Autograder.cell_seconds?"),
        ("x = ", "cannot be read: SyntaxError"),
    ],
)
def test_doctor_and_every_command_end_with_status_1(tmp_path, line, told):
    (tmp_path / "nbgrader_config.py").write_text(f"{CONFIG}{line}\n")
    with pytest.raises(CourseError, match=r"c\.Autograder|cannot be read"):
        Course.find(tmp_path)
    for command in (["doctor"], ["validate", "small"]):
        result = CliRunner().invoke(main, ["--course", str(tmp_path), *command])
        assert (result.exit_code, told in result.output.replace("\n", " ")) == (1, True)
        assert "Traceback" not in result.output


def test_a_doubt_is_a_warning(tmp_path):
    (tmp_path / "nbgrader_config.py").write_text(f"{CONFIG}c.CourseDirectory.sorce_directory = 'x'\n")
    (tmp_path / "solutions" / "a+b").mkdir(parents=True)
    (tmp_path / "solutions" / "a+b" / "p.ipynb").write_text("{}")
    result = CliRunner().invoke(main, ["--course", str(tmp_path), "validate", "small"])
    assert "warning: nbgrader knows no setting c.CourseDirectory.sorce_directory" in result.stderr
    shown = CliRunner().invoke(main, ["--course", str(tmp_path), "doctor"])
    assert "! settings     nbgrader knows no setting c.CourseDirectory.sorce_directory" in shown.output
    assert "✗ names        'a+b' cannot be the name of an assignment" in shown.output
