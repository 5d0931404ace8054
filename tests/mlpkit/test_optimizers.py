import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from networks import network

from mlpkit import (
    MLP,
    OPTIMIZERS,
    SGD,
    Adam,
    AdamW,
    ClipNorm,
    ClipValue,
    CosineSchedule,
    Dense,
    Nesterov,
    StepSchedule,
)
from mlpkit.optimizers import BLOCK_SIZE

every_optimizer = pytest.mark.parametrize("name", OPTIMIZERS)


def steps(optimizer, gradients, start=1.0):
    w = np.array([start])
    state = optimizer.init(w)
    path = []
    for gradient in gradients:
        optimizer.update(w, np.array([gradient]), state)
        path.append(w[0])
    return path


def test_sgd_by_hand():
    # w = 1 - 0.1 * 2 = 0.8, then 0.8 - 0.1 * (-4) = 1.2
    np.testing.assert_allclose(steps(SGD(learning_rate=0.1), [2, -4]), [0.8, 1.2], rtol=1e-15)


def test_momentum_by_hand():
    # v = 2                    w = 1   - 0.1 * 2 =  0.8
    # v = 0.5 * 2 + 4 = 5      w = 0.8 - 0.1 * 5 =  0.3
    # v = 0.5 * 5 + 0 = 2.5    w = 0.3 - 0.25    =  0.05   (it rolls on where the slope is zero)
    np.testing.assert_allclose(steps(SGD(0.1, momentum=0.5), [2, 4, 0]), [0.8, 0.3, 0.05], rtol=1e-14)


def test_nesterov_by_hand():
    # v = 2          step = 2 + 0.5 * 2   = 3       w = 1   - 0.3    = 0.7
    # v = 5          step = 4 + 0.5 * 5   = 6.5     w = 0.7 - 0.65   = 0.05
    # v = 2.5        step = 0 + 0.5 * 2.5 = 1.25    w = 0.05 - 0.125 = -0.075
    np.testing.assert_allclose(steps(Nesterov(0.1, momentum=0.5), [2, 4, 0]), [0.7, 0.05, -0.075], rtol=1e-14)


def test_nesterov_is_the_look_ahead_in_shifted_coordinates():
    # Nesterov: look ahead to u = theta - lr mu v, take the gradient there, v = mu v + g(u), theta = theta - lr v.
    def slope(x):
        return 3 * x - 1

    learning_rate, momentum, theta, v = 0.05, 0.9, 2.0, 0.0
    w = np.array([theta])
    optimizer = Nesterov(learning_rate, momentum)
    state = optimizer.init(w)
    for _ in range(20):
        look_ahead = theta - learning_rate * momentum * v
        np.testing.assert_allclose(w, look_ahead, rtol=1e-12)
        v = momentum * v + slope(look_ahead)
        theta -= learning_rate * v
        optimizer.update(w, slope(w), state)


def test_adam_by_hand():
    adam = Adam(learning_rate=0.1, beta_1=0.5, beta_2=0.75, epsilon=1.0)
    # g = 4:  m = 0.5*0 + 0.5*4 = 2     m_hat = 2 / (1 - 0.5)    = 4
    #         v = 0.75*0 + 0.25*16 = 4  v_hat = 4 / (1 - 0.75)   = 16       w = 1 - 0.1 * 4 / (4 + 1) = 0.92
    first = 1 - 0.1 * 4 / 5
    # g = -2: m = 0.5*2 - 0.5*2 = 0     m_hat = 0
    #         v = 0.75*4 + 0.25*4 = 4   v_hat = 4 / (1 - 0.5625) = 64/7     w stays
    # g = 3:  m = 1.5                   m_hat = 1.5 / (1 - 0.125) = 12/7
    #         v = 3 + 0.25*9 = 5.25     v_hat = 5.25 / (1 - 27/64) = 336/37
    third = first - 0.1 * (12 / 7) / (math.sqrt(336 / 37) + 1)
    np.testing.assert_allclose(steps(adam, [4, -2, 3]), [first, first, third], rtol=1e-14)


