"""Saving and loading: everything comes back, nothing runs, and what is not whole is refused with a reason."""

import copy
import inspect
import json
import os
import struct
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as settings_of_hypothesis
from hypothesis import strategies as st

from mlpkit import (
    ACTIVATIONS,
    MLP,
    OPTIMIZERS,
    SCHEDULES,
    SGD,
    Adam,
    BatchNorm,
    ClipNorm,
    ClipValue,
    Dense,
    LeakyReLU,
    PReLU,
    Residual,
    StepSchedule,
    WarmUpSchedule,
    architecture,
)
from mlpkit.architecture import _classes, describe
from mlpkit.layers import Layer
from mlpkit.registry import Formula
from mlpkit.serialization import load, save

RNG = np.random.default_rng(0)
X, Y = RNG.normal(size=(20, 3)).astype(np.float32), RNG.normal(size=(20, 3)).astype(np.float32)
LAYERS = _classes(Layer)
WIDTHS = {"n", "n_in", "n_out"}


def another(parameter):
    """A setting that is not the default, where one can be guessed."""
    if parameter.name in WIDTHS:
        return 3
    if parameter.name == "activation":
        return LeakyReLU(0.2)
    if parameter.name == "optimizer":
        return SGD(0.3, 0.4)
    if parameter.name.endswith("regularizer"):
        return "l2"
    if isinstance(parameter.default, float):
        return parameter.default / 2
    return parameter.default


def unusual(cls):
    if cls is Residual:
        return Residual(
            [Dense(3, 4, "tanh", rng=0), BatchNorm(4), Residual([Dense(4, 4, LeakyReLU(0.2))]), Dense(4, 3)]
        )
    parameters = inspect.signature(cls).parameters.values()
    settings = {p.name: another(p) for p in parameters if p.name not in ("rng", "dtype")}
    assert inspect.Parameter.empty not in settings.values(), f"tell this test how to make a {cls.__name__}"
    return cls(**settings)


def mixed(**settings):
    rng = np.random.default_rng(0)
    return MLP(
        [Dense(3, 5, "tanh", rng=rng), Dense(5, 4, PReLU(0.1), rng=rng), Dense(4, 3, "identity", rng=rng)], **settings
    )


def round_trip(model, tmp_path):
    save(model, tmp_path / "model.safetensors")
    return load(tmp_path / "model.safetensors")


def assert_equal(one, two):
    assert repr(one) == repr(two)
    assert describe(one) == describe(two)
    assert one.parameters.dtype == two.parameters.dtype
    np.testing.assert_array_equal(one.parameters, two.parameters)
    np.testing.assert_array_equal(one.predict(X), two.predict(X))


def test_a_trained_network_comes_back_and_trains_on(tmp_path):
    model = mixed(optimizer=SGD(0.1))
    for _ in range(3):
        model.train_batch(X, Y, "mse")
    twin = round_trip(model, tmp_path)
    assert_equal(model, twin)
    assert twin.train_batch(X, Y, "mse") == model.train_batch(X, Y, "mse")  # plain gradient descent remembers nothing
    np.testing.assert_array_equal(model.parameters, twin.parameters)
    np.testing.assert_array_equal(twin.layers[0].W, twin.parameters[:15].reshape(3, 5))  # views of the flat vector


@pytest.mark.parametrize("name", LAYERS)
def test_every_layer_with_unusual_settings(name, tmp_path):
    model = MLP([Dense(3, 3, "tanh", rng=0), unusual(LAYERS[name])])
    for _ in range(3):
        model.train_batch(X, Y, "mse")  # also moves what layers keep beside their parameters
    assert_equal(model, round_trip(model, tmp_path))


@pytest.mark.parametrize("name", ACTIVATIONS)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_every_activation_and_dtype(name, dtype, tmp_path):
    model = MLP([Dense(3, 4, name, dtype=dtype, rng=0), Dense(4, 2, dtype=dtype, rng=1)])
    model.layers[0].b = RNG.normal(size=4)
    assert_equal(model, round_trip(model, tmp_path))
    assert_equal(
        MLP([Dense(3, 3, rng=0), ACTIVATIONS[name]()]),
        round_trip(MLP([Dense(3, 3, rng=0), ACTIVATIONS[name]()]), tmp_path),
    )


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_every_optimizer(name, tmp_path):
    optimizer = OPTIMIZERS[name](0.125)
    twin = round_trip(mixed(optimizer=optimizer), tmp_path)
    assert repr(twin.optimizer) == repr(optimizer)


