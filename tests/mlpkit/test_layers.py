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
from mlpkit.layers.base import NamedArrays

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


def test_dropout_by_hand():
    layer, rng = Dropout(0.25, rng=3), np.random.default_rng(3)
    assert (layer.rate, Dropout().rate, Dropout(0).rate) == (0.25, 0.5, 0.0)
    for _ in range(2):  # a new mask for each batch, of entries kept with the probability 3 / 4 and divided by it
        kept = rng.random((3, 4), dtype=np.float32) >= 0.25
        np.testing.assert_allclose(layer.forward(np.full((3, 4), 3.0), training=True), 4.0 * kept, rtol=1e-15)
        np.testing.assert_allclose(layer.backward(np.full((3, 4), 6)), 8.0 * kept, rtol=1e-15)
    assert layer.forward([[1, 2]]).tolist() == layer.backward([[1, 2]]).tolist() == [[1.0, 2.0]]  # the mask is gone
    always = np.ones((2, 2))
    assert Dropout(0).forward(always, training=True) is always
    assert (repr(layer), layer.n_parameters, dict(layer.params), layer.penalty()) == ("Dropout(0.25)", 0, {}, 0.0)
    with pytest.raises(ValueError, match=r"^Dropout expected a rate .* below 1, got 1; 0.5 is usual$"):
        Dropout(1)


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


def test_gradients_of_batch_norm_by_hand():
    layer = BatchNorm(1, epsilon=5.0, **DOUBLE)
    layer.gamma, layer.beta = [3.0], [1.0]
    # mean 2, variance 4, s = 1 / sqrt(4 + 5) = 1/3, H = (-2/3, 2/3)
    np.testing.assert_allclose(layer.forward([[0.0], [4.0]], training=True), [[-1.0], [3.0]], rtol=1e-15)
    # dH = 3 dY = (9, 3), mean(dH) = 6, mean(dH H) = -2; dX = s (dH - 6 + 2 H) = (3 - 4/3, -3 + 4/3) / 3
    np.testing.assert_allclose(layer.backward([[3.0], [1.0]]), [[5 / 9], [-5 / 9]], rtol=1e-14)
    np.testing.assert_allclose(layer.grads["gamma"], [-4 / 3], rtol=1e-14)
    assert layer.grads["beta"] == [4.0]
    # momentum 0.1: running mean 0.2, running variance 0.9 + 0.1 * 8 = 1.7
    np.testing.assert_allclose(layer.buffers["running_mean"], [0.2], rtol=1e-14)
    np.testing.assert_allclose(layer.buffers["running_var"], [1.7], rtol=1e-14)
    root = np.sqrt(1.7 + 5)
    np.testing.assert_allclose(layer.forward([[2.2]]), [[1 + 3 * 2 / root]], rtol=1e-14)
    np.testing.assert_allclose(layer.backward([[1.0]]), [[3 / root]], rtol=1e-14)  # the statistics are constants now
    assert layer.backward([[2.0]], input_gradient=False) is None
    assert layer.grads["beta"] == [2.0]


def test_gradients_of_layer_norm_by_hand():
    layer = LayerNorm(2, epsilon=5.0, **DOUBLE)
    layer.gamma, layer.beta = [3.0, 6.0], [1.0, 2.0]
    # the row has mean 2 and variance 4: H = (-2/3, 2/3)
    for training in (False, True):
        np.testing.assert_allclose(layer.forward([[0.0, 4.0]], training), [[-1.0, 6.0]], rtol=1e-15)
    # dH = (9, 6), mean 7.5, mean(dH H) = -1; dX = (9 - 7.5 - 2/3, 6 - 7.5 + 2/3) / 3
    np.testing.assert_allclose(layer.backward([[3.0, 1.0]]), [[5 / 18, -5 / 18]], rtol=1e-14)
    np.testing.assert_allclose(layer.grads["gamma"], [-2, 2 / 3], rtol=1e-14)
    assert layer.grads["beta"].tolist() == [3.0, 1.0]
    assert layer.backward([[3.0, 1.0]], input_gradient=False) is None