@pytest.mark.parametrize("gradient", [1e-3, 1.0, 1e6])
def test_adams_first_step_is_the_learning_rate(gradient):
    assert steps(Adam(learning_rate=0.01), [gradient])[0] == pytest.approx(0.99, abs=1e-6)


@every_optimizer
@given(size=st.integers(0, 5))
def test_blocks_make_no_difference(name, size):
    n = size * BLOCK_SIZE // 2 + size  # from no block to three, the last one short
    rng = np.random.default_rng(size)
    optimizer = OPTIMIZERS[name]()
    whole, whole_state = rng.normal(size=n), None
    parts = whole.copy()
    whole_state = optimizer.init(whole)
    part_state = optimizer.init(parts)
    for t in range(1, 4):
        g = rng.normal(size=n)
        optimizer.update(whole, g, whole_state)
        optimizer.update_block(parts, g, t, *part_state.memory)
    np.testing.assert_array_equal(whole, parts)


@every_optimizer
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_update_is_in_place_and_keeps_shape_and_dtype(name, dtype):
    optimizer = OPTIMIZERS[name](learning_rate=np.float64(0.1))
    W = np.ones((3, 2), dtype)
    state = optimizer.init(W)
    optimizer.update(W, np.ones((3, 2), dtype), state)
    assert W.dtype == dtype
    assert all(memory.dtype == dtype for memory in state.memory)
    assert (W < 1).all()
    assert state.step == 1


@every_optimizer
def test_each_finds_the_bottom_of_a_bowl(name):
    settings = {
        "adagrad": {"learning_rate": 1.0},  # its steps shrink by themselves
        "adadelta": {"learning_rate": CosineSchedule(1.0, 600), "epsilon": 1e-3},
        "adamw": {"weight_decay": 0.0},  # what decays does not end at the bottom
    }
    optimizer = OPTIMIZERS[name](**{"learning_rate": CosineSchedule(0.05, 600)} | settings.get(name, {}))
    w = np.array([3.0, -2.0])
    state = optimizer.init(w)
    for _ in range(600):
        optimizer.update(w, 2 * (w - [1.0, 0.5]) * [1.0, 4.0], state)
    np.testing.assert_allclose(w, [1.0, 0.5], atol=1e-3)


@every_optimizer
def test_one_optimizer_serves_two_arrays_without_mixing_them_up(name):
    shared, alone = OPTIMIZERS[name](), OPTIMIZERS[name]()
    a, b, c = np.ones(2), np.ones(3), np.ones(2)
    state_a, state_b, state_c = shared.init(a), shared.init(b), alone.init(c)
    for _ in range(3):
        shared.update(a, np.full(2, 0.3), state_a)
        shared.update(b, np.full(3, -5.0), state_b)
        alone.update(c, np.full(2, 0.3), state_c)
    np.testing.assert_array_equal(a, c)


@every_optimizer
def test_updates_that_would_be_lost_are_refused(name):
    optimizer = OPTIMIZERS[name]()
    W = np.ones((3, 2))
    with pytest.raises(ValueError, match=r"gradients of the shape of the parameters, \(3, 2\), got \(2, 3\)"):
        optimizer.update(W, W.T, optimizer.init(W))
    with pytest.raises(ValueError, match="changes a contiguous floating array in place"):
        optimizer.update(W.T, W.T, optimizer.init(W.T))
    with pytest.raises(ValueError, match="got dtype int64"):
        optimizer.update(np.arange(3), np.ones(3), optimizer.init(np.arange(3)))


@every_optimizer
@pytest.mark.parametrize("learning_rate", [-0.1, math.inf, math.nan])
def test_learning_rates_out_of_range(name, learning_rate):
    with pytest.raises(ValueError, match="expected learning_rate to be a finite number that is not negative"):
        OPTIMIZERS[name](learning_rate=learning_rate)