@pytest.mark.parametrize("name", SCHEDULES)
def test_every_schedule_alone_and_after_a_warm_up(name, tmp_path):
    schedule = SCHEDULES[name]()
    for optimizer in (Adam(schedule), SGD(WarmUpSchedule(schedule, 7))):
        assert repr(round_trip(mixed(optimizer=optimizer), tmp_path).optimizer) == repr(optimizer)


@pytest.mark.parametrize("clipping", [ClipNorm(0.5), ClipValue(0.25)])
def test_the_clipping_of_the_network(clipping, tmp_path):
    assert repr(round_trip(mixed(clipping=clipping), tmp_path).clipping) == repr(clipping)


def test_layers_that_share_an_optimizer_share_it_again(tmp_path):
    shared = Adam(0.5)
    model = MLP(
        [Dense(3, 3, optimizer=shared), Dense(3, 3, optimizer=shared), Dense(3, 3, optimizer=Adam(0.5)), Dense(3, 3)]
    )
    twin = round_trip(model, tmp_path)
    one, two, three, four = (layer.optimizer for layer in twin.layers)
    assert one is two
    assert one is not three
    assert four is None
    assert repr(one) == repr(three) == repr(shared)


def test_settings_changed_after_construction_count(tmp_path):
    model = mixed()
    model.layers[0].activation = LeakyReLU(0.3)
    model.optimizer.learning_rate = 0.25
    twin = round_trip(model, tmp_path)
    assert twin.layers[0].activation.epsilon == 0.3
    assert twin.optimizer.learning_rate == 0.25


def test_numpy_numbers_as_settings(tmp_path):
    model = MLP([Dense(np.int64(3), np.int64(2), LeakyReLU(np.float32(0.5)))], optimizer=Adam(np.float64(0.5)))
    assert_equal(model, round_trip(model, tmp_path))


def test_a_layer_that_holds_no_numbers_may_be_wide(tmp_path):
    model = MLP([LAYERS["ActivationLayer"]("relu", n=1000)])
    assert model.parameters.size == 0
    assert round_trip(model, tmp_path).layers[0].n_out == 1000


def test_an_empty_network(tmp_path):
    assert round_trip(MLP(optimizer="sgd"), tmp_path).layers == ()


def test_saving_replaces_the_file_and_leaves_nothing_else(tmp_path):
    path = tmp_path / "new" / "model.safetensors"
    save(mixed(), path)
    save(MLP([Dense(3, 1)]), str(path))
    assert len(load(path).layers) == 1
    assert os.listdir(path.parent) == ["model.safetensors"]


@pytest.mark.skipif(os.name == "nt", reason="links as in POSIX")
def test_saving_to_a_link_writes_the_file_it_leads_to(tmp_path):
    target, link = tmp_path / "models" / "1.safetensors", tmp_path / "latest.safetensors"
    save(mixed(), target)
    link.symlink_to(target)
    save(MLP([Dense(3, 1)]), link)
    assert link.is_symlink()
    assert len(load(target).layers) == len(load(link).layers) == 1


def test_a_failed_save_leaves_the_old_file(tmp_path):
    path = tmp_path / "model.safetensors"
    save(mixed(), path)
    before = path.read_bytes()

    class Own(Dense):
        pass

    with pytest.raises(ValueError, match=r"layers and formulas of mlpkit, got .*\.Own, .* numpy.save"):
        save(MLP([Own(3, 3)]), path)
    model = mixed()
    model.optimizer = copy.copy(model.optimizer)
    vars(model.optimizer)["learning_rate"] = object()
    with pytest.raises(ValueError, match=r"Adam.learning_rate to be a number"):
        save(model, path)
    assert path.read_bytes() == before
    assert os.listdir(tmp_path) == ["model.safetensors"]


