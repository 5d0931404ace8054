"""Layers that training leaves alone."""

import copy
import pickle

import numpy as np
import pytest

from mlpkit import (
    L2,
    MLP,
    OPTIMIZERS,
    SGD,
    AdamW,
    BatchNorm,
    ClipNorm,
    Dense,
    Dropout,
    LambdaCallback,
    Residual,
    StepSchedule,
    WeightNormDense,
    check_layer,
    check_network,
    load,
    save,
)
from mlpkit.architecture import describe, rebuild

DOUBLE = {"dtype": np.float64}
X = np.random.default_rng(0).normal(size=(12, 3))
Y = np.random.default_rng(1).integers(0, 2, 12)


def network(*, freeze=(), optimizer=None, **settings):
    rng = np.random.default_rng(0)
    layers = [
        Dense(3, 4, "tanh", rng=rng, **DOUBLE),
        BatchNorm(4, **DOUBLE),
        WeightNormDense(4, 4, "prelu", rng=rng, **DOUBLE),
        Residual([Dense(4, 5, "relu", rng=rng, **DOUBLE), Dropout(0.2, rng=1), Dense(5, 4, rng=rng, **DOUBLE)]),
        Dense(4, 2, "softmax", rng=rng, **DOUBLE),
    ]
    model = MLP(layers, optimizer=optimizer or AdamW(0.01, weight_decay=0.1), **settings)
    for i in freeze:
        model.layers[i].trainable = False
    return model


def held(layer):
    return [array.copy() for array in (*layer.params.values(), *layer.buffers.values())]


def same(before, after):
    return all(np.array_equal(a, b) for a, b in zip(before, after, strict=True))


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("frozen", [[0], [1], [2], [3], [4], [0, 1], [1, 3], [0, 1, 2, 3, 4]])
def test_a_frozen_layer_stays_as_it_is_and_the_others_learn(optimizer, frozen):
    model = network(freeze=frozen, optimizer=optimizer, clipping=ClipNorm(1.0))
    before = [held(layer) for layer in model.layers]
    for _ in range(4):
        model.train_batch(X, Y, "cross_entropy")
    changed = [not same(b, held(layer)) for b, layer in zip(before, model.layers, strict=True)]
    assert changed == [i not in frozen for i in range(5)]
    for i in frozen:
        assert not any(gradient.any() for gradient in model.layers[i].grads.values())


@pytest.mark.parametrize("freeze_at", [0, 3])
def test_freezing_and_going_on_is_as_in_pytorch_without_gradients(freeze_at):
    torch = pytest.importorskip("torch")
    layers = [
        Dense(3, 4, "tanh", rng=0, **DOUBLE),
        Dense(4, 3, "tanh", rng=1, **DOUBLE),
        Dense(3, 1, "identity", **DOUBLE),
    ]
    model = MLP(layers, optimizer=AdamW(0.01, weight_decay=0.1), clipping=ClipNorm(0.05))
    twins = [[torch.tensor(v.copy(), requires_grad=True) for v in layer.params.values()] for layer in layers]
    optimizer = torch.optim.AdamW([p for pair in twins for p in pair], 0.01, weight_decay=0.1, eps=1e-8)
    inputs, targets = torch.tensor(X), torch.tensor(X[:, :1] ** 2)
    for step in range(9):
        layers[1].trainable = not freeze_at <= step < 6
        for p in twins[1]:
            p.requires_grad_(layers[1].trainable)
        model.train_batch(X, X[:, :1] ** 2, "mse")
        optimizer.zero_grad()
        A = inputs
        for i, (W, b) in enumerate(twins):
            A = A @ W + b if i == 2 else torch.tanh(A @ W + b)
        ((A - targets) ** 2).mean().backward()
        torch.nn.utils.clip_grad_norm_([p for pair in twins for p in pair if p.grad is not None], 0.05)
        optimizer.step()
    for layer, pair in zip(layers, twins, strict=True):
        for ours, theirs in zip(layer.params.values(), pair, strict=True):
            np.testing.assert_allclose(ours, theirs.detach().numpy(), rtol=1e-3, atol=1e-6)  # torch adds 1e-6 to norms


