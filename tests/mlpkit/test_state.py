"""State outside of parameters (averages, generators, counters): not shared by copies, and put back by inspections."""

import copy
import pickle

import numpy as np
import pytest

from mlpkit import (
    MLP,
    Activation,
    ActivationLayer,
    BatchNorm,
    Dense,
    Dropout,
    Initializer,
    Layer,
    LayerNorm,
    Regularizer,
    Residual,
    WeightNormDense,
    check_activation,
    check_layer,
    check_network,
)
from mlpkit.layers import Parameter

DOUBLE = {"dtype": np.float64}


class Noise(Layer):
    """A student's layer with everything that a layer can have: ``Y = X (1 + scale noise) + w``."""

    w = Parameter()

    def __init__(self, n=4, rng=0):
        super().__init__()
        self.n_in = self.n_out = n
        self.create_parameter("w", np.zeros(n))
        self.rng = np.random.default_rng(rng)
        self.old_rng = np.random.RandomState(3)
        self.sources = {"second": [np.random.default_rng(5)]}
        self.mean = np.zeros(n)
        self.n_calls = 0
        self.widths = []

    @property
    def buffers(self):
        return {"mean": self.mean}

    def forward(self, X, training=False):
        X = np.asarray(X)
        self.n_calls += training
        self.factor = np.ones(X.shape)
        if training:
            self.widths.append(X.shape[1])
            self.mean += X.mean(axis=0)
            noise = self.rng.normal(size=X.shape) + self.sources["second"][0].random(X.shape)
            self.factor = 1 + noise / (self.n_calls + len(self.widths)) + self.old_rng.rand(*X.shape) * self.mean
        return X * self.factor + self.w

    def backward(self, dY, *, input_gradient=True):
        self.grads["w"][...] = dY.sum(axis=0)
        return dY * self.factor if input_gradient else None


class NoiseFromAverages(Noise):
    """The same without the dependence of the factor on the batch, which `backward` leaves out."""

    def forward(self, X, training=False):
        Y = super().forward(X, training)
        if training:
            self.factor = self.rng.normal(size=Y.shape) / self.n_calls
        return np.asarray(X) * self.factor + self.w


class RandomReLU(Activation):
    """A student's activation that draws its slope for every entry."""

    kinks = (0.0,)

    def __init__(self):
        self._rng = np.random.default_rng(0)

    def forward(self, z):
        self._slope = self._rng.random(np.shape(z))
        return np.where(z > 0, z, self._slope * z)

    def derivative(self, z):
        return np.where(z > 0, 1.0, self._slope)


class Swish(Activation):
    """A student's activation that learns: ``f(z) = z / (1 + exp(-beta z))``."""

    learned = {"beta": 1.5}  # noqa: RUF012

    def _step(self, z):
        return 1 / (1 + np.exp(-self._params.get("beta", 1.5) * z))

    def forward(self, z):
        return z * self._step(z)

    def derivative(self, z):
        step = self._step(z)
        return step + z * self._params.get("beta", 1.5) * step * (1 - step)

    def backward(self, dA, Z, A):
        step = self._step(Z)
        if "beta" in self._grads:
            self._grads["beta"][...] = (dA * Z**2 * step * (1 - step)).sum(axis=0)
        return super().backward(dA, Z, A)


class RandomPenalty(Regularizer):
    """A student's regularizer that draws a strength for every weight when it is first asked."""

    def __init__(self):
        self._rng = np.random.default_rng(0)
        self._strengths = []

    def strengths(self, values):
        if not self._strengths:
            self._strengths.append(self._rng.random(values.shape))
        return self._strengths[0]

    def penalty(self, values):
        return float(np.sum(self.strengths(values) * values**2))

    def gradient(self, values):
        return 2 * self.strengths(values) * values


class OwnNumbers(Initializer):
    """A student's initializer with a source of its own."""

    def __init__(self):
        self._rng = np.random.default_rng(7)

    def draw(self, shape, rng):
        return self._rng.normal(size=shape) + rng.normal(size=shape)


LAYERS = {
    "dense": lambda: Dense(4, 4, "gelu", rng=0, **DOUBLE),
    "dense, random": lambda: Dense(4, 4, RandomReLU(), rng=0, **DOUBLE),
    "dense, learns": lambda: Dense(4, 4, Swish(), rng=0, **DOUBLE),
    "prelu": lambda: Dense(4, 4, "prelu", rng=0, **DOUBLE),
    "weight_norm": lambda: WeightNormDense(4, 4, "silu", rng=0, **DOUBLE),
    "batch_norm": lambda: BatchNorm(4, **DOUBLE),
    "layer_norm": lambda: LayerNorm(4, **DOUBLE),
    "dropout": lambda: Dropout(0.5, rng=0),
    "activation": lambda: ActivationLayer("tanh"),
    "residual": lambda: Residual(
        [Dense(4, 3, "tanh", rng=0, **DOUBLE), BatchNorm(3, **DOUBLE), Dropout(rng=1), Dense(3, 4, rng=2, **DOUBLE)]
    ),
    "residual, nested": lambda: Residual([BatchNorm(4, **DOUBLE), Residual([Dropout(rng=0), NoiseFromAverages()])]),
    "own": NoiseFromAverages,
}
every_layer = pytest.mark.parametrize("make", LAYERS.values(), ids=list(LAYERS))
ways_to_copy = pytest.mark.parametrize(
    "duplicate",
    [copy.copy, copy.deepcopy, lambda thing: pickle.loads(pickle.dumps(thing))],
    ids=["copy", "deep", "pickle"],
)
X = np.random.default_rng(3).normal(size=(6, 4))


