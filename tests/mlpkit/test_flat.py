import copy
import pickle
from dataclasses import dataclass

import numpy as np
import pytest
from networks import XOR_X, XOR_Y, Doubling, network

from mlpkit import MLP, OPTIMIZERS, SGD, Adam, ClipNorm, Dense, Optimizer, ReLU, StepSchedule
from mlpkit.flat import FlatVectors


def assert_tied(model):
    """Every parameter and gradient of the layers must be a view of the model's vectors, without gap or overlap."""
    model.parameters[:] = np.arange(model.parameters.size)
    model.gradients[:] = -np.arange(model.gradients.size)
    params = [layer.params[name] for layer in model.layers for name in layer.params]
    grads = [layer.grads[name] for layer in model.layers for name in layer.params]
    assert all(np.shares_memory(values, model.parameters) for values in params)
    np.testing.assert_array_equal(np.concatenate([values.ravel() for values in params]), model.parameters)
    np.testing.assert_array_equal(np.concatenate([values.ravel() for values in grads]), model.gradients)


def test_the_vectors_alias_the_layers_and_adding_keeps_the_values():
    first, second = Dense(3, 4, rng=0), Dense(4, 2, rng=1)
    values = [array.copy() for layer in (first, second) for array in layer.params.values()]
    model = MLP().add(first).add(second)
    np.testing.assert_array_equal(model.parameters, np.concatenate([array.ravel() for array in values]))
    assert model.layers == (first, second)
    assert model.parameters.shape == model.gradients.shape == (3 * 4 + 4 + 4 * 2 + 2,)
    assert_tied(model)


def test_assigning_to_a_layer_or_to_the_model_keeps_the_views():
    model = network(3, 4, 2)
    vector = model.parameters
    model.layers[0].W = np.full((3, 4), 7.0)
    model.layers[1].b += 1
    assert model.parameters[:12].tolist() == [7.0] * 12
    model.parameters = np.ones(vector.size)
    model.parameters -= 0.5
    assert model.parameters is vector
    assert model.layers[0].W.tolist() == [[0.5] * 4] * 3
    assert_tied(model)
    with pytest.raises(ValueError, match=r"MLP\.parameters has the shape \(26,\), got values of shape \(3,\)"):
        model.parameters = np.ones(3)


@pytest.mark.parametrize("duplicate", [copy.copy, copy.deepcopy, lambda model: pickle.loads(pickle.dumps(model))])
def test_a_copy_is_tied_to_its_own_vectors_and_trains_alike(duplicate):
    model = network(2, 4, 1)
    for _ in range(3):
        model.train_batch(XOR_X, XOR_Y, "mse")
    twin = duplicate(model)
    np.testing.assert_array_equal(twin.parameters, model.parameters)
    for _ in range(3):
        model.train_batch(XOR_X, XOR_Y, "mse")
        twin.train_batch(XOR_X, XOR_Y, "mse")
    np.testing.assert_array_equal(twin.parameters, model.parameters)
    assert not np.shares_memory(twin.parameters, model.parameters)
    assert_tied(twin)
    assert_tied(model)
    with pytest.raises(ValueError, match="already belongs to a network"):
        MLP().add(twin.layers[0])


def test_a_layer_belongs_to_one_network():
    model = network(3, 2)
    with pytest.raises(ValueError, match=r"Dense\(3, 2, .*\) already belongs to a network; build a new layer"):
        MLP().add(model.layers[0])
    other = MLP().add(copy.copy(model.layers[0]))
    np.testing.assert_array_equal(other.parameters, model.parameters)
    assert_tied(other)
    assert_tied(model)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_sharing_an_optimizer_changes_the_runs_but_not_the_result(name):
    def trained(optimizers, model_optimizer=None):
        rng = np.random.default_rng(0)
        layers = [Dense(2, 3, "tanh", o, rng=rng) for o in optimizers[:1]]
        layers += [Dense(3, 3, "tanh", o, rng=rng) for o in optimizers[1:]] + [Doubling(), Dense(3, 1, rng=rng)]
        layers[-1].optimizer = optimizers[0]
        model = MLP(layers, optimizer=model_optimizer)
        for _ in range(5):
            model.train_batch(XOR_X, XOR_Y, "mse")
        assert len(model._flat.states) == 4  # one memory for each layer that learns
        return model.parameters.copy(), len(model._flat.updates._runs)

    shared = OPTIMIZERS[name](learning_rate=0.1)
    one_run, n_runs = trained([shared, shared, shared])
    assert n_runs == 1
    whole_model, n_runs = trained([None, None, None], shared)
    assert n_runs == 1
    own, n_runs = trained([shared, OPTIMIZERS[name](learning_rate=0.1), OPTIMIZERS[name](learning_rate=0.1)])
    assert n_runs == 4
    np.testing.assert_array_equal(one_run, whole_model)
    np.testing.assert_array_equal(one_run, own)


