import copy
import pickle

import numpy as np
import pytest

from mlpkit import ACTIVATIONS, L1, L2, SGD, Dense, Normal, ReLU, Sigmoid, Step, check_layer
from mlpkit.layers import Parameter

every_activation = pytest.mark.parametrize("activation", ACTIVATIONS)


def neuron(weights, bias, activation):
    layer = Dense(len(weights), 1, activation=activation, dtype=np.float64)
    layer.W = np.reshape(weights, (-1, 1))
    layer.b = [bias]
    return layer


def test_the_neuron_of_the_first_chapter():
    # 1 * 1 + 2 * 0.5 + 3 * 1 + 0.5
    assert neuron([1, 0.5, 1], 0.5, "identity").forward([[1, 2, 3]]).tolist() == [[5.5]]


def test_the_flu_neuron():
    flu = neuron([-1, 3, 3], -5, Step())
    fires = flu.forward([[1, 0, 1], [0, 1, 1]])
    # weighted sums: -1 + 3 = 2 and 3 + 3 = 6, against the threshold 5
    assert (flu.Z - flu.b).tolist() == [[2.0], [6.0]]
    assert fires.tolist() == [[0.0], [1.0]]


def test_a_threshold_neuron_fires_at_its_threshold():
    assert neuron([1.0], -5.0, Step()).forward([[5.0]]).tolist() == [[1.0]]


def test_forward_and_backward_by_hand():
    layer = Dense(2, 2, activation="relu", dtype=np.float64)
    layer.W = [[1, -1], [2, 0]]
    layer.b = [0, 1]
    # Z = [1*1 + 1*2, -1 + 1] = [3, 0] and [0 + 3*2, 0 + 1] = [6, 1]
    assert layer.forward([[1, 1], [0, 3]]).tolist() == [[3, 0], [6, 1]]
    # dZ = dA where Z > 0: [10, 0] and [30, 40]
    dX = layer.backward([[10, 20], [30, 40]])
    # dW = X^T dZ = [[1*10 + 0*30, 0], [1*10 + 3*30, 3*40]]
    assert layer.grads["W"].tolist() == [[10, 0], [100, 120]]
    assert layer.grads["b"].tolist() == [40, 40]
    # dX = dZ W^T: [10*1, 10*2] and [30*1 - 40*1, 30*2]
    assert dX.tolist() == [[10, 20], [-10, 60]]


@every_activation
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("batch", [0, 1, 5])
def test_shapes_and_dtypes(activation, dtype, batch):
    layer = Dense(3, 2, activation=activation, dtype=dtype, rng=0)
    A = layer.forward(np.ones((batch, 3), dtype=np.uint8))
    dX = layer.backward(np.ones((batch, 2)))
    arrays = {"A": A, "dX": dX, "Z": layer.Z, **layer.params}
    assert {name: array.dtype for name, array in arrays.items()} == dict.fromkeys(arrays, np.dtype(dtype))
    assert (A.shape, dX.shape) == ((batch, 2), (batch, 3))
    learned = dict.fromkeys(layer.activation.learned, (2,))
    assert {name: gradient.shape for name, gradient in layer.grads.items()} == {"W": (3, 2), "b": (2,), **learned}
    assert all(gradient.dtype == dtype for gradient in layer.grads.values())


@every_activation
@pytest.mark.parametrize("seed", range(3))
def test_gradient_agrees_with_central_differences(activation, seed):
    rng = np.random.default_rng(seed)
    layer = Dense(3, 4, activation=activation, bias_initializer="normal", dtype=np.float64, rng=rng)
    check = check_layer(layer, rng.normal(size=(5, 3)), rng=rng)
    assert check.passed(), check
    assert check.n_checked + check.n_excluded == layer.n_parameters + 5 * 3
    assert check.n_excluded <= 1


def test_defaults():
    layer = Dense(3, 4)
    assert isinstance(layer.activation, Sigmoid)
    assert layer.dtype == np.float32
    assert layer.n_parameters == 16
    assert not layer.b.any()
    assert np.abs(layer.W).max() <= np.sqrt(6 / 7)
    assert repr(layer) == "Dense(3, 4, activation=Sigmoid())"
    assert repr(Dense(1, 2, "relu", "sgd")) == (
        "Dense(1, 2, activation=ReLU(), optimizer=SGD(learning_rate=0.01, momentum=0.0, weight_decay=0.0))"
    )


def test_the_input_gradient_is_computed_on_request_only():
    layer = Dense(3, 2)
    layer.forward(np.ones((4, 3)))
    assert layer.backward(np.ones((4, 2)), input_gradient=False) is None
    assert layer.grads["W"].any()


