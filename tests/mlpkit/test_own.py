"""One's own library, put together from a notebook of which all, half or nothing is solved."""

from __future__ import annotations

import linecache
import shutil
import subprocess
import sys
from itertools import count
from pathlib import Path

import nbformat
import numpy as np
import patience
import pytest

import mlpkit
from mlpkit import save
from mlpkit.own import assemble, load, to_model
from mlpkit.own.earlier import FILE, read
from mlpkit.own.parts import PARTS

ROOT = Path(__file__).resolve().parents[2]
CHAPTERS = {3: "03_backprop", 4: "04_classification", 5: "05_design", 6: "06_training"}
WITH_A_FILE = (3, 4, 6)
"""The chapters that end with a library; the parts of chapter 5 are read from its notebook."""
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


def copied(work: Path, chapter: int, edition: str) -> Path:
    """Put a chapter's notebook where a student would have it, and return its folder."""
    stem = CHAPTERS[chapter]
    (work / stem).mkdir(exist_ok=True)
    shutil.copy(ROOT / edition / stem / f"{stem}.ipynb", work / stem)
    return work / stem


@pytest.fixture(scope="module")
def solved(tmp_path_factory) -> Path:
    """The folders of a student who has solved all, with the files of the chapters."""
    work = tmp_path_factory.mktemp("mit Leerzeichen und Ümlaut")
    for chapter, folder in CHAPTERS.items():
        (work / folder).mkdir()
        earlier = {number: work / CHAPTERS[number] for number in range(3, chapter)}
        if chapter in WITH_A_FILE:
            assemble(notebook(chapter, "solutions"), chapter, earlier).save(work / folder / FILE)
        else:
            copied(work, chapter, "solutions")
    return work


@pytest.mark.parametrize("chapter", WITH_A_FILE)
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
    lines = done.stdout.splitlines()
    checks, trainings = lines[:1] + lines[3:4], lines[1:3] + lines[4:]
    assert len(lines) == (5 if chapter == 6 else 3)
    for line in checks:
        assert float(line.rpartition(" ")[2]) < (1e-4 if "deep" in line else 1e-6)
    for line in trainings:
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


@pytest.mark.parametrize("chapter", [3, 4])
def test_with_nothing_solved_the_reference_does_it_all_and_no_file_is_written(chapter, tmp_path, capsys):
    library = assemble(notebook(chapter, "course"), chapter, tmp_path if chapter == 4 else None)
    assert len(reasons(library)) == len(library.reasons)
    told = set(library.reasons.values())
    missing = f"there is no {FILE} of chapter 3: run the last cells of that chapter, and this one again"
    assert told == ({"it is not solved yet"} | ({missing} if chapter == 4 else set()))
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "The reference stands in for the parts with a number, because"
    assert max(map(len, lines)) <= 84
    assert sum("it is not solved yet" in line for line in lines) == 1
    assert sum(" - reference (" in line for line in lines) == len(library.reasons)
    assert not any("yours" in line for line in lines)
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


