"""The committed student edition is what the project's own command makes of ``solutions/``, and leaks nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from autograder.course import Course
from autograder.notebook.read import read_notebook
from autograder.release.editions import addressed, generate
from autograder.release.leaks import leaks
from autograder.release.mistakes import mistakes

COURSE = Course.find(Path(__file__).resolve().parents[2])


def files(folder: Path) -> dict[str, bytes]:
    kept = (path for path in folder.rglob("*") if path.is_file() and ".ipynb_checkpoints" not in path.parts)
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in kept}


def test_every_chapter_is_released_and_nothing_else():
    released = {path.name for path in COURSE.folder("release", ".").iterdir() if path.is_dir()}
    assert released == set(COURSE.assignments) != set()


@pytest.mark.parametrize("chapter", COURSE.assignments)
def test_regenerating_changes_nothing(chapter, tmp_path):
    trial = COURSE.moved(release_directory=str(tmp_path / "release"), db_url=f"sqlite:///{tmp_path}/gradebook.db")
    target = trial.folder("release", chapter)
    generate(trial, chapter, target)
    assert files(COURSE.folder("release", chapter)) == files(target), "run `make release` and commit course/"


@pytest.mark.parametrize("chapter", COURSE.assignments)
def test_nothing_leaks(chapter):
    repository = COURSE.settings.repository
    sources = {
        path.stem: addressed(read_notebook(path.read_bytes()), repository)
        for path in COURSE.folder("source", chapter).glob("*.ipynb")
    }
    assert leaks(sources, COURSE.folder("release", chapter)) == []
    text = "".join(data.decode() for data in files(COURSE.folder("release", chapter)).values())
    for notebook in sources.values():
        for mistake in mistakes(notebook):
            assert mistake.hint not in text


@pytest.mark.parametrize("chapter", COURSE.assignments)
def test_only_what_is_on_the_list(chapter):
    allowed = {".ipynb", ".csv", ".npz", ".png", ".jpg", ".svg"}
    assert {Path(name).suffix for name in files(COURSE.folder("release", chapter))} <= allowed
