import math
import pickle
import re
from typing import ClassVar

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from networks import network

from mlpkit import (
    MLP,
    OPTIMIZERS,
    SGD,
    AdaDelta,
    AdaGrad,
    Adam,
    AdamW,
    ClipNorm,
    ClipValue,
    CosineSchedule,
    Dense,
    Nadam,
    Nesterov,
    Optimizer,
    RMSProp,
    Schedule,
    StepSchedule,
)
from mlpkit.optimizers import BLOCK_SIZE
from mlpkit.registry import Range

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


def test_adagrad_by_hand():
    # v = 9         w = 1 - 0.1 * 3 / (3 + 1)
    # v = 9 + 16    w = w + 0.1 * 4 / (5 + 1)
    first = 1 - 0.3 / 4
    adagrad = AdaGrad(0.1, epsilon=1.0)
    np.testing.assert_allclose(steps(adagrad, [3, -4]), [first, first + 0.4 / 6], rtol=1e-14)


def test_rmsprop_by_hand():
    # v = 0.25 * 16 = 4        w = 1 - 0.1 * 4 / (2 + 1)
    # v = 0.75 * 4 + 0.25 * 52 = 16    w = w + 0.1 * sqrt(52) / (4 + 1)
    first = 1 - 0.4 / 3
    path = steps(RMSProp(0.1, rho=0.75, epsilon=1.0), [4, -math.sqrt(52)])
    np.testing.assert_allclose(path, [first, first + 0.1 * math.sqrt(52) / 5], rtol=1e-14)


def test_adadelta_by_hand():
    # v = 4    d = 4 sqrt(0 + 1) / sqrt(4 + 1)    u = 0.25 * 16 / 5 = 0.8
    # v = 4    d = -2 sqrt(0.8 + 1) / sqrt(4 + 1)    u = 0.75 * 0.8 + 0.25 * 4 * 1.8 / 5 = 0.96
    # v = 3    d = 0
    # v = 0.75 * 3 + 0.25 * 7 = 4    d = sqrt(7) sqrt(0.72 + 1) / sqrt(5)    (u = 0.75 * 0.96)
    first = 1 - 0.5 * 4 / math.sqrt(5)
    second = first + 0.5 * 2 * math.sqrt(1.8 / 5)
    fourth = second - 0.5 * math.sqrt(7 * 1.72 / 5)
    path = steps(AdaDelta(0.5, rho=0.75, epsilon=1.0), [4, -2, 0, math.sqrt(7)])
    np.testing.assert_allclose(path, [first, second, second, fourth], rtol=1e-14)


def test_adamw_by_hand():
    # the decay takes 0.1 * 0.5 of the weight as it was before the step, whose first length is 0.1 * 4 / (4 + 1)
    adamw = AdamW(0.1, 0.5, 0.75, 1.0, weight_decay=0.5)
    np.testing.assert_allclose(steps(adamw, [4, -2]), [0.95 - 0.08, 0.95 * (0.95 - 0.08)], rtol=1e-14)


def test_nadam_by_hand():
    mu = [0.5 * (1 - 0.96 ** (0.004 * t) / 2) for t in range(1, 5)]
    # g = 4:  m = 2      v_hat = 4 / (1 - 0.75) = 16
    # g = -2: m = 0      v_hat = 4 / (1 - 0.5625) = 64/7
    # g = 3:  m = 1.5    v_hat = 5.25 / (1 - 27/64) = 336/37
    path, w, product = [], 1.0, 1.0
    for t, (g, m, v_hat) in enumerate([(4, 2, 16), (-2, 0, 64 / 7), (3, 1.5, 336 / 37)]):
        product *= mu[t]
        m_hat = g * (1 - mu[t]) / (1 - product) + m * mu[t + 1] / (1 - product * mu[t + 1])
        w -= 0.1 * m_hat / (math.sqrt(v_hat) + 1)
        path.append(w)
    np.testing.assert_allclose(steps(Nadam(0.1, 0.5, 0.75, 1.0), [4, -2, 3]), path, rtol=1e-14)


def test_the_momentum_of_nadam_after_thousands_of_steps():
    # the bias corrections are 1; M = 0 / 2 + 1, so that m = 0.5; V = 2 / 2 + 1, so that v = 1
    t, w = 20_000, np.array([0.0])
    Nadam(0.1, 0.5, 0.5, 0.0).update_block(w, np.array([1.0]), t, np.array([0.0]), np.array([2.0]))
    now, next_one = (0.5 * (1 - 0.96 ** (0.004 * s) / 2) for s in (t, t + 1))
    assert w[0] == pytest.approx(-0.1 * ((1 - now) + 0.5 * next_one), rel=1e-12)