def deep_network(library, n, h, k, rng):
    """A network of all the layers that there are: n inputs, h hidden neurons, k classes."""
    layers = [library["Dropout"](0.1), library["dense"](n, h, "silu", rng), library["Residual"](h, h // 2, rng)]
    layers += [library["BatchNorm"](h), library["Dropout"](0.3), library["dense"](h, k, "identity", rng)]
    return library["DeepClassifier"](layers)


def held_out_digits():
    load_digits = pytest.importorskip("sklearn.datasets").load_digits
    X, y = load_digits(return_X_y=True)
    return (X[:1000] / 16, y[:1000]), (X[1000:1200] / 16, y[1000:1200]), (X[1200:] / 16, y[1200:])


def test_with_all_solved_the_deep_one_reads_digits_better_than_that_of_chapter_4(solved):
    (X, y), stop, new = held_out_digits()
    names: dict = {"__name__": "mine"}
    exec((solved / CHAPTERS[6] / FILE).read_text(encoding="utf-8"), names)
    read = []
    for seed in range(3):
        network = deep_network(names, 64, 128, 10, np.random.default_rng(seed))
        losses = names["fit"](network, X, y, *stop, np.random.default_rng(seed), epochs=20)
        assert min(losses) < losses[0] / 2
        layers = [names["Dense"](64, 32, "relu", np.random.default_rng(2 * seed))]
        layers.append(names["Dense"](32, 10, "identity", np.random.default_rng(2 * seed + 1)))
        before = names["Classifier"](layers)
        before.train_on_batches(X, y, 0.3, 15, 32, np.random.default_rng(seed))
        read.append((network.accuracy(*new), before.accuracy(*new)))
    deep, flat = np.mean(read, axis=0)
    assert 0.8 < flat < deep - 0.01
    assert 0.9 < deep < 0.99
    small = deep_network(names, 64, 6, 10, np.random.default_rng(7))
    assert names["gradient_check"](small, X[:20], y[:20]) < 1e-4


def test_training_stops_early_and_keeps_the_best(solved):
    """With labels that tell nothing the loss of the held-out samples soon rises."""
    names: dict = {"__name__": "mine"}
    exec((solved / CHAPTERS[6] / FILE).read_text(encoding="utf-8"), names)
    rng = np.random.default_rng(0)
    X, y, X_held, y_held = (
        rng.normal(size=(60, 8)),
        rng.integers(3, size=60),
        rng.normal(size=(40, 8)),
        np.arange(40) % 3,
    )
    layers = [names["dense"](8, 32, "silu", rng), names["BatchNorm"](32), names["dense"](32, 3, "identity", rng)]
    network = names["DeepClassifier"](layers)
    losses = names["fit"](network, X, y, X_held, y_held, rng, epochs=50, patience=4, peak=0.03)
    assert len(losses) == int(np.argmin(losses)) + 5 < 50
    assert names["many_classes"](network.scores(X_held), y_held)[0] == min(losses)


def test_with_nothing_solved_in_chapter_6_the_reference_does_it_all(tmp_path, capsys):
    folders = {chapter: copied(tmp_path, chapter, "course") for chapter in (3, 4, 5)}
    library = assemble(notebook(6, "course"), 6, folders)
    assert set(library.reasons.values()) == {"it is not solved yet"}
    library.save(tmp_path / FILE)
    assert not (tmp_path / FILE).exists()
    library.main()
    library.main_deep()
    told = capsys.readouterr().out
    assert float(told.partition("deep gradient check, largest relative error: ")[2].split()[0]) < 1e-4
    assert "of the held-out moons right" in told


def test_with_half_solved_the_notebooks_of_earlier_chapters_give_what_is_right(solved, tmp_path):
    for chapter in (3, 5):
        copied(tmp_path, chapter, "solutions")
    copied(tmp_path, 4, "course")
    folders = {chapter: tmp_path / CHAPTERS[chapter] for chapter in (3, 4, 5)}
    half = {"clip_gradients", "adam_step", "early_stopping"}
    library = assemble(notebook(6, "solutions", lambda name: name in half), 6, folders)
    missing = {"softmax", "log_sum_exp", "one_hot, cross_entropy", "output_gradient", "train_digits"}
    missing |= {"dropout, dropout_backward", "adamw_step", "rate_at"}
    own = vars(library._module)
    assert reasons(library) == dict.fromkeys(missing, "it is not solved yet")
    (X, y), stop, new = held_out_digits()
    assert library.gradient_check(deep_network(own, 64, 6, 10, np.random.default_rng(7)), X[:20], y[:20]) < 1e-4
    network = deep_network(own, 64, 64, 10, np.random.default_rng(0))
    library.fit(network, X, y, *stop, np.random.default_rng(0), epochs=10)
    assert network.accuracy(*new) > 0.85
    library.save(tmp_path / FILE)
    again = load(tmp_path)
    assert set(reasons(again)) == missing


def test_a_library_is_read_again_and_the_reference_stands_in_where_there_is_none(solved, tmp_path, capsys):
    assert reasons(load(solved / CHAPTERS[6])) == {}
    capsys.readouterr()
    library = load(tmp_path)
    told = capsys.readouterr().out
    assert told == (
        f"The reference stands in for all, because there is no {FILE} of chapter 6: run the\n"
        "last cells of that chapter, and this one again.\n"
    )
    assert len(reasons(library)) == len(PARTS)


LATER = {
    "a wrong step": (
        {
            "adam_step": "def adam_step(theta, g, m, v, t, rate, beta1, beta2, epsilon):\n"
            "    return theta - rate * g, m, v"
        },
        {"adam_step": "its result is not right in a trial"},
    ),
    "a helper called as something of an earlier chapter": (
        {
            "rate_at": "def moons(t):\n    return t\n\n\ndef rate_at(t, peak, warmup, total):\n"
            "    if t <= warmup:\n        return peak * moons(t) / warmup\n"
            "    return peak / 2 * (1 + np.cos(np.pi * (t - warmup) / (total - warmup)))"
        },
        {"rate_at": "it uses a moons of yours, and the library has one, too"},
    ),
}


@pytest.mark.parametrize(("instead", "expected"), LATER.values(), ids=LATER)
def test_a_wrong_part_of_chapter_6_is_named_with_the_reason(solved, instead, expected):
    folders = {chapter: solved / CHAPTERS[chapter] for chapter in (3, 4, 5)}
    library = assemble(notebook(6, "solutions", instead=instead), 6, folders)
    assert set(reasons(library)) == set(expected)
    for name, words in expected.items():
        assert words in library.reasons[name]
    library.main_deep()


def test_a_part_that_gets_in_the_way_of_an_earlier_one_is_found(solved, tmp_path):
    """The helper of chapter 6 has the name of one that an answer of chapter 3 needs."""
    three = notebook(
        3,
        "solutions",
        instead={
            "dense_backward": "def back(A, B):\n    return A.T @ B\n\n\n"
            "def dense_backward(dZ, X, W):\n    return dZ @ W.T, back(X, dZ), dZ.sum(axis=0)"
        },
    )
    six = notebook(
        6,
        "solutions",
        instead={
            "dropout": "def back(d):\n    return d\n\n\n"
            "def dropout(A, rate, training, rng):\n"
            "    mask = (rng.random(A.shape) >= rate) / (1 - rate) if training else np.ones(A.shape)\n"
            "    return A * mask, mask\n\n\n"
            "def dropout_backward(d_output, mask):\n    return back(d_output) * mask"
        },
    )
    assemble(three, 3).save(tmp_path / FILE)
    folders = {3: tmp_path, 4: solved / CHAPTERS[4], 5: solved / CHAPTERS[5]}
    library = assemble(six, 6, folders)
    assert "in one file with the others" in library.reasons["dense_backward"]
    assert not library.reasons["dropout, dropout_backward"]


NOTEBOOK_CELLS = {
    "a function of one's own in another cell": (
        [
            "def gate(z):\n    return 1 / (1 + np.exp(-z))",
            "def silu(z):\n    s = gate(z)\n    return z * s, s + z * s * (1 - s)",
        ],
        "",
    ),
    "a cell that cannot be read": (["def silu(z:", "%matplotlib inline\nsilu = 3"], "there is no silu yet"),
    "nothing is run": (
        ["import mlpkit.nothing", "open('written', 'w')", "silu = lambda z: missing(z)"],
        "it ends in an error",
    ),
}


@pytest.mark.parametrize(("cells", "words"), NOTEBOOK_CELLS.values(), ids=NOTEBOOK_CELLS)
def test_a_notebooks_definitions_are_read_and_nothing_else_is_run(cells, words, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "05_design"
    folder.mkdir()
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(one) for one in cells])
    nbformat.write(book, folder / "05_design.ipynb")
    _, trouble = read(folder, 5)
    assert trouble == ""
    found = reasons(assemble(notebook(6, "course"), 6, {5: folder}))
    assert found.get("silu", "").startswith(words)
    assert ("silu" in found) == bool(words)
    assert not Path("written").exists()


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
        "it uses a Dense of yours, and the library has one, too",
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


def test_a_network_of_ones_own_becomes_one_of_mlpkit(tmp_path):
    own = vars(load(tmp_path)._module)
    rng = np.random.default_rng(1)
    network = deep_network(own, 5, 8, 3, rng)
    X, y = rng.normal(size=(40, 5)), np.arange(40) % 3
    own["fit"](network, X, y, X, y, rng, epochs=3)
    model = to_model(network)
    P = network.probabilities(X)
    assert np.allclose(model.predict(X), P, atol=1e-5)
    save(model, tmp_path / "own.safetensors")
    assert np.allclose(mlpkit.load(tmp_path / "own.safetensors").predict(X), P, atol=1e-5)


def test_what_cannot_become_one_of_mlpkit_is_named(tmp_path):
    own = vars(load(tmp_path)._module)
    rng = np.random.default_rng(1)
    with pytest.raises(ValueError, match=r"expected layers of the kinds Dense, .* got str"):
        to_model(own["DeepClassifier"](["relu"]))
    with pytest.raises(ValueError, match="expected a dense layer at the end, got BatchNorm"):
        to_model(own["DeepClassifier"]([own["dense"](2, 3, "relu", rng), own["BatchNorm"](3)]))