@pytest.mark.parametrize("kind", [BatchNorm, LayerNorm])
def test_normalizations_start_plain(kind):
    layer = kind(3)
    assert (layer.epsilon, layer.n_in, layer.n_out, layer.dtype) == (1e-5, 3, 3, np.float32)
    assert (layer.gamma.tolist(), layer.beta.tolist()) == ([1, 1, 1], [0, 0, 0])
    assert {name: values.dtype for name, values in layer.params.items()} == dict.fromkeys(["gamma", "beta"], "float32")
    assert all(values.dtype == kind(3, **DOUBLE).dtype == np.float64 for values in kind(3, **DOUBLE).params.values())
    assert (repr(layer), layer.n_parameters) == (f"{kind.__name__}(3)", 6)
    assert repr(kind(np.int64(1))) == f"{kind.__name__}(1)"
    for training in (False, True):
        assert layer.forward(np.zeros((0, 3)), training).shape == (0, 3)
        assert layer.backward(np.zeros((0, 3))).shape == (0, 3)


def test_the_running_averages_of_batch_norm():
    layer = BatchNorm(2)
    assert layer.momentum == 0.1
    assert [values.tolist() for values in layer.buffers.values()] == [[0, 0], [1, 1]]
    assert {values.dtype for values in layer.buffers.values()} == {np.dtype(np.float32)}
    kept = layer.buffers["running_mean"]
    layer.forward([[0.0, 1.0], [2.0, 3.0]])
    assert not kept.any()  # only training changes them
    layer.forward([[0.0, 1.0], [2.0, 3.0]], training=True)
    np.testing.assert_allclose(kept, [0.1, 0.2], rtol=1e-6)
    frozen, latest = BatchNorm(1, momentum=0), BatchNorm(1, momentum=1)
    for seen in (frozen, latest):
        seen.forward([[0.0], [4.0]], training=True)
    assert [values.tolist() for values in frozen.buffers.values()] == [[0], [1]]
    assert [values.tolist() for values in latest.buffers.values()] == [[2], [8]]


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


@pytest.mark.parametrize("kind", [BatchNorm, LayerNorm])
def test_normalizations_check_shapes(kind):
    layer, name = kind(3), kind.__name__
    for shape in ((2, 4), (3,), (1, 2, 3)):
        with pytest.raises(
            ValueError,
            match=rf"^{name} expected inputs of shape \(batch, 3\), got \({str(shape)[1:-1]}\); "
            "give it the width of the layer before$",
        ):
            layer.forward(np.ones(shape))
    with pytest.raises(ValueError, match="call forward first"):
        layer.backward(np.ones((2, 3)))
    layer.forward(np.ones((2, 3)))
    with pytest.raises(
        ValueError,
        match=rf"^{name} expected a gradient of the shape of its last outputs, \(2, 3\), got \(3, 3\); call forward",
    ):
        layer.backward(np.ones((3, 3)))
    for n in (0, -1, 2.0, "3"):
        with pytest.raises(ValueError, match=rf"^{name} expected n to be a positive integer, got {n!r}$"):
            kind(n)
    for epsilon in (0, -1e-5, np.nan):
        with pytest.raises(
            ValueError, match=rf"^{name} expected epsilon to be positive, got {epsilon}; 1e-5 is usual$"
        ):
            kind(3, epsilon=epsilon)
    with pytest.raises(ValueError, match=f"^{name} expected a floating dtype, got int64"):
        kind(3, dtype=np.int64)
    for momentum in (2, -0.1, np.nan):
        with pytest.raises(
            ValueError, match=f"^BatchNorm expected momentum between 0 and 1, got {momentum}; 0.1 is usual$"
        ):
            BatchNorm(3, momentum=momentum)


