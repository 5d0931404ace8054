import math

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from networks import OUTPUTS, some_targets

from mlpkit import LOSSES, MAE, MSE, RMSE, BinaryCrossEntropy, CrossEntropy, Sigmoid, Softmax, check_loss

every_loss = pytest.mark.parametrize("name", LOSSES)


@every_loss
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("shape", [(1, 1), (5, 1), (4, 3)])
def test_a_loss_is_a_float_and_its_gradient_has_the_shape_and_dtype_of_the_predictions(name, dtype, shape):
    loss = LOSSES[name]()
    shape = (shape[0], shape[1] + (name == "cross_entropy"))
    predictions = np.full(shape, 1 / shape[1] if name == "cross_entropy" else 0.3, dtype=dtype)
    targets = np.eye(*shape, dtype=np.int64)  # whole numbers must not upcast
    targets[:, 0] = 1 - targets[:, 1:].sum(axis=1)
    assert type(loss(predictions, targets)) is float
    gradient = loss.backward(predictions, targets)
    assert gradient.shape == shape
    assert gradient.dtype == dtype


@every_loss
@pytest.mark.parametrize("seed", range(5))
def test_gradient_agrees_with_central_differences(name, seed):
    rng = np.random.default_rng(seed)
    P = rng.uniform(0.05, 0.95, (4, 3))
    if name == "cross_entropy":
        P /= P.sum(axis=1, keepdims=True)
    check = check_loss(name, P, some_targets(name, (4, 3), rng))
    assert check.passed(), check
    assert (check.n_checked, check.n_excluded) == (12, 0)


@every_loss
def test_the_mean_does_not_depend_on_how_often_the_batch_is_repeated(name):
    loss = LOSSES[name]()
    P, Y = np.array([[0.2, 0.8]]), np.array([[0.0, 1.0]])
    assert loss(np.repeat(P, 8, axis=0), np.repeat(Y, 8, axis=0)) == pytest.approx(loss(P, Y), rel=1e-14)


@pytest.mark.parametrize("name", sorted(LOSSES.keys() - {"cross_entropy"}))
def test_shapes_that_would_broadcast_are_refused(name):
    with pytest.raises(ValueError, match=r"shape of the predictions, \(3, 1\), got \(3,\); .* y.reshape\(\(3, 1\)\)"):
        LOSSES[name]()(np.full((3, 1), 0.5), np.ones(3))
    with pytest.raises(ValueError, match="give one target for each prediction"):
        LOSSES[name]().backward(np.full((3, 1), 0.5), np.ones((1, 1)))


def signed(value):
    """Return a number with its sign, which tells 0 from minus 0."""
    return value, math.copysign(1, value)


@every_loss
def test_a_loss_of_zero_is_not_minus_zero(name):
    loss = LOSSES[name]()
    P, Y = np.array([[0.0, 1.0]]), np.array([[0.0, 1.0]])
    nothing = np.zeros((0, 2))
    assert signed(loss(P, Y, [0])) == (0, 1)
    assert signed(loss(nothing, nothing)) == (0, 1)
    assert signed(loss.mean(np.array([[-0.0, -0.0]]), None)) == (0, 1)
    if OUTPUTS[name] != "identity":
        Z = np.array([[-1000.0, 1000.0]])
        assert signed(loss.forward_logits(Z, Y)) == signed(loss.both_from_logits(Z, P, Y)[0]) == (0, 1)
    if name == "cross_entropy":
        assert signed(loss.both_from_logits(Z, P, [1])[0]) == (0, 1)