def test_the_file_is_a_safetensors_file_that_others_can_read(tmp_path):
    from safetensors.numpy import load_file

    model = mixed()
    save(model, tmp_path / "model.safetensors")
    arrays = load_file(tmp_path / "model.safetensors")
    assert set(arrays) == {
        "layers.0.W",
        "layers.0.b",
        "layers.1.W",
        "layers.1.b",
        "layers.1.slope",
        "layers.2.W",
        "layers.2.b",
    }
    np.testing.assert_array_equal(arrays["layers.0.W"], model.layers[0].W)


def rewrite(path, change):
    """Change the header of a safetensors file: its length, JSON, and then the numbers."""
    contents = path.read_bytes()
    (length,) = struct.unpack("<Q", contents[:8])
    header = json.loads(contents[8 : 8 + length])
    change(header)
    text = json.dumps(header).encode()
    path.write_bytes(struct.pack("<Q", len(text)) + text + contents[8 + length :])


def rewrite_architecture(path, change):
    def inner(header):
        architecture = json.loads(header["__metadata__"]["architecture"])
        change(architecture)
        header["__metadata__"]["architecture"] = json.dumps(architecture)

    rewrite(path, inner)


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "model.safetensors"
    save(mixed(), path)
    return path


@pytest.mark.parametrize("keep", [0, 4, 8, 100, -1, -40])
def test_a_file_cut_off(path, keep):
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(ValueError, match=r"expected a whole safetensors file.*damaged or cut off"):
        load(path)


@pytest.mark.parametrize(
    "contents",
    [b"\x80\x04\x95 a pickle", b"PK\x03\x04 a zip file", b"{}", os.urandom(1000)],
    ids=["pickle", "zip", "json", "noise"],
)
def test_another_kind_of_file(path, contents):
    path.write_bytes(contents)
    with pytest.raises(ValueError, match="expected a whole safetensors file"):
        load(path)


def test_a_file_of_another_program(path):
    from safetensors.numpy import save_file

    save_file({"weight": np.ones(3)}, path)
    with pytest.raises(ValueError, match=r"saved by mlpkit, got .*another program"):
        load(path)
    save_file({"weight": np.ones(3)}, path, {"format": "pt"})
    with pytest.raises(ValueError, match="a file of 'pt'"):
        load(path)


@pytest.mark.parametrize("version", ["3", "999", "", "one", "-1"])
def test_a_file_of_a_newer_version(path, version):
    rewrite(path, lambda header: header["__metadata__"].update(format_version=version))
    with pytest.raises(ValueError, match=f"up to format version 2, got '{version}'.*update mlpkit"):
        load(path)


def test_no_such_file(tmp_path):
    with pytest.raises(FileNotFoundError):
        load(tmp_path / "nothing")


def layer(**changes):
    return lambda architecture: architecture["layers"][0].update(changes)


def settings(**changes):
    return lambda architecture: architecture["layers"][0]["settings"].update(changes)


def added(name, **settings):
    return lambda architecture: architecture["layers"].append({"class": name, "settings": settings})


def optimizer(**settings):
    return lambda architecture: architecture["optimizers"][0].update({"class": "SGD", "settings": settings})


def scheduled(name, **settings):
    return optimizer(learning_rate={"formula": {"class": name, "settings": settings}})


def nested(depth):
    schedule = {"class": "ConstantSchedule", "settings": {}}
    for _ in range(depth):
        schedule = {"class": "WarmUpSchedule", "settings": {"schedule": {"formula": schedule}}}
    return optimizer(learning_rate={"formula": schedule})


