"""Gradients from the smallest to the largest finite numbers: clipping and the steps of optimizers."""

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlpkit import (
    MAE,
    MLP,
    OPTIMIZERS,
    RMSE,
    SGD,
    ActivationLayer,
    ClipNorm,
    ClipValue,
    Dense,
    Layer,
    Nadam,
    Nesterov,
    ReLU,
    WeightNormDense,
)
from mlpkit.metrics import R2
from mlpkit.optimizers.adam import FULL_MOMENTUM, _momenta

DTYPES = [np.float32, np.float64]
both_dtypes = pytest.mark.parametrize("dtype", DTYPES)
ADAPTIVE = ["adagrad", "rmsprop", "adam", "adamw", "nadam", "adadelta"]


def extremes(dtype):
    numbers = np.finfo(dtype)
    root = math.sqrt(numbers.max)
    return [
        float(numbers.max),
        float(numbers.max) / 1e6,
        *(root * factor for factor in (1e3, 1.01, 0.99, 1 / 30, 1e-3)),
        *(1 / root * factor for factor in (1e3, 1, 1e-3)),
        float(numbers.tiny),
        float(numbers.smallest_subnormal),
    ]


def length(values):
    """The Euclidean length, in exact arithmetic but for the last root."""
    squares = sum(Fraction(float(value)) ** 2 for value in values) or Fraction(0)
    half = Fraction(2) ** ((squares.numerator.bit_length() - squares.denominator.bit_length()) // 2)
    return half * Fraction(math.sqrt(squares / half**2))


@both_dtypes
@settings(deadline=None)
@given(data=st.data())
def test_the_length_after_clipping_is_the_limit_at_most(dtype, data):
    width = np.finfo(dtype).bits
    floats = st.floats(width=width, allow_nan=False, allow_infinity=False)
    g = np.array(data.draw(st.lists(st.one_of(floats, st.sampled_from(extremes(dtype))), max_size=5)), dtype)
    limit = data.draw(st.floats(1e-30, 1e30))
    before, clipped, numbers = length(g), g.copy(), np.finfo(dtype)
    ClipNorm(limit).clip(clipped)
    after = length(clipped)
    if before <= limit * (1 - 1e-6):
        np.testing.assert_array_equal(clipped, g)
    elif before > limit * (1 + 1e-6):
        assert float(after) == pytest.approx(limit, rel=1e-5, abs=3 * float(numbers.smallest_subnormal))
        direction = np.array([float(Fraction(float(value)) / before) for value in g])
        np.testing.assert_allclose(clipped / limit, direction, atol=1e-5 + 3 * numbers.smallest_subnormal / limit)


@pytest.mark.parametrize("limit", [1e-44, 1e-20, 1.0, 1e30])
@both_dtypes
def test_every_long_gradient_is_shortened(dtype, limit):
    for value in extremes(dtype):
        g = np.array([value, 0, -value], dtype)
        ClipNorm(limit).clip(g)
        expected = min(value, limit / math.sqrt(2))
        np.testing.assert_allclose(g, np.array([expected, 0, -expected], dtype), rtol=1e-5, atol=3e-45)
        g = np.array([value, 0, -value], dtype)
        ClipValue(limit).clip(g)
        np.testing.assert_array_equal(g, np.clip([value, 0, -value], -limit, limit).astype(dtype))


@both_dtypes
def test_a_limit_above_all_numbers_of_the_dtype(dtype):
    g = np.array([np.finfo(dtype).max, -1], dtype)
    for clipping in (ClipNorm(1.7e308), ClipValue(1.7e308)):
        before = g.copy()
        clipping.clip(g)
        np.testing.assert_allclose(g, before, rtol=0.1)


def test_clipping_leaves_short_and_broken_gradients_alone():
    for values in ([0.3, -0.4], [np.inf, 1.0], [np.nan, 1.0], [1e300, np.inf], [np.nan, 1e300], [0.0, 0.0], []):
        g = np.array(values)
        ClipNorm(1.0).clip(g)
        np.testing.assert_array_equal(g, values)


@pytest.mark.parametrize("wrong", [0.0, -1.0, np.inf, np.nan, None, "1", True])
@pytest.mark.parametrize("clipping", [ClipNorm, ClipValue])
def test_limits_out_of_range(clipping, wrong):
    rule = (
        rf"^{clipping.__name__} expected limit to be finite and positive, got .*; leave the clipping out to have none$"
    )
    with pytest.raises(ValueError, match=rule):
        clipping(wrong)
    with pytest.raises(ValueError, match=rule):
        clipping().limit = wrong


def steps(optimizer, gradients, dtype, start=0.0):
    w = np.array([start], dtype)
    state = optimizer.init(w)
    path = [start]
    for gradient in gradients:
        optimizer.update(w, np.array([gradient], dtype), state)
        path.append(float(w[0]))
    return np.diff(path), state


@pytest.mark.parametrize("name", OPTIMIZERS)
@both_dtypes
@settings(deadline=None, max_examples=30)
@given(data=st.data())
def test_steps_are_finite_and_go_downhill(name, dtype, data):
    """Warnings are errors here: nothing overflows on the way either."""
    momentum = name == "nesterov"  # whose velocity is a sum of gradients, and may exceed the largest number
    gradients = data.draw(st.lists(st.sampled_from(extremes(dtype)[momentum:]), min_size=1, max_size=8))
    epsilon = data.draw(st.sampled_from([None, 0.0, 1e-30]))
    more = {} if epsilon is None or name in ("sgd", "nesterov") else {"epsilon": epsilon}
    more |= {"weight_decay": 0.0} if name == "adamw" else {}
    moved, state = steps(OPTIMIZERS[name](learning_rate=1e-3, **more), gradients, dtype)
    assert np.isfinite(moved).all()
    assert (moved <= 0).all()
    assert all(np.isfinite(memory).all() for memory in state.memory)
    if name in ADAPTIVE:
        assert (moved >= -1e-2 * (1 + math.sqrt(len(gradients)))).all()


@pytest.mark.parametrize("name", ["adagrad", "rmsprop", "adam", "nadam"])
@both_dtypes
def test_steps_of_gradients_that_stay_do_not_depend_on_their_size(name, dtype):
    """Up to epsilon, which is none here. Where squares vanish, the steps are shorter.

    Where the squares are finite but not their sum, the size of a step is right up to a factor.
    """
    usual, _ = steps(OPTIMIZERS[name](learning_rate=0.1, epsilon=0.0), [1.0] * 50, np.float64)
    root = math.sqrt(np.finfo(dtype).max)
    for value in extremes(dtype):
        moved, _ = steps(OPTIMIZERS[name](learning_rate=0.1, epsilon=0.0), [value] * 50, dtype)
        if value < 1e4 / root:
            least, most = 0.0, 1.3
        elif root / 40 < value < root:
            least, most = 0.03, 3.0
        else:
            least, most = 0.999, 1.001
        assert (least <= moved / usual).all(), value
        assert (moved / usual <= most).all(), value


@both_dtypes
def test_a_huge_gradient_does_not_end_the_learning(dtype):
    """An infinite sum of squares would make all later steps 0."""
    for name in ("rmsprop", "adam", "adamw", "nadam"):
        optimizer = OPTIMIZERS[name](learning_rate=0.1)
        moved, _ = steps(
            optimizer, [float(np.finfo(dtype).max)] * 3 + [1e-3 * math.sqrt(np.finfo(dtype).max)] * 40, dtype
        )
        assert (moved < -1e-4).all()


@both_dtypes
def test_infinite_gradients_are_for_others_to_notice(dtype):
    for name in OPTIMIZERS:
        with np.errstate(all="ignore"):
            w = np.zeros(2, dtype)
            optimizer = OPTIMIZERS[name]()
            optimizer.update(w, np.array([np.inf, 1.0], dtype), optimizer.init(w))
        assert not np.isfinite(w[0])
        assert np.isfinite(w[1])


@both_dtypes
def test_nesterovs_step_is_finite_where_the_sum_in_it_is_not(dtype):
    largest = float(np.finfo(dtype).max)
    moved, _ = steps(Nesterov(1e-3, momentum=0.9), [largest], dtype)
    assert moved[0] == pytest.approx(-largest * 1.9e-3, rel=1e-5)
    moved, _ = steps(SGD(1e-3, momentum=0.9), [largest], dtype)
    assert moved[0] == pytest.approx(-largest * 1e-3, rel=1e-5)


def test_a_small_gradient_beside_a_huge_one_keeps_its_step():
    w = np.zeros(2, np.float32)
    adam = OPTIMIZERS["adam"](learning_rate=0.1)
    adam.update(w, np.array([1e30, -1.0], np.float32), adam.init(w))
    np.testing.assert_allclose(w, [-0.1, 0.1], rtol=1e-6)


def test_a_network_goes_on_after_a_huge_gradient():
    model = MLP([Dense(1, 1, "identity", rng=0)], optimizer=OPTIMIZERS["adam"](0.05))
    model.layers[0].W = [[-2.0]]
    for _ in range(300):
        model.train_batch([[1e15]], [[1e15]], "mse")
    assert abs(model.layers[0].W[0, 0] - 1) < 0.5


def test_nadam_needs_no_more_memory_after_many_steps():
    for t in (FULL_MOMENTUM - 2, FULL_MOMENTUM - 1, FULL_MOMENTUM, FULL_MOMENTUM + 1, 10**12):
        w = np.array([0.0])
        Nadam(0.1, 0.5, 0.5, 0.0).update_block(w, np.array([1.0]), t, np.array([0.0]), np.array([2.0]))
        assert w[0] == pytest.approx(-0.1 * (0.5 + 0.5 * 0.5), rel=1e-14)  # as in the test of thousands of steps
    assert 0.96 ** (0.004 * FULL_MOMENTUM) < 2**-52
    assert len(_momenta(0.5, FULL_MOMENTUM)[0]) == FULL_MOMENTUM


@pytest.mark.parametrize(
    "make",
    [
        lambda: WeightNormDense(2, 1, dtype="float16"),
        lambda: ActivationLayer("relu", dtype=np.float16),
        lambda: MLP([Own(np.float16)]),
        lambda: MLP([ReLU()]).add(Own("f2")),
    ],
)
def test_float16_is_refused_with_the_reason(make):
    with pytest.raises(ValueError, match=r"expected float32 or float64, got float16; .* infinite and the epsilon"):
        make()


class Own(Layer):
    """A layer of a student's own."""

    def __init__(self, dtype):
        super().__init__()
        self.create_parameter("scale", np.ones(2, dtype))

    def forward(self, X, training=False):
        return np.asarray(X) * self.params["scale"]

    def backward(self, dY, *, input_gradient=True):
        return None


@both_dtypes
@pytest.mark.parametrize("weights", [None, [1, 2, 3, 4]])
def test_root_mean_squares_are_right_for_all_sizes_of_errors(dtype, weights):
    usual = np.array([[1.0], [-0.5], [0.75], [0.25]])
    expected, slope = RMSE()(usual, 0 * usual, weights), RMSE().backward(usual, 0 * usual, weights)
    for size in (float(np.finfo(dtype).max) / 2, 1.0, float(np.finfo(dtype).tiny)):
        errors = (usual * size).astype(dtype)
        assert RMSE()(errors, 0 * errors, weights) / size == pytest.approx(expected, rel=1e-6)
        np.testing.assert_allclose(RMSE().backward(errors, 0 * errors, weights), slope, rtol=1e-6)


@both_dtypes
def test_a_mean_is_finite_where_the_sum_is_not(dtype):
    largest = float(np.finfo(dtype).max)
    P = np.full((3000, 2), largest, dtype)
    assert MAE()(P, 0 * P) == pytest.approx(largest, rel=1e-12)
    assert MAE()(P, 0 * P, np.ones(3000)) == pytest.approx(largest, rel=1e-4)


@both_dtypes
def test_r2_does_not_depend_on_the_unit(dtype):
    P, Y = np.array([[1.0], [2.0], [3.0], [4.0]], dtype), np.array([[1.0], [2.0], [3.0], [5.0]], dtype)
    for unit in (2.0 ** (np.finfo(dtype).maxexp - 4), float(np.finfo(dtype).tiny)):
        assert R2()(P * dtype(unit), Y * dtype(unit)) == pytest.approx(R2()(P, Y), rel=1e-12)
