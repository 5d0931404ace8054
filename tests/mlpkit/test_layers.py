"""The layers besides Dense, and what Dense can have besides weights."""

import copy
import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from networks import OUTPUTS, some_targets

from mlpkit import (
    ACTIVATIONS,
    L1,
    L2,
    LOSSES,
    MLP,
    REGULARIZERS,
    SGD,
    ActivationLayer,
    BatchNorm,
    Dense,
    Dropout,
    LayerNorm,
    PReLU,
    ReLU,
    Softmax,
    WeightNormDense,
    check_layer,
    check_network,
)

DOUBLE = {"dtype": np.float64}
LAYERS = {
    "dropout": lambda: Dropout(0.4, rng=1),
    "batch_norm": lambda: BatchNorm(4, **DOUBLE),
    "layer_norm": lambda: LayerNorm(4, **DOUBLE),
    "weight_norm": lambda: WeightNormDense(4, 3, "tanh", rng=2, **DOUBLE),
    "weight_norm, prelu": lambda: WeightNormDense(4, 3, "prelu", rng=2, weight_regularizer="l2", **DOUBLE),
} | {name: lambda name=name: ActivationLayer(name, 4, **DOUBLE) for name in ACTIVATIONS}

every_layer = pytest.mark.parametrize("make", LAYERS.values(), ids=list(LAYERS))


def shifted(layer, seed=0):
    """Return the layer with parameters away from their first values, which are too regular to tell anything."""
    rng = np.random.default_rng(seed)
    for values in layer.params.values():
        values += rng.normal(0, 0.3, values.shape)
    return layer


@every_layer
@pytest.mark.parametrize("training", [False, True])
def test_gradient_agrees_with_central_differences(make, training):
    layer, X = shifted(make()), np.random.default_rng(3).normal(size=(6, 4))
    layer.weight_regularizer = None  # not in the outputs
    check = check_layer(layer, X, training=training, rng=5)
    assert check.passed(), check
    assert check.n_checked == layer.n_parameters + X.size
    layer.forward(X, training)
    assert layer.backward(np.ones_like(layer.forward(X, training)), input_gradient=False) is None or not layer.params


@every_layer
@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("training", [False, True])
def test_gradient_inside_a_network(make, loss, training):
    rng = np.random.default_rng(0)
    middle = shifted(make())
    model = MLP([Dense(3, 4, "tanh", rng=rng, **DOUBLE), middle])
    model.add(Dense(middle.n_out or 4, 2, OUTPUTS[loss], rng=rng, **DOUBLE))
    X, y = rng.normal(size=(6, 3)), some_targets(loss, (6, 2), rng)
    check = check_network(model, X, y, loss, training=training)
    assert check.passed(), check


@every_layer
@pytest.mark.parametrize("duplicate", [copy.copy, copy.deepcopy, lambda layer: pickle.loads(pickle.dumps(layer))])
def test_a_copy_computes_the_same(make, duplicate):
    layer, X = shifted(make()), np.random.default_rng(3).normal(size=(6, 4))
    layer.forward(X, training=True)
    twin = duplicate(layer)
    np.testing.assert_array_equal(twin.forward(X), layer.forward(X))
    assert repr(twin) == repr(layer)
    model = MLP([twin])
    np.testing.assert_array_equal(model.forward(X), layer.forward(X))
    model.parameters += 1
    np.testing.assert_array_equal(layer.forward(X), duplicate(layer).forward(X))


@every_layer
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_dtypes_are_kept(make, dtype):
    layer = make()
    if layer.params and dtype == np.float32:
        layer = type(layer)(4, 3) if isinstance(layer, Dense) else None
    if layer is None:
        return
    X = np.ones((5, 4), dtype)
    Y = layer.forward(X, training=True)
    assert Y.dtype == layer.backward(np.ones_like(Y)).dtype == dtype


def test_dropout_keeps_the_share_and_the_mean():
    layer, X = Dropout(0.3, rng=0), np.ones((400, 500), np.float32)
    Y = layer.forward(X, training=True)
    assert Y.dtype == np.float32
    assert np.mean(Y == 0) == pytest.approx(0.3, abs=0.005)
    assert Y.mean() == pytest.approx(1, abs=0.01)
    np.testing.assert_array_equal(layer.backward(X), Y)  # the same mask
    assert not np.array_equal(layer.forward(X, training=True), Y)  # another one
    assert layer.forward(X) is X
    assert layer.backward(X) is X


@pytest.mark.parametrize("rate", [-0.1, 1, 1.5, np.nan])
def test_dropout_rates(rate):
    with pytest.raises(ValueError, match="Dropout expected a rate of at least 0 and below 1"):
        Dropout(rate)


def test_batch_norm_by_hand():
    layer = BatchNorm(2, momentum=0.5, epsilon=1e-12, **DOUBLE)
    layer.gamma, layer.beta = [2.0, 1.0], [0.0, 10.0]
    X = [[1.0, 5.0], [3.0, 5.0], [5.0, 5.0]]
    # column 0: mean 3, var 8 / 3; column 1 does not vary
    root = np.sqrt(8 / 3)
    np.testing.assert_allclose(layer.forward(X, training=True), [[-4 / root, 10], [0, 10], [4 / root, 10]], atol=1e-9)
    np.testing.assert_allclose(layer.buffers["running_mean"], [1.5, 2.5])
    np.testing.assert_allclose(layer.buffers["running_var"], [(1 + 4) / 2, 0.5])  # unbiased: 8 / 2 = 4
    np.testing.assert_allclose(layer.forward([[1.5, 2.5]]), [[0.0, 10.0]], atol=1e-12)


