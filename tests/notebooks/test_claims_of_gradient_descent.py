"""What the chapter on gradient descent says of its experiments, measured again."""

import numpy as np
import pytest
from sklearn.datasets import load_diabetes

from mlpkit import MLP, SGD, Dense, Nesterov
from mlpkit.viz.descent import BOWL_START, CURVATURES, follow
from mlpkit.viz.regression import DISTANCE, MINUTES


@pytest.fixture(scope="module")
def patients():
    """Return the measurements as they come and standardised, and the scores, of 342 and of 100 patients."""
    data = load_diabetes(scaled=False)
    order = np.random.default_rng(0).permutation(442)
    raw, target = data.data[order], data.target[order]
    scaled = (raw - raw[:342].mean(axis=0)) / raw[:342].std(axis=0)
    return raw[:342], scaled[:342], target[:342], scaled[342:], target[342:]


def linear_neuron(rate):
    return MLP([Dense(10, 1, "identity", SGD(rate), weight_initializer="zeros", dtype=float)])


def test_the_courier_creeps_along_a_valley_whose_curvatures_are_0365_and_3197():
    data = np.column_stack([DISTANCE, np.ones(6)])
    curvatures = np.linalg.eigvalsh(2 / 6 * data.T @ data)
    assert curvatures == pytest.approx([0.365, 31.97], abs=5e-3)
    assert 0.0625 < 2 / curvatures[1] < 0.0626
    walk = follow(lambda theta: 2 / 6 * data.T @ (data @ theta - MINUTES), np.array([1.0, 15.0]), 0.055, 1000)
    assert walk[100] == pytest.approx([3.8, 5.0], abs=0.05)
    assert walk[1000] == pytest.approx([4.2, 3.5], abs=0.05)


def test_the_tilted_bowl_has_the_curvatures_6_and_1_along_its_axes():
    H = np.array([[5.0, 2.0], [2.0, 2.0]])
    places = {(1, 0): (5, 2), (1, 1): (7, 4), (2, 1): (12, 6), (1, -2): (1, -2), (3, -1): (13, 4)}
    assert all(tuple(H @ place) == gradient for place, gradient in places.items())
    assert np.linalg.eigvalsh(H) == pytest.approx([1, 6])
    walk = follow(lambda theta: H @ theta, np.array([3.0, -1.0]), 0.1, 5)
    assert walk[5] == pytest.approx(0.4**5 * np.array([2, 1]) + 0.9**5 * np.array([1, -2]))
    assert (pytest.approx(0.01, abs=5e-3), pytest.approx(0.59, abs=5e-3)) == (0.4**5, 0.9**5)
    angles = np.linspace(0, np.pi, 1001)
    units = np.stack([np.cos(angles), np.sin(angles)])
    along = np.sum(units * (H @ units), axis=0)
    assert (along.min(), along.max()) == (pytest.approx(1, abs=1e-3), pytest.approx(6, abs=1e-3))
    assert np.degrees(angles[along.argmax()]) == pytest.approx(26.6, abs=0.2)


def test_a_tenth_of_the_distance_takes_115_times_the_condition_number():
    for kappa in (100, 1000):
        assert np.log(0.1) / np.log(1 - 2 / kappa) == pytest.approx(1.15 * kappa, rel=0.02)


def test_raw_data_are_ahead_for_one_step_only(patients):
    raw, scaled, target, *_ = patients
    curves, conditions = [], []
    for data in (raw, scaled):
        inputs = np.column_stack([data, np.ones(342)])
        curvature = np.linalg.eigvalsh(2 / 342 * inputs.T @ inputs)
        conditions.append(curvature[-1] / curvature[0])
        neuron = linear_neuron(1 / curvature[-1])
        history = neuron.train((data, target), "mse", 301, batch_size=342, progress=False)
        curves.append(history["train_loss"])
    assert conditions == pytest.approx([55e6, 500], rel=0.01)
    assert curves[0][:2] == pytest.approx([29_600, 5660], abs=50)
    assert curves[0][300] > 4100 > curves[1][6]
    assert curves[1][5] > curves[0][300]
    entries = np.mean(raw**2, axis=0)
    assert 1000 < entries[4] / entries[1] < 20_000  # "thousands of times": s1 and sex


