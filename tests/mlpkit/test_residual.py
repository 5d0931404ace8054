"""Residual blocks, and networks whose layers contain others."""

import copy

import numpy as np
import pytest

from mlpkit import (
    MLP,
    SGD,
    Adam,
    BatchNorm,
    Dense,
    DivergenceError,
    Dropout,
    LayerNorm,
    PReLU,
    ReLU,
    Residual,
    check_layer,
    check_network,
    load,
    save,
)

DOUBLE = {"dtype": np.float64}
X = np.random.default_rng(0).normal(size=(8, 3))


def block(seed=0, **settings):
    rng = np.random.default_rng(seed)
    return Residual([Dense(3, 5, "tanh", rng=rng, **settings, **DOUBLE), Dense(5, 3, "identity", rng=rng, **DOUBLE)])


def deep(optimizer=None):
    rng = np.random.default_rng(4)
    inner = Residual([LayerNorm(3, **DOUBLE), Dense(3, 3, "relu", "sgd", rng=rng, **DOUBLE)])
    layers = [Dense(3, 3, "tanh", rng=rng, **DOUBLE), Residual([BatchNorm(3, **DOUBLE), inner, PReLU()]), block(5)]
    return MLP([*layers, Dense(3, 1, rng=rng, **DOUBLE)], optimizer=optimizer)


def test_a_block_by_hand():
    layer = Residual([Dense(2, 2, "identity", **DOUBLE), ReLU()])
    layer.layers[0].W, layer.layers[0].b = [[1.0, -1.0], [0.0, 2.0]], [1.0, 0.0]
    # Z = [1 + 1, -1 + 6] = [2, 5]; Y = X + Z
    assert layer.forward([[1.0, 3.0]]).tolist() == [[3.0, 8.0]]
    # dZ = dY; dX = dY + dZ W^T = [1 + 1 - 10, 10 + 20]
    assert layer.backward([[1.0, 10.0]]).tolist() == [[1 + 1 - 10, 10 + 20]]
    assert layer.grads["0.W"].tolist() == [[1, 10], [3, 30]]
    assert layer.grads["0.b"].tolist() == [1, 10]
    assert layer.backward([[1.0, 10.0]], input_gradient=False) is None
    assert repr(layer) == "Residual([Dense(2, 2, activation=Identity()), ActivationLayer(ReLU())])"
    assert (layer.n_in, layer.n_out, layer.n_parameters) == (2, 2, 6)
    assert list(layer.params) == ["0.W", "0.b"]


def test_blocks_are_those_of_pytorch():
    torch = pytest.importorskip("torch")
    layers = [block(0), block(1), Dense(3, 1, "identity", rng=2, **DOUBLE)]
    model = MLP(layers, optimizer=SGD(0.01, momentum=0.9))
    twins = [[torch.tensor(v.copy(), requires_grad=True) for v in layer.params.values()] for layer in layers]
    optimizer = torch.optim.SGD([p for some in twins for p in some], 0.01, momentum=0.9)
    for _ in range(20):
        loss = model.train_batch(X, X[:, :1], "mse")
        optimizer.zero_grad()
        A = torch.tensor(X)
        for W, b, V, c in twins[:2]:
            A = A + torch.tanh(A @ W + b) @ V + c
        theirs = ((A @ twins[2][0] + twins[2][1] - torch.tensor(X[:, :1])) ** 2).mean()
        theirs.backward()
        optimizer.step()
        assert loss == pytest.approx(theirs.item(), rel=1e-10)
    for layer, some in zip(layers, twins, strict=True):
        for ours, other in zip(layer.params.values(), some, strict=True):
            np.testing.assert_allclose(ours, other.detach().numpy(), rtol=1e-9)


@pytest.mark.parametrize("training", [False, True])
def test_gradients(training):
    for layer in (block(), deep().layers[1], Residual([Dropout(rng=0)])):
        check = check_layer(layer, X, training=training)
        assert check.passed(), check
        assert check.n_checked + check.n_excluded == layer.n_parameters + X.size
    check = check_network(deep(), X, np.ones((8, 1)), "binary_cross_entropy", training=training)
    assert check.passed(1e-6), check


def test_the_parameters_of_all_depths_are_views_of_the_vector():
    model = deep()
    model.train_batch(X, np.ones((8, 1)), "mse")
    model.parameters[...] = np.arange(model.parameters.size)
    model.gradients[...] = -np.arange(model.parameters.size)
    params = [values.ravel() for layer in model.layers for values in layer.params.values()]
    grads = [values.ravel() for layer in model.layers for values in layer.grads.values()]
    np.testing.assert_array_equal(np.concatenate(params), model.parameters)
    np.testing.assert_array_equal(np.concatenate(grads), model.gradients)


def test_each_inner_layer_has_its_own_optimizer():
    model = deep(optimizer=Adam(0.01))
    layer = model.layers[1].layers[1].layers[1]  # has one of its own
    before = layer.W.copy()
    model.loss_and_gradients(X, np.ones((8, 1)), "mse")
    model.update()
    np.testing.assert_allclose(layer.W, before - 0.01 * layer.grads["W"], rtol=1e-12)
    assert len(model._flat.learning) == 8
    assert model.layers[2].optimizer is None
    model.layers[2].optimizer = "sgd"
    assert isinstance(model.layers[2].optimizer, SGD)
    assert model.layers[2].layers[0].optimizer is model.layers[2].layers[1].optimizer
    model.layers[2].layers[0].optimizer = None
    assert model.layers[2].optimizer is None
    with pytest.raises(ValueError, match="Optimizer expected"):
        model.layers[2].optimizer = "sdg"