DAMAGE = {
    "unknown layer": (layer(**{"class": "Convolution"}), "expected a layer .* got the name 'Convolution'"),
    "function": (layer(**{"class": "os.system"}), "got the name 'os.system'"),
    "abstract": (layer(**{"class": "Layer"}), "got the name 'Layer'"),
    "formula as layer": (layer(**{"class": "ReLU"}), "got the name 'ReLU'"),
    "network as layer": (layer(**{"class": "MLP"}), "got the name 'MLP'"),
    "no class": (lambda a: a["layers"][0].pop("class"), "class"),
    "class is a list": (layer(**{"class": ["Dense"]}), "unhashable"),
    "unknown setting": (settings(colour="blue"), "colour"),
    "setting of another kind": (settings(activation={"code": "1 + 1"}), "known kind, got 'code'"),
    "two kinds": (settings(activation={"formula": 1, "dtype": 2}), "unpack"),
    "unknown formula": (settings(activation={"formula": {"class": "Swish", "settings": {}}}), "'Swish'"),
    "layer as formula": (settings(activation={"formula": {"class": "Dense", "settings": {}}}), "'Dense'"),
    "wrong formula": (settings(activation={"formula": {"class": "Adam", "settings": {}}}), "Activation expected"),
    "half precision": (settings(dtype={"dtype": "float16"}), "expected float32 or float64, got float16; .* infinite"),
    "object dtype": (settings(dtype={"dtype": "object"}), "expected a dtype of float32, float64, got 'object'"),
    "huge": (settings(n_in=10**9, n_out=10**9), "at most 63 numbers, got Dense with 1000000000 x 1000000000"),
    "negative": (settings(n_in=-3), "n_in of Dense to be a positive integer, got -3"),
    "text as width": (settings(n_in="3", n_out=10**11), "n_in of Dense to be a whole number, got a str"),
    "list as width": (settings(n_in=10**11, n_out=[0]), "n_out of Dense to be a whole number, got a list"),
    "huge normalization": (added("BatchNorm", n=10**11), "at most 0 numbers, got BatchNorm with 100000000000"),
    "huge slopes": (
        added("ActivationLayer", n=10**11, activation={"formula": {"class": "PReLU", "settings": {}}}),
        "got ActivationLayer with 100000000000",
    ),
    "the same numbers for every layer": (
        lambda a: a.update(layers=[a["layers"][0]] * 10),
        "at most 3 numbers, got Dense with 3 x 5",
    ),
    "other width": (settings(n_out=4), "MLP expected a layer with 4 inputs"),
    "no such optimizer": (settings(optimizer={"optimizer": 7}), "list index out of range"),
    "no optimizers": (lambda a: a.update(optimizers=[]), "list index out of range"),
    "endless schedule": (
        scheduled("StepSchedule", every=float("inf")),
        "every to be a whole number of at least 1, got inf",
    ),
    "no number of steps": (
        scheduled("CosineSchedule", steps=None),
        "steps to be a whole number of at least 1, got None",
    ),
    "text as rate": (optimizer(learning_rate="0.1"), "learning_rate of SGD to be a number, got '0.1'"),
    "list as rate": (optimizer(momentum=[0.5]), r"momentum of SGD to be a number, got \[0.5\]"),
    "activation as rate": (
        optimizer(learning_rate={"formula": {"class": "ReLU", "settings": {}}}),
        r"SGD expected learning_rate to be finite and at least 0, got ReLU\(\)",
    ),
    "activation as optimizer": (
        lambda a: a["optimizers"][0].update({"class": "ReLU", "settings": {}}),
        "Optimizer expected",
    ),
    "schedules in schedules": (nested(20), "at most 16 settings within settings"),
    "text as clipping": (lambda a: a["settings"].update(clipping="x"), "Clipping expected an instance; got 'x'"),
    "optimizer as clipping": (lambda a: a["settings"].update(clipping={"optimizer": 0}), "list index out of range"),
    "layers in the settings": (lambda a: a["settings"].update(layers=[]), "multiple values"),
    "text as width of an activation": (
        added("ActivationLayer", n="3", activation={"formula": {"class": "ReLU", "settings": {}}}),
        "n of ActivationLayer to be a whole number, got a str",
    ),
    "negative width of an activation": (
        added("ActivationLayer", n=-3, activation={"formula": {"class": "ReLU", "settings": {}}}),
        "n of ActivationLayer to be a positive integer, got -3",
    ),
    "list as rate of dropout": (added("Dropout", rate=[0.5]), "rate of Dropout to be a number"),
    "missing layer": (lambda a: a["layers"].pop(), "one array for each parameter"),
    "layers are a number": (lambda a: a.update(layers=7), "not iterable"),
    "other dtype": (lambda a: [one["settings"].update(dtype={"dtype": "float64"}) for one in a["layers"]], "float64"),
}


