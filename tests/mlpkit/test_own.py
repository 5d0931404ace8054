"""One's own library, put together from a notebook of which all, half or nothing is solved."""

from __future__ import annotations

import linecache
import subprocess
import sys
from itertools import count
from pathlib import Path

import nbformat
import numpy as np
import patience
import pytest

from mlpkit.own import assemble
from mlpkit.own.library import FILE
from mlpkit.own.parts import PARTS

ROOT = Path(__file__).resolve().parents[2]
CHAPTERS = {3: "03_backprop", 4: "04_classification"}
NUMBER = count()


def run(namespace: dict, source: str) -> None:
    """Run a cell as a notebook does, which keeps the text of each under a name of its own."""
    name = f"<cell {next(NUMBER)}>"
    linecache.cache[name] = (len(source), None, source.splitlines(keepends=True), name)
    exec(compile(source, name, "exec"), namespace)


def notebook(chapter: int, edition: str, solved=lambda cell_id: True, instead: dict[str, str] | None = None) -> dict:
    """Return the names of a notebook after its answers were run, of which some are those of the release."""
    names = {"__name__": "__main__", "np": np}
    stem = CHAPTERS[chapter]
    released = {cell.id: cell for cell in nbformat.read(ROOT / "course" / stem / f"{stem}.ipynb", 4).cells}
    for cell in nbformat.read(ROOT / "solutions" / stem / f"{stem}.ipynb", 4).cells:
        role = cell.metadata.get("nbgrader", {})
        if cell.cell_type == "code" and role.get("solution"):
            chosen = cell if edition == "solutions" and solved(cell.id) else released[cell.id]
            run(names, (instead or {}).get(cell.id, chosen.source))
    return names


def reasons(library) -> dict[str, str]:
    return {name: why for name, why in library.reasons.items() if why}


@pytest.fixture(scope="module")
def solved(tmp_path_factory) -> Path:
    """The folders of a student who has solved all, with the files of both chapters."""
    work = tmp_path_factory.mktemp("mit Leerzeichen und Ümlaut")
    for chapter, folder in CHAPTERS.items():
        (work / folder).mkdir()
        earlier = work / CHAPTERS[3] if chapter == 4 else None
        assemble(notebook(chapter, "solutions"), chapter, earlier).save(work / folder / FILE)
    return work


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_with_all_solved_the_file_works_where_mlpkit_is_missing(solved, chapter, tmp_path):
    path = solved / CHAPTERS[chapter] / FILE
    text = path.read_bytes()
    assert b"\r" not in text
    assert b"mlpkit" not in text
    (tmp_path / FILE).write_bytes(text)
    blocked = "import sys; sys.modules['mlpkit'] = None; import runpy; runpy.run_path(sys.argv[1], run_name='__main__')"
    command = [sys.executable, "-W", "error", "-c", blocked, FILE]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=patience.SECONDS, check=False)
    assert done.returncode == 0, done.stderr
    gradient, layers, values = done.stdout.splitlines()
    assert float(gradient.rpartition(" ")[2]) < 1e-6
    for line in (layers, values):
        assert int(line.partition(": ")[2].partition("%")[0]) >= 90


def test_with_all_solved_it_reads_digits(solved):
    load_digits = pytest.importorskip("sklearn.datasets").load_digits
    X, y = load_digits(return_X_y=True)
    X = X / 16
    names: dict = {"__name__": "mine"}
    exec((solved / CHAPTERS[4] / FILE).read_text(encoding="utf-8"), names)
    layers = [names["Dense"](64, 32, "tanh", np.random.default_rng(0))]
    layers.append(names["Dense"](32, 10, "identity", np.random.default_rng(1)))
    network = names["Classifier"](layers)
    assert names["gradient_check"](network, X[:20, 20:24] @ np.ones((4, 64)) / 9, y[:20]) < 1e-4
    losses = network.train_on_batches(X[:1200], y[:1200], 0.3, 10, 32, np.random.default_rng(0))
    assert losses[-1] < losses[0] / 5
    assert network.accuracy(X[1200:], y[1200:]) > 0.85


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_with_nothing_solved_the_reference_does_it_all_and_no_file_is_written(chapter, tmp_path, capsys):
    library = assemble(notebook(chapter, "course"), chapter, tmp_path if chapter == 4 else None)
    assert len(reasons(library)) == len(library.reasons)
    told = set(library.reasons.values())
    missing = f"there is no {FILE} of chapter 3: run the last cells of that chapter, and this one again"
    assert told == ({"it is not solved yet"} | ({missing} if chapter == 4 else set()))
    assert "the reference stands in, because it is not solved yet" in capsys.readouterr().out
    library.save(tmp_path / FILE)
    assert not (tmp_path / FILE).exists()
    X, y = library.moons(60, np.random.default_rng(0))
    engine = library.MLP([2, 6, 1], np.random.default_rng(1))
    losses = engine.train(X, y, 0.1, 10)
    assert losses[-1] < losses[0]


