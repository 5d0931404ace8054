"""The explorers in a page without a kernel: they work, by keyboard too, and compute what mlpkit computes."""

from __future__ import annotations

import json
import re
import shutil
from itertools import pairwise, product

import numpy as np
import pytest
from explorer_pages import SCRIPTS, opened, page
from matplotlib.figure import Figure
from PIL import Image

from mlpkit import MLP, Adam, Dense, viz
from mlpkit.activations import ACTIVATIONS, LeakyReLU
from mlpkit.graph import Value
from mlpkit.pictures import to_digit
from mlpkit.viz import descent, fit, optimizers
from mlpkit.viz.neuron import TAUGHT

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
KINDS = ("neuron", "bowl", "graph", "playground", "descent", "activation", "softmax")
KINDS += ("regression", "fit", "gate", "optimizers")


@pytest.fixture(scope="module")
def bodies():
    return {kind: getattr(viz, f"explore_{kind}")()._repr_mimebundle_()["text/html"] for kind in KINDS}


@pytest.fixture(scope="module")
def path(bodies, tmp_path_factory):
    path = tmp_path_factory.mktemp("explorers") / "page.html"
    path.write_text(page(*bodies.values()), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def alone(bodies, tmp_path_factory):
    """A page for each kind, with one explorer."""
    folder = tmp_path_factory.mktemp("alone")
    for kind, body in bodies.items():
        (folder / f"{kind}.html").write_text(page(body), encoding="utf-8")
    return {kind: folder / f"{kind}.html" for kind in bodies}


@pytest.fixture(scope="module")
def live(browser, path):
    with opened(browser, path) as page:
        yield page
        assert page.complaints == []


def content(body):
    return json.loads(re.search(r'<script type="application/json">(.*?)</script>', body, re.DOTALL)[1])


def described(plot, **setting):
    return minus(plot(ax=Figure().subplots(), **setting))


def minus(text):
    """Write negative numbers as the pages do."""
    return re.sub(r"(?<![\w-])-(?=[\d.])", "−", text)


def moved(live, kind, settings):
    """Move the controls of an explorer to each of the settings, and return its sentences."""
    code = "([kind, all]) => all.map((one) => document.querySelector(`mlp-explorer[kind=${kind}]`).set(one))"
    return live.evaluate(code, [kind, settings])


@pytest.mark.parametrize("kind", KINDS)
def test_every_control_works_by_keyboard(browser, alone, kind):
    with opened(browser, alone[kind]) as page:
        explorer = page.locator(f"mlp-explorer[kind={kind}]")
        assert explorer.locator(".mlp-still").is_hidden()
        stage, text = explorer.locator(".mlp-stage"), explorer.locator(".mlp-text")
        assert explorer.locator(".mlp-spoken").get_attribute("aria-live") == "polite"
        controls = explorer.locator("input, select").all()
        assert len(controls) >= len(content(explorer.inner_html())["controls"])
        for control in controls:
            named = control.evaluate("control => control.labels[0].textContent")
            if kind == "fit" and named == "learning rate α":
                continue  # it changes nothing before there are steps
            drawn, told = stage.inner_html(), text.inner_text()
            at_the_end = control.evaluate("control => control.value === control.max")
            control.focus()
            page.keyboard.press("ArrowLeft" if at_the_end else "ArrowRight")
            assert stage.inner_html() != drawn, named
            sync_api.expect(text).not_to_have_text(told)
        assert page.complaints == []


@pytest.mark.slow  # what a slider does is the same by keyboard
@pytest.mark.parametrize("touch", [False, True])
@pytest.mark.parametrize("kind", KINDS)
def test_every_slider_works_by_mouse_and_by_touch(browser, alone, kind, touch):
    window = {"width": 390 if touch else 1000, "height": 740}
    with opened(browser, alone[kind], has_touch=touch, viewport=window) as page:
        explorer = page.locator(f"mlp-explorer[kind={kind}]")
        for slider in explorer.locator("input[type=range]").all():
            low, high, before = (float(slider.evaluate(f"slider => slider.{name}")) for name in ("min", "max", "value"))
            share = 0.8 if before < (low + high) / 2 else 0.2
            slider.scroll_into_view_if_needed()
            box = slider.bounding_box()
            place = {"x": share * box["width"], "y": box["height"] / 2}
            slider.tap(position=place) if touch else slider.click(position=place)
            after = float(slider.input_value())
            assert (after - low) / (high - low) == pytest.approx(share, abs=0.26)  # some have few places
            told = explorer.evaluate("explorer => explorer.set({})")
            assert explorer.locator(".mlp-text").inner_text() == told
        assert page.complaints == []


@pytest.mark.parametrize("width", [360, 800])
def test_nothing_is_wider_than_the_page(browser, path, width):
    with opened(browser, path, viewport={"width": width, "height": 700}) as page:
        assert page.locator(".mlp-live").count() == len(KINDS)
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_without_scripts_there_are_the_pictures(browser, path):
    with opened(browser, path, java_script_enabled=False) as page:
        for kind in KINDS:
            picture = page.locator(f"mlp-explorer[kind={kind}] img").first
            assert picture.is_visible()
            assert picture.bounding_box()["height"] > 100
            assert page.locator(f"mlp-explorer[kind={kind}] noscript p").is_visible()
        assert page.locator("input").count() == 0


@pytest.mark.parametrize(
    "damage",
    [
        lambda body: body.replace('kind="bowl"', 'kind="no-such-kind"'),
        lambda body: body.replace('"controls":', '"controls"'),
        lambda body: body.replace('"curvatures":', '"others":'),
        lambda body: re.sub(r"<script.*?</script>", "", body),
    ],
)
def test_what_cannot_start_leaves_its_picture(browser, bodies, tmp_path, damage):
    broken = damage(bodies["bowl"])
    assert broken != bodies["bowl"]
    (tmp_path / "page.html").write_text(page(broken, bodies["neuron"]), encoding="utf-8")
    with opened(browser, tmp_path / "page.html") as shown:
        assert shown.locator("mlp-explorer img").first.is_visible()
        assert shown.locator(".mlp-live").count() == 1  # the neuron's
        assert shown.complaints == []


def test_numbers_are_written_as_python_writes_them(live):
    rng = np.random.default_rng(0)
    numbers = [0.0, -0.0, 0.125, 0.375, 0.625, -2.5, 1e5, 999999.5, 1e-5, 123456789.0]
    numbers += [float(x) for x in rng.normal(size=200) * 10.0 ** rng.integers(-9, 9, 200)]
    for digits in (2, 3, 6):
        told = live.evaluate("([xs, n]) => xs.map((x) => mlpExplorers.general(x, n))", [numbers, digits])
        assert told == [f"{x:.{digits}g}" for x in numbers]


def test_the_neuron_says_what_its_figure_says(live):
    rng = np.random.default_rng(1)
    settings = [dict(zip(("w1", "w2", "b"), rng.integers(-8, 9, 3) / 4, strict=True)) for _ in range(60)]
    settings += [{"w1": 0.0, "w2": 0.0, "b": b} for b in (-1.0, 0.0)]
    points = [dict(zip(("x1", "x2"), rng.integers(-12, 13, 2) / 4, strict=True)) for _ in settings]
    told = moved(live, "neuron", [{**s, **p} for s, p in zip(settings, points, strict=True)])
    for setting, point, sentence in zip(settings, points, told, strict=True):
        assert sentence.startswith(described(viz.plot_neuron, **setting))
        neuron = Dense(2, 1, "step")
        neuron.W, neuron.b = [[setting["w1"]], [setting["w2"]]], [setting["b"]]
        fires = neuron.forward([list(point.values())])[0, 0] == 1
        assert f"z = {minus(f'{neuron.Z[0, 0]:g}')}: it {'fires' if fires else 'does not fire'}." in sentence


def test_the_bowl_goes_the_way_of_sgd(live):
    rng = np.random.default_rng(2)
    places = zip(rng.integers(0, 121, 60), rng.integers(0, 50, 60), strict=True)
    settings = [{"learning_rate": round(0.002 * i, 3), "momentum": round(0.02 * j, 2)} for i, j in places]
    told = moved(live, "bowl", settings)
    assert told == [described(viz.plot_bowl, **setting) for setting in settings]
    code = "([bowl, rate, momentum, steps]) => mlpExplorers.formulas.follow(bowl, rate, momentum, steps)"
    for rate, beta in ((0.02, 0.0), (0.06, 0.7), (0.18, 0.5)):
        found = live.evaluate(code, [descent._bowl(), rate, beta, 40])
        expected = descent.follow(lambda point: descent.CURVATURES * point, descent.BOWL_START, rate, 40, beta)
        assert np.array(found) == pytest.approx(expected, rel=1e-9)


def test_the_title_of_the_bowl_ends_with_the_risk(live):
    (told,) = moved(live, "bowl", [{"learning_rate": 0.134, "momentum": 0.4}])
    ax = Figure().subplots()
    assert told == minus(viz.plot_bowl(0.134, 0.4, ax))
    title = live.locator("mlp-explorer[kind=bowl] .mlp-title").first.text_content()
    still = re.sub(r"\$.(alpha|beta)\$", lambda m: {"alpha": "α", "beta": "β"}[m[1]], ax.get_title())
    assert title == still.replace("$10^{-8}$", "10⁻⁸")
    assert title.endswith("converges, risk 2.11·10⁻⁸")


def test_a_slope_that_jumps_is_not_joined_by_a_line(live):
    curve = live.locator("mlp-explorer[kind=activation] path.mlp-dashed:not(.mlp-legend *)")
    for name, parts in (("relu", 2), ("leaky_relu", 2), ("sigmoid", 1), ("step", 1)):
        moved(live, "activation", [{"name": name, "w": 1, "b": 0}])
        assert curve.count() == parts, name


def test_the_descent_says_what_its_figure_says(live):
    rng = np.random.default_rng(3)
    places = zip(rng.integers(-12, 13, 60), rng.integers(0, 111, 60), strict=True)
    settings = [{"start": i / 4, "learning_rate": round(0.02 * j, 2)} for i, j in places]
    settings = [{"curve": curve, **one} for curve in ("parabola", "two valleys") for one in settings]
    told = moved(live, "descent", settings)
    assert told == [described(viz.plot_descent, **setting) for setting in settings]
    assert any("leaves the picture" in sentence for sentence in told)


def test_the_activations_are_those_of_the_library(live):
    rng = np.random.default_rng(4)
    settings = [
        {"name": name, "w": float(w) / 2, "b": float(b) / 2}
        for name in TAUGHT
        for w, b in [(2, 0), (0, 1), *rng.integers(-8, 9, (10, 2))]
    ]
    told = moved(live, "activation", [{**setting, "x": 0.25} for setting in settings])
    for setting, sentence in zip(settings, told, strict=True):
        assert sentence.startswith(described(viz.plot_activation, **setting))
        leaky = setting["name"] == "leaky_relu"
        f, z = LeakyReLU(0.1) if leaky else ACTIVATIONS[setting["name"]](), setting["w"] * 0.25 + setting["b"]
        output, slope = f(z) + 0.0, setting["w"] * f.derivative(z) + 0.0
        assert sentence.endswith(minus(f"the output is {output:.3g} and the slope of the tangent {slope:.3g}."))


def test_the_softmax_says_what_its_figure_says(live):
    rng = np.random.default_rng(5)
    drawn = zip(rng.integers(-12, 13, (60, 3)) / 2, rng.integers(1, 41, 60) / 4, strict=True)
    settings = [{"z1": z[0], "z2": z[1], "z3": z[2], "temperature": t} for z, t in drawn]
    assert moved(live, "softmax", settings) == [described(viz.plot_softmax, **setting) for setting in settings]


def test_the_line_says_what_its_figure_says(live):
    rng = np.random.default_rng(6)
    settings = [
        {"w": i / 4 - 2, "b": j / 2 - 5} for i, j in zip(rng.integers(0, 41, 60), rng.integers(0, 51, 60), strict=True)
    ]
    assert moved(live, "regression", settings) == [described(viz.plot_regression, **setting) for setting in settings]


def test_the_fit_says_what_its_figure_says(live):
    rng = np.random.default_rng(7)
    places = zip(rng.integers(-4, 21, 30), rng.integers(-10, 21, 30), rng.integers(0, 34, 30), strict=True)
    settings = [{"w": i / 2, "b": float(b), "learning_rate": round(0.002 * k, 3)} for i, b, k in places]
    settings = [{**one, "steps": 5 * (i % 8)} for i, one in enumerate(settings)]
    assert moved(live, "fit", settings) == [described(fit._plot_fit_steps, **setting) for setting in settings]


def test_the_gate_says_what_its_figure_says(live):
    rng = np.random.default_rng(8)
    settings = [
        {"gate": gate, "w1": i / 4, "w2": j / 4, "b": k / 4}
        for gate in ("AND", "OR", "XOR")
        for i, j, k in [(0, 0, 0), (0, 0, -1), *zip(*rng.integers(-8, 9, (3, 12)), strict=True)]
    ]
    assert moved(live, "gate", settings) == [described(viz.plot_gate, **setting) for setting in settings]


def test_the_race_says_what_its_figure_says(live):
    pairs = [("SGD", "momentum"), ("Adam", "Nadam"), ("RMSProp", "AdaGrad"), ("AdaDelta", "Nesterov")]
    settings = [{"left": a, "right": b, "factor": f} for a, b in pairs for f in optimizers.FACTORS]
    assert moved(live, "optimizers", settings) == [described(optimizers._pair, **setting) for setting in settings]


def test_the_pad_reads_a_digit_as_the_network_does(live):
    rng = np.random.default_rng(9)
    model = MLP([Dense(64, 12, "relu", rng=rng), Dense(12, 10, "softmax", rng=rng)])
    layers = viz.pad._weights(to_digit, model.predict)["layers"]
    code = """([layers, grey, width, height]) => {
        const digit = mlpExplorers.formulas.toDigit(grey, width, height);
        return [digit, mlpExplorers.formulas.classify(layers, digit)];
    }"""
    for height, width in ((30, 20), (17, 40), (64, 64)):
        picture = np.where(rng.random((height, width)) < 0.1, 20, 230)
        digit, shares = live.evaluate(code, [layers, picture.ravel().tolist(), width, height])
        assert digit == to_digit(picture).tolist()
        assert shares == pytest.approx(model.predict(to_digit(picture)[None])[0], abs=1e-4)
    assert viz.pad._weights(lambda picture: picture, model.predict) == {}


def test_a_digit_is_drawn_and_read(browser, tmp_path):
    model = MLP([Dense(64, 8, "relu", rng=0), Dense(8, 10, "softmax", rng=1)])
    body = viz.explore_pad(to_digit, model.predict)._repr_mimebundle_()["text/html"]
    (tmp_path / "page.html").write_text(page(body), encoding="utf-8")
    with opened(browser, tmp_path / "page.html") as shown:
        told = shown.locator(".mlp-text")
        assert "pad is empty" in told.inner_text()
        box = shown.locator("canvas").bounding_box()
        shown.mouse.move(box["x"] + 110, box["y"] + 40)
        shown.mouse.down()
        shown.mouse.move(box["x"] + 110, box["y"] + 190, steps=4)
        shown.mouse.up()
        sync_api.expect(told).to_contain_text("with probability")
        shown.get_by_role("button", name="Clear").click()
        sync_api.expect(told).to_contain_text("pad is empty")
        assert shown.complaints == []


def test_a_picture_is_loaded_into_the_pad_and_read(browser, tmp_path):
    model = MLP([Dense(64, 8, "relu", rng=0), Dense(8, 10, "softmax", rng=1)])
    body = viz.explore_pad(to_digit, model.predict)._repr_mimebundle_()["text/html"]
    (tmp_path / "page.html").write_text(page(body), encoding="utf-8")
    dark_paper = np.full((112, 224), 100)
    dark_paper[20:90, 100:120] = 10
    Image.fromarray(dark_paper.astype(np.uint8)).save(tmp_path / "one.png")
    (tmp_path / "broken.png").write_text("no picture")
    p = model.predict(to_digit(dark_paper)[None])[0]
    with opened(browser, tmp_path / "page.html") as shown:
        shown.locator("input[type=file]").set_input_files(tmp_path / "one.png")
        answer = f"The answer is {p.argmax()} with probability {p.max():.2f}."
        sync_api.expect(shown.locator(".mlp-text")).to_have_text(answer)
        shown.locator("input[type=file]").set_input_files(tmp_path / "broken.png")
        sync_api.expect(shown.get_by_text("no picture that can be read")).to_be_visible()
        assert shown.complaints == []


@pytest.mark.parametrize("motion", ["no-preference", "reduce"])
def test_a_film_begins_at_its_first_picture_unless_nothing_is_to_move(browser, tmp_path, motion):
    pixel = "data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAA="
    control = {"name": "frame", "label": "picture", "value": 3, "min": 1, "max": 3, "step": 1}
    film = {"frames": [pixel] * 3, "alt": "", "width": 480, "height": 10, "least": 400, "pixels": True}
    numbers = json.dumps({"title": "film", "controls": [control], "data": film})
    body = f'<div class="mlp-still"><img src="{pixel}" alt=""></div><script type="application/json">{numbers}</script>'
    path = tmp_path / "page.html"
    path.write_text(page(f'<mlp-explorer kind="film">{body}</mlp-explorer>'), encoding="utf-8")
    with opened(browser, path, reduced_motion=motion) as shown:
        assert shown.get_by_role("slider", name="picture").input_value() == ("3" if motion == "reduce" else "1")
        image = shown.locator(".mlp-live img")
        assert image.evaluate("image => [image.style.minWidth, image.dataset.pixels]") == ["400px", ""]
        shown.evaluate("window.dispatchEvent(new Event('beforeprint'))")
        assert shown.get_by_role("slider", name="picture").input_value() == "3"


@pytest.mark.parametrize("name", ["reduction", "bug"])
def test_drawings_that_were_made_before_say_what_their_figure_says(browser, tmp_path, name):
    explorer = getattr(viz, f"explore_{name}")()
    table = explorer.scenes(False)
    folder = tmp_path / "scenes"
    folder.mkdir()
    (folder / f"{name}.js").write_text(f"mlpExplorers.scenes({name!r}, {json.dumps(table)})", encoding="utf-8")
    shutil.copytree(SCRIPTS, tmp_path / "explorers")
    body = page(explorer._repr_mimebundle_()["text/html"]).replace(SCRIPTS.as_uri(), (tmp_path / "explorers").as_uri())
    (tmp_path / "page.html").write_text(body, encoding="utf-8")
    places = [[i for i, _ in enumerate(one.get("options", one.get("texts")))] for one in content(body)["controls"]]
    names = [one["name"] for one in content(body)["controls"]]
    settings = [dict(zip(names, values, strict=True)) for values in product(*places)]
    with opened(browser, tmp_path / "page.html") as shown:
        shown.locator(".mlp-live").wait_for()
        told = shown.evaluate("all => all.map(one => document.querySelector('mlp-explorer').set(one))", settings)
        assert told == [minus(table["told"][i]) for i in table["at"]]
        assert len(set(told)) == len(settings)
        assert shown.locator("svg.mlp-scene path").count() > 5
        assert shown.complaints == []


def test_a_missing_file_of_drawings_leaves_the_picture(browser, tmp_path):
    body = page(viz.explore_bug()._repr_mimebundle_()["text/html"])
    (tmp_path / "page.html").write_text(body, encoding="utf-8")
    with opened(browser, tmp_path / "page.html") as shown:
        assert shown.locator("mlp-explorer img").is_visible()
        assert shown.locator(".mlp-live").count() == 0


def test_the_graph_says_what_its_figure_says(live):
    told = moved(live, "graph", [{"step": step} for step in range(10)])
    assert told == [described(viz.plot_graph, result=viz.lecture_graph(), step=step) for step in range(10)]


def test_a_moved_input_changes_values_and_gradients(live):
    (told,) = moved(live, "graph", [{"step": 9, "input w": -1, "input b": 0.5}])
    x, y, w, b = Value(2, "x"), Value(2, "y"), Value(-1, "w"), Value(0.5, "b")
    p = w * x
    p.name = "p"
    o = p + b
    o.name = "o"
    e = o - y
    e.name = "e"
    loss = e**2
    loss.name = "L"
    assert told == described(viz.plot_graph, result=loss, step=9)
    assert "by w = −1" in told


def test_gradients_are_those_of_the_library(live):
    x, y = Value(0.7, "x"), Value(-1.3, "y")
    result = (x * y).tanh() + (x / y).exp() - (x**3 + 1).log() * y.sigmoid() + (-y).relu() * x + (x - y) ** 0.5 * x
    result.backward()
    order = result.topological_order()
    values = content(viz.explore_graph(result)._repr_mimebundle_()["text/html"])["data"]["values"]
    found = live.evaluate("(values) => mlpExplorers.formulas.graph(values)", values)
    assert found["data"] == pytest.approx([value.data for value in order], rel=1e-12)
    assert found["grad"] == pytest.approx([value.grad for value in order], rel=1e-12)
    for name in ("neg", "relu", "sigmoid", "/"):
        assert any(value.operation == name for value in order)


@pytest.mark.parametrize(
    ("data", "depth", "width", "activation"),
    [
        ("circles", 1, 3, "tanh"),
        ("moons", 2, 8, "relu"),
        ("spirals", 3, 5, "sigmoid"),
        ("xor", 0, 4, "tanh"),
        ("xor", 1, 2, "identity"),
    ],
)
def test_the_playground_learns_as_the_library_does(live, bodies, data, depth, width, activation):
    handed = content(bodies["playground"])["data"]
    X, y = np.array(handed["samples"][data]["X"]), np.array(handed["samples"][data]["y"])
    rng, sizes = np.random.default_rng(1), [2, *[width] * depth, 1]
    names = [*[activation] * depth, "sigmoid"]
    model = MLP(optimizer=Adam(0.03))
    for (n_in, n_out), name in zip(pairwise(sizes), names, strict=True):
        model.add(Dense(n_in, n_out, name, dtype=np.float64, rng=rng))
    code = """([depth, width, activation, draws, X, y]) => {
        const network = new mlpExplorers.formulas.Network(depth, width, activation, draws);
        const first = network.layers.map(({ W }) => [...W]);
        const losses = [network.evaluate(X, y)];
        for (let i = 0; i < 100; i++) network.step(X, y, 0.03);
        return { first, losses: [...losses, network.evaluate(X, y)] };
    }"""
    found = live.evaluate(code, [depth, width, activation, handed["draws"][0], X.ravel().tolist(), y.tolist()])
    for W, layer in zip(found["first"], model.layers, strict=True):
        assert pytest.approx(layer.W.ravel(), abs=1e-8) == W
    for W, layer in zip(found["first"], model.layers, strict=True):
        layer.W = np.reshape(W, layer.W.shape)
    before = model.evaluate((X, y[:, None]), "binary_cross_entropy")
    for _ in range(100):
        model.train_batch(X, y[:, None], "binary_cross_entropy")
    after = model.evaluate((X, y[:, None]), "binary_cross_entropy")
    assert before["loss"] != pytest.approx(after["loss"], rel=1e-3)
    for here, there in zip(found["losses"], (before, after), strict=True):
        assert here == pytest.approx({name: there[name] for name in ("loss", "accuracy")}, abs=1e-6)


def test_the_playground_begins_with_what_its_picture_shows(live, bodies):
    (told,) = moved(live, "playground", [{}])
    loss, right = re.search(r"loss ([\d.]+), ([\d.]+) percent", told).groups()
    alt = re.search(r'alt="([^"]*)"', bodies["playground"])[1]
    assert f"loss {loss}, {right} percent of the training samples right" in alt


def test_a_border_lies_where_the_table_has_the_level(live):
    code = """(n) => {
        const table = Array.from({ length: n * n }, (_, k) => Math.hypot((k % n) - 20, Math.floor(k / n) - 20));
        return mlpExplorers.formulas.contour(table, n, 12, (x) => x - 20, (y) => y - 20);
    }"""
    numbers = np.array(re.findall(r"-?\d+\.\d", live.evaluate(code, 41)), dtype=float).reshape(-1, 2)
    assert len(numbers) > 100
    assert np.hypot(*numbers.T) == pytest.approx(12, abs=0.15)


def test_the_point_of_the_neuron_can_be_dragged(browser, path):
    with opened(browser, path) as page:
        box = page.locator("mlp-explorer[kind=neuron] svg").bounding_box()
        page.mouse.move(box["x"] + 100, box["y"] + 100)
        page.mouse.down()
        page.mouse.move(box["x"] + 100, box["y"] + 200, steps=5)
        page.mouse.up()
        page.mouse.move(box["x"] + 300, box["y"] + 300)
        value = page.locator("mlp-explorer[kind=neuron]").get_by_label("input x₂").input_value()
        assert 0 < float(value) < 1
        assert page.complaints == []


def test_colors_follow_the_theme(browser, path):
    with opened(browser, path) as page:
        map_of_colors = page.locator("mlp-explorer[kind=playground] image").first
        before = map_of_colors.get_attribute("href")
        page.evaluate("document.documentElement.dataset.theme = 'dark'")
        page.wait_for_function(
            "(before) => document.querySelector('mlp-explorer[kind=playground] image').getAttribute('href') !== before",
            arg=before,
        )


def test_nothing_moves_until_it_is_played(browser, path):
    with opened(browser, path) as page:
        explorer = page.locator("mlp-explorer[kind=graph]")
        step, play = explorer.get_by_label("step", exact=True), explorer.get_by_role("button", name="Play")
        page.wait_for_timeout(1500)
        assert step.input_value() == "4"
        play.click()
        page.wait_for_function("document.querySelector('mlp-explorer[kind=graph] input').value === '5'")
        explorer.get_by_role("button", name="Pause").click()
        assert play.is_visible()


def test_who_wants_no_motion_gets_the_end_at_once(browser, path):
    with opened(browser, path, reduced_motion="reduce") as page:
        explorer = page.locator("mlp-explorer[kind=graph]")
        explorer.get_by_role("button", name="Play").click()
        assert explorer.get_by_label("step", exact=True).input_value() == "9"
