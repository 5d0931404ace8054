"""What the text of the project says about its experiments, and numbers that no cell computes."""

import io
from contextlib import redirect_stdout
from pathlib import Path

import matplotlib as mpl
import nbformat
import numpy as np
import pytest
from demonstrations import needs_mnist
from IPython.core.inputtransformer2 import TransformerManager
from scipy.stats import binomtest

from mlpkit import MLP, Adam, Dataset, Dense
from mlpkit.distortion import distort
from mlpkit.pictures import to_digit
from mlpkit.viz.preparation import drawn_four

BOOK = Path(__file__).resolve().parents[2] / "solutions/07_project/07_project.ipynb"


@pytest.fixture(scope="module")
def names():
    """The variables of the notebook after its demonstrations."""
    return {}


@pytest.fixture(scope="module")
def printed(names):
    """What each demonstration prints, as the percentages in its lines."""
    found = {}
    with pytest.MonkeyPatch.context() as patch, mpl.rc_context():
        patch.delenv("MLPKIT_DATA_DIR", raising=False)
        for cell in nbformat.read(BOOK, as_version=4).cells:
            shows = "demo" in cell.metadata.get("tags", []) and "viz." not in cell.source
            if shows or cell.id in ("setup", "distortion-look"):
                with redirect_stdout(io.StringIO()) as out:
                    exec(compile(TransformerManager().transform_cell(cell.source), cell.id, "exec"), names)
                lines = out.getvalue().splitlines()
                found[cell.id] = [
                    [float(word.rstrip(",;%")) for word in line.split() if word.rstrip(",;").endswith("%")]
                    for line in lines
                ]
    return found


def test_a_network_of_the_own_library_is_handed_in_as_it_is(printed):
    *_, (read,), (in_the_file,) = printed["own-model"]
    assert read == in_the_file > 85


def test_who_chooses_the_best_chooses_luck_as_well():
    """The order of exercise 15, and what its hints say about it."""
    rng = np.random.default_rng(0)
    gains = {}
    for person, best_of, m in (("A", 1, 100), ("B", 2, 100), ("C", 20, 100), ("D", 20, 400)):
        gains[person] = np.mean(rng.binomial(m, 0.9, size=(20000, best_of)).max(axis=1) / m) - 0.9
    assert "".join(sorted(gains, key=gains.get)) == "ABDC"
    assert min(np.diff(sorted(gains.values()))) > 0.005
    assert 0.5 < gains["B"] / 0.03 < 0.6
    assert 1.6 < gains["C"] / 0.03 < 2


def test_an_accuracy_scatters_with_the_root_of_the_number_of_images():
    read = np.random.default_rng(1).random(400_000) < 0.9
    scatter = [np.std(read.reshape(-1, m).mean(axis=1)) for m in (25, 100, 400)]
    np.testing.assert_allclose(np.divide(scatter[:-1], scatter[1:]), 2, rtol=0.1)


def test_the_task():
    digits = Dataset("digits")
    assert digits.X_train.shape == (1198, 64)
    assert 5 * len(digits.X_test) == 2995


def test_copies_made_before_the_split_flatter(printed):
    (said, truth), (flattered, worse) = printed["copies-leak-result"]
    assert flattered > worse + 5
    assert said < truth + 8


def test_changed_digits_are_the_difficulty(printed):
    (means, means_hard), (plain, plain_hard) = printed["baseline-measure"]
    assert plain > means + 3
    assert max(means_hard, plain_hard) < 60
    assert abs(means_hard - plain_hard) < 8


def test_copies_help_and_the_first_helps_most(printed):
    none, one, three, nine = np.ravel(printed["augmentation-measure"])
    assert none + 25 < one < three + 1 < nine + 2
    assert one - none > nine - one


def test_the_network_of_section_4_would_earn_6_points(printed, names):
    digits = Dataset("digits")
    assert np.array_equal(names["same"].parameters, names["prepared"].parameters)
    X = np.concatenate([distort(digits.X_test, rng=seed) for seed in range(5)])
    assert 0.85 < names["accuracy"](names["prepared"], X, np.tile(digits.y_test, 5)) < 0.92


def test_training_goes_on_where_it_was():
    X, y = Dataset("digits").X_train[:100], Dataset("digits").y_train[:100]
    at_once, in_turns = (MLP([Dense(64, 10, "softmax", rng=0)], optimizer=Adam(0.01)) for _ in range(2))
    at_once.train((X, y), "cross_entropy", 4, ["train_loss"], batch_size=100, rng=0, progress=False)
    for _ in range(4):
        in_turns.train((X, y), "cross_entropy", 1, ["train_loss"], batch_size=100, rng=0, progress=False)
    np.testing.assert_allclose(in_turns.parameters, at_once.parameters, atol=1e-5)


def test_the_forbidden_images_bring_little(printed):
    without, with_them, prepared, all_together = np.ravel(printed["public-measure"])
    assert with_them - without < 5
    assert all_together - prepared < 5
    assert prepared - without > 30


def test_seeds_differ_less_than_good_and_bad_settings(printed):
    narrow, wide, slow, fast = (np.array(line) for line in printed["search-measure"])
    ranges = [np.ptp(line[:3]) for line in (narrow, wide, slow, fast)]
    assert 2 < min(ranges) < 4
    assert 6 < max(ranges) < 8
    for other in (narrow, slow, fast):
        assert wide[-1] > other[-1] + 4


def test_nine_to_four_is_no_surprise():
    assert 281 - 276 == 9 - 4
    assert round(100 * binomtest(4, 13).pvalue) == 27


def test_margins_of_the_text():
    for right, said in ((276, 3.1), (281, 2.8)):
        p = right / 300
        assert round(196 * (p * (1 - p) / 300) ** 0.5, 1) == said


def test_the_students_own_steps_prepare_a_picture_as_the_library_does():
    cells = {cell.id: cell.source for cell in nbformat.read(BOOK, as_version=4).cells}
    names = {"np": np}
    for answer in ("ink", "centred", "blocks"):
        exec(cells[answer], names)
    for line in cells["pad"].splitlines():
        if line.startswith(("# from", "# prepare")):
            exec(line.removeprefix("# "), names)
    np.testing.assert_array_equal(names["prepare"](drawn_four()), to_digit(drawn_four()))


@pytest.mark.slow  # it trains on the real images, where they are
@needs_mnist
@pytest.mark.parametrize(("name", "said"), [("mnist", 0.86), ("fashion_mnist", 0.82)])
def test_larger_images(name, said):
    data = Dataset(name, train_size=3000, test_size=2000)
    shares = []  # of each class, that are read
    read = []
    for seed in range(3):
        rng = np.random.default_rng(seed)
        hidden = Dense(784, 64, "relu", weight_initializer="he_normal", rng=rng)
        model = MLP([hidden, Dense(64, 10, "softmax", rng=rng)], optimizer=Adam(0.002))
        model.train((data.X_train, data.y_train), "cross_entropy", 10, ["train_loss"], rng=rng, progress=False)
        right = model.forward(data.X_test).argmax(axis=1) == data.y_test
        read.append(right.mean())
        shares.append([right[data.y_test == k].mean() for k in range(10)])
    assert np.mean(read) == pytest.approx(said, abs=0.01)
    assert np.ptp(read) < 0.025  # "differ by one or two points"
    if name == "fashion_mnist":
        by_class = dict(zip(data.class_names, np.mean(shares, axis=0), strict=True))
        shirt = by_class.pop("shirt")
        assert shirt == pytest.approx(0.6, abs=0.02)
        assert shirt + 0.05 < min(by_class.values())