def test_every_class_of_layers_is_here():
    def below(cls):
        return {cls}.union(*map(below, cls.__subclasses__()))

    ours = {c for c in below(Layer) if c.__module__.startswith("mlpkit.") and not c.__abstractmethods__}
    assert ours <= {type(make()) for make in LAYERS.values()}


def state(thing):
    """Return all that a thing holds, as bytes: what training and inspections change must differ in them."""
    return pickle.dumps(thing)


def use(layer):
    """Do with a layer what training does."""
    Y = layer.forward(X, training=True)
    layer.backward(np.ones_like(Y))
    for values in layer.params.values():
        values += 0.5


@every_layer
@ways_to_copy
def test_a_copy_shares_nothing_that_changes(make, duplicate):
    layer = make()
    use(layer)
    before = state(layer)
    twin = duplicate(layer)
    use(twin)
    assert state(layer) == before
    other = duplicate(layer)
    use(layer)
    use(other)
    np.testing.assert_array_equal(layer.forward(X, training=True), other.forward(X, training=True))


@ways_to_copy
@pytest.mark.parametrize("make", [RandomReLU, RandomPenalty, OwnNumbers])
def test_a_copied_formula_draws_numbers_of_its_own(make, duplicate):
    formula = make()
    before = state(formula)
    duplicate(formula)._rng.random()
    assert state(formula) == before


def test_a_copied_setting_of_an_estimator_draws_numbers_of_its_own():
    base = pytest.importorskip("sklearn.base")
    from mlpkit import MLPClassifier

    estimator = MLPClassifier(activation=RandomReLU())
    base.clone(estimator).activation._rng.random()
    assert state(estimator.activation) == state(RandomReLU())


@every_layer
def test_training_a_copied_layer_leaves_the_original_network_alone(make):
    model = MLP([make()])
    targets = np.zeros((6, 4))
    model.train_batch(X, targets, "mse")
    predictions = copy.deepcopy(model).predict(X)
    before = state(model.layers[0])
    other = MLP([copy.copy(layer) for layer in model.layers])
    for _ in range(3):
        other.train_batch(5 * X + 3, targets, "mse")
    assert state(model.layers[0]) == before
    np.testing.assert_array_equal(model.predict(X), predictions)


@every_layer
@pytest.mark.parametrize("training", [False, True])
def test_inspections_pass_and_leave_a_layer_as_it_is(make, training):
    layer = make()
    use(layer)
    before = state(layer)
    check = check_layer(layer, X, training=training)
    assert check.passed(), check
    assert state(layer) == before


@every_layer
@pytest.mark.parametrize("training", [False, True])
def test_inspections_pass_and_leave_a_network_as_it_is(make, training):
    model = MLP([Dense(4, 4, "tanh", rng=0, **DOUBLE), make(), Dense(4, 2, "softmax", rng=1, **DOUBLE)])
    model.train_batch(X, [0, 1, 0, 1, 0, 1], "cross_entropy")
    before = state(model)
    check = check_network(model, X, [0, 1, 0, 1, 0, 1], "cross_entropy", training=training)
    assert check.passed(), check
    model.summary()
    repr(model)
    assert state(model) == before


def test_inspections_leave_formulas_as_they_are():
    activation = RandomReLU()
    before = state(activation)
    assert check_activation(activation, X).passed()
    assert state(activation) == before


def test_a_penalty_that_draws_numbers_passes():
    layer = Dense(4, 2, "tanh", weight_regularizer=RandomPenalty(), weight_initializer=OwnNumbers(), rng=0, **DOUBLE)
    assert check_network(MLP([layer]), X, np.zeros((6, 2)), "mse").passed()


def test_an_activation_that_learns_is_trained_and_copied():
    layer = Dense(4, 3, Swish(), rng=0, **DOUBLE)
    assert layer.params["beta"].tolist() == [1.5] * 3
    model = MLP([layer, Dense(3, 1, rng=1, **DOUBLE)])
    twin = copy.deepcopy(model)
    for _ in range(3):
        model.train_batch(X, np.zeros((6, 1)), "mse")
        twin.train_batch(X, np.zeros((6, 1)), "mse")
    assert (layer.params["beta"] != 1.5).all()
    np.testing.assert_array_equal(twin.parameters, model.parameters)
    assert twin.layers[0].activation._params is twin.layers[0].params