@pytest.mark.parametrize("kind", DAMAGE)
def test_a_damaged_architecture(path, kind):
    change, message = DAMAGE[kind]
    rewrite_architecture(path, change)
    with pytest.raises(ValueError, match=f"cannot rebuild the network in .*{message}.*save it anew, or update"):
        load(path)


def test_schedules_may_be_nested(tmp_path):
    model = mixed(optimizer=SGD(WarmUpSchedule(WarmUpSchedule(WarmUpSchedule(0.5)))))
    assert repr(round_trip(model, tmp_path).optimizer) == repr(model.optimizer)


ODD = [
    *(None, True, False, 0, -1, 2, 3, 0.5, -0.0, 1e308, 10**30, 10**400, float("inf"), -float("inf"), float("nan")),
    *("", "x", "3", "relu", "Adam", [], [1], [[]], {}, {"x": 1}, {"formula": {}}, {"formula": "ReLU"}),
    *({"dtype": name} for name in ("float64", "float16", "object", "", None, [])),
    *({"optimizer": index} for index in (0, -1, 9, "0", None, 0.5)),
    *({"formula": {"class": name, "settings": {}}} for name in ("ReLU", "PReLU", "Adam", "StepSchedule", "ClipNorm")),
    *({"formula": {"class": "L2", "settings": {"strength": value}}} for value in (0.5, "x", 1e308)),
    {"class": "Dropout", "settings": {}},
    {"class": "Dense", "settings": {"n_in": 3, "n_out": 3}},
]


def rich():
    """A network with every kind of setting."""
    rng, schedule = np.random.default_rng(0), WarmUpSchedule(SCHEDULES["cosine"](0.1), 3)
    layers = [unusual(LAYERS[name]) for name in sorted(LAYERS)]
    own = [
        Dense(3, 3, ACTIVATIONS[name](), Adam(schedule), weight_regularizer="l1", activity_regularizer="l2", rng=rng)
        for name in ("prelu", "elu", "leaky_relu")
    ]
    return MLP([*layers, *own], optimizer=SGD(StepSchedule(0.1), 0.5), clipping=ClipNorm(1.0))


def places(thing, path=()):
    """Yield the paths to all entries of a description."""
    entries = thing.items() if isinstance(thing, dict) else enumerate(thing) if isinstance(thing, list) else ()
    for key, value in entries:
        yield (*path, key)
        yield from places(value, (*path, key))


def changed(description, place, value):
    description = copy.deepcopy(description)
    *path, last = place
    holder = description
    for key in path:
        holder = holder[key]
    if value is ...:
        del holder[last]
    else:
        holder[last] = value
    return description


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    path = tmp_path_factory.mktemp("saved") / "model.safetensors"
    model = rich()
    model.train_batch(X, Y, "mse")
    save(model, path, optimizer=True)
    return path, describe(model), path.read_bytes()


@settings_of_hypothesis(max_examples=150, deadline=None)
@given(data=st.data())
def test_any_field_may_be_anything(saved, data):
    """Loading gives a ValueError or a network that works: it predicts, trains and is saved again."""
    path, description, contents = saved
    place = data.draw(st.sampled_from([*places(description), ("steps",), ("steps", 0)]))
    value = data.draw(st.sampled_from([..., *ODD]))
    path.write_bytes(contents)
    if place[0] == "steps":
        steps = {} if place == ("steps",) else [value, *[1] * (len(rich().layers) + 9)]
        rewrite(path, lambda header: header["__metadata__"].update(steps=json.dumps(steps, default=str)))
    else:
        text = json.dumps(changed(description, place, value))
        rewrite(path, lambda header: header["__metadata__"].update(architecture=text))
    check_that_it_loads_or_not(path)


def check_that_it_loads_or_not(path):
    try:
        model = load(path)
    except ValueError:
        return
    with np.errstate(all="ignore"):
        model.predict(X)
        model.train_batch(X, Y, "mse")
        repr(model)
    save(model, path, optimizer=True)
    load(path)


