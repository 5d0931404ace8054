import pytest

from mlpkit import SCHEDULES, ConstantSchedule, CosineSchedule, StepSchedule, WarmUpSchedule


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
    with pytest.raises(ValueError, match="StepSchedule expected every to be finite and at least 1, got 0"):
        StepSchedule(every=0)
    with pytest.raises(ValueError, match="ConstantSchedule expected learning_rate to be finite and at least 0, got -1"):
        ConstantSchedule(-1)