def test_weight_decay_joins_the_gradient_before_the_momentum():
    # g = 2 + 0.5 * 1    = 2.5      v = 2.5                    w = 1 - 0.25 = 0.75
    # g = 0 + 0.5 * 0.75 = 0.375    v = 1.25 + 0.375 = 1.625    w = 0.75 - 0.1625
    path = steps(SGD(0.1, momentum=0.5, weight_decay=0.5), [2, 0])
    np.testing.assert_allclose(path, [0.75, 0.5875], rtol=1e-14)
    # g = 2.5      v = 2.5       step = 2.5 + 1.25         w = 0.625
    # g = 0.3125    v = 1.5625    step = 0.3125 + 0.78125    w = 0.625 - 0.109375
    path = steps(Nesterov(0.1, momentum=0.5, weight_decay=0.5), [2, 0])
    np.testing.assert_allclose(path, [0.625, 0.515625], rtol=1e-14)


def test_gradients_are_left_alone():
    for optimizer in (SGD(0.1, 0.5, 0.5), Nesterov(0.1, 0.5, 0.5), *(make() for make in OPTIMIZERS.values())):
        w, g = np.array([1.0, -2.0]), np.array([3.0, 4.0])
        state = optimizer.init(w)
        for _ in range(3):
            optimizer.update(w, g, state)
        assert g.tolist() == [3.0, 4.0]


@pytest.mark.parametrize(
    ("optimizer", "settings"),
    [
        (SGD(), {"learning_rate": 0.01, "momentum": 0.0, "weight_decay": 0.0}),
        (Nesterov(), {"learning_rate": 0.01, "momentum": 0.9, "weight_decay": 0.0}),
        (AdaGrad(), {"learning_rate": 0.01, "epsilon": 1e-10}),
        (RMSProp(), {"learning_rate": 0.01, "rho": 0.99, "epsilon": 1e-8}),
        (AdaDelta(), {"learning_rate": 1.0, "rho": 0.9, "epsilon": 1e-6}),
        (Adam(), {"learning_rate": 1e-3, "beta_1": 0.9, "beta_2": 0.999, "epsilon": 1e-8}),
        (Nadam(), {"learning_rate": 2e-3, "beta_1": 0.9, "beta_2": 0.999, "epsilon": 1e-8}),
        (
            AdamW(),
            {"learning_rate": 1e-3, "beta_1": 0.9, "beta_2": 0.999, "epsilon": 1e-8, "weight_decay": 0.01},
        ),
        (
            AdamW(1, 0.1, 0.2, 3, 4),
            {"learning_rate": 1.0, "beta_1": 0.1, "beta_2": 0.2, "epsilon": 3.0, "weight_decay": 4.0},
        ),
        (Nadam(1, 0.1, 0.2, 3), {"learning_rate": 1.0, "beta_1": 0.1, "beta_2": 0.2, "epsilon": 3.0}),
    ],
)
def test_settings(optimizer, settings):
    assert optimizer.settings == settings
    assert all(type(value) is float for value in optimizer.settings.values())


@every_optimizer
def test_each_setting_has_its_range(name):
    optimizer = OPTIMIZERS[name]()
    for setting in optimizer.settings:
        setattr(optimizer, setting, 0)
        if setting in ("learning_rate", "epsilon", "weight_decay"):
            rule, wrong = "finite and at least 0", (-0.1, math.inf, math.nan, "0.1", None, True, [0.1], 1j)
            setattr(optimizer, setting, 7)
        else:
            rule, wrong = "at least 0 and below 1", (-0.1, 1.0, math.nan, "0.1", None, False, [0.1], 1j)
            setattr(optimizer, setting, 0.999999)
        kept = getattr(optimizer, setting)
        for value in wrong:
            with pytest.raises(
                ValueError,
                match="^"
                + re.escape(
                    f"{type(optimizer).__name__} expected {setting} to be {rule}, got {value!r}; choose another"
                )
                + "$",
            ):
                setattr(optimizer, setting, value)
        assert getattr(optimizer, setting) == kept
        if setting != "learning_rate":
            with pytest.raises(ValueError, match=r"got StepSchedule\("):
                setattr(optimizer, setting, StepSchedule(0.1, every=2))


def test_a_schedule_counts_the_steps_from_0():
    seen = []

    class Noting(Schedule):
        def __call__(self, step):
            seen.append(step)
            return 0.5

    assert steps(SGD(Noting()), [1.0, 1.0, 1.0]) == [0.5, 0.0, -0.5]
    assert seen == [0, 1, 2]


@pytest.mark.parametrize("gradient_dtype", [np.float32, np.int64, np.float64])
@every_optimizer
def test_gradients_of_another_dtype_are_converted(name, gradient_dtype):
    optimizer = OPTIMIZERS[name]()
    w, alike = np.ones((2, 2), np.float32), np.ones((2, 2), np.float32)
    optimizer.update(w, np.full((2, 2), 3, gradient_dtype), optimizer.init(w))
    optimizer.update(alike, np.full((2, 2), 3, np.float32), optimizer.init(alike))
    assert w.dtype == np.float32
    np.testing.assert_array_equal(w, alike)


