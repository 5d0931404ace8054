import math

import numpy as np
import pytest

from mlpkit import (
    MLP,
    SCHEDULES,
    SGD,
    Adam,
    ConstantSchedule,
    CosineSchedule,
    Dense,
    Schedule,
    StepSchedule,
    WarmUpSchedule,
)


@pytest.mark.parametrize("name", SCHEDULES)
def test_rates_are_never_negative_and_last_for_ever(name):
    schedule = SCHEDULES[name]()
    assert all(0 <= schedule(step) <= 1e-3 for step in (*range(3000), 10**9))
    assert type(schedule(0)) is float


def test_warming_up_to_a_schedule():
    schedule = WarmUpSchedule(CosineSchedule(1.0, steps=2), steps=2)
    assert [round(schedule(step), 3) for step in range(6)] == [0.5, 1.0, 1.0, 0.5, 0.0, 0.0]
    assert repr(schedule) == (
        "WarmUpSchedule(schedule=CosineSchedule(learning_rate=1.0, steps=2, minimum=0.0), steps=2)"
    )


def test_settings_out_of_range():
    with pytest.raises(ValueError, match="StepSchedule expected every to be a whole number of at least 1, got 0"):
        StepSchedule(every=0)
    with pytest.raises(ValueError, match="ConstantSchedule expected learning_rate to be finite and at least 0, got -1"):
        ConstantSchedule(-1)


@pytest.mark.parametrize("name", SCHEDULES)
def test_each_setting_has_its_range_at_the_start_and_later(name):
    schedule = SCHEDULES[name]()
    for setting in set(schedule.settings) - {"schedule"}:
        whole = setting in ("steps", "every")
        rule = "a whole number of at least 1" if whole else "finite and at least 0"
        for wrong in (-1, math.nan, math.inf, None, "100", True, [1], 10**400, *([0, 2.5] if whole else [])):
            with pytest.raises(ValueError, match=f"^{type(schedule).__name__} expected {setting} to be {rule}, got"):
                setattr(schedule, setting, wrong)
        setattr(schedule, setting, np.float32(3.0))
        assert type(getattr(schedule, setting)) is (int if whole else float)


def test_a_rate_that_grows_for_ever_ends_at_infinity():
    assert StepSchedule(1.0, every=1, factor=2.0)(10**6) == math.inf


class Piecewise(Schedule):
    """A student's own: lists of any length, and what numpy returns."""

    def __init__(self, boundaries, rates):
        self.boundaries, self.rates = boundaries, rates

    def __call__(self, step):
        return self.rates[int(np.searchsorted(self.boundaries, step, side="right"))]


def test_a_schedule_of_ones_own_may_have_any_settings():
    schedule = Piecewise([2, 4], np.array([1.0, 0.5, 0.25]))
    assert [schedule(step) for step in range(6)] == [1, 1, 0.5, 0.5, 0.25, 0.25]
    assert repr(schedule) == "Piecewise(boundaries=[2, 4], rates=array([1.  , 0.5 , 0.25]))"
    rates = [SGD(schedule).rate(t) for t in range(1, 7)]
    assert rates == [1, 1, 0.5, 0.5, 0.25, 0.25]
    assert {type(rate) for rate in rates} == {float}
    w = np.ones(3, np.float32)
    SGD(WarmUpSchedule(schedule, 2)).update(w, w, SGD().init(w))
    assert w.tolist() == [0.5] * 3


@pytest.mark.parametrize("wrong", [None, "0.1", -np.float64(0.1), np.ones(2)])
def test_what_a_schedule_of_ones_own_returns_is_checked(wrong):
    with pytest.raises(
        ValueError, match=r"^Piecewise expected the learning rate of step 7 to be finite and at least 0, got "
    ):
        SGD(Piecewise([], [wrong])).rate(8)


@pytest.mark.parametrize("rate", [math.nan, math.inf, -0.1, None])
def test_a_schedule_of_ones_own_gives_a_rate_that_fits(rate):
    class Own(Schedule):
        def __call__(self, step):
            return rate

    model = MLP([Dense(1, 1, rng=0)], optimizer=Adam(Own()))
    before = model.parameters.copy()
    with pytest.raises(ValueError, match=f"^Own expected the learning rate of step 0 to be finite .*, got {rate}"):
        model.train_batch([[1.0]], [[1.0]], "mse")
    np.testing.assert_array_equal(model.parameters, before)