def test_assigning_writes_into_the_array():
    layer = Dense(3, 2)
    W, b = layer.W, layer.b
    layer.W = np.ones((3, 2))
    layer.b = [1, 2]
    layer.W -= 0.5
    layer.b *= 2
    assert layer.W is W is layer.params["W"]
    assert layer.b is b is layer.params["b"]
    assert W.dtype == np.float32
    assert W.tolist() == [[0.5, 0.5]] * 3
    assert b.tolist() == [2, 4]


@pytest.mark.parametrize("values", [np.ones((2, 3)), np.ones(2), 0.0, np.ones((1, 2))])
def test_assigning_another_shape_is_refused(values):
    layer = Dense(3, 2)
    with pytest.raises(ValueError, match=r"Dense\.W has the shape \(3, 2\), got values of shape .*Dense\.W\[\.\.\.\]"):
        layer.W = values


def test_the_parameters_cannot_be_detached():
    layer = Dense(3, 2)
    with pytest.raises(TypeError):
        layer.params["W"] = np.ones((3, 2))
    with pytest.raises(TypeError):
        layer.grads["W"] = np.ones((3, 2))


@pytest.mark.parametrize("duplicate", [copy.copy, copy.deepcopy, lambda layer: pickle.loads(pickle.dumps(layer))])
def test_a_copy_has_the_same_values(duplicate):
    layer = Dense(3, 2, rng=0)
    twin = duplicate(layer)
    np.testing.assert_array_equal(twin.W, layer.W)
    assert repr(twin) == repr(layer)


@pytest.mark.parametrize(
    ("shape", "hint"),
    [
        ((50, 28, 28), r"got \(50, 28, 28\); flatten the images first: X\.reshape\(len\(X\), -1\)"),
        ((784,), r"got \(784,\); one sample is one row: X\.reshape\(1, -1\)"),
        ((784, 50), r"got \(784, 50\); rows are samples: X\.T"),
        ((50, 10), r"got \(50, 10\); give rows of this width"),
        ((50, 2, 5), r"got \(50, 2, 5\); give rows of this width"),
        ((), r"got \(\); give rows of this width"),
    ],
)
def test_inputs_of_the_wrong_shape_get_advice(shape, hint):
    with pytest.raises(ValueError, match=r"Dense expected inputs of shape \(batch, 784\), " + hint):
        Dense(784, 10).forward(np.zeros(shape))


def test_backward_needs_the_outputs_of_forward():
    layer = Dense(3, 2)
    with pytest.raises(ValueError, match=r"call forward first"):
        layer.backward(np.ones((4, 2)))
    layer.forward(np.ones((4, 3)))
    with pytest.raises(ValueError, match=r"shape of its last outputs, \(4, 2\), got \(3, 2\)"):
        layer.backward(np.ones((3, 2)))


@pytest.mark.parametrize("width", [0, -1, 2.5, "3"])
def test_widths_are_positive_whole_numbers(width):
    with pytest.raises(ValueError, match="Dense expected n_out to be a positive integer, got"):
        Dense(3, width)


def test_the_dtype_must_be_floating():
    with pytest.raises(ValueError, match="Dense expected a floating dtype, got int64"):
        Dense(3, 2, dtype=np.int64)


def test_widths_may_come_from_numpy():
    layer = Dense(np.int64(3), np.uint8(1))
    assert (layer.n_in, layer.n_out, repr(layer)) == (3, 1, "Dense(3, 1, activation=Sigmoid())")
    assert type(layer.n_in) is type(layer.n_out) is int
    for wrong in (0, -1, 2.5, "3"):
        with pytest.raises(ValueError, match=rf"^Dense expected n_in to be a positive integer, got {wrong!r}$"):
            Dense(wrong, 3)


def test_a_seed_is_not_drawn_from_twice():
    layer = Dense(1, 4, weight_initializer="normal", bias_initializer="normal", rng=5)
    rng = np.random.default_rng(5)
    np.testing.assert_array_equal(layer.W[0], Normal()((1, 4), dtype=np.float32, rng=rng)[0])
    np.testing.assert_array_equal(layer.b, Normal()((4,), dtype=np.float32, rng=rng))
    assert not np.isin(layer.W, layer.b).any()


