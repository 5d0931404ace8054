"""A class that hands in a chapter: no two are alike, and what each must get can be computed without a grader."""

from __future__ import annotations

import copy
import itertools
import json
import random
import shutil
from collections.abc import Iterator
from pathlib import Path

from nbformat.notebooknode import NotebookNode

from autograder.course import CONFIG_NAME, Course, calling_nbgrader
from autograder.demo.play import SETTINGS, STEPS
from autograder.demo.scenarios import Material
from autograder.grade.task import Release
from autograder.intake.submission import take_in
from autograder.notebook.read import read_notebook
from autograder.notebook.roles import grade_id, is_answer, is_test, nbgrader
from autograder.release.mistakes import deal, mistakes, with_mistakes
from autograder.release.mutants import mutants

ROOT = Path(__file__).resolve().parents[1]
MUTATED = 0.15
"""The share of right answers that are changed."""


def make_course(folder: Path, assignment: str, db_url: str = "") -> Course:
    """Put an assignment of this project's course into a folder, to be released there."""
    source = Course.find(ROOT)
    shutil.copytree(source.folder("source", assignment), folder / "source" / assignment)
    steps = [f'c.CourseDirectory.{step}_directory = "{step}"' for step in STEPS]
    steps += [f'c.CourseDirectory.db_url = "{db_url}"'] if db_url else []
    (folder / CONFIG_NAME).write_text("\n".join([(ROOT / CONFIG_NAME).read_text() + SETTINGS, *steps]) + "\n")
    return Course.find(folder)


def hand_in(course: Course, assignment: str, size: int, seed: int = 0) -> list[str]:
    """Let a class of this size hand in; return its students. The first ones are the same in a larger class."""
    students = [f"student{number:06}" for number in range(size)]
    (released,) = course.folder("release", assignment).glob("*.ipynb")
    source = read_notebook((course.folder("source", assignment) / released.name).read_bytes())
    made = answers(Material(source, read_notebook(released.read_bytes())), seed)
    for student, notebook in zip(students, made, strict=False):
        folder = course.folder("submitted", assignment, student)
        folder.mkdir(parents=True)
        (folder / released.name).write_text(json.dumps(notebook))
    return students


def answers(material: Material, seed: int = 0) -> Iterator[NotebookNode]:
    """Yield submissions without end: right ones, named mistakes and halves, in each some answers changed a little."""
    made = deal(mistakes(material.source), lambda one: (one.exercise, one.function))
    bases = [
        material.right(),
        *(with_mistakes(material.source, some) for some in made),
        *(material.half(material.exercises[:done]) for done in range(0, len(material.exercises), 4)),
    ]
    changed = {
        str(grade_id(cell)): [one.after for one in mutants(str(grade_id(cell)), cell.source)]
        for cell in material.right().cells
        if cell.cell_type == "code" and is_answer(cell) and "while" not in cell.source  # a change could loop for ever
    }
    right = {grade_id(cell): cell.source for cell in material.right().cells if is_answer(cell)}
    for number, base in enumerate(itertools.cycle(bases)):
        chance = random.Random(seed * 1_000_003 + number)
        notebook = copy.deepcopy(base)
        for cell in notebook.cells:
            name = grade_id(cell)
            if is_answer(cell) and cell.cell_type == "code":
                if cell.source == right[name] and changed.get(str(name)) and chance.random() < MUTATED:
                    cell.source = chance.choice(changed[str(name)])
                cell.source += f"\n\n# {number}: {chance.random()}"
        yield notebook


def jobs(course: Course, assignment: str, students: list[str]) -> list[list[tuple[str, float]]]:
    """Return the cells of each submission as they are graded, in order, and the points that each is worth as a test."""
    release = Release.load(course, assignment)
    found = []
    with calling_nbgrader():
        for student in students:
            folder = course.folder("submitted", assignment, student)
            size = course.settings.submission_bytes
            submission = take_in(folder, student, release.notebooks, size, release.files)
            for one in release.prepare(submission).values():
                cells = [(one.notebook.cells[cell.key], cell.source) for cell in one.cells]
                worth = (float(nbgrader(cell)["points"]) if is_test(cell) else 0.0 for cell, _ in cells)
                found.append(list(zip((source for _, source in cells), worth, strict=True)))
    return found