def test_weight_norm_by_hand():
    layer = WeightNormDense(2, 1, "identity", weight_regularizer=L2(0.5), **DOUBLE)
    layer.V, layer.g, layer.b = [[3.0], [4.0]], [10.0], [1.0]
    assert layer.W.tolist() == [[6.0], [8.0]]
    # 6 * 1 + 8 * 2 + 1
    assert layer.forward([[1.0, 2.0]]).tolist() == [[23.0]]
    assert layer.backward([[2.0]]).tolist() == [[12.0, 16.0]]
    # dW = (2, 4) + 2 * 0.5 * (6, 8) = (8, 12), u = (0.6, 0.8): dg = 4.8 + 9.6, dV = 10 / 5 ((8, 12) - 14.4 u)
    np.testing.assert_allclose(layer.grads["g"], [14.4], rtol=1e-14)
    np.testing.assert_allclose(layer.grads["V"], [[-1.28], [0.96]], rtol=1e-13)
    assert layer.grads["b"] == [2.0]
    assert layer.penalty() == pytest.approx(0.5 * 100, rel=1e-14)
    assert layer.backward([[1.0]], input_gradient=False) is None
    assert layer.grads["b"] == [1.0]
    layer.W = [[0.0], [-2.0]]
    assert (layer.V.tolist(), layer.g.tolist()) == ([[0.0], [-2.0]], [2.0])


def test_a_column_of_zeros_has_no_direction_and_stays_zero():
    layer = WeightNormDense(2, 2, "identity", **DOUBLE)
    layer.W = [[0.0, 3.0], [0.0, 4.0]]
    assert layer.W.tolist() == [[0.0, 3.0], [0.0, 4.0]]
    layer.forward([[1.0, 1.0]])
    layer.backward([[1.0, 1.0]])
    assert not layer.grads["g"][0]
    assert np.isfinite(layer.grads["V"]).all()


def test_an_activation_layer_keeps_the_dtype_of_its_inputs_unless_it_learns():
    for dtype in (np.float32, np.float64):
        assert ActivationLayer("relu").forward(np.ones((2, 3), dtype)).dtype == dtype
        assert ActivationLayer("prelu", 3, dtype=dtype).forward(np.ones((2, 3))).dtype == dtype
        assert ActivationLayer("prelu", 3, dtype=dtype).params["slope"].dtype == dtype
    assert ActivationLayer("prelu", 3).params["slope"].tolist() == [0.25] * 3
    assert ActivationLayer("prelu", 3).params["slope"].dtype == np.float32
    assert ActivationLayer("relu").forward([[-1, 2]]).tolist() == [[0.0, 2.0]]
    plain, wide = ActivationLayer("relu"), ActivationLayer(PReLU(), 3)
    assert (plain.n_in, plain.n_out, wide.n_in, wide.n_out, wide.n_parameters) == (None, None, 3, 3, 3)
    with pytest.raises(ValueError, match=r"^ActivationLayer expected a floating dtype, got int64"):
        ActivationLayer("prelu", 3, dtype=np.int64)
    with pytest.raises(ValueError, match=r"^ActivationLayer expected a gradient of the shape of its last outputs"):
        plain.backward([[1.0]])
    plain.forward([[-2.0, 3.0]])
    assert plain.backward([[1.0, 1.0]]).tolist() == [[0.0, 1.0]]
    assert plain.backward([[1.0, 1.0]], input_gradient=False) is None


def test_the_slope_of_a_prelu_by_hand():
    layer = ActivationLayer("prelu", 2, **DOUBLE)
    assert layer.forward([[-2.0, 3.0], [-4.0, -1.0]]).tolist() == [[-0.5, 3.0], [-1.0, -0.25]]
    assert layer.backward([[1.0, 1.0], [10.0, 100.0]]).tolist() == [[0.25, 1.0], [2.5, 25.0]]
    assert layer.grads["slope"].tolist() == [-2 - 40, -100]