def test_names_choose_what_they_say():
    layer = Dense(3, 2, "relu", "sgd", weight_regularizer="l2", activity_regularizer="l1")
    assert [type(layer.activation), type(layer.optimizer)] == [ReLU, SGD]
    assert [type(layer.weight_regularizer), type(layer.activity_regularizer)] == [L2, L1]
    plain = Dense(3, 2)
    assert plain.optimizer is plain.weight_regularizer is plain.activity_regularizer is None
    for wrong, kind in (
        ({"activation": "lrelu"}, "Activation"),
        ({"optimizer": "lion"}, "Optimizer"),
        ({"weight_initializer": "he"}, "Initializer"),
        ({"bias_initializer": "he"}, "Initializer"),
        ({"weight_regularizer": "l3"}, "Regularizer"),
        ({"activity_regularizer": "l3"}, "Regularizer"),
    ):
        with pytest.raises(ValueError, match=f"^{kind} expected an instance or one of the names"):
            Dense(3, 2, **wrong)


def test_no_backward_before_forward():
    layer = Dense(3, 2)
    assert (layer.X.dtype, layer.X.size, layer.Z.size, layer.A.size) == (np.float32, 0, 0, 0)
    for shape in ((4, 2), (0, 2)):
        with pytest.raises(
            ValueError, match=r"^Dense expected a gradient .*, \(0, 0\), got .*; call forward first, with the"
        ):
            layer.backward(np.ones(shape))


def test_a_layer_keeps_what_it_computed():
    layer = Dense(2, 1, "relu", dtype=np.float64)
    layer.W, layer.b = [[1.0], [-1.0]], [0.5]
    A = layer.forward([[1, 2], [3, 1]])
    assert layer.X.tolist() == [[1.0, 2.0], [3.0, 1.0]]
    assert layer.Z.tolist() == [[-0.5], [2.5]]
    assert layer.A is A
    assert A.tolist() == [[0.0], [2.5]]


def test_the_penalty_on_weights_by_hand():
    layer = Dense(2, 1, "identity", weight_regularizer=L2(0.5), activity_regularizer=L1(2.0), dtype=np.float64)
    layer.W = [[1.0], [-3.0]]
    # 0.5 * (1 + 9) for the weights; the outputs are 1 - 3 = -2 and -3: 2 * (2 + 3) / 2
    layer.forward([[1, 1], [0, 1]])
    assert layer.penalty() == 5.0 + 5.0
    # dA = 1 + 2 * (-1) / 2 = 0 for both samples, so that the weights' own gradient remains
    layer.backward([[1], [1]])
    assert layer.grads["W"].tolist() == [[1.0], [-3.0]]
    assert layer.grads["b"].tolist() == [0.0]


def test_the_state_of_a_layer_cannot_be_shared_by_a_copy():
    layer = Dense(3, 2, rng=0)
    layer.forward(np.ones((1, 3)))
    layer.backward(np.ones((1, 2)))
    twin = copy.deepcopy(layer)
    kept = [values.copy() for values in (layer.W, layer.b, layer.grads["W"], layer.grads["b"])]
    twin.W, twin.b = np.zeros((3, 2)), [7, 7]
    twin.grads["W"][...] = twin.grads["b"][...] = 7
    for values, before in zip((layer.W, layer.b, layer.grads["W"], layer.grads["b"]), kept, strict=True):
        np.testing.assert_array_equal(values, before)


def test_parameters_move_with_their_gradients():
    layer = Dense(3, 2, rng=0)
    assert (layer.n_parameters, dict(layer.buffers)) == (8, {})
    assert not any(gradient.any() for gradient in layer.grads.values())
    assert {name: gradient.shape for name, gradient in layer.grads.items()} == {"W": (3, 2), "b": (2,)}
    layer.forward(np.ones((1, 3)))
    layer.backward(np.ones((1, 2)))
    W, dW = layer.W.copy(), layer.grads["W"].copy()
    parameter, gradient = np.empty((3, 2), np.float32), np.empty((3, 2), np.float32)
    layer.move_parameter("W", parameter, gradient)
    assert layer.W is layer.params["W"] is parameter
    assert layer.grads["W"] is gradient
    np.testing.assert_array_equal(parameter, W)
    np.testing.assert_array_equal(gradient, dW)
    layer.backward(np.full((1, 2), 2.0))
    assert dW.any()
    np.testing.assert_array_equal(gradient, layer.grads["W"])


def test_what_assigning_refuses_is_named():
    layer = Dense(3, 2)
    message = (
        r"^Dense\.b has the shape \(2,\), got values of shape \(3,\); give one value for each entry, "
        r"or fill with one number: Dense\.b\[\.\.\.\] = number$"
    )
    with pytest.raises(ValueError, match=message):
        layer.b = [1, 2, 3]
    assert isinstance(Dense.W, Parameter)
    assert Dense.b.name == "b"


def test_one_seed_gives_one_layer_in_every_precision():
    single, double = Dense(3, 2, rng=5), Dense(3, 2, rng=5, dtype=np.float64)
    np.testing.assert_array_equal(single.W, double.W.astype(np.float32))
