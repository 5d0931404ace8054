import numpy as np
import pytest
from networks import OUTPUTS, XOR_X, XOR_Y, Doubling, network, some_targets

from mlpkit import ACTIVATIONS, LOSSES, MLP, MSE, SGD, Dense, check_network


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("output", ACTIVATIONS)
@pytest.mark.parametrize("hidden", ACTIVATIONS)
def test_gradient_of_every_combination(hidden, output, loss):
    rng = np.random.default_rng(1)
    # with this seed no output is so near to 0 or 1 that the logarithm bends within the step of the difference
    model = network(3, 5, 4, 2, hidden=hidden, output=output, dtype=np.float64, seed=6)
    X, y = rng.normal(size=(6, 3)), some_targets(loss, (6, 2), rng)
    outputs = model.forward(X)
    possible = outputs.min() >= 0 and outputs.max() <= 1 and (loss[:6] == "binary" or output == "softmax")
    if "cross_entropy" in loss and not possible:
        # the loss is defined for probabilities only, so there is no gradient to check
        with pytest.raises(ValueError, match=r"expected probabilities (between 0 and 1|that add up to 1 in each row)"):
            model.loss_and_gradients(X, y, loss)
        return
    check = check_network(model, X, y, loss)
    assert check.passed(), check
    assert check.n_checked + check.n_excluded == model.parameters.size
    assert check.n_excluded <= 3
    model.loss_and_gradients(X, y, loss)
    if "step" not in (hidden, output):
        assert model.gradients.any()


@pytest.mark.parametrize("loss", LOSSES)
def test_gradient_of_the_inputs(loss):
    model = network(3, 4, 2, output=OUTPUTS[loss], dtype=np.float64)
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(5, 3)), some_targets(loss, (5, 2), rng)
    dX = model.backward(LOSSES[loss]().backward(model.forward(X), y), input_gradient=True)
    h = 1e-5
    for index in np.ndindex(X.shape):
        shift = np.zeros_like(X)
        shift[index] = h
        slope = (model.loss(X + shift, y, loss) - model.loss(X - shift, y, loss)) / (2 * h)
        assert dX[index] == pytest.approx(slope, abs=1e-9)


@pytest.mark.parametrize("name", ["binary_cross_entropy", "cross_entropy"])
def test_logits_and_probabilities_give_the_same_loss_and_gradient(name):
    model = network(3, 4, 2, output=OUTPUTS[name], dtype=np.float64)
    X, y = np.random.default_rng(0).normal(size=(5, 3)), np.eye(2)[[0, 1, 1, 0, 1]]
    loss = LOSSES[name]()
    value, gradients = model.loss_and_gradients(X, y, loss)
    from_logits = gradients.copy()
    outputs = model.forward(X)
    assert value == model.loss(X, y, loss) == pytest.approx(loss(outputs, y), rel=1e-12)
    model.backward(loss.backward(outputs, y))
    np.testing.assert_allclose(from_logits, model.gradients, rtol=1e-9, atol=1e-14)


def test_saturated_outputs_still_learn():
    model = network(1, 1, seed=0)
    model.parameters = [0.0, 200.0]  # the probability is 1 in float32, the answer 0
    value, gradients = model.loss_and_gradients([[1.0]], [[0]], "binary_cross_entropy")
    assert value == 200.0
    assert gradients.tolist() == [1.0, 1.0]


def test_the_linear_neuron_of_the_backpropagation_chapter():
    model = MLP([Dense(1, 1, "identity", dtype=np.float64)], optimizer=SGD(learning_rate=0.1))
    model.parameters = [2.0, 1.0]  # w = 2, b = 1
    x, y = [[2.0]], [[2.0]]
    assert model.forward(x).tolist() == [[5.0]]  # o = 2 * 2 + 1
    value, gradients = model.loss_and_gradients(x, y, MSE())
    assert value == 9.0  # (5 - 2)^2
    assert gradients.tolist() == [12.0, 6.0]  # dL/do = 6, times x = 2, times 1
    model.update()
    np.testing.assert_allclose(model.parameters, [0.8, 0.4], rtol=1e-15)
    assert model.loss(x, y, MSE()) == pytest.approx(0.0, abs=1e-30)


def test_no_gradient_is_computed_below_the_first_layer_that_learns():
    model = MLP([Doubling(), Dense(2, 3), Doubling(), Dense(3, 1)])
    for loss in sorted(LOSSES.keys() - {"cross_entropy"}):
        model.train_batch(XOR_X, XOR_Y, loss)
        MLP([Doubling(), Dense(2, 1)]).train_batch(XOR_X, XOR_Y, loss)
    assert model.backward(np.ones((4, 1))) is None
    assert model.gradients.all()