def test_at_the_same_rate_an_exact_step_is_no_better_than_a_noisy_one(patients):
    _, data, target, *_ = patients
    full, small = linear_neuron(0.03), linear_neuron(0.03)
    full.train((data, target), "mse", 11, batch_size=342, progress=False)
    small.train((data, target), "mse", 1, batch_size=32, rng=0, progress=False)
    errors = [neuron.loss(data, target[:, None], "mse") for neuron in (full, small)]
    assert errors == pytest.approx([9158, 9100], abs=1)


def test_the_averages_need_114_and_22_steps_for_nine_tenths():
    for beta, steps in ((0.98, 114), (0.9, 22)):
        assert 1 - beta ** (steps - 1) < 0.9 <= 1 - beta**steps


def test_in_the_race_both_roll_past_the_minimum_and_nesterov_does_not_swing_sideways():
    walks = []
    for optimizer in (SGD(0.02, 0.9), Nesterov(0.02, 0.9)):
        point = BOWL_START.copy()
        state, points = optimizer.init(point), []
        for _ in range(100):
            points.append(point.copy())
            optimizer.update(point, point * CURVATURES, state)
        walks.append(np.array(points))
        assert np.sum(np.diff(np.sign(walks[-1][:, 0])) != 0) == 4
    momentum, nesterov = walks
    assert np.abs(nesterov[20:, 1]).max() < 0.01 < 0.4 < np.abs(momentum[20:, 1]).max()
    assert nesterov[-1] ** 2 @ CURVATURES < momentum[-1] ** 2 @ CURVATURES


def test_the_third_panel_is_nearest_and_holds_the_best_pair():
    root = CURVATURES[1] ** 0.5
    assert (2 / (1 + root)) ** 2 == pytest.approx(0.1336, abs=5e-5)
    assert ((root - 1) / (root + 1)) ** 2 == pytest.approx(0.4026, abs=5e-5)

    def risk(rate, beta):
        return CURVATURES @ follow(lambda point: CURVATURES * point, BOWL_START, rate, 40, beta)[-1] ** 2 / 2

    first, second, third = risk(0.005, 0.9), risk(0.02, 0.7), risk(0.134, 0.4)
    assert third == pytest.approx(2e-8, rel=0.1)
    assert third < min(first, second)
    exact = risk((2 / (1 + root)) ** 2, ((root - 1) / (root + 1)) ** 2)
    assert risk(0.1, 0.5) == pytest.approx(exact, rel=2)  # "as well as"
    assert max(risk(0.1, 0.5), exact) < third / 100


def test_the_library_keeps_the_points_that_nesterov_looks_ahead_to():
    theta, velocity, kept = np.array([1.0, -2.0]), np.zeros(2), np.array([1.0, -2.0])
    optimizer = Nesterov(0.03, 0.9)
    state = optimizer.init(kept)
    for _ in range(5):
        velocity = 0.9 * velocity + CURVATURES * (theta - 0.03 * 0.9 * velocity)
        theta = theta - 0.03 * velocity
        optimizer.update(kept, CURVATURES * kept, state)
        assert kept == pytest.approx(theta - 0.03 * 0.9 * velocity)


def test_ten_epochs_with_momentum_and_the_test_patients_once(patients):
    raw, _, target, *_ = patients
    data = load_diabetes(scaled=False)
    new, truth = (part[np.random.default_rng(0).permutation(442)[342:]] for part in (data.data, data.target))
    scaled, new = ((part - raw[:242].mean(axis=0)) / raw[:242].std(axis=0) for part in (raw, new))
    best = np.linalg.lstsq(np.column_stack([scaled[:242], np.ones(242)]), target[:242])[0]
    errors = scaled[242:] @ best[:-1] + best[-1] - target[242:]
    assert np.mean(errors**2) ** 0.5 == pytest.approx(52.4, abs=0.05)
    for seed in range(3):
        neuron = MLP([Dense(10, 1, "identity", SGD(0.002, 0.9), weight_initializer="zeros")])
        known, held = (scaled[:242], target[:242, None]), (scaled[242:], target[242:, None])
        history = neuron.train(known, "mse", 40, validation_data=held, rng=seed, progress=False)
        curve = np.array(history["validation_loss"]) ** 0.5
        assert curve[4] > 53.5  # five epochs are not enough
        assert curve[9] == pytest.approx(curve.min(), abs=0.3)
        assert curve[-1] == pytest.approx(52.2, abs=0.3)
    assert neuron.loss(new, truth[:, None], "mse") ** 0.5 == pytest.approx(57.6, abs=0.1)
    assert np.mean((truth - target[:242].mean()) ** 2) ** 0.5 == pytest.approx(71.0, abs=0.05)
