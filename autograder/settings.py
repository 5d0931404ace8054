"""The autograder's own settings, and a check of names and types in a course's configuration.

traitlets keeps a misspelt setting without a word, and refuses a wrong type with a traceback.
"""

from __future__ import annotations

import math
import sys
from difflib import get_close_matches
from typing import Any

from nbgrader import preprocessors
from nbgrader.coursedir import CourseDirectory
from traitlets import Bool, Dict, Float, Int, List, TraitError, TraitType, Unicode
from traitlets.config import Config, Configurable

from autograder.names import meant
from autograder.plan import Limits

NAMESAKES = ("Autograde", "AutogradeApp")
"""nbgrader's own, whose names are like that of the settings here."""


class Autograder(Configurable):
    """The autograder's own settings, given as ``c.Autograder.…`` in ``nbgrader_config.py``."""

    packages = List(Unicode(), help="Packages a notebook may import besides what is installed with Python.").tag(
        config=True
    )
    masked = Dict(
        value_trait=List(Unicode()),
        key_trait=Unicode(),
        help="By assignment, the modules that students' code cannot import while graded: they hold the answers.",
    ).tag(config=True)
    strict = Bool(False, help="Release nothing that `autograder validate` warns of.").tag(config=True)
    shared = List(
        Unicode(),
        help="Assignments whose tests run in the student's own process, as nbgrader's do. Those can be cheated.",
    ).tag(config=True)
    require_sandbox = Bool(sys.platform == "linux", help="Refuse to grade where bubblewrap does not work.").tag(
        config=True
    )
    workers = Int(0, min=0, help="How many submissions to run at once; 0 means one a core.").tag(config=True)
    cell_seconds = Float(Limits.cell_seconds, min=0.001, help="Computing time of a cell, in seconds.").tag(config=True)
    notebook_seconds = Float(Limits.notebook_seconds, min=0.001, help="Computing time of a notebook.").tag(config=True)
    wall_factor = Float(Limits.wall_factor, min=1, help="How many times longer it may take by the clock.").tag(
        config=True
    )
    output_characters = Int(Limits.output_characters, min=0, help="Text that a cell may print.").tag(config=True)
    memory_bytes = Int(Limits.memory_bytes, min=1, help="Memory of a submission, all its processes together.").tag(
        config=True
    )
    processes = Int(Limits.processes, min=1, help="Processes and threads of a submission.").tag(config=True)
    late_percent_a_day = Float(
        0, min=0, max=100, help="Share of the points that each begun day after the due date costs; 0: no rule of ours."
    ).tag(config=True)
    late_grace_minutes = Float(0, min=0, help="So long after it was due, a submission is still in time.").tag(
        config=True
    )
    late_free_days = Int(0, min=0, help="Days of delay in the whole course that cost a student nothing.").tag(
        config=True
    )
    late_maximum_percent = Float(100, min=0, max=100, help="The most that an assignment loses by its delay.").tag(
        config=True
    )
    late_of_maximum = Bool(
        False, help="Whether the share is of what the assignment is worth, not of the points that were earned."
    ).tag(config=True)
    release_files = List(Unicode(), ["*"], help="Files beside the notebooks to hand out, as patterns.").tag(config=True)
    withheld_files = List(Unicode(), help="Which of them are not, as patterns.").tag(config=True)
    repository = Unicode(
        help="Public git address of the course, such as https://github.com/owner/name. The release writes it where "
        "a notebook has <address of this repository>: in the cell that installs a missing library."
    ).tag(config=True)
    submission_bytes = Int(20 * 2**20, min=1, help="Size of a submitted notebook.").tag(config=True)


def faults(config: Config) -> list[str]:
    """Return what is wrong with the settings ``c.Autograder.…``, one line each."""
    known = Autograder.class_trait_names(config=True)
    found = []
    for name, value in config.Autograder.items():
        if name not in known:
            found.append(f"there is no setting c.Autograder.{name}{meant(name, known, 'c.Autograder.')}")
            continue
        try:
            if isinstance(Autograder.class_traits()[name], List) and isinstance(value, str):
                raise TraitError  # traitlets takes it for a list of letters
            if isinstance(value, float) and not math.isfinite(value):
                raise TraitError  # clocks take neither, and no bound of traitlets stops nan
            Autograder(config=Config({"Autograder": {name: value}}))
        except TraitError:
            wanted = _wanted(Autograder.class_traits()[name])
            found.append(f"c.Autograder.{name} must be {wanted}; it is {value!r} ({type(value).__name__})")
    others = [name for name in ("LateSubmissionPlugin", "AssignLatePenalties") if config.get(name)]
    if config.Autograder.get("late_percent_a_day") and others:
        found.append(f"c.Autograder.late_percent_a_day and c.{others[0]} are two rules for late work: remove one")
    return found


def doubts(config: Config) -> list[str]:
    """Return the settings of nbgrader's steps and folders that nbgrader does not know, one line each.

    Another program may read them, so that they are no faults.
    """
    steps = [step for step in vars(preprocessors).values() if isinstance(step, type) and issubclass(step, Configurable)]
    classes = {one.__name__: one for one in (Autograder, CourseDirectory, *steps)}
    found = []
    for section, settings in config.items():
        if section in classes and section != Autograder.__name__:
            known = classes[section].class_trait_names()
            found += [
                f"nbgrader knows no setting c.{section}.{name}{meant(name, known, f'c.{section}.')}"
                for name in settings
                if name not in known
            ]
        elif section not in (*classes, *NAMESAKES) and get_close_matches(
            section, [Autograder.__name__, CourseDirectory.__name__]
        ):
            found.append(f"c.{section} sets nothing{meant(section, classes, 'c.')}")
    return found


def _wanted(trait: TraitType[Any, Any]) -> str:
    """Return in words what a setting must be."""
    if isinstance(trait, Float) and math.isfinite(trait.max):
        return f"a number from {trait.min:g} to {trait.max:g}"
    if isinstance(trait, Float) and math.isfinite(trait.min):
        return f"a finite number of {trait.min:g} or more"
    if isinstance(trait, Int) and trait.min is not None:
        return f"a whole number of {trait.min} or more"
    words = {
        Bool: "True or False",
        Int: "a whole number",
        Float: "a number",
        List: "a list of texts",
        Dict: "a dictionary from names to lists of texts",
        Unicode: "a text",
    }
    return words[type(trait)]