@pytest.mark.parametrize("kind", [Dense, WeightNormDense])
def test_the_penalty_on_outputs_by_hand(kind):
    layer = kind(1, 1, "tanh", activity_regularizer=L2(3.0), **DOUBLE)
    assert layer.penalty() == 0  # no outputs yet
    assert kind(1, 1).penalty() == ActivationLayer("relu").penalty() == 0
    layer.W, layer.b = [[1.0]], [0.0]
    A = layer.forward([[0.5], [-2.0]])
    assert A.ravel().tolist() == np.tanh([0.5, -2.0]).tolist()
    assert layer.penalty() == pytest.approx(3 * np.sum(A**2) / 2, rel=1e-14)
    dA = 3 * 2 * A / 2
    slopes = 1 - A**2
    expected = (1 + dA) * slopes  # the weight is 1: dX = dZ
    np.testing.assert_allclose(layer.backward([[1.0], [1.0]]), expected, rtol=1e-13)
    np.testing.assert_allclose(layer.grads["b"], expected.sum(axis=0), rtol=1e-13)
    # from dZ, the penalty alone goes through the activation
    np.testing.assert_allclose(layer.backward_logits(np.array([[1.0], [1.0]])), 1 + dA * slopes, rtol=1e-13)
    assert layer.backward_logits(np.array([[1.0], [1.0]]), input_gradient=False) is None
    with pytest.raises(
        ValueError, match=rf"^{kind.__name__} expected a gradient of the shape of its last outputs, \(2, 1\)"
    ):
        layer.backward_logits(np.ones((1, 1)))


def test_a_layer_is_taken_once():
    layer = Dense(2, 2)
    assert not layer.in_network
    model = MLP([layer])
    assert layer.in_network
    assert not copy.copy(layer).in_network
    for chain in ([layer], [copy.copy(layer)] * 2, copy.copy(model).layers, pickle.loads(pickle.dumps(model)).layers):
        with pytest.raises(
            ValueError,
            match=r"^Dense\(2, 2, .*\) already belongs to a network; build a new layer, or add a copy.copy of it$",
        ):
            MLP(chain)
    assert len(MLP([copy.copy(layer), copy.copy(layer)]).layers) == 2


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (
            lambda: Dense(3, 1),
            r"with 4 inputs, since the layers before it give 4 outputs; got Dense\(3, 1, .* n_in 4, or",
        ),
        (
            lambda: LayerNorm(3),
            r"with 4 inputs, since the layers before it give 4 outputs; got LayerNorm\(3\); make n_in 4",
        ),
        (lambda: Dense(4, 2, **DOUBLE), r"^MLP expected layers of one dtype, got float32 and float64; give all layers"),
        (lambda: 7, r"^MLP expected a layer, got 7; create one: Dense\(n_in, n_out\)$"),
    ],
)
def test_layers_that_do_not_fit_are_refused(wrong, message):
    model = MLP([Dense(3, 4), ReLU(), Dropout()])
    before = model.parameters.copy()
    with pytest.raises(ValueError, match=message):
        model.add(wrong())
    with pytest.raises(ValueError, match=message):
        MLP([Dense(3, 4), Dropout(), wrong()])
    assert len(model.layers) == 3
    np.testing.assert_array_equal(model.parameters, before)
    assert len(model.add(LayerNorm(4)).add(Dense(4, 2)).layers) == 5


def test_an_activation_that_learns_gets_width_and_dtype_of_the_layers_before():
    model = MLP([Dense(3, 4, **DOUBLE), Dropout(), PReLU(), ReLU(), PReLU()])
    assert repr(model.layers[2]) == repr(model.layers[4]) == "ActivationLayer(PReLU(initial=0.25), 4)"
    assert model.layers[2].params["slope"].dtype == np.float64
    assert repr(model.layers[3]) == "ActivationLayer(ReLU())"
    assert MLP([Dense(3, 4), PReLU()]).parameters.dtype == np.float32
    with pytest.raises(ValueError, match=r"^PReLU.* learns one number a neuron; give their number: n="):
        MLP([PReLU()])


def test_what_is_said_of_parameters_that_are_replaced():
    arrays = NamedArrays(w=np.zeros(1))
    new = r"got a new one, 'v', beside w; add .*: self.create_parameter\(\"v\", values\)$"
    with pytest.raises(TypeError, match=new):
        arrays["v"] = np.zeros(1)
    with pytest.raises(TypeError, match=r"got a new one, 'w', beside none; .*create_parameter\(\"w\", values\)$"):
        NamedArrays().clear()


@pytest.mark.parametrize("kind", [BatchNorm, LayerNorm])
def test_normalization_computes_in_its_own_dtype(kind):
    layer, X = kind(3), np.random.default_rng(0).normal(size=(8, 3))
    assert layer.forward(X, training=True).dtype == np.float32
    assert layer.backward(X).dtype == np.float32
    assert layer.forward(X.tolist()).dtype == np.float32
