"""What the chapter on the neuron states without a cell that computes it."""

import numpy as np
import pytest
from matplotlib.figure import Figure

from mlpkit import Dense
from mlpkit.activations import LeakyReLU, ReLU, Sigmoid, Tanh
from mlpkit.viz.neuron import FLAT, LEAK, plot_activation
from mlpkit.viz.regression import DISTANCE, MINUTES


def test_the_worked_numbers_of_the_neuron():
    assert np.array([1, 2, 3]) @ np.array([1, 0.5, 1]) + 0.5 == 5.5
    flu = np.array([-1, 3, 3])
    patients = np.array([[1, 0, 1], [0, 1, 1], [1, 1, 1]])
    assert (patients @ flu).tolist() == [2, 6, 5]
    assert patients[2] @ [0, 3, 3] == 6


def test_a_picture_of_64_by_64_pixels_has_12_288_numbers():
    assert 64 * 64 * 3 == 12_288


def test_the_worked_numbers_of_the_activations():
    sigmoid, tanh = Sigmoid(), Tanh()
    assert sigmoid(np.log([3, 1 / 3])) == pytest.approx([0.75, 0.25])
    assert tanh(np.log(2)) == pytest.approx(0.6)
    z = np.array([-2.0, 0.0, 3.0])
    assert ReLU()(z).tolist() == [0, 0, 3]
    assert LeakyReLU(0.1)(z) == pytest.approx([-0.2, 0, 3])


def test_far_from_zero_the_sigmoid_is_flat():
    sigmoid = Sigmoid()
    assert sigmoid(np.array(6.0)) == pytest.approx(0.9975, abs=5e-5)
    slope, steepest = sigmoid.derivative(np.array([6.0, 0.0]))
    assert slope == pytest.approx(0.0025, abs=5e-5)
    assert steepest == 0.25
    assert steepest / slope == pytest.approx(100, rel=0.02)
    assert FLAT == 0.05


def test_slopes_in_a_row_are_multiplied_and_a_weight_makes_them_steeper():
    sigmoid, tanh = Sigmoid(), Tanh()
    assert sigmoid.derivative(np.array(6.0)) ** 4 == pytest.approx(4e-11, rel=0.1)
    z = np.linspace(-3, 3, 7)
    numerator, denominator = np.exp(z) - np.exp(-z), np.exp(z) + np.exp(-z)
    assert (denominator**2 - numerator**2) / denominator**2 == pytest.approx(tanh.derivative(z))
    x = np.linspace(-6, 6, 1201)
    assert np.gradient(sigmoid(4 * x), x).max() == pytest.approx(4 * 0.25, rel=0.01)


def test_two_sides_measure_a_slope_better_than_one():
    def both(f, z, h=0.1):
        return (f(z + h) - f(z - h)) / (2 * h)

    def one(f, z, h=0.1):
        return (f(z + h) - f(z)) / h

    assert (both(np.square, 3), one(np.square, 3)) == pytest.approx((6, 6.1))
    assert (both(lambda z: z**3, 1), one(lambda z: z**3, 1)) == pytest.approx((3.01, 3.31))


def test_where_the_bias_puts_the_switch():
    assert [3 / w for w in (2, 1)] == [1.5, 3]  # -b/w with b = -3
    for w, b, at in ((1, 0, 0), (1, -3, 3), (4, 0, 0)):
        told = plot_activation("sigmoid", Figure().subplots(), w, b, slope=False)
        assert f"A dot marks the input {at}, where z = 0 and the output is 0.5." in told


def test_the_leaky_relu_of_the_picture():
    assert LEAK == 0.1


def test_e_to_the_1000_has_435_digits_and_overflows():
    assert int(1000 / np.log(10)) + 1 == 435
    assert np.log10(np.finfo(float).max) == pytest.approx(308, abs=0.3)


def test_the_distances_of_the_text():
    w, b = np.array([3, 4]), -5
    assert (np.array([[3, 4], [0, 0]]) @ w + b) / np.linalg.norm(w) == pytest.approx([4, -1])


def test_every_point_is_reached_along_the_normal():
    rng = np.random.default_rng(0)
    w, b, X = rng.normal(size=3), 0.7, rng.normal(size=(20, 3))
    d = (X @ w + b) / np.linalg.norm(w)
    nearest = X - d[:, None] * w / np.linalg.norm(w)
    assert nearest @ w + b == pytest.approx(np.zeros(20))
    others = nearest[:, None, :] + np.cross(w, rng.normal(size=(20, 5, 3)))  # further points of the plane
    assert others @ w + b == pytest.approx(np.zeros((20, 5)))
    ways = np.linalg.norm(others - X[:, None, :], axis=2)
    assert (ways >= np.abs(d)[:, None]).all()


def test_two_affine_layers_are_one():
    b1, W2 = np.array([2, 1]), np.array([[1, 1], [3, 0]])
    assert (b1 @ W2).tolist() == [5, 2]
    assert [3 * (2 * x + 1) + 4 for x in (0, 1)] == [7, 13]
    rng = np.random.default_rng(1)
    X, W1, b1, W2, b2 = (rng.normal(size=s) for s in ((6, 3), (3, 4), 4, (4, 2), 2))
    assert (X @ W1 + b1) @ W2 + b2 == pytest.approx(X @ (W1 @ W2) + (b1 @ W2 + b2))


def test_the_three_lines_of_the_picture():
    flat, high, good = (MINUTES - (w * DISTANCE + b) for w, b in ((1, 10), (4, 10), (4, 4)))
    assert (np.diff(flat) > 0).all()
    assert (flat[0], flat[-1]) == (-3, 12)
    assert (high < 0).all()
    assert np.abs(good).max() <= 2
    assert good.min() < 0 < good.max()


def test_the_error_of_the_courier():
    for rides, mse in ((3, 2 / 3), (6, 7 / 6)):
        residuals = MINUTES[:rides] - (4 * DISTANCE[:rides] + 4)
        assert np.mean(residuals**2) == pytest.approx(mse)
    assert (MINUTES[:3] - (4 * DISTANCE[:3] + 4)).tolist() == [0, -1, 1]


def test_the_answers_of_the_quiz():
    layer = Dense(784, 100, rng=0)
    assert layer.forward(np.zeros((50, 784), dtype=np.float32)).shape == (50, 100)
    assert sum(values.size for values in (layer.W, layer.b)) == 78_500
    even, single = np.ones(4), np.array([0, 0, 0, 3])
    assert (np.mean(even**2), np.mean(single**2)) == (1, 2.25)
    assert (np.mean(even), np.mean(single)) == (1, 0.75)