@every_loss
def test_no_samples_have_the_loss_0_and_an_empty_gradient(name):
    loss, nothing = LOSSES[name](), np.zeros((0, 2), np.float32)
    for weights in (None, []):
        assert loss(nothing, nothing, weights) == 0
        assert loss.backward(nothing, nothing, weights).shape == (0, 2)
    if OUTPUTS[name] != "identity":
        value, gradient = loss.both_from_logits(nothing, nothing, nothing)
        assert (value, gradient.shape) == (0, (0, 2))
    if name == "cross_entropy":
        value, gradient = loss.both_from_logits(nothing, nothing, np.zeros(0, np.int64))
        assert (value, gradient.shape, gradient.dtype) == (0, (0, 2), np.float32)
        assert loss(nothing, []) == loss.forward_logits(nothing, []) == 0


@pytest.mark.parametrize("loss", [MSE(), RMSE(), MAE(), BinaryCrossEntropy()])
def test_a_single_number_is_one_sample_with_one_output(loss):
    alone, rows = (np.float64(0.8), 1), ([[0.8]], [[1]])
    assert loss(*alone) == loss(*rows)
    assert loss.backward(*alone).tolist() == loss.backward(*rows).item()


def test_each_sample_counts_alike_without_weights():
    assert MSE().normalized_weights(np.array(0.5), None) == 1
    assert MSE().normalized_weights(np.ones((4, 2)), None) == 0.25
    for weights, message in (([1, 2], "expected one weight"), ([-1, 2, 1], "expected finite weights")):
        for loss in (MSE(), MAE(), BinaryCrossEntropy(), CrossEntropy()):
            with pytest.raises(ValueError, match=f"^{type(loss).__name__} {message}"):
                loss(np.full((3, 2), 0.5), np.eye(2)[[0, 1, 0]], weights)


@every_loss
def test_targets_of_shape_m_become_what_the_loss_takes(name):
    loss = LOSSES[name]()
    rows, numbers = np.array([[0.0, 1.0], [1.0, 0.0]]), np.array([0.5, 1.0])
    assert loss.as_targets(rows, 2) is rows
    if name == "cross_entropy":  # class numbers stay class numbers
        assert loss.as_targets(numbers, 2) is numbers
        return
    assert loss.as_targets(numbers, 1).tolist() == [[0.5], [1.0]]
    for classes in ([0, 2, 1], np.array([0, 2, 1], np.uint8)):
        one_hot = loss.as_targets(np.asarray(classes), 3)
        assert one_hot.tolist() == [[1, 0, 0], [0, 0, 1], [0, 1, 0]]
    assert loss.as_targets(np.array([True, False]), 2).tolist() == [[0, 1], [1, 0]]
    assert loss.as_targets(np.zeros(0, np.int64), 3).shape == (0, 3)
    for wrong in ([0, 3], [-1, 0], [0.0, 1.0], ["a", "b"]):
        y = np.array(wrong)
        with pytest.raises(
            ValueError,
            match=rf"{type(loss).__name__} expected targets of shape \(m, 3\), or classes from 0 to 2 of shape \(m,\), "
            rf"got {y.dtype} of shape \(2,\); give the last layer one output for each class or target",
        ):
            loss.as_targets(y, 3)


@every_loss
def test_weights_count_by_their_ratio_only(name):
    loss = LOSSES[name]()
    P = np.array([[0.2, 0.8], [0.6, 0.4]], np.float32)
    Y = np.array([[0.0, 1.0], [0.0, 1.0]])
    huge = [1e37, 3e37]
    assert loss(P, Y, huge) == pytest.approx(loss(P, Y, [1, 3]), rel=1e-6)
    np.testing.assert_allclose(loss.backward(P, Y, huge), loss.backward(P, Y, [1, 3]), rtol=1e-6)
    assert not loss.backward(P, Y, [0, 0]).any()
    assert not loss.backward(P, Y, [0, 1])[0].any()
    for wrong in ([1, np.inf], [np.nan, 1], [1, -0.5]):
        with pytest.raises(ValueError, match=r"expected finite weights that are not negative, got \["):
            loss(P, Y, wrong)
    with pytest.raises(ValueError, match=r"expected one weight .*; give weights of shape \(batch,"):
        loss.backward(P, Y, [[1], [1]])


