import dataclasses

import numpy as np
import pytest

from mlpkit import (
    ACTIVATIONS,
    MLP,
    Dense,
    ReLU,
    Sigmoid,
    Tanh,
    check_activation,
    check_layer,
    check_network,
    gradient_check,
)


class WrongTanh(Tanh):
    def backward(self, dA, Z, A):
        return dA * (1 + A**2)


class NanTanh(Tanh):
    def backward(self, dA, Z, A):
        return dA * np.nan


@pytest.mark.parametrize("name", ACTIVATIONS)
@pytest.mark.parametrize("seed", range(3))
def test_every_activation(name, seed):
    z = np.random.default_rng(seed).normal(0, 3, (4, 5))
    check = check_activation(name, z, rng=seed)
    assert check.passed(), check
    assert (check.n_checked, check.n_excluded) == (20, 0)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_kinks_are_excluded_and_counted(name):
    check = check_activation(name, [[-1.0, 0.0, 1e-6, 2.0]])
    assert check.passed(), check
    assert check.n_excluded == (2 if ACTIVATIONS[name].kinks else 0)


def test_a_check_with_nothing_but_kinks_is_refused():
    with pytest.raises(ValueError, match="needs an entry away from kinks, got 2 at kinks; move the inputs"):
        check_activation(ReLU(), [0.0, 0.0])


def test_a_kink_inside_a_network_is_excluded():
    layers = [Dense(1, 1, "relu", dtype=np.float64), Dense(1, 1, "identity", dtype=np.float64)]
    model = MLP(layers)
    model.parameters = [1.0, -2.0, 3.0, 0.5]
    check = check_network(model, [[2.0]], [[0.0]], "mse")  # the first pre-activation is 2 * 1 - 2 = 0
    assert check.passed(), check
    assert (check.n_checked, check.n_excluded) == (2, 2)


def test_the_worst_entry_is_named():
    x, y = np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([5.0])
    gradients = {"x": np.array([[2.0, 4.0], [7.0, 8.0]]), "y": np.array([10.1])}
    check = gradient_check(lambda: float(np.sum(x**2) + y[0] ** 2), {"x": x, "y": y}, gradients)
    assert (check.name, check.index, check.analytic) == ("x", (1, 0), 7.0)
    assert check.numeric == pytest.approx(6.0, abs=1e-8)
    assert check.relative_error == pytest.approx(1 / 7, rel=1e-8)
    assert not check.passed()
    assert check.passed(tolerance=0.2)
    assert "at x[1, 0]: analytic 7, numeric 6" in str(check)


def test_a_wrong_layer_is_found():
    layer = Dense(2, 3, activation=WrongTanh(), dtype=np.float64, rng=0)
    check = check_layer(layer, [[0.5, -1.0]])
    assert check.relative_error > 0.01


def test_a_wrong_network_is_found_by_name():
    rng = np.random.default_rng(0)
    layers = [Dense(2, 3, WrongTanh(), dtype=np.float64, rng=rng), Dense(3, 1, dtype=np.float64, rng=rng)]
    check = check_network(MLP(layers), [[0.5, -1.0]], [[1.0]], "binary_cross_entropy")
    assert check.name.startswith("layers[0].")
    assert not check.passed()


def test_a_large_loss_does_not_look_like_a_wrong_gradient():
    x = np.random.default_rng(0).normal(size=50)
    check = gradient_check(lambda: 1e6 + float(np.sum(x**2)), {"x": x}, {"x": 2 * x})
    assert check.passed(), check


def test_nan_is_never_a_pass():
    check = check_activation(NanTanh(), [0.5, 1.0])
    assert check.relative_error == np.inf
    assert not check.passed()


def test_the_arrays_are_restored_even_if_the_function_raises():
    x = np.array([1.0, 2.0])

    def fails():
        raise RuntimeError("no value")

    with pytest.raises(RuntimeError, match="no value"):
        gradient_check(fails, {"x": x}, {"x": x})
    assert x.tolist() == [1.0, 2.0]


def test_float32_is_refused():
    with pytest.raises(ValueError, match=r"expected W in float64, got float32; build what is checked with dtype"):
        check_layer(Dense(2, 3, Sigmoid()), np.ones((1, 2)))


def test_a_gradient_of_another_shape_is_refused():
    x = np.ones((2, 1))
    with pytest.raises(ValueError, match=r"gradient of x expected the shape \(2, 1\), got \(2,\)"):
        gradient_check(lambda: float(np.sum(x)), {"x": x}, {"x": np.ones(2)})


def test_the_result_is_frozen():
    check = check_activation("tanh", [0.5])
    with pytest.raises(dataclasses.FrozenInstanceError):
        check.name = "other"
