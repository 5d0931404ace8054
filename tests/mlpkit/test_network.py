import numpy as np
import pytest
from networks import OUTPUTS, XOR_X, XOR_Y, Doubling, network, some_targets

from mlpkit import LOSSES, MLP, SGD, Adam, Dense


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("loss", LOSSES)
def test_everything_stays_in_the_dtype_of_the_layers(dtype, loss):
    model = network(3, 4, 2, output=OUTPUTS[loss], dtype=dtype)
    model.train_batch(np.ones((5, 3), np.float64), some_targets(loss, (5, 2), np.random.default_rng(0)), loss)
    states = [state for _, state in model._flat.states.values()]
    arrays = [model.parameters, model.gradients, model.predict(np.ones((5, 3))), *states[0].memory]
    assert {array.dtype for array in arrays} == {np.dtype(dtype)}


@pytest.mark.parametrize("n", [0, 1, 6, 7])
def test_predict_works_in_batches(n):
    model = network(3, 4, 2)
    X = np.random.default_rng(0).normal(size=(n, 3))
    np.testing.assert_allclose(model.predict(X, batch_size=3), model.forward(X), rtol=1e-6)
    assert model.predict(X).shape == (n, 2)


def test_wrong_inputs_reach_the_first_layers_message():
    model = network(4, 2)
    for shape in [(), (4,), (3, 2, 2), (5, 3)]:
        with pytest.raises(ValueError, match=r"Dense expected inputs of shape \(batch, 4\)"):
            model.predict(np.zeros(shape))


def test_targets_must_have_the_shape_of_the_outputs():
    with pytest.raises(ValueError, match=r"got \(4,\); reshape the targets: y.reshape\(\(4, 1\)\)"):
        network(2, 1).train_batch(XOR_X, XOR_Y.ravel(), "mse")


def test_widths_must_fit():
    model = MLP([Dense(3, 4), Doubling()])
    with pytest.raises(ValueError, match=r"a layer with 4 inputs, .* got Dense\(5, 2, .*; make n_in 4"):
        model.add(Dense(5, 2))
    assert model.add(Dense(4, 2)) is model


def test_dtypes_must_agree():
    with pytest.raises(ValueError, match="layers of one dtype, got float32 and float64"):
        MLP([Dense(3, 4), Dense(4, 2, dtype=np.float64)])


def test_other_complaints():
    with pytest.raises(ValueError, match="at least one layer, got none"):
        MLP().forward(XOR_X)
    with pytest.raises(ValueError, match=r"expected a layer, got 'dense'; create one"):
        MLP().add("dense")
    with pytest.raises(ValueError, match=r"Loss expected .* names binary_cross_entropy, .* mse, .*; got 'l2'"):
        network(2, 1).train_batch(XOR_X, XOR_Y, "l2")


def test_repr_shows_the_architecture():
    model = network(784, 100, 10, hidden="relu")
    assert repr(model).splitlines() == [
        "MLP([",
        "    Dense(784, 100, activation=ReLU()),",
        "    Dense(100, 10, activation=Sigmoid()),",
        "])  # 79,510 parameters, float32",
    ]


@pytest.mark.parametrize("seed", range(8))
def test_xor_is_learned(seed):
    rng = np.random.default_rng(seed)
    model = MLP([Dense(2, 4, "tanh", rng=rng), Dense(4, 1, rng=rng)], optimizer=Adam(learning_rate=0.05))
    losses = [model.train_batch(XOR_X, XOR_Y, "binary_cross_entropy") for _ in range(500)]
    assert losses[-1] < 0.1 < losses[0]
    np.testing.assert_array_equal(model.predict(XOR_X).round(), XOR_Y)


def test_each_layer_follows_its_own_optimizer():
    model = MLP([Dense(2, 3, optimizer=SGD(0.0)), Dense(3, 1)], optimizer=SGD(1.0))
    before = [layer.W.copy() for layer in model.layers]
    model.train_batch(XOR_X, XOR_Y, "mse")
    np.testing.assert_array_equal(model.layers[0].W, before[0])
    np.testing.assert_array_equal(model.layers[1].W, before[1] - model.layers[1].grads["W"])


def test_without_any_optimizer_it_is_adam():
    model = network(2, 1)
    assert isinstance(model.optimizer, Adam)
    assert MLP(optimizer="sgd").optimizer.momentum == 0