def test_hyperparameters_are_checked_when_changed_too():
    adam = Adam()
    adam.learning_rate = np.float64(0.5)
    assert type(adam.learning_rate) is float
    with pytest.raises(ValueError, match=r"Adam expected beta_2 to be at least 0 and below 1, got 1.0"):
        adam.beta_2 = 1
    with pytest.raises(ValueError, match="SGD expected momentum"):
        SGD(momentum=1.5)
    assert repr(adam) == "Adam(learning_rate=0.5, beta_1=0.9, beta_2=0.999, epsilon=1e-08)"


def test_an_unknown_name_says_what_is_known():
    with pytest.raises(ValueError, match=r"Optimizer expected .* adam, .* nesterov, .* sgd; got 'lion'"):
        Dense(2, 1, optimizer="lion")


@every_optimizer
def test_a_schedule_in_the_place_of_the_learning_rate(name):
    rates = StepSchedule(0.1, every=2, factor=0.5)
    scheduled, by_hand = OPTIMIZERS[name](learning_rate=rates), OPTIMIZERS[name]()
    w, v = np.ones(3), np.ones(3)
    state, hand_state = scheduled.init(w), by_hand.init(v)
    for step in range(6):
        g = np.array([0.5, -1.0, 2.0]) * (step + 1)
        scheduled.update(w, g, state)
        by_hand.learning_rate = [0.1, 0.1, 0.05, 0.05, 0.025, 0.025][step]
        by_hand.update(v, g, hand_state)
    np.testing.assert_allclose(w, v, rtol=1e-15)


def test_layers_may_have_schedules_of_their_own():
    falling = SGD(StepSchedule(1.0, every=1, factor=1e-30))
    model = MLP([Dense(2, 3, optimizer=falling, rng=0), Dense(3, 1, rng=0)], optimizer=SGD(1.0))
    X, y = np.ones((4, 2)), np.zeros((4, 1))
    model.train_batch(X, y, "mse")
    before = [layer.W.copy() for layer in model.layers]
    model.train_batch(X, y, "mse")
    np.testing.assert_array_equal(model.layers[0].W, before[0])
    assert (before[1] != model.layers[1].W).any()


def test_weight_decay_shrinks_weights():
    # coupled: g = 0 + 0.5 * 1; decoupled: w = 1 - 0.1 * 0.5 * 1
    for optimizer in (SGD(0.1, weight_decay=0.5), AdamW(0.1, weight_decay=0.5)):
        assert steps(optimizer, [0.0])[0] == pytest.approx(0.95, rel=1e-12)
    # v = 0.5, step = 0.5 + 0.9 * 0.5
    assert steps(Nesterov(0.1, weight_decay=0.5), [0.0])[0] == pytest.approx(1 - 0.1 * 0.95, rel=1e-12)


@pytest.mark.parametrize("clipping", [ClipNorm(1e-3), ClipValue(1e-3)])
def test_a_network_clips_its_gradients(clipping):
    free, clipped = network(2, 4, 1, optimizer=SGD(1.0)), network(2, 4, 1, optimizer=SGD(1.0), clipping=clipping)
    before = free.parameters.copy()
    X, y = np.ones((4, 2)), np.zeros((4, 1))
    for model in (free, clipped):
        model.train_batch(X, y, "mse")
    step, short = before - free.parameters, before - clipped.parameters
    if isinstance(clipping, ClipNorm):
        np.testing.assert_allclose(short, step * (1e-3 / np.linalg.norm(step)), rtol=1e-3, atol=1e-7)
    else:
        np.testing.assert_allclose(short, np.clip(step, -1e-3, 1e-3), rtol=1e-3, atol=1e-7)


def test_clipping_leaves_short_and_broken_gradients_alone():
    for values in ([0.3, -0.4], [np.inf, 1.0], [np.nan, 1.0]):
        g = np.array(values)
        ClipNorm(1.0).clip(g)
        np.testing.assert_array_equal(g, values)
    for limit in (0.0, -1.0, np.inf, np.nan):
        with pytest.raises(ValueError, match="ClipNorm expected a positive finite limit"):
            ClipNorm(limit)