@every_optimizer
def test_the_memory_is_empty_at_the_start(name):
    optimizer = OPTIMIZERS[name]()
    state = optimizer.init(np.ones((3, 2), np.float32))
    assert (state.step, len(state.memory)) == (0, optimizer.n_memory)
    assert [(kept.shape, kept.dtype, kept.any()) for kept in state.memory] == [((6,), np.float32, False)] * len(
        state.memory
    )


@pytest.mark.parametrize("gradient", [1e-3, 1.0, 1e6])
def test_adams_first_step_is_the_learning_rate(gradient):
    assert steps(Adam(learning_rate=0.01), [gradient])[0] == pytest.approx(0.99, abs=1e-6)


@every_optimizer
@settings(deadline=None)
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
    kind = type(optimizer).__name__
    with pytest.raises(
        ValueError,
        match=rf"^{kind} expected gradients of the shape of the parameters, \(3, 2\), got \(2, 3\); give one ",
    ):
        optimizer.update(W, W.T, optimizer.init(W))
    place = rf"^{kind} changes a contiguous floating array in place, got dtype "
    advice = r"; make one: np\.ascontiguousarray\(parameters, dtype=float\)$"
    with pytest.raises(ValueError, match=place + r"float64 and strides \(8, 16\)" + advice):
        optimizer.update(W.T, W.T, optimizer.init(W.T))
    with pytest.raises(ValueError, match=place + r"int64 and strides \(8,\)" + advice):
        optimizer.update(np.arange(3), np.ones(3), optimizer.init(np.arange(3)))
    half = np.ones(3, np.float16)
    with pytest.raises(ValueError, match=f"^{kind} expected float32 or float64, got float16"):
        optimizer.update(half, half, optimizer.init(half))


@every_optimizer
@pytest.mark.parametrize("learning_rate", [-0.1, math.inf, math.nan])
def test_learning_rates_out_of_range(name, learning_rate):
    with pytest.raises(ValueError, match="expected learning_rate to be finite and at least 0, got"):
        OPTIMIZERS[name](learning_rate=learning_rate)


def test_hyperparameters_are_checked_when_changed_too():
    adam = Adam()
    adam.learning_rate = np.float64(0.5)
    assert type(adam.learning_rate) is float
    with pytest.raises(ValueError, match=r"Adam expected beta_2 to be at least 0 and below 1, got 1;"):
        adam.beta_2 = 1
    with pytest.raises(ValueError, match="SGD expected momentum"):
        SGD(momentum=1.5)
    assert repr(adam) == "Adam(learning_rate=0.5, beta_1=0.9, beta_2=0.999, epsilon=1e-08)"


class Lion(Optimizer):
    """A student's own, with settings of every kind."""

    n_memory = 1

    def __init__(self, learning_rate=0.01, beta=1.5, nesterov=True, schedule=(1, 2), name="lion", rate_of=None):
        self.learning_rate = learning_rate
        self.beta = beta
        self.nesterov = nesterov
        self.boundaries = list(schedule)
        self.name = name
        self.rate_of = {} if rate_of is None else rate_of

    def update_block(self, w, g, t, *memory):
        (m,) = memory
        m += g
        w -= self.rate(t) * np.sign(m)


def test_an_optimizer_of_ones_own_may_have_any_settings():
    lion = Lion(CosineSchedule(0.5, 4), beta=np.float32(-3), rate_of={"W": 2})
    assert lion.settings == {
        "learning_rate": lion.learning_rate,
        "beta": -3.0,
        "nesterov": True,
        "boundaries": [1, 2],
        "name": "lion",
        "rate_of": {"W": 2},
    }
    assert type(lion.beta) is float  # a number of numpy would upcast float32 arrays
    for wrong in (None, "fast", -1, math.nan):
        with pytest.raises(ValueError, match=r"^Lion expected learning_rate to be finite and at least 0, got"):
            Lion(wrong)
    model = network(2, 3, 1, optimizer=lion)
    model.layers[0].optimizer = Lion()
    for _ in range(3):
        model.train_batch(np.ones((4, 2)), np.zeros((4, 1)), "mse")
    twin = pickle.loads(pickle.dumps(model))
    for one in (model, twin):
        one.train_batch(np.ones((4, 2)), np.zeros((4, 1)), "mse")
    np.testing.assert_array_equal(model.parameters, twin.parameters)


def test_a_subclass_may_add_settings_and_ranges():
    class Warm(SGD):
        ranges: ClassVar = {**SGD.ranges, "dampening": Range(least=1.0)}

        def __init__(self):
            super().__init__()
            self.warmup_steps = 100
            self.nesterov = True
            self.dampening = 2

    warm = Warm()
    assert (warm.warmup_steps, warm.nesterov, warm.dampening) == (100, True, 2.0)
    with pytest.raises(ValueError, match=r"^Warm expected dampening to be finite and at least 1, got 0.5"):
        warm.dampening = 0.5
    with pytest.raises(ValueError, match=r"^Warm expected momentum to be at least 0 and below 1, got 1"):
        warm.momentum = 1


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