def test_weighted_losses_by_hand():
    # errors 3 and -1 with the weights 1 and 3: (9 + 3 * 1) / 4, (3 + 3 * 1) / 4
    P, Y, w = [[5.0], [1.0]], [[2.0], [2.0]], [1, 3]
    assert MSE()(P, Y, w) == 3.0
    assert MSE().backward(P, Y, w).tolist() == [[1.5], [-1.5]]
    assert MSE(half=True)(P, Y, w) == 1.5
    assert RMSE()(P, Y, w) == pytest.approx(math.sqrt(3), rel=1e-15)
    assert MAE()(P, Y, w) == 1.5
    assert MAE().backward(P, Y, w).tolist() == [[0.25], [-0.75]]
    # two outputs halve what one sample counts in each: (1 * (9 + 1) + 3 * (1 + 1)) / 4 / 2
    P, Y = [[5.0, 3.0], [1.0, 3.0]], np.full((2, 2), 2.0)
    assert MSE()(P, Y, w) == 2.0
    assert MAE().backward(P, Y, w).tolist() == [[0.125, 0.125], [-0.375, 0.375]]


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
    with pytest.raises(ValueError, match=r"between 0 and 1, got values from -0.5 to 2; give .* activation='sigmoid'$"):
        bce([[-0.5], [2.0]], [[0], [1]])
    with pytest.raises(ValueError, match="targets between 0 and 1, got values from -1 to 1; code the two answers"):
        bce([[0.5], [0.5]], [[-1], [1]])


def test_errors_too_large_or_small_for_the_dtype_give_no_warning():
    with np.errstate(all="raise"):
        assert MSE()([[1e-200]], [[0.0]]) == 0
        assert RMSE()([[1e200]], [[0.0]]) == pytest.approx(1e200, rel=1e-15)
        assert MAE()([[1e308]], [[-1e308]]) == math.inf


def test_certain_probabilities_count_as_near_as_the_dtype_can_tell():
    for dtype, activation in ((np.float32, "Sigmoid"), (np.float64, "Softmax")):
        resolution = np.finfo(dtype).eps
        wrong, right = np.array([[1.0, 0.0]], dtype), np.array([[0.0, 1.0]], dtype)
        loss = BinaryCrossEntropy() if activation == "Sigmoid" else CrossEntropy()
        assert loss(wrong, [[0, 1]]) == pytest.approx(-math.log(resolution), rel=1e-6)
        assert loss(right, [[0, 1]]) == pytest.approx(resolution, rel=1e-6)
        slope = -1 / resolution / (2 if activation == "Sigmoid" else 1)
        np.testing.assert_allclose(loss.backward(wrong, [[0, 1]])[0, 1], slope, rtol=1e-6)
        for compute in (loss, loss.backward):
            with pytest.raises(
                ValueError, match=rf"^{type(loss).__name__} expected probabilities .*, got values from nan"
            ):
                compute([[np.nan, 0.5]], [[0, 1]])
            cure = f"activation='{activation.lower()}'"
            with pytest.raises(ValueError, match=rf"got values from 0.5 to 1.5; give the last layer {cure}$"):
                compute([[0.5, 1.5]], [[0, 1]])


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_an_infinite_logit_among_others(dtype):
    bce, Y = BinaryCrossEntropy(), np.array([[1.0], [0.0]])
    Z = np.array([[np.inf], [0.0]], dtype)  # costs 0, and ln 2
    with np.errstate(all="raise"):
        assert bce.forward_logits(Z, Y) == pytest.approx(math.log(2) / 2, rel=1e-6)
        assert bce.forward_logits(Z, Y, [1, 3]) == pytest.approx(math.log(2) * 3 / 4, rel=1e-6)
        assert bce.forward_logits(-Z, 1 - Y, [1, 3]) == pytest.approx(math.log(2) * 3 / 4, rel=1e-6)
        value, gradient = bce.both_from_logits(Z, Sigmoid()(Z), Y, [1, 3])
    assert value == pytest.approx(math.log(2) * 3 / 4, rel=1e-6)
    assert gradient.tolist() == [[0.0], [0.375]]


