"""Training that is interrupted, saved and taken up again goes on as if it had not been."""

import numpy as np
import pytest
from networks import network

from mlpkit import (
    MLP,
    OPTIMIZERS,
    SCHEDULES,
    SGD,
    Adam,
    BatchNorm,
    Checkpoint,
    ClipNorm,
    Dense,
    Schedule,
    StepSchedule,
    WarmUpSchedule,
    load,
    save,
)

RNG = np.random.default_rng(0)
X, Y = RNG.normal(size=(24, 3)), RNG.normal(size=(24, 1))
RATES = {
    "float": 0.05,
    "constant": SCHEDULES["constant"](0.05),
    "step": StepSchedule(0.05, every=5, factor=0.5),
    "cosine": SCHEDULES["cosine"](0.05, steps=10),
    "warm_up": WarmUpSchedule(SCHEDULES["cosine"](0.05, steps=7), steps=4),
}


def test_every_schedule_has_a_rate():
    assert set(SCHEDULES) < set(RATES)


def made(optimizer, own=None):
    rng = np.random.default_rng(1)
    layers = [Dense(3, 5, "tanh", rng=rng), BatchNorm(5), Dense(5, 4, "prelu", own, rng=rng), Dense(4, 1, rng=rng)]
    return MLP(layers, optimizer=optimizer, clipping=ClipNorm(0.5))


def trained(model, epochs, rng, **settings):
    model.train((X, Y), "mse", epochs, batch_size=8, rng=rng, **settings)
    return model


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("name", OPTIMIZERS)
def test_four_epochs_are_two_and_a_file_and_two(name, rate, tmp_path):
    path, rng = tmp_path / "model.safetensors", np.random.default_rng(2)
    whole = trained(made(OPTIMIZERS[name](RATES[rate])), 4, np.random.default_rng(2))
    save(trained(made(OPTIMIZERS[name](RATES[rate])), 2, rng), path, optimizer=True)
    np.testing.assert_array_equal(trained(load(path), 2, rng).parameters, whole.parameters)


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("name", OPTIMIZERS)
def test_four_epochs_are_two_calls_of_train(name, rate):
    rng = np.random.default_rng(2)
    whole = trained(made(OPTIMIZERS[name](RATES[rate])), 4, np.random.default_rng(2))
    parts = trained(trained(made(OPTIMIZERS[name](RATES[rate])), 2, rng), 2, rng)
    np.testing.assert_array_equal(parts.parameters, whole.parameters)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_layers_with_optimizers_of_their_own_and_a_file_of_a_file(name, tmp_path):
    def model():
        return made(SGD(RATES["step"], momentum=0.9), own=OPTIMIZERS[name](RATES["cosine"]))

    rng = np.random.default_rng(2)
    whole = trained(model(), 3, np.random.default_rng(2))
    parts = model()
    for i in range(3):
        save(trained(parts, 1, rng), tmp_path / f"{i}", optimizer=True)
        parts = load(tmp_path / f"{i}")
    np.testing.assert_array_equal(parts.parameters, whole.parameters)
    assert [state.step for _, state in parts._flat.states.values()] == [9, 9, 9, 9]


def test_a_schedule_counts_its_own_steps_over_calls_of_train():
    class Noting(Schedule):
        def __init__(self):
            self.seen = []

        def __call__(self, step):
            self.seen.append(step)
            return 0.01

    one, two = Noting(), Noting()
    model = MLP([Dense(3, 2, "tanh", SGD(one), rng=0), Dense(2, 1, rng=1)], optimizer=Adam(0.01))
    trained(trained(model, 1, 0), 1, 0)
    assert one.seen == [0, 1, 2, 3, 4, 5]
    model.layers[1].optimizer = SGD(two)
    trained(model, 1, 0)
    assert (one.seen, two.seen) == ([*range(9)], [0, 1, 2])


def test_without_the_memory_training_begins_anew(tmp_path):
    model = trained(made(SGD(RATES["step"], momentum=0.9)), 2, 0)
    save(model, tmp_path / "model")
    twin = load(tmp_path / "model")
    assert twin._flat.states == {}
    trained(twin, 1, 0)
    assert {state.step for _, state in twin._flat.states.values()} == {3}


def test_the_memory_of_an_optimizer_that_was_exchanged_is_not_saved(tmp_path):
    model = trained(made(Adam()), 1, 0)
    model.layers[0].optimizer = SGD(0.1, 0.5)
    save(model, tmp_path / "model", optimizer=True)
    twin = load(tmp_path / "model")
    assert [state.step for _, state in twin._flat.states.values()] == [3, 3, 3]
    np.testing.assert_array_equal(trained(twin, 1, 1).parameters, trained(model, 1, 1).parameters)


def test_a_network_that_has_not_made_a_step(tmp_path):
    model = made(Adam())
    save(model, tmp_path / "model", optimizer=True)
    np.testing.assert_array_equal(trained(load(tmp_path / "model"), 1, 1).parameters, trained(model, 1, 1).parameters)
    save(MLP(), tmp_path / "model", optimizer=True)
    assert load(tmp_path / "model").layers == ()


def test_a_checkpoint_with_the_memory(tmp_path):
    path = tmp_path / "{epoch}.st"
    whole = trained(made(Adam(RATES["cosine"])), 4, np.random.default_rng(2))
    rng = np.random.default_rng(2)
    trained(made(Adam(RATES["cosine"])), 2, rng, callbacks=[Checkpoint(path, optimizer=True)])
    np.testing.assert_array_equal(trained(load(tmp_path / "2.st"), 2, rng).parameters, whole.parameters)
    trained(made(Adam()), 1, rng, callbacks=[Checkpoint(tmp_path / "plain")])
    assert load(tmp_path / "plain")._flat.states == {}


def test_one_model_makes_the_same_bytes(tmp_path):
    model = network(3, 4, 1, optimizer=Adam())
    model.train_batch(X, Y, "mse")
    contents = set()
    for _ in range(8):
        save(model, tmp_path / "model", optimizer=True)
        contents.add((tmp_path / "model").read_bytes())
    assert len(contents) == 1
