"""Activations, losses, schedules, optimizers and clipping, next to PyTorch's stored results, in float64."""

import numpy as np
import pytest
from golden import cases, compare, networks
from golden.cases import GRID, KEPT_STEPS, OUTPUTS, STEPS, Choice, numbers

import mlpkit
from mlpkit import ACTIVATIONS, LOSSES, OPTIMIZERS, SCHEDULES, ClipNorm, ClipValue
from mlpkit.regularizers import REGULARIZERS

REGISTRIES = {
    "activations": ACTIVATIONS,
    "losses": LOSSES,
    "schedules": SCHEDULES,
    "optimizers": OPTIMIZERS,
    "clippings": {"norm": ClipNorm, "value": ClipValue},
    "regularizers": REGULARIZERS,
}
EPSILON = np.finfo(float).eps


def ours(kind, case):
    """Return the object of mlpkit that a case chooses, and the object that one of its settings chooses."""
    settings = {
        name: ours("schedules", value) if isinstance(value, Choice) else value for name, value in case.settings.items()
    }
    return REGISTRIES[kind][case.name](**settings)


@pytest.mark.parametrize("kind", networks.CASES)
def test_the_stored_values_are_those_of_the_cases(kind):
    assert compare.stored(kind).keys() == networks.CASES[kind].keys(), compare.HOW_TO_STORE


@pytest.mark.parametrize("kind", ["activations", "losses", "schedules", "optimizers", "regularizers"])
def test_every_entry_of_the_registries_has_stored_values(kind):
    compare.assert_every_name_is_stored(kind, set(REGISTRIES[kind]), names_of_cases()[kind])


@pytest.mark.parametrize(
    ("kind", "base"),
    [
        ("activations", mlpkit.Activation),
        ("losses", mlpkit.Loss),
        ("schedules", mlpkit.Schedule),
        ("optimizers", mlpkit.Optimizer),
        ("clippings", mlpkit.clipping.Clipping),
    ],
)
def test_every_public_class_has_stored_values(kind, base):
    public = [getattr(mlpkit, name) for name in mlpkit.__all__]
    classes = {c for c in public if isinstance(c, type) and issubclass(c, base) and not c.__abstractmethods__}
    covered = {REGISTRIES[kind][name] for name in names_of_cases()[kind]}
    compare.assert_every_name_is_stored(kind, {c.__name__ for c in classes}, {c.__name__ for c in covered})


def names_of_cases():
    names = {kind: {case.name for case in networks.CASES[kind].values()} for kind in REGISTRIES if kind in CHOICES}
    names["losses"] = {case.loss.name for case in cases.LOSSES.values()}
    penalties = (layer.weight_penalty for case in networks.NETWORKS.values() for layer in case.layers)
    names["regularizers"] = {penalty.name for penalty in penalties if penalty}
    return names


CHOICES = {"activations", "schedules", "optimizers", "clippings"}


def test_a_new_entry_fails_with_words_that_say_what_to_do():
    with pytest.raises(AssertionError, match=r"no values of PyTorch for the optimizers lion: .*`make golden`"):
        compare.assert_every_name_is_stored("optimizers", {"adam", "lion"}, {"adam"})


def test_the_generator_draws_the_numbers_that_the_values_were_made_with():
    np.testing.assert_array_equal(numbers(0, 4), compare.made_with()["first numbers"])


@pytest.mark.parametrize("name", cases.ACTIVATIONS)
def test_activations(name):
    f = ours("activations", cases.ACTIVATIONS[name])
    found = {"outputs": f(GRID)}
    if name != "step()":
        found["gradient"] = f.backward(numbers(0, *GRID.shape), GRID, f(GRID))
    compare.assert_equal(compare.stored("activations")[name], found, rtol=8 * EPSILON, atol=8 * EPSILON)


@pytest.mark.parametrize("name", cases.ACTIVATIONS)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_outputs_of_activations_to_the_last_digits(name, dtype):
    outputs = ours("activations", cases.ACTIVATIONS[name])(GRID.astype(dtype))  # float32 holds the grid exactly
    expected = compare.stored("activations")[name]["outputs"]
    info = np.finfo(dtype)
    digits = 16 if "tanh)" in name else 8  # the rounding of its cubic argument, times the argument
    np.testing.assert_allclose(outputs, expected, rtol=digits * info.eps, atol=info.tiny)


@pytest.mark.parametrize("name", cases.LOSSES)
def test_losses(name):
    case = cases.LOSSES[name]
    loss = ours("losses", case.loss)
    y, weights = case.arrays()
    Z = case.logits()
    output = OUTPUTS.get(case.loss.name, "identity")
    P = ACTIVATIONS[output]()(Z)
    found = {}
    if output != "identity":
        found["loss of logits"] = loss.forward_logits(Z, y, weights)
        found["gradient of logits"] = loss.backward_logits(P, y, weights)
        value, gradient = loss.both_from_logits(Z, P, y, weights)
        assert value == pytest.approx(found["loss of logits"], rel=4 * EPSILON)
        np.testing.assert_allclose(gradient, found["gradient of logits"], rtol=0, atol=EPSILON)
    if not case.extreme:
        found |= {"loss": loss(P, y, weights), "gradient": loss.backward(P, y, weights)}
    compare.assert_equal(compare.stored("losses")[name], found, rtol=1e-14, atol=1e-15)


@pytest.mark.parametrize("name", cases.SCHEDULES)
def test_schedules(name):
    schedule = ours("schedules", cases.SCHEDULES[name])
    found = {"rates": [schedule(step) for step in range(STEPS)]}
    compare.assert_equal(compare.stored("schedules")[name], found, rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("name", cases.OPTIMIZERS)
def test_fifty_steps(name):
    optimizer = ours("optimizers", cases.OPTIMIZERS[name])
    w = numbers(3, 13)
    state = optimizer.init(w)
    kept = []
    for step in range(STEPS):
        optimizer.update(w, cases.gradient(step), state)
        if step + 1 in KEPT_STEPS:
            kept.append(w.copy())
    compare.assert_equal(compare.stored("optimizers")[name], {"parameters": kept}, rtol=1e-13, atol=1e-13)


@pytest.mark.parametrize("name", cases.CLIPPINGS)
def test_clipped_gradients(name):
    clipping = ours("clippings", cases.CLIPPINGS[name])
    gradients = np.array([cases.gradient(step) for step in range(4)])
    clipping.clip(gradients.reshape(-1))
    compare.assert_equal(compare.stored("clippings")[name], {"gradients": gradients}, rtol=1e-13)