def test_files(tmp_path):
    pytest.importorskip("safetensors")
    model = deep(optimizer=SGD(0.1, momentum=0.5))
    for _ in range(3):
        model.train_batch(X, np.ones((8, 1)), "mse")
    save(model, tmp_path / "model.safetensors")
    loaded = load(tmp_path / "model.safetensors")
    assert repr(loaded) == repr(model)
    np.testing.assert_array_equal(loaded.parameters, model.parameters)
    np.testing.assert_array_equal(loaded.predict(X), model.predict(X))
    assert np.array_equal(loaded.layers[1].buffers["0.running_mean"], model.layers[1].buffers["0.running_mean"])
    assert loaded.layers[1].layers[1].layers[1].optimizer is not None


def test_files_keep_the_memory_of_inner_layers(tmp_path):
    pytest.importorskip("safetensors")
    model = deep(optimizer=SGD(0.1, momentum=0.5))
    for _ in range(3):
        model.train_batch(X, np.ones((8, 1)), "mse")
    save(model, tmp_path / "model.safetensors", optimizer=True)
    loaded = load(tmp_path / "model.safetensors")
    for one in (model, loaded):
        one.train_batch(X, np.ones((8, 1)), "mse")
    np.testing.assert_array_equal(loaded.parameters, model.parameters)


def test_training_with_everything_that_looks_at_layers():
    model = deep()
    history = model.train((X, np.ones((8, 1))), "mse", epochs=3, rng=0)
    assert len(history["train_loss"]) == 3
    assert "Residual" in str(model.summary())
    twin = copy.deepcopy(model)
    assert all(layer.in_network for layer in twin.layers[1].layers)
    model.layers[1].layers[1].layers[1].W[...] = np.nan
    with pytest.raises(DivergenceError, match=r"parameter 1\.1\.W of layer 2, Residual"):
        model.train((X, np.ones((8, 1))), "mse", epochs=1, rng=0)


@pytest.mark.parametrize(
    ("layers", "got"),
    [
        ([], "none"),
        ([Dense(3, 4)], "3 inputs and 4 outputs"),
        ([Dense(3, 4), Dropout(), Dense(4, 2)], "3 inputs and 2 outputs"),
    ],
)
def test_blocks_that_cannot_be_added_are_refused_and_leave_their_layers_free(layers, got):
    advice = "put a layer in front of the block that changes the width, or change its last layer"
    rule = "Residual expected layers with as many outputs as inputs, which it adds to one another"
    with pytest.raises(ValueError, match=f"^{rule}, got {got}; {advice}$"):
        Residual(layers)
    assert not any(layer.in_network for layer in layers)
    first, second = Dense(3, 4), Dense(5, 3)
    with pytest.raises(ValueError, match=r"^Residual expected a layer with 4 inputs, since"):
        Residual([first, second])
    assert len(MLP([first, Dense(4, 3)]).layers) == 2


def test_layers_belong_to_one_block():
    layer = Dense(3, 3)
    Residual([layer])
    for owner in (MLP, Residual):
        with pytest.raises(ValueError, match=r"already belongs to a network; build a new layer, or add a copy\.copy"):
            owner([layer])
    with pytest.raises(ValueError, match="already belongs to a network"):
        Residual(copy.copy(Residual([copy.copy(layer)])).layers)
    MLP([copy.copy(layer)])


def test_a_block_in_a_network_that_fails_stays_free():
    one, other = Residual([Dense(3, 3)]), Dense(4, 1)
    with pytest.raises(ValueError, match="with 3 inputs, since the layers before it give 3 outputs"):
        MLP([one, other])
    model = MLP([one])
    with pytest.raises(ValueError, match="with 3 inputs, since the layers before it give 3 outputs"):
        model.add(other)
    MLP([other])
    assert len(model.add(Dense(3, 1)).layers) == 2


def test_outputs_of_another_shape_are_refused():
    class Half(Dropout):
        def forward(self, X, training=False):
            return np.asarray(X)[:, :1]

    with pytest.raises(
        ValueError, match=r"^Residual expected outputs of the shape of the inputs, \(8, 3\), .* \(8, 1\)"
    ):
        Residual([Half()]).forward(X)


def test_float32_stays_float32():
    layer = Residual([Dense(3, 3, rng=0)])
    Y = layer.forward(X)
    assert Y.dtype == layer.backward(np.ones((8, 3))).dtype == np.float32
    assert MLP([Dense(3, 3), layer]).predict(X).dtype == np.float32


def test_dropout_inside_is_on_in_training_only():
    made, ones = Residual([Dropout(0.5, rng=0)]), np.ones((50, 4), np.float32)
    np.testing.assert_array_equal(made.forward(ones), 2 * ones)
    np.testing.assert_array_equal(made.forward(ones, training=False), 2 * ones)
    assert set(made.forward(ones, training=True).ravel()) == {1.0, 3.0}