def layers_with(optimizers):
    return [Dense(3, 3, "tanh", optimizer, rng=i) for i, optimizer in enumerate(optimizers)]


@pytest.mark.parametrize("name", OPTIMIZERS)
@pytest.mark.parametrize("shared", [True, False])
def test_a_layer_that_is_added_leaves_the_memory_of_the_others(name, shared):
    def trained(adding):
        rule, own = (OPTIMIZERS[name](StepSchedule(0.1, every=2, factor=0.5)) for _ in range(2))
        model = MLP(layers_with([None, None if shared else own]), optimizer=rule)
        parameters = []
        for i in range(8):
            if adding and i == 5:
                model.add(Dense(3, 2, rng=9))
            model.gradients[:] = np.random.default_rng(i).normal(size=32)[: model.gradients.size]
            model.update()
            parameters.append(model.parameters[:24].copy())
        return np.array(parameters), [state.step for _, state in model._flat.states.values()]

    plain, _ = trained(adding=False)
    grown, steps = trained(adding=True)
    np.testing.assert_array_equal(plain, grown)
    assert steps == [8, 8, 3]


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_exchanging_and_copying_and_adding_in_any_order(name):
    """Against networks of one layer each, which nothing can disturb."""
    model = MLP(layers_with([None, SGD(0.1, 0.9), None]), optimizer=OPTIMIZERS[name](0.05))
    alone = [MLP(layers_with([None] * i + [None])[i:], optimizer=model.optimizer) for i in (0, 2)]
    for i in range(12):
        if i == 3:
            model.layers[1].optimizer = OPTIMIZERS[name](0.5)
        if i == 5:
            model = copy.deepcopy(model)
        if i == 7:
            model.add(Dense(3, 1, rng=5))
        if i == 9:
            model.layers[1].optimizer = None
        gradients = [np.random.default_rng([i, k]).normal(size=12) for k in range(4)]
        model.gradients[:] = np.concatenate(gradients)[: model.gradients.size]
        model.update()
        for k, single in zip((0, 2), alone, strict=True):
            single.gradients[:] = gradients[k]
            single.update()
            np.testing.assert_array_equal(model.parameters[12 * k : 12 * k + 12], single.parameters)


def test_optimizers_that_are_equal_are_still_two():
    @dataclass
    class Descent(Optimizer):
        learning_rate: float = 0.1
        n_memory = 1

        def update_block(self, w, g, t, *memory):
            memory[0][:] += 1
            w -= self.learning_rate * g

    model = MLP([Dense(2, 1, rng=0)], optimizer=Descent())
    for _ in range(2):
        model.update()
    model.optimizer = Descent()
    model.update()
    ((optimizer, state),) = model._flat.states.values()
    assert optimizer is model.optimizer
    assert (state.step, state.memory[0].max()) == (1, 1)


@pytest.mark.parametrize("where", ["network", "layer"])
def test_an_optimizer_may_be_given_by_name_later_too(where):
    model = network(2, 1)
    thing = model if where == "network" else model.layers[0]
    thing.optimizer = "rmsprop"
    assert repr(thing.optimizer) == repr(OPTIMIZERS["rmsprop"]())
    model.train_batch(XOR_X, XOR_Y, "mse")
    for wrong in ("lion", SGD, 0.1, ReLU()):
        with pytest.raises(ValueError, match=r"^Optimizer expected an instance or one of the names adadelta, .*; got"):
            thing.optimizer = wrong
    assert isinstance(thing.optimizer, OPTIMIZERS["rmsprop"])
    thing.optimizer = None
    assert isinstance(model.optimizer, Adam)
    assert where == "network" or thing.optimizer is None