class Rebinding(Layer):
    """A student's layer that multiplies by w, and puts the gradient in one of several places."""

    def __init__(self, put):
        super().__init__()
        self.put = put
        self.create_parameter("w", np.ones(4))

    def forward(self, X, training=False):
        self.X = np.asarray(X)
        return self.X * self.params["w"]

    def backward(self, dY, *, input_gradient=True):
        self.put(self, (dY * self.X).sum(axis=0))
        return dY * self.params["w"]


def put_right(layer, gradient):
    layer.grads["w"][...] = gradient


def put_right_by_adding(layer, gradient):
    layer.grads["w"][...] = 0
    layer.grads["w"] += gradient


def put_in_grads(layer, gradient):
    layer.grads["w"] = gradient


def put_below(layer, gradient):
    layer._grads["w"] = gradient


def put_with_update(layer, gradient):
    layer.grads.update({"w": gradient})


def put_under_another_name(layer, gradient):
    layer.grads["W"] = gradient


def put_in_a_new_dictionary(layer, gradient):
    layer._grads = {"w": gradient}


def put_into_the_parameter(layer, gradient):
    put_right(layer, gradient)
    layer._params = {"w": layer.params["w"] + 0.0}


def put_under_the_layer_itself(layer, gradient):
    layer.dw = gradient


@pytest.mark.parametrize("put", [put_right, put_right_by_adding])
def test_gradients_that_are_written_in_place_pass(put):
    assert check_layer(Rebinding(put), X).passed()
    assert check_network(MLP([Rebinding(put)]), X, 2 * X, "mse").passed()


@pytest.mark.parametrize("put", [put_in_grads, put_below, put_with_update])
def test_another_array_for_a_gradient_is_refused_at_once(put):
    message = (
        r'stay the arrays that they are.*got another for \'w\'; write into it, as in self\.grads\["w"\]\[\.\.\.\] ='
    )
    layer = Rebinding(put)
    layer.forward(X)
    with pytest.raises(TypeError, match=message):
        layer.backward(X)
    with pytest.raises(TypeError, match=message):
        MLP([Rebinding(put)]).train_batch(X, X, "mse")


def test_a_new_name_for_a_gradient_is_refused():
    with pytest.raises(TypeError, match=r"a new one, 'W', beside w; add a parameter.*self\.create_parameter\(\"W\""):
        check_layer(Rebinding(put_under_another_name), X)
    for refused in (dict.clear, dict.popitem, dict.pop):
        with pytest.raises(TypeError, match="stay the arrays that they are"):
            getattr(Dense(2, 2).params, refused.__name__)()


@pytest.mark.parametrize("put", [put_in_a_new_dictionary, put_into_the_parameter])
def test_arrays_that_no_network_would_notice_are_found(put):
    message = r"^Rebinding has put another array in the place of its (grads|params), 'w', which no network would notice"
    with pytest.raises(ValueError, match=message):
        check_layer(Rebinding(put), X)
    with pytest.raises(ValueError, match=message):
        check_network(MLP([Rebinding(put)]), X, 2 * X, "mse")


def test_a_gradient_that_is_put_elsewhere_is_found():
    assert not check_layer(Rebinding(put_under_the_layer_itself), X).passed()
    assert not check_network(MLP([Rebinding(put_under_the_layer_itself)]), X, 2 * X, "mse").passed()


class WithoutInit(Layer):
    def __init__(self):
        self.n_in = self.n_out = 4

    def forward(self, X, training=False):
        return np.asarray(X)

    def backward(self, dY, *, input_gradient=True):
        return dY


class CreatesWithoutInit(WithoutInit):
    def __init__(self):
        self.create_parameter("w", np.zeros(4))


@pytest.mark.parametrize(
    "action",
    [
        CreatesWithoutInit,
        lambda: MLP([WithoutInit()]),
        lambda: MLP().add(WithoutInit()),
        lambda: Residual([WithoutInit()]),
        lambda: check_layer(WithoutInit(), X),
        lambda: WithoutInit().params,
        lambda: WithoutInit().n_parameters,
    ],
)
def test_a_layer_without_super_init_is_told_so(action):
    message = r"^(Creates)?WithoutInit has no place for parameters: .* make super\(\).__init__\(\) its first line$"
    with pytest.raises(ValueError, match=message):
        action()
    with pytest.raises(AttributeError, match="'WithoutInit' object has no attribute 'color'"):
        WithoutInit().color  # noqa: B018


def test_parameters_are_created_before_a_network_takes_the_layer():
    class Lazy(Noise):
        def forward(self, X, training=False):
            if "late" not in self.params:
                self.create_parameter("late", np.zeros(2))
            return super().forward(X, training)

    with pytest.raises(
        ValueError, match=r"belongs to a network, which does not know of a new parameter 'late'; create"
    ):
        MLP([Lazy()]).predict(X)
    with pytest.raises(ValueError, match=r"^Lazy has put another array in the place of its params, 'late'"):
        check_layer(Lazy(), X)
