import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlpkit import LOSSES, MSE, BinaryCrossEntropy, Sigmoid, check_loss

every_loss = pytest.mark.parametrize("name", LOSSES)


@every_loss
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("shape", [(1, 1), (5, 1), (4, 3)])
def test_a_loss_is_a_float_and_its_gradient_has_the_shape_and_dtype_of_the_predictions(name, dtype, shape):
    loss = LOSSES[name]()
    predictions = np.full(shape, 0.3, dtype=dtype)
    targets = np.ones(shape, dtype=np.int64)  # whole numbers must not upcast
    assert type(loss(predictions, targets)) is float
    gradient = loss.backward(predictions, targets)
    assert gradient.shape == shape
    assert gradient.dtype == dtype


@every_loss
@pytest.mark.parametrize("seed", range(5))
def test_gradient_agrees_with_central_differences(name, seed):
    rng = np.random.default_rng(seed)
    check = check_loss(name, rng.uniform(0.05, 0.95, (4, 3)), rng.integers(0, 2, (4, 3)))
    assert check.passed(), check
    assert (check.n_checked, check.n_excluded) == (12, 0)


@every_loss
def test_the_mean_does_not_depend_on_how_often_the_batch_is_repeated(name):
    loss = LOSSES[name]()
    P, Y = np.array([[0.2, 0.7]]), np.array([[0.0, 1.0]])
    assert loss(np.repeat(P, 8, axis=0), np.repeat(Y, 8, axis=0)) == pytest.approx(loss(P, Y), rel=1e-14)


@every_loss
def test_shapes_that_would_broadcast_are_refused(name):
    with pytest.raises(ValueError, match=r"shape of the predictions, \(3, 1\), got \(3,\); .* y.reshape\(\(3, 1\)\)"):
        LOSSES[name]()(np.full((3, 1), 0.5), np.ones(3))
    with pytest.raises(ValueError, match="give one target for each prediction"):
        LOSSES[name]().backward(np.full((3, 1), 0.5), np.ones((1, 1)))


def test_mse_worked_by_hand():
    # errors 3 and -1: squares 9 and 1, mean 5; gradient 2 * error / 2 samples
    assert MSE()([[5.0], [1.0]], [[2.0], [2.0]]) == 5.0
    assert MSE().backward([[5.0], [1.0]], [[2.0], [2.0]]).tolist() == [[3.0], [-1.0]]
    assert MSE(half=True)([[5.0], [1.0]], [[2.0], [2.0]]) == 2.5
    assert MSE(half=True).backward([[5.0], [1.0]], [[2.0], [2.0]]).tolist() == [[1.5], [-0.5]]
    assert MSE()(5.0, 2.0) == 9.0


def test_half_mse_agrees_with_central_differences():
    check = check_loss(MSE(half=True), [[0.3, 1.2]], [[1.0, -1.0]])
    assert check.passed(), check


def test_mse_of_a_model_that_has_diverged_is_infinite_without_a_warning():
    assert MSE()([[1e200]], [[0.0]]) == math.inf


def test_binary_cross_entropy_worked_by_hand():
    bce = BinaryCrossEntropy()
    assert bce([[0.8]], [[1]]) == pytest.approx(-math.log(0.8), rel=1e-14)
    assert bce([[0.8]], [[0]]) == pytest.approx(-math.log(0.2), rel=1e-14)
    # -1 / 0.8 for the answer yes, 1 / 0.2 for no
    np.testing.assert_allclose(bce.backward([[0.8]], [[1]]), [[-1.25]], rtol=1e-14)
    np.testing.assert_allclose(bce.backward([[0.8]], [[0]]), [[5.0]], rtol=1e-14)
    np.testing.assert_allclose(bce.backward_logits([[0.8], [0.4]], [[1], [0]]), [[-0.1], [0.2]], rtol=1e-14)


@given(z=st.floats(-15, 15), y=st.floats(0, 1))  # further out, the probability has lost the digits
def test_binary_cross_entropy_is_the_same_from_logits_and_from_probabilities(z, y):
    bce, p = BinaryCrossEntropy(), Sigmoid()([[z]])
    assert bce.forward_logits([[z]], [[y]]) == pytest.approx(bce(p, [[y]]), rel=1e-8)
    chain = bce.backward(p, [[y]]) * Sigmoid().derivative([[z]])
    np.testing.assert_allclose(bce.backward_logits(p, [[y]]), chain, rtol=1e-9, atol=1e-15)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("y", [0, 1])
def test_binary_cross_entropy_of_extreme_logits(dtype, y):
    bce, large = BinaryCrossEntropy(), np.finfo(dtype).max
    tiny = np.finfo(dtype).smallest_subnormal
    right = 1 if y else -1
    with np.errstate(all="raise"):
        assert bce.forward_logits(np.array([[tiny]], dtype), [[y]]) == pytest.approx(math.log(2), rel=1e-6)
        assert bce.forward_logits(np.array([[right * np.inf]], dtype), [[y]]) == 0
        assert bce.forward_logits(np.array([[right * large]], dtype), [[y]]) == 0
        assert bce.forward_logits(np.array([[-right * large]], dtype), [[y]]) == large
        assert bce.forward_logits(np.array([[right * 1000.0]], dtype), [[y]]) == 0
        assert bce.forward_logits(np.array([[-right * 1000.0]], dtype), [[y]]) == 1000


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_binary_cross_entropy_of_certain_probabilities_is_finite(dtype):
    bce = BinaryCrossEntropy()
    P = np.array([[0.0], [1.0], [0.0], [1.0]], dtype)
    Y = [[0], [1], [1], [0]]
    with np.errstate(all="raise"):
        assert bce(P[:2], Y[:2]) < 1e-6
        assert 15 < bce(P[2:], Y[2:]) < 40
        assert np.isfinite(bce.backward(P, Y)).all()


def test_binary_cross_entropy_wants_probabilities():
    bce = BinaryCrossEntropy()
    with pytest.raises(ValueError, match=r"between 0 and 1, got values from -0.5 to 2; end the network with .*Sigmoid"):
        bce([[-0.5], [2.0]], [[0], [1]])
    with pytest.raises(ValueError, match="targets between 0 and 1, got values from -1 to 1; code the two answers"):
        bce([[0.5], [0.5]], [[-1], [1]])