def test_binary_cross_entropy_from_logits_by_hand():
    # Z = ln 4, so that P = 0.8: -ln 0.8 for yes, -ln 0.2 for no; half an answer costs the mean of both
    bce, z = BinaryCrossEntropy(), math.log(4)
    assert bce.forward_logits([[z], [z]], [[1], [0]]) == pytest.approx(-math.log(0.16) / 2, rel=1e-14)
    assert bce.forward_logits([[z], [z]], [[1], [0]], [3, 1]) == pytest.approx(
        -(3 * math.log(0.8) + math.log(0.2)) / 4, rel=1e-14
    )
    assert bce.forward_logits([[z]], [[0.5]]) == pytest.approx(-math.log(0.16) / 2, rel=1e-14)
    np.testing.assert_allclose(bce.backward_logits([[0.8], [0.4]], [[1], [0]], [3, 1]), [[-0.15], [0.1]], rtol=1e-14)
    with pytest.raises(
        ValueError, match="targets between 0 and 1, got values from 0 to 2; code the two answers as 0 and"
    ):
        bce.forward_logits([[z], [z]], [[0], [2]])


@pytest.mark.parametrize("wrong", [[[-0.5]], [[1.5]], [[np.nan]]])
def test_binary_targets_are_checked_before_training(wrong):
    bce = BinaryCrossEntropy()
    bce.check_targets([[0.0], [0.5], [1.0]], 1)
    bce.check_targets(np.zeros((0, 1)), 1)
    with pytest.raises(ValueError, match=r"^BinaryCrossEntropy expected targets between 0 and 1, .* as 0 and 1$"):
        bce.check_targets(wrong, 1)


def test_rmse_worked_by_hand():
    # errors 3 and -4: squares 9 and 16, mean 12.5; gradient error / (2 * sqrt(12.5))
    P, Y = [[5.0], [-2.0]], [[2.0], [2.0]]
    root = math.sqrt(12.5)
    assert RMSE()(P, Y) == pytest.approx(root, rel=1e-15)
    np.testing.assert_allclose(RMSE().backward(P, Y), [[1.5 / root], [-2 / root]], rtol=1e-15)
    assert RMSE()(Y, Y) == 0
    assert not RMSE().backward(Y, Y).any()


def test_mae_worked_by_hand():
    assert MAE()([[5.0], [-2.0]], [[2.0], [2.0]]) == 3.5
    assert MAE().backward([[5.0], [-2.0], [2.0]], [[2.0], [2.0], [2.0]]).tolist() == [[1 / 3], [-1 / 3], [0.0]]


def test_cross_entropy_worked_by_hand():
    P, ce = np.array([[0.2, 0.5, 0.3], [0.1, 0.1, 0.8]]), CrossEntropy()
    assert ce(P, [1, 2]) == pytest.approx(-(math.log(0.5) + math.log(0.8)) / 2, rel=1e-15)
    np.testing.assert_allclose(ce.backward(P, [1, 2]), [[0, -1, 0], [0, 0, -0.625]], rtol=1e-15)
    np.testing.assert_allclose(ce.backward_logits(P, [1, 2]), [[0.1, -0.25, 0.15], [0.05, 0.05, -0.1]], rtol=1e-14)


def logits_and_labels(seed, dtype=np.float64):
    rng = np.random.default_rng(seed)
    return rng.normal(0, 3, (6, 4)).astype(dtype), rng.integers(0, 4, 6)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("weighted", [False, True])