def test_with_half_solved_each_part_is_used_where_it_is_right(solved, tmp_path):
    library = assemble(notebook(3, "solutions", lambda name: name != "dense_backward"), 3)
    assert reasons(library) == {"dense_backward": "it is not solved yet"}
    library.save(tmp_path / FILE)
    later = assemble(notebook(4, "solutions", lambda name: name != "softmax_rows"), 4, tmp_path)
    assert reasons(later) == {
        "dense_backward": "it stands in your file, too: see chapter 3",
        "softmax": "it is not solved yet",
    }
    assert later.text.count("from mlpkit") == 2
    layers = [
        later.Dense(3, 5, "tanh", np.random.default_rng(0)),
        later.Dense(5, 4, "identity", np.random.default_rng(1)),
    ]
    network = later.Classifier(layers)
    X, y = np.random.default_rng(2).normal(size=(12, 3)), np.arange(12) % 4
    assert later.gradient_check(network, X, y) < 1e-5
    losses = network.train_on_batches(X, y, 0.3, 20, 5, np.random.default_rng(3))
    assert losses[-1] < losses[0]


WRONG = {
    "divided twice": (
        "def dense_backward(dZ, X, W):\n    return dZ @ W.T, X.T @ dZ / len(X), dZ.mean(axis=0)",
        "not right",
    ),
    "an error": ("def dense_backward(dZ, X, W):\n    return dZ @ W, X.T @ dZ, dZ.sum(axis=0)", "ValueError"),
    "nothing": ("def dense_backward(dZ, X, W):\n    pass", "not right"),
    "no function": ("dense_backward = 3", "TypeError"),
    "a number of the notebook": (
        "a = np.ones(2)\ndef dense_backward(dZ, X, W):\n    return dZ @ W.T, X.T @ dZ, dZ.sum(axis=0) * a",
        "it uses a, which is defined nowhere",
    ),
    "a name that the library needs": (
        "def Dense(A, B):\n    return A.T @ B\n\n\n"
        "def dense_backward(dZ, X, W):\n    return dZ @ W.T, Dense(X, dZ), dZ.sum(axis=0)",
        "in one file with the others, it ends in an error",
    ),
}


@pytest.mark.parametrize(("wrong", "words"), WRONG.values(), ids=WRONG)
def test_a_wrong_part_is_named_with_the_reason_and_the_rest_is_used(wrong, words):
    library = assemble(notebook(3, "solutions", instead={"dense_backward": wrong}), 3)
    assert list(reasons(library)) == ["dense_backward"]
    assert words in library.reasons["dense_backward"]
    X, y = library.moons(20, np.random.default_rng(0))
    layers = [
        library.Dense(2, 4, "tanh", np.random.default_rng(0)),
        library.Dense(4, 1, "identity", np.random.default_rng(1)),
    ]
    assert library.gradient_check(library.Network(layers, library.two_classes), X, y) < 1e-5


OTHERWISE = {
    "helpers, modules and numbers of one's own": (
        "import math\nfrom numpy import where, tanh\nHALF = 0.5\n\n\n"
        "def back(A, B):\n    X = tanh(HALF)\n    return where(True, A.T @ B, X) * math.exp(0)\n\n\n"
        "def dense_backward(dZ, X, W):\n    return dZ @ W.T, back(X, dZ), dZ.sum(axis=0)"
    ),
    "no def": "dense_backward = lambda dZ, X, W: [dZ @ W.T, X.T @ dZ, dZ.sum(axis=0)]",
    "a variable with the name of the notebook's": (
        "order = np.ones(3)\n\n\n"
        "def dense_backward(dZ, X, W):\n    order = X.T\n    return dZ @ W.T, order @ dZ, dZ.sum(axis=0)"
    ),
}


@pytest.mark.parametrize("right", OTHERWISE.values(), ids=OTHERWISE)
def test_a_right_answer_in_another_form_is_used_with_what_it_needs(right, tmp_path):
    library = assemble(notebook(3, "solutions", instead={"dense_backward": right}), 3)
    assert reasons(library) == {}
    assert "mlpkit" not in library.text


def test_a_broken_file_of_chapter_3_is_said_to_be_so(tmp_path):
    (tmp_path / FILE).write_text("1 / 0", encoding="utf-8")
    library = assemble(notebook(4, "course"), 4, tmp_path)
    assert (
        library.reasons["dense_backward"]
        == f"{FILE} of chapter 3 ends in an error (ZeroDivisionError: division by zero)"
    )


def test_the_parts_are_those_of_the_chapters():
    for part in PARTS:
        stem = CHAPTERS[part.chapter]
        cells = nbformat.read(ROOT / "solutions" / stem / f"{stem}.ipynb", 4).cells
        at = next(i for i, cell in enumerate(cells) if f"### Exercise {part.exercise}:" in cell.source)
        for name in part.names:
            assert f"def {name}(" in cells[at + 1].source or f"class {name}:" in cells[at + 1].source
