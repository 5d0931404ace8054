"""What layers must fulfil when networks are built of them, and afterwards."""

import copy

import numpy as np
import pytest

from mlpkit import (
    ACTIVATIONS,
    GELU,
    MLP,
    Dense,
    Dropout,
    PReLU,
    ReLU,
    Residual,
    Tanh,
    check_layer,
)

X = np.random.default_rng(0).normal(size=(5, 3))
DOUBLE = {"dtype": np.float64}


class Counted(Dense):
    """Counts how often it is asked for its parameters, and how often they move."""

    n_read = n_moved = 0

    @property
    def params(self):
        Counted.n_read += 1
        return super().params

    def move_parameter(self, name, parameter, gradient):
        Counted.n_moved += 1
        super().move_parameter(name, parameter, gradient)


@pytest.mark.parametrize("way", ["at once", "one by one", "in a block"])
def test_building_takes_time_with_the_number_of_layers(way):
    def cost(n):
        Counted.n_read = Counted.n_moved = 0
        layers = [Counted(2, 2) for _ in range(n)]
        if way == "at once":
            MLP(layers)
        elif way == "in a block":
            MLP([Residual(layers)])
        else:
            model = MLP()
            for layer in layers:
                model.add(layer)
        return Counted.n_read, Counted.n_moved

    (reads, moves), (more_reads, more_moves) = cost(50), cost(200)
    assert more_reads <= 5 * reads
    assert more_moves <= 5 * moves
    assert moves <= 6 * 50


def test_a_network_of_thousands_of_layers():
    model = MLP([Dropout(0.0) for _ in range(2000)])
    for _ in range(2000):
        model.add(Dropout(0.0))
    assert len(model.layers) == 4000
    np.testing.assert_array_equal(model.predict(X), X)


def test_vectors_stay_tied_while_layers_are_added():
    model = MLP(optimizer="sgd")
    sizes = []
    for i in range(20):
        model.add(Dense(3, 3, "tanh", rng=i, **DOUBLE))
        W = model.layers[-1].W
        assert np.shares_memory(W, model.parameters)
        assert np.shares_memory(model.layers[0].grads["b"], model.gradients)
        assert model.parameters.flags.c_contiguous
        sizes.append(model.parameters.size)
        model.train_batch(X, X, "mse")
    assert sizes == [12 * (i + 1) for i in range(20)]
    flat = np.concatenate([values.ravel() for layer in model.layers for values in layer.params.values()])
    np.testing.assert_array_equal(flat, model.parameters)
    assert [state.step for _, state in model._flat.states.values()] == list(range(20, 0, -1))


def test_a_failed_add_leaves_all_layers_free():
    model = MLP([Dense(3, 4)])
    wrong, block = Dense(5, 1), Residual([Dense(5, 5)])
    for layer in (wrong, block):
        with pytest.raises(ValueError, match="with 4 inputs"):
            model.add(layer)
        assert not layer.in_network
    first = Dense(3, 5)
    with pytest.raises(ValueError, match="with 5 inputs"):
        MLP([first, block, Dense(4, 1)])
    assert len(MLP([first, block, wrong]).layers) == 3
    model.add(Dense(4, 1))
    assert model.predict(X).shape == (5, 1)


def test_what_the_message_advises_helps():
    layer = Dense(3, 3, rng=0)
    model = MLP([layer])
    with pytest.raises(ValueError, match=r"add a copy\.copy of it"):
        MLP([layer])
    before = model.predict(X)
    MLP([copy.copy(layer)]).train((X * 3, X), "mse", epochs=3, rng=0)
    np.testing.assert_array_equal(model.predict(X), before)


@pytest.mark.parametrize("name", [name for name in ACTIVATIONS if name != "prelu"])
def test_another_activation_takes_the_place_of_the_first(name):
    layer = Dense(3, 2, "tanh", rng=0, **DOUBLE)
    for owner in (None, MLP([copy.copy(layer)])):
        changed = layer if owner is None else owner.layers[0]
        changed.activation = name
        assert type(changed.activation) is ACTIVATIONS[name]
        made = Dense(3, 2, name, rng=0, **DOUBLE)
        np.testing.assert_array_equal((owner or changed).forward(X), made.forward(X))
    if name != "step":
        assert check_layer(layer, X).passed()


def test_activations_that_do_not_fit_are_refused():
    layer, learns = Dense(3, 2, "tanh"), Dense(3, 2, PReLU())
    with pytest.raises(ValueError, match="Activation expected an instance or one of the names"):
        layer.activation = "rleu"
    with pytest.raises(ValueError, match="Activation expected an instance"):
        layer.activation = None
    for target, activation in ((layer, PReLU()), (layer, "prelu"), (learns, ReLU()), (learns, PReLU())):
        with pytest.raises(
            ValueError,
            match=r"^an activation with parameters belongs to its layer from the beginning, got .*; make a new layer",
        ):
            target.activation = activation
    assert isinstance(layer.activation, Tanh)
    assert (list(layer.params), list(learns.params)) == (["W", "b"], ["W", "b", "slope"])
    learns.activation = learns.activation
    layer.activation = GELU("tanh")
    assert layer.activation.approximate == "tanh"


def test_regularizers_are_resolved_like_in_the_constructor():
    layer = Dense(3, 2, rng=0, **DOUBLE)
    layer.weight_regularizer, layer.activity_regularizer = "l2", "l1"
    made = Dense(3, 2, weight_regularizer="l2", activity_regularizer="l1", rng=0, **DOUBLE)
    for one in (layer, made):
        one.forward(X)
    assert layer.penalty() == made.penalty() > 0
    with pytest.raises(ValueError, match="Regularizer expected"):
        layer.weight_regularizer = "l3"