def test_class_numbers_and_one_hot_rows_are_the_same(dtype, weighted):
    Z, labels = logits_and_labels(0, dtype)
    rows, P, ce = np.eye(4)[labels], Softmax()(Z), CrossEntropy()
    w = np.arange(6) if weighted else None
    digits = {"rtol": 50 * np.finfo(dtype).eps, "atol": np.finfo(dtype).eps}
    np.testing.assert_allclose(ce(P, labels, w), ce(P, rows, w), **digits)
    np.testing.assert_allclose(ce.forward_logits(Z, labels, w), ce(P, labels, w), **digits)
    np.testing.assert_allclose(ce.backward(P, labels, w), ce.backward(P, rows, w), **digits)
    value, gradient = ce.both_from_logits(Z, P, labels, w)
    np.testing.assert_allclose(value, ce.forward_logits(Z, rows, w), **digits)
    np.testing.assert_allclose(gradient, ce.backward_logits(P, rows, w), **digits)
    assert gradient.dtype == dtype


def test_cross_entropy_from_probabilities_has_the_gradient_of_the_one_from_logits():
    Z, labels = logits_and_labels(1)
    P, ce = Softmax()(Z), CrossEntropy()
    chain = Softmax().backward(ce.backward(P, labels), Z, P)
    np.testing.assert_allclose(ce.backward_logits(P, labels), chain, rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_cross_entropy_of_extreme_logits(dtype):
    ce = CrossEntropy()
    Z = np.array([[0.0, 1000.0, -1000.0]], dtype)
    with np.errstate(all="raise"):
        for y, loss in ((0, 1000.0), (1, 0.0), (2, 2000.0)):
            assert ce.forward_logits(Z, [y]) == loss
            assert ce.both_from_logits(Z, Softmax()(Z), [y])[0] == loss
        for infinite in ([[np.inf, 0.0]], [[0.0, -np.inf]]):
            assert ce.forward_logits(np.array(infinite, dtype), [0]) == 0
            assert 1e37 < ce.forward_logits(np.array(infinite, dtype), [1]) < np.inf
        certain = np.eye(2, dtype=dtype)
        assert ce(certain, [0, 1]) < 1e-6
        assert 15 < ce(certain, [1, 0]) < 40
        assert np.isfinite(ce.backward(certain, [1, 0])).all()


@pytest.mark.parametrize(
    ("predictions", "targets", "message"),
    [
        ([[0.5], [0.5]], [0, 1], r"at least two classes, got \(2, 1\); for one yes-or-no output"),
        ([[0.5, 0.5]], [0, 1], r"one class number for each of 1 predictions, .* got targets of shape \(2,\)"),
        ([[0.5, 0.5]], [2], "class numbers from 0 to 1, got values from 2 to 2; number the classes from 0"),
        ([[0.5, 0.5]], [-1], "class numbers from 0 to 1"),
        ([[0.5, 0.5]], [0.5], "expected whole class numbers, got float64 values"),
        ([[0.5, 0.5]], [[1, 1]], "add up to 1; for classes that do not exclude each other use BinaryCrossEntropy"),
        ([[0.5, 0.5]], [[1, 0, 0]], r"targets of the shape of the predictions, \(1, 2\), got \(1, 3\)"),
        ([[1.5, -0.5]], [0], r"probabilities between 0 and 1, got values from -0.5 to 1.5; give .*='softmax'$"),
    ],
)
def test_cross_entropy_says_what_it_wants(predictions, targets, message):
    with pytest.raises(ValueError, match=message):
        CrossEntropy()(predictions, targets)


@pytest.mark.parametrize("rows", [[[0.5, 0.6]], [[0.5, 0.5], [0.9, 0.9]], [[0.0, 0.0]], [[1.0, 1.0]], [[0.5, 0.4989]]])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_rows_of_predictions_that_do_not_add_up_to_1_are_refused(rows, dtype):
    ce, P, labels = CrossEntropy(), np.array(rows, dtype), np.zeros(len(rows), int)
    for compute in (ce, ce.forward, ce.backward):
        for targets in (labels, np.eye(2)[labels]):
            with pytest.raises(
                ValueError, match=r"^CrossEntropy expected .* add up to 1 .*last layer activation='soft"
            ):
                compute(P, targets)


@pytest.mark.parametrize("n_classes", [2, 10, 1000, 100_000])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_what_a_softmax_gives_adds_up_to_1(n_classes, dtype):
    Z = np.random.default_rng(0).normal(size=(3, n_classes)).astype(dtype) * 5
    assert CrossEntropy()(Softmax()(Z), [0, 1, 1]) > 0


def test_rows_of_targets_may_be_off_by_a_thousandth():
    ce = CrossEntropy()
    for rows in ([[0.5, 0.5]], [[0.3335, 0.666]], [[0.3339, 0.667]]):
        ce.check_targets(rows, 2)
    for rows in ([[0.525, 0.525]], [[0.49, 0.49]], [[1.5, -0.5]], [[0.0, 0.0]], [[0.5, 0.501005]], [[np.nan, 1.0]]):
        with pytest.raises(
            ValueError, match=r"^CrossEntropy expected rows of targets that are probabilities and add up"
        ):
            ce.check_targets(rows, 2)


def test_class_numbers_are_checked_before_training():
    ce = CrossEntropy()
    ce.check_targets([0, 1, 2], 3)
    ce.check_targets([0.0, 2.0], 3)
    ce.check_targets([], 3)
    with pytest.raises(ValueError, match=r"from 0 to 2, got values from 1 to 3; .* or widen the last layer$"):
        ce.check_targets([1, 3], 3)
    with pytest.raises(ValueError, match=r"from 0 to 2, got values from -2 to 1; "):
        ce.check_targets([1, -2], 3)
    with pytest.raises(
        ValueError, match=r"^CrossEntropy expected whole class numbers, got float64 values; round them$"
    ):
        ce.check_targets([0.0, 1.5], 3)
    with pytest.raises(ValueError, match=r"with at least two classes, got \(2, 1\); .* use BinaryCrossEntropy\(\)$"):
        ce.check_targets([0, 1], 1)
    for wrong in ([0.5, 0.5], [[0.5, 0.5], [0.5, 0.5]], 0):
        with pytest.raises(ValueError, match="predictions"):
            ce.forward_logits([0.5, 0.5], wrong)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_cross_entropy_from_logits_by_hand(dtype):
    # P = (0.2, 0.5, 0.3) and (0.1, 0.1, 0.8)
    P = np.array([[0.2, 0.5, 0.3], [0.1, 0.1, 0.8]], dtype)
    Z, ce = np.log(P) + np.array([[7], [-5]], dtype), CrossEntropy()
    first, second = -math.log(0.5), -math.log(0.8)
    digits = 20 * float(np.finfo(dtype).eps)
    for targets in ([1, 2], [[0, 1, 0], [0, 0, 1]]):
        assert ce.forward_logits(Z, targets) == pytest.approx((first + second) / 2, rel=digits)
        assert ce.forward_logits(Z, targets, [3, 1]) == pytest.approx((3 * first + second) / 4, rel=digits)
        for weights, loss, gradient in (
            (None, (first + second) / 2, [[0.1, -0.25, 0.15], [0.05, 0.05, -0.1]]),
            ([3, 1], (3 * first + second) / 4, [[0.15, -0.375, 0.225], [0.025, 0.025, -0.05]]),
        ):
            value, dZ = ce.both_from_logits(Z, P, np.array(targets), weights)
            assert value == pytest.approx(loss, rel=digits)
            np.testing.assert_allclose(dZ, gradient, rtol=digits)
            assert dZ.dtype == dtype
            np.testing.assert_allclose(ce.backward_logits(P, targets, weights), gradient, rtol=digits)
    assert P.tolist() == np.array([[0.2, 0.5, 0.3], [0.1, 0.1, 0.8]], dtype).tolist()


def test_a_batch_of_one():
    P = np.array([[0.2, 0.5, 0.3]])
    value, gradient = CrossEntropy().both_from_logits(np.log(P), P, [1])
    assert value == pytest.approx(-math.log(0.5), rel=1e-14)
    np.testing.assert_allclose(gradient, [[0.2, -0.5, 0.3]], rtol=1e-14)
    value, gradient = BinaryCrossEntropy().both_from_logits(np.array([[math.log(4)]]), np.array([[0.8]]), [[1]])
    assert value == pytest.approx(-math.log(0.8), rel=1e-14)
    np.testing.assert_allclose(gradient, [[-0.2]], rtol=1e-14)


def test_soft_targets_by_hand():
    # -(0.5 ln 0.2 + 0.5 ln 0.5), and -Y / P
    ce = CrossEntropy()
    assert ce([[0.2, 0.5, 0.3]], [[0.5, 0.5, 0]]) == pytest.approx(-math.log(0.1) / 2, rel=1e-14)
    np.testing.assert_allclose(ce.backward([[0.2, 0.5, 0.3]], [[0.5, 0.5, 0]]), [[-2.5, -1, 0]], rtol=1e-14)


def test_a_probability_that_has_lost_its_digits_is_computed_from_the_logits():
    ce, Z = CrossEntropy(), np.array([[0.0, 100.0], [0.0, 0.0]], np.float32)
    P = Softmax()(Z)
    assert 0 < P[0, 0] < np.finfo(np.float32).tiny
    value, gradient = ce.both_from_logits(Z, P, [0, 1])
    assert value == pytest.approx((100 + math.log(2)) / 2, rel=1e-7)
    np.testing.assert_allclose(gradient, [[-0.5, 0.5], [0.25, -0.25]], rtol=1e-6)


@every_loss
def test_a_weight_of_two_counts_as_two_samples(name):
    loss, rng = LOSSES[name](), np.random.default_rng(0)
    P, Y = rng.dirichlet(np.ones(3), size=4), some_targets(name, (4, 3), rng)
    twice = [0, 1, 1, 2, 3, 3]
    assert loss(P, Y, [1, 2, 1, 2]) == pytest.approx(loss(P[twice], Y[twice]), rel=1e-14)
    assert loss(P, Y, np.full(4, 7.0)) == pytest.approx(loss(P, Y), rel=1e-14)
    whole = loss.backward(P[twice], Y[twice])
    np.testing.assert_allclose(loss.backward(P, Y, [1, 2, 1, 2])[1], whole[1] + whole[2], rtol=1e-14)
    assert loss(P, Y, np.zeros(4)) == 0
    with pytest.raises(ValueError, match=r"one weight for each sample, shape \(4,\), got \(3,\)"):
        loss(P, Y, [1, 2, 3])
    with pytest.raises(ValueError, match="finite weights that are not negative"):
        loss(P, Y, [1, 2, 3, -1])


@every_loss
def test_weighted_gradients_agree_with_central_differences(name):
    rng = np.random.default_rng(0)
    P, Y, w = rng.dirichlet(np.full(3, 5.0), 4), some_targets(name, (4, 3), rng), rng.uniform(0, 1, 4)
    loss = LOSSES[name]()
    for index in np.ndindex(P.shape):
        shift = np.zeros_like(P)
        shift[index] = 1e-6
        slope = (loss(P + shift, Y, w) - loss(P - shift, Y, w)) / 2e-6
        assert loss.backward(P, Y, w)[index] == pytest.approx(slope, abs=1e-8)


any_number = st.floats(allow_nan=False, width=32)


LARGEST = np.finfo(np.float32).max


@example(z=np.array([[-3e38, 3e38, 0, 0]] * 3, np.float32), labels=np.zeros(3, np.int64))
@example(z=np.array([[-np.inf, np.inf, 0, 0]] * 3, np.float32), labels=np.zeros(3, np.int64))
@example(z=np.full((3, 4), LARGEST, np.float32), labels=np.zeros(3, np.int64))
@given(
    z=hnp.arrays(np.float32, (3, 4), elements=any_number), labels=hnp.arrays(np.int64, 3, elements=st.integers(0, 3))
)
def test_no_logits_give_a_warning_or_nan(z, labels):
    rows = np.eye(4)[labels]
    with np.errstate(over="raise", divide="raise", invalid="raise"):  # a tiny probability may become 0: no warning
        P, Q = Softmax()(z), Sigmoid()(z)
        ce, bce = CrossEntropy(), BinaryCrossEntropy()
        values = [ce.forward_logits(z, labels), ce.forward_logits(z, rows), bce.forward_logits(z, rows)]
        values += [
            ce.both_from_logits(z, P, labels)[0],
            bce.both_from_logits(z, Q, rows)[0],
            ce(P, labels),
            bce(Q, rows),
        ]
    assert all(value >= 0 for value in values)
    np.testing.assert_allclose(values[0], values[1], rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(values[0], values[3], rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("weights", [None, [1, 1, 1], [0.5, 0.25, 0.25]])
def test_a_mean_of_terms_that_a_float32_holds_is_a_number_whatever_their_sum(weights):
    terms = np.full((3, 2), LARGEST, np.float32)
    with np.errstate(all="raise"):
        assert MSE().mean(terms, weights) == pytest.approx(float(LARGEST), rel=1e-6)
    logits = np.array([[-3e38, 3e38]] * 3, np.float32)
    with np.errstate(all="raise", under="ignore"):
        loss = CrossEntropy().forward_logits(logits, [0, 0, 0], weights)
    assert loss == pytest.approx(float(LARGEST), rel=1e-6)


def test_a_mean_of_many_terms_keeps_their_digits():
    terms = np.full((1 << 25, 1), 0.1, np.float32)
    assert MSE().mean(terms, None) == pytest.approx(float(np.float32(0.1)), rel=1e-12)


@given(z=hnp.arrays(np.float64, (3, 4), elements=st.floats(-12, 12)), seed=st.integers(0, 99))
def test_cross_entropy_is_the_same_from_logits_and_from_probabilities(z, seed):
    labels, ce = np.random.default_rng(seed).integers(0, 4, 3), CrossEntropy()
    assert ce.forward_logits(z, labels) == pytest.approx(ce(Softmax()(z), labels), rel=1e-9, abs=1e-12)


@every_loss
@given(P=hnp.arrays(np.float64, (3, 4), elements=st.floats(-1e300, 1e300)))
def test_no_predictions_of_numbers_give_a_warning(name, P):
    if "cross_entropy" in name:
        P = np.abs(P) / 1e300
    if name == "cross_entropy":
        P = (P + 1e-3) / (P + 1e-3).sum(axis=1, keepdims=True)
    loss = LOSSES[name]()
    Y = np.array([0, 1, 3]) if name == "cross_entropy" else np.eye(3, 4)
    with np.errstate(all="raise", under="ignore"):
        assert loss(P, Y) >= 0
        assert not np.isnan(loss.backward(P, Y)).any()


def test_weights_of_float32_count_as_exactly_as_they_are():
    P, Y = np.array([[0.25], [0.5], [4.0]]), np.zeros((3, 1))
    weights = np.array([0.1, 0.2, 0.3], np.float32)
    assert MSE()(P, Y, weights) == pytest.approx(MSE()(P, Y, weights.astype(np.float64)), rel=1e-14)


def test_rows_of_predictions_add_up_to_1_within_a_thousandth():
    CrossEntropy()([[0.5, 0.50099]], [0])
    with pytest.raises(ValueError, match=r"got sums from 1\.001 to 1\.1; give the last layer activation='softmax'$"):
        CrossEntropy()([[0.5, 0.501005], [0.6, 0.5]], [0, 1])