def test_a_layer_that_is_named_often_takes_time_in_proportion(path, monkeypatch):
    """Counted in searches of the classes: one for each kind, however many layers there are."""
    searched = []
    monkeypatch.setattr("mlpkit.architecture._classes", lambda base: searched.append(base) or _classes(base))
    architecture._class.cache_clear()
    dropout = {"class": "Dropout", "settings": {"rate": 0.5}}
    rewrite_architecture(path, lambda a: a["layers"].extend([dropout] * 500))
    model = load(path)
    assert len(model.layers) == 503
    found = searched.count(Layer) + searched.count(Formula)
    save(model, path)
    load(path)
    assert found < 10
    assert searched.count(Layer) + searched.count(Formula) < 20


@pytest.mark.parametrize(
    "steps",
    ["null", "{}", "[1]", '["1", 1, 1]', "[-1, 1, 1]", "[1e3, 1, 1]", "[1, 1, 1, 1]", "[" + "9" * 99 + ", 1, 1]"],
)
def test_damaged_numbers_of_steps(path, steps):
    model = load(path)
    model.train_batch(X, Y, "mse")
    save(model, path, optimizer=True)
    rewrite(path, lambda header: header["__metadata__"].update(steps=steps))
    with pytest.raises(ValueError, match="cannot rebuild the network"):
        load(path)


@pytest.mark.parametrize(("name", "size"), [("BF16", 2), ("F16", 2), ("F8_E4M3", 1), ("U8", 1), ("I32", 4), ("F64", 4)])
def test_arrays_of_another_dtype(path, name, size):
    def change(header):
        for entry in header.values():
            if "dtype" in entry:
                start, stop = entry["data_offsets"]
                entry.update(dtype=name, shape=[(stop - start) // size])

    rewrite(path, change)
    with pytest.raises(ValueError, match=r"^load (cannot rebuild|expected a whole safetensors file)"):
        load(path)


def test_the_memory_must_fit_the_optimizers(path):
    model = load(path)
    model.train_batch(X, Y, "mse")
    save(model, path, optimizer=True)
    rewrite_architecture(path, lambda a: a["optimizers"][0].update({"class": "SGD", "settings": {}}))
    with pytest.raises(ValueError, match=r"expected one array for each parameter, got none for \[\], and \['optimizer"):
        load(path)
    rewrite(path, lambda header: header["__metadata__"].pop("steps"))
    with pytest.raises(ValueError, match="expected one array for each parameter"):
        load(path)


def test_old_and_new_files_say_what_they_need(tmp_path):
    for optimizer, version in ((False, "1"), (True, "2")):
        save(mixed(), tmp_path / "model", optimizer=optimizer)
        assert f'"format_version":"{version}"'.encode() in (tmp_path / "model").read_bytes()


@pytest.mark.parametrize("text", ["", "{", "[]", "null", "[" * 100_000, '{"layers": []}'])
def test_an_architecture_that_is_none(path, text):
    rewrite(path, lambda header: header["__metadata__"].update(architecture=text))
    with pytest.raises(ValueError, match="cannot rebuild the network"):
        load(path)


def test_a_missing_header_entry(path):
    rewrite(path, lambda header: header["__metadata__"].pop("architecture"))
    with pytest.raises(ValueError, match=r"cannot rebuild the network in .*'architecture'"):
        load(path)


def test_flipped_bytes_never_do_worse_than_an_error(path):
    contents = path.read_bytes()
    rng = np.random.default_rng(0)
    for place in rng.integers(0, len(contents), 300):
        changed = bytearray(contents)
        changed[place] ^= 1 << int(rng.integers(8))
        path.write_bytes(changed)
        try:
            model = load(path)
        except ValueError:
            continue
        assert isinstance(model, MLP)


def test_classes_are_those_of_the_library():
    for base in (Layer, Formula):
        assert all(cls.__module__.startswith("mlpkit.") for cls in _classes(base).values())
    assert "Dense" in LAYERS
    assert {cls.__name__ for registry in (ACTIVATIONS, OPTIMIZERS) for cls in registry.values()} <= _classes(
        Formula
    ).keys()


def test_loading_finds_every_class_without_other_imports(path):
    code = "import sys; from mlpkit.serialization import load; print(load(sys.argv[1]))"
    done = subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True)
    assert "PReLU" in done.stdout
