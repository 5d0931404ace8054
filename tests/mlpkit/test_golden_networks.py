"""Single layers, and whole networks in training, next to PyTorch's stored results, in float64."""

import numpy as np
import pytest
from golden import compare
from golden.networks import LAYER_SEED, LAYERS, NETWORKS, PASSES, layer_pass, projected, random_network
from test_golden import ours

from mlpkit import MLP, BatchNorm, Dense, Dropout, LayerNorm, WeightNormDense

FACTOR = 10
"""How much more the results may differ from PyTorch's than PyTorch's own results differ when it rounds otherwise.

Those move by at most ``made_with()["spread"]``, 1e-12, when the first parameters change by 1e-14 of their size (some 50
times the rounding of float64), or when the samples of each batch come in reverse. The two libraries round otherwise in
every step and every formula: hence the factor.
"""


def layer_of(case, masks):
    """Return mlpkit's layer for a case; one that drops inputs draws from a generator."""
    settings = dict(case.settings)
    if case.kind == "dropout":
        return Dropout(**settings, rng=masks)
    if case.kind in ("batch_norm", "layer_norm"):
        return {"batch_norm": BatchNorm, "layer_norm": LayerNorm}[case.kind](case.n_in, **settings, dtype=np.float64)
    return {"dense": Dense, "weight_norm": WeightNormDense}[case.kind](
        case.n_in,
        case.n_out,
        ours("activations", case.activation),
        case.optimizer and ours("optimizers", case.optimizer),
        weight_regularizer=case.weight_penalty and ours("regularizers", case.weight_penalty),
        activity_regularizer=case.activity_penalty and ours("regularizers", case.activity_penalty),
        dtype=np.float64,
    )


def set_parameters(layer, values):
    assert set(layer.params) == set(values)
    for name, array in values.items():
        layer.params[name][...] = array


@pytest.mark.parametrize("name", LAYERS)
def test_layers(name):
    case = LAYERS[name]
    layer = layer_of(case, np.random.default_rng(LAYER_SEED))
    first_values = case.first_values([LAYER_SEED])
    set_parameters(layer, first_values)
    results = {}
    for i, training in enumerate(PASSES):
        X, dY = layer_pass(case, i)
        found = {"outputs": layer.forward(X, training=training), "input gradient": layer.backward(dY)}
        found |= {f"gradient of {name}": layer.grads[name] for name in first_values}
        found |= layer.buffers
        for what, values in found.items():
            results.setdefault(what, []).append(values.copy())
    compare.assert_equal(compare.stored("layers")[name], results, rtol=1e-13, atol=1e-13)


def trained(case):
    """Return what became of a network that mlpkit trained."""
    layers = [layer_of(layer, case.mask_generator(i)) for i, layer in enumerate(case.layers)]
    clipping = case.clipping and ours("clippings", case.clipping)
    model = MLP(layers, optimizer=ours("optimizers", case.optimizer), clipping=clipping)
    loss = ours("losses", case.loss)
    for layer, values in zip(model.layers, case.first_values(), strict=True):
        set_parameters(layer, values)
    names = [(layer, name) for layer in model.layers for name in sorted(layer.params)]
    X, y, weights = case.batch(0)
    model.loss_and_gradients(X, y, loss, sample_weights=weights)
    first_gradient = projected([layer.grads[name] for layer, name in names])
    for i, layer in enumerate(model.layers):  # as if there had been no pass yet
        if isinstance(layer, Dropout):
            layer.rng = case.mask_generator(i)
        if isinstance(layer, BatchNorm):
            layer.buffers["running_mean"][...] = 0
            layer.buffers["running_var"][...] = 1
    losses = []
    for step in range(case.steps):
        X, y, weights = case.batch(step)
        losses.append(model.train_batch(X, y, loss, sample_weights=weights))
    return {
        "losses": losses,
        "first gradient": first_gradient,
        "parameters": projected([layer.params[name] for layer, name in names]),
        "predictions": model.predict(case.new_inputs()),
    }


@pytest.mark.parametrize("name", NETWORKS)
def test_networks(name):
    compare.assert_equal(compare.stored("networks")[name], trained(NETWORKS[name]), rtol=1e-11, atol=1e-11)


@pytest.mark.parametrize("seed", compare.stored("random networks"))
def test_random_networks(seed):
    tolerance = FACTOR * compare.made_with()["spread"]
    expected = compare.stored("random networks")[seed]
    compare.assert_equal(expected, trained(random_network(int(seed))), rtol=tolerance, atol=tolerance)