def test_the_memory_of_a_frozen_layer_waits():
    def trained(frozen_steps):
        model = MLP([Dense(3, 2, rng=0, **DOUBLE), Dense(2, 2, "softmax", rng=1, **DOUBLE)])
        model.optimizer = SGD(StepSchedule(0.5, every=4, factor=0.1), momentum=0.9)
        for _ in range(3):
            model.train_batch(X, Y, "cross_entropy")
        model.layers[0].trainable = False
        for _ in range(frozen_steps):
            model.train_batch(X, Y, "cross_entropy")
        model.layers[0].trainable = True
        before = model.layers[0].W.copy()
        model.gradients[...] = 0
        model.update()
        return model.layers[0].W - before

    np.testing.assert_array_equal(trained(5), trained(0))  # the velocity of step 3, at the rate of step 4


def test_a_frozen_batch_norm_computes_as_outside_of_training():
    layer = BatchNorm(3, **DOUBLE)
    layer.forward(X, training=True)
    expected = layer.forward(X)
    layer.trainable = False
    np.testing.assert_array_equal(layer.forward(X, training=True), expected)
    layer.trainable = True
    assert not np.array_equal(layer.forward(X, training=True), expected)


def test_penalties_of_a_frozen_layer():
    layer = Dense(3, 3, "tanh", weight_regularizer="l2", activity_regularizer=L2(0.3), rng=0, **DOUBLE)
    layer.forward(X)
    both, layer.trainable = layer.penalty(), False
    outputs = layer.penalty()
    assert 0 < outputs < both
    assert both - outputs == pytest.approx(L2().penalty(layer.W))
    assert outputs == pytest.approx(L2(0.3).penalty(layer.A) / 12)
    model = MLP([Dense(3, 3, "tanh", rng=1, **DOUBLE), layer])
    assert check_network(model, X, X, "mse").passed()  # the penalty on outputs reaches the layer below


@pytest.mark.parametrize("frozen", [[0], [1], [4], [1, 3], [0, 1, 2, 3]])
def test_the_checks_of_a_network_leave_out_what_is_frozen(frozen):
    model = network(freeze=frozen)
    check = check_network(model, X, Y, "cross_entropy", training=True)
    assert check.passed(), check
    n_frozen = sum(model.layers[i].n_parameters for i in frozen)
    assert check.n_checked + check.n_excluded == model.parameters.size - n_frozen
    assert check_layer(model.layers[frozen[0]], np.ones((4, model.layers[frozen[0]].n_in)) * X[:4, :1]).passed()


@pytest.mark.parametrize("duplicate", [copy.copy, copy.deepcopy, lambda thing: pickle.loads(pickle.dumps(thing))])
def test_copies_are_frozen_too(duplicate):
    model = duplicate(network(freeze=[1, 3]))
    assert [layer.trainable for layer in model.layers] == [True, False, True, False, True]
    assert not duplicate(model.layers[3]).trainable
    assert not any(layer.trainable for layer in duplicate(model.layers[3]).layers)


def test_files_keep_what_is_frozen(tmp_path):
    pytest.importorskip("safetensors")
    model = network(freeze=[1, 4])
    model.layers[3].layers[0].trainable = False
    save(model, tmp_path / "model.safetensors")
    loaded = load(tmp_path / "model.safetensors")
    assert [layer.trainable for layer in loaded.layers] == [True, False, True, True, False]
    assert [layer.trainable for layer in loaded.layers[3].layers] == [False, True, True]
    for one in (model, loaded):
        for layer in one.layers[3].layers:
            if isinstance(layer, Dropout):
                layer.rng = np.random.default_rng(5)
        for _ in range(3):
            one.train_batch(X, Y, "cross_entropy")
    np.testing.assert_array_equal(loaded.parameters, model.parameters)