@pytest.mark.parametrize("wrong", [1, "norm", ClipNorm, ReLU()])
def test_a_clipping_is_checked_at_the_start_and_later(wrong):
    with pytest.raises(ValueError, match=r"^Clipping expected an instance; got .*ClipNorm\(\)$"):
        MLP([Dense(2, 1)], clipping=wrong)
    model = network(2, 1)
    with pytest.raises(ValueError, match=r"^Clipping expected an instance; got .*ClipNorm\(\)$"):
        model.clipping = wrong
    model.clipping = ClipNorm(1.0)
    model.clipping = None
    model.train_batch(XOR_X, XOR_Y, "mse")


def test_a_new_optimizer_starts_with_an_empty_memory():
    model = network(2, 1, optimizer=SGD(0.1, momentum=0.9))
    for _ in range(3):
        model.train_batch(XOR_X, XOR_Y, "mse")
    model.optimizer = Adam(0.01)
    before = model.parameters.copy()
    model.train_batch(XOR_X, XOR_Y, "mse")
    np.testing.assert_allclose(np.abs(model.parameters - before), 0.01, rtol=1e-3)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_exchanging_one_optimizer_leaves_the_steps_of_all_other_layers_bit_equal(name):
    """Also their schedules: each layer counts its own steps."""

    def trained(exchange):
        rng = np.random.default_rng(0)
        layers = [Dense(2, 3, "tanh", rng=rng), Dense(3, 3, "tanh", rng=rng), Dense(3, 1, rng=rng)]
        optimizer = OPTIMIZERS[name](learning_rate=StepSchedule(0.1, every=3, factor=0.1))
        model = MLP(layers, optimizer=optimizer)
        parameters = [model.parameters.copy()]
        for i in range(9):
            if exchange and i in (4, 7):
                layers[1].optimizer = SGD(0.0) if i == 4 else None
            model.gradients[:] = np.random.default_rng(i).normal(size=model.gradients.size)
            model.update()
            parameters.append(model.parameters.copy())
            if i == 7:
                afresh, gradients = parameters[7][second].copy(), model.gradients[second]
                optimizer.update(afresh, gradients, optimizer.init(afresh))
        return np.array(parameters), afresh, [state.step for _, state in model._flat.states.values()]

    first, second, third = slice(0, 9), slice(9, 21), slice(21, None)
    plain, _, plain_counts = trained(exchange=False)
    exchanged, afresh, counts = trained(exchange=True)
    for others in (first, third):
        np.testing.assert_array_equal(exchanged[:, others], plain[:, others])
    np.testing.assert_array_equal(exchanged[4:8, second], [plain[4, second]] * 4)  # at a rate of 0
    np.testing.assert_array_equal(exchanged[8, second], afresh)  # nothing old comes back
    assert (plain_counts, counts) == ([9, 9, 9], [9, 2, 9])


def test_a_layer_that_does_not_fit_leaves_all_layers_free():
    a = Dense(3, 4)
    with pytest.raises(ValueError, match="make n_in 4"):
        MLP([a, Dense(5, 1)])
    model = MLP([a])
    assert_tied(model)
    b = Dense(4, 1)
    with pytest.raises(ValueError, match=r"already belongs to a network"):
        MLP([b, ReLU(), b])
    with pytest.raises(ValueError, match="expected a layer, got 3"):
        model.add(3)
    assert model.layers == (a,)
    assert model.add(b).layers == (a, b)


def test_building_takes_time_in_proportion_to_the_number_of_layers(monkeypatch):
    """Counted in vectors made: one for all layers that a network begins with."""
    made = []
    monkeypatch.setattr("mlpkit.stack.FlatVectors", lambda layers: made.append(len(layers)) or FlatVectors(layers))
    MLP([Doubling() for _ in range(50)])
    assert made == [50]


def test_an_optimizer_of_ones_own_that_remembers_nothing_trains_several_layers():
    class Plain(Optimizer):
        learning_rate = 0.5

        def update_block(self, w, g, t):
            w -= self.learning_rate * g

    model = MLP([Dense(2, 3, rng=0), Dense(3, 1, rng=1)], optimizer=Plain())
    before = model.parameters.copy()
    model.train_batch([[1.0, 2.0]], [[1.0]], "mse")
    np.testing.assert_allclose(model.parameters, before - 0.5 * model.gradients, rtol=1e-6)