def test_a_batch_of_one_sample_has_no_variance():
    layer = BatchNorm(2)
    np.testing.assert_array_equal(layer.forward([[3.0, 4.0]], training=True), layer.forward([[3.0, 4.0]]))
    assert not layer.buffers["running_mean"].any()


@given(n=st.integers(2, 30), m=st.integers(2, 30), seed=st.integers(0, 99))
def test_normalization_gives_mean_0_and_variance_1(n, m, seed):
    X = np.random.default_rng(seed).normal(3, 10, (m, n))
    for layer, axis in ((BatchNorm(n, **DOUBLE), 0), (LayerNorm(n, **DOUBLE), 1)):
        Y = layer.forward(X, training=True)
        np.testing.assert_allclose(Y.mean(axis=axis), 0, atol=1e-10)
        assert (Y.var(axis=axis) <= 1).all()


def test_weight_norm_starts_like_dense():
    plain, normed = Dense(4, 3, rng=0, **DOUBLE), WeightNormDense(4, 3, rng=0, **DOUBLE)
    np.testing.assert_allclose(normed.W, plain.W, rtol=1e-14)
    assert list(normed.params) == ["V", "g", "b"]
    assert repr(normed) == "WeightNormDense(4, 3, activation=Sigmoid())"
    normed.W = 2 * plain.W
    np.testing.assert_allclose(normed.W, 2 * plain.W, rtol=1e-14)
    with pytest.raises(ValueError, match=r"WeightNormDense\.W has the shape \(4, 3\)"):
        normed.W = np.ones(3)
    normed.W = np.zeros((4, 3))
    assert not normed.W.any()


def test_activations_join_a_network_as_layers():
    rng = np.random.default_rng(0)
    inside = MLP([Dense(3, 4, "relu", rng=0, **DOUBLE), Dense(4, 2, "softmax", rng=1, **DOUBLE)])
    alone = MLP([Dense(3, 4, "identity", rng=0, **DOUBLE), ReLU(), Dense(4, 2, "identity", rng=1, **DOUBLE), Softmax()])
    X, y = rng.normal(size=(5, 3)), rng.integers(0, 2, 5)
    for _ in range(3):
        assert inside.train_batch(X, y, "cross_entropy") == alone.train_batch(X, y, "cross_entropy")
    np.testing.assert_array_equal(inside.parameters, alone.parameters)
    assert repr(alone.layers[1]) == "ActivationLayer(ReLU())"


def test_learned_slopes_follow_the_network():
    model = MLP([Dense(3, 4, "identity", rng=0, **DOUBLE), PReLU(), Dense(4, 1, rng=1, **DOUBLE)], optimizer=SGD(0.5))
    X = np.random.default_rng(0).normal(size=(8, 3))
    model.train_batch(X, np.ones((8, 1)), "mse")
    slope = model.layers[1].params["slope"]
    assert np.shares_memory(slope, model.parameters)
    assert (slope != 0.25).any()
    Z = model.layers[0].forward(X)
    np.testing.assert_array_equal(model.layers[1].forward(Z), np.where(Z > 0, Z, slope * Z))
    assert repr(model.layers[1]) == "ActivationLayer(PReLU(initial=0.25), 4)"
    with pytest.raises(ValueError, match="learns one number a neuron; give their number: n="):
        ActivationLayer("prelu")


@pytest.mark.parametrize("name", REGULARIZERS)
@pytest.mark.parametrize("loss", LOSSES)
def test_gradients_of_regularizers(name, loss):
    rng = np.random.default_rng(0)
    price = {"weight_regularizer": REGULARIZERS[name](0.1), "activity_regularizer": REGULARIZERS[name](0.2)}
    layers = [Dense(3, 4, "tanh", rng=rng, **price, **DOUBLE), Dense(4, 2, OUTPUTS[loss], rng=rng, **price, **DOUBLE)]
    model = MLP(layers)
    X, y = rng.normal(size=(6, 3)), some_targets(loss, (6, 2), rng)
    check = check_network(model, X, y, loss)
    assert check.passed(), check


def test_prices_by_hand():
    layer = Dense(1, 1, "identity", weight_regularizer=L2(0.5), activity_regularizer=L1(3.0), **DOUBLE)
    layer.W = [[-2.0]]
    model = MLP([layer])
    X, y = [[1.0], [2.0]], [[-2.0], [-4.0]]
    # no error; 0.5 * 2^2 for the weight, 3 * (2 + 4) / 2 for the outputs
    assert model.loss(X, y, "mse") == 11.0
    _, gradients = model.loss_and_gradients(X, y, "mse")
    # 2 * 0.5 * (-2), and 3 * (-1 * 1 - 1 * 2) / 2 for the weight; 3 * (-1 - 1) / 2 for the bias
    assert gradients.tolist() == [-2 - 4.5, -3.0]
    with pytest.raises(ValueError, match="L2 expected a strength that is finite and not negative, got -1"):
        L2(-1)


@pytest.mark.parametrize("layer", [BatchNorm(3), LayerNorm(3)])
def test_normalizations_check_shapes(layer):
    with pytest.raises(ValueError, match=r"Norm expected inputs of shape \(batch, 3\), got \(2, 4\)"):
        layer.forward(np.ones((2, 4)))
    layer.forward(np.ones((2, 3)))
    with pytest.raises(ValueError, match=r"shape of its last outputs, \(2, 3\), got \(3, 3\)"):
        layer.backward(np.ones((3, 3)))
    for wrong in ({"n": 0}, {"n": 3, "epsilon": 0}):
        with pytest.raises(ValueError, match="Norm expected"):
            type(layer)(**wrong)
    with pytest.raises(ValueError, match="expected momentum between 0 and 1"):
        BatchNorm(3, momentum=2)
