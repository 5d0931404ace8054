"""A chapter that was split, or has another name: no answer is lost, and each is where its exercise is."""

from __future__ import annotations

import pytest
from releases import cell, demo, exercise, release, written

from mlpkit.course.__main__ import main
from mlpkit.course.moved import divided
from mlpkit.course.notebooks import read, write
from mlpkit.course.work import Work

SETUP = demo("setup", "import numpy as np")
OLD = release(SETUP, *exercise(1, "layer"), *exercise(2, "penalty"), *exercise(3, "norm"), written("report"))
DESIGN = release(SETUP, *exercise(1, "layer"), *exercise(2, "norm"), written("plan"))
TRAINING = release(SETUP, *exercise(1, "penalty"), *exercise(2, "rate"), written("report"))
PROJECT = release(SETUP, *exercise(1, "search"), written("defence"))
OWN = {"cell_type": "code", "id": "mine", "metadata": {}, "source": "my_trial = 1", "outputs": [], "execution_count": 1}


def publish(root, **chapters):
    for name, notebook in chapters.items():
        write(root / "course" / f"c{name}" / f"c{name}.ipynb", notebook)


def place(root, name):
    return root / "work" / name / f"{name}.ipynb"


@pytest.fixture
def root(tmp_path, monkeypatch):
    """A working copy of a course with two chapters, in which something is done."""
    monkeypatch.chdir(tmp_path)
    publish(tmp_path, **{"5_design": OLD, "6_project": PROJECT})
    assert main(["update"]) == 0
    mine = read(place(tmp_path, "c5_design"))
    for name in ("layer", "penalty", "norm"):
        cell(mine, name)["source"] = f"def {name}(x):\n    return 'mine'"
    cell(mine, "report")["source"] = "My report."
    mine["cells"].insert([one["id"] for one in mine["cells"]].index("penalty-test") + 1, OWN)
    write(place(tmp_path, "c5_design"), mine)
    mine = read(place(tmp_path, "c6_project"))
    cell(mine, "search")["source"] = "def search(x):\n    return 'mine'"
    cell(mine, "defence")["source"] = "I defend it."
    write(place(tmp_path, "c6_project"), mine)
    (place(tmp_path, "c6_project").parent / "six.png").write_bytes(b"picture")
    return tmp_path


@pytest.fixture
def next_release(root):
    (root / "course/c6_project/c6_project.ipynb").unlink()
    publish(root, **{"5_design": DESIGN, "6_training": TRAINING, "7_project": PROJECT})


def test_answers_go_where_their_exercises_went(root, next_release, capsys):
    before = {name: place(root, name).read_bytes() for name in ("c5_design", "c6_project")}
    capsys.readouterr()
    assert main(["update"]) == 0
    said = capsys.readouterr().out
    design, training, project = (read(place(root, name)) for name in ("c5_design", "c6_training", "c7_project"))
    assert [one["id"] for one in design["cells"]] == [one["id"] for one in DESIGN["cells"]]
    ids = [one["id"] for one in TRAINING["cells"]]
    ids.insert(ids.index("penalty-test") + 1, "mine")
    assert [one["id"] for one in training["cells"]] == ids
    for notebook, name in ((design, "layer"), (design, "norm"), (training, "penalty"), (project, "search")):
        assert cell(notebook, name)["source"].endswith("'mine'")
    assert cell(training, "report")["source"] == "My report."
    assert cell(project, "defence")["source"] == "I defend it."
    assert (place(root, "c7_project").parent / "six.png").read_bytes() == b"picture"
    assert not place(root, "c6_project").exists()
    for name, contents in before.items():
        backups = list((place(root, name).parent / "backups").iterdir())
        assert contents in [path.read_bytes() for path in backups]
    assert "c6_training: its exercises stood in c5_design" in said
    assert "c7_project: its exercises stood in c6_project" in said
    assert sorted(Work.around(place(root, "c5_design")).chapters) == ["c5_design", "c6_training", "c7_project"]


def test_a_second_update_changes_nothing(root, next_release, capsys):
    main(["update"])
    files = {path: path.read_bytes() for path in (root / "work").rglob("*") if path.is_file()}
    capsys.readouterr()
    assert main(["update"]) == 0
    assert "All chapters are up to date." in capsys.readouterr().out
    assert {path: path.read_bytes() for path in (root / "work").rglob("*") if path.is_file()} == files


def test_without_the_release_that_it_was_made_from(root, next_release):
    for path in (root / "work" / ".release").rglob("*.ipynb"):
        path.unlink()
    assert main(["update"]) == 0
    assert cell(read(place(root, "c6_training")), "penalty")["source"].endswith("'mine'")
    assert cell(read(place(root, "c7_project")), "defence")["source"] == "I defend it."


def test_a_damaged_notebook_of_a_former_chapter_is_left_and_named(root, next_release, capsys):
    place(root, "c6_project").write_text("{", encoding="utf-8")
    capsys.readouterr()
    main(["update"])
    assert "c6_project: work/c6_project/c6_project.ipynb is damaged" in capsys.readouterr().out
    assert place(root, "c6_project").read_text(encoding="utf-8") == "{"
    assert read(place(root, "c7_project"))["cells"] == PROJECT["cells"]


def test_every_cell_is_in_exactly_one_part():
    parts = divided(OLD, {"design": DESIGN, "training": TRAINING})
    assert "setup" in [one["id"] for one in parts["design"]["cells"]]
    assert sorted(one["id"] for part in parts.values() for one in part["cells"]) == sorted(
        one["id"] for one in OLD["cells"]
    )