def test_the_summary_shows_what_is_frozen():
    model = network(freeze=[1])
    model.layers[3].layers[2].trainable = False
    assert str(model.summary()).splitlines() == [
        "     layer                                                  outputs     parameters",
        "──────────────────────────────────────────────────────────────────────────────────",
        "1    Dense(3, 4, activation=Tanh())                         (batch, 4)          16",
        "2    BatchNorm(4)                                           (batch, 4)   8, frozen",
        "3    WeightNormDense(4, 4, activation=PReLU(initial=0.25))  (batch, 4)          28",
        "4    Residual                                               (batch, 4)          49",
        "4.1    Dense(4, 5, activation=ReLU())                       (batch, 5)          25",
        "4.2    Dropout(0.2)                                         (batch, 5)           0",
        "4.3    Dense(5, 4, activation=Sigmoid())                    (batch, 4)  24, frozen",
        "5    Dense(4, 2, activation=Softmax())                      (batch, 2)          10",
        "──────────────────────────────────────────────────────────────────────────────────",
        "111 parameters (32 frozen), float64, 0.9 KiB",
    ]


def test_freezing_all_leaves_a_network_that_can_still_be_trained_in_vain():
    model = MLP([Dense(3, 2, rng=0)])
    model.layers[0].trainable = False
    before = model.parameters.copy()
    history = model.train((X, X[:, :2]), "mse", epochs=2, rng=0)
    np.testing.assert_array_equal(model.parameters, before)
    assert len(history["train_loss"]) == 2


def test_gradients_of_the_inputs_pass_through_frozen_layers():
    model, free = network(freeze=[0, 1, 2, 3, 4]), network()
    dY = np.ones((12, 2))
    for one in (model, free):
        one.forward(X)
    np.testing.assert_array_equal(model.backward(dY, input_gradient=True), free.backward(dY, input_gradient=True))


def test_learning_rates_are_those_of_the_layers_that_learn():
    model, seen = network(freeze=[1, 4], optimizer=SGD(0.01)), []
    model.layers[2].optimizer = SGD(0.3)
    model.layers[3].layers[2].optimizer = SGD(0.4)
    model.layers[4].optimizer = SGD(0.5)
    watch = LambdaCallback(on_epoch_end=lambda run: seen.append(run.learning_rates()))
    model.train((X, Y), "cross_entropy", epochs=1, rng=0, callbacks=[watch])
    assert seen == [{"learning_rate": 0.01, "learning_rate/layer_3": 0.3, "learning_rate/layer_4.3": 0.4}]


def test_learning_rates_are_those_of_the_last_step_whatever_was_set_since():
    optimizer, seen = SGD(StepSchedule(0.1, every=1, factor=0.5)), []

    def replace(run):
        before = run.learning_rates()
        optimizer.learning_rate = StepSchedule(0.4, every=1, factor=0.5)
        assert run.learning_rates() == before
        seen.append(before["learning_rate"])

    callbacks = [LambdaCallback(on_batch_end=replace)]
    model = network(optimizer=optimizer)
    model.train((X, Y), "cross_entropy", epochs=1, batch_size=3, rng=0, callbacks=callbacks)
    assert seen == [0.1, 0.2, 0.1, 0.05]
    assert len(model._flat.updates.rates()) == len(model._flat.updates.stretches)


def test_descriptions_that_are_none_are_refused():
    description = describe(MLP([Residual([Dense(2, 2)])]))
    inner = description["layers"][0]
    assert rebuild(description, 6).layers[0].n_parameters == 6
    with pytest.raises(ValueError, match="expected a layer of at most 3 numbers, got Dense with 2 x 2"):
        rebuild(description, 3)
    for wrong in (3, "false", None):
        with pytest.raises(ValueError, match="expected trainable of Dense to be true or false, got"):
            rebuild({**description, "layers": [{**inner["layers"][0], "trainable": wrong}]}, 6)
    for _ in range(30):
        inner = {"class": "Residual", "settings": {}, "layers": [inner]}
    with pytest.raises(ValueError, match="expected at most 16 layers within layers, got more"):
        rebuild({**description, "layers": [inner]}, 6)
    with pytest.raises(TypeError):
        rebuild({**description, "layers": [{"class": "Residual", "settings": {}}]}, 6)
