"""What an explorer hands to a page without a kernel."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser

import pytest

from mlpkit import viz
from mlpkit.viz._page import live_page
from mlpkit.viz._show import explore, slider

EXPLORERS = [name for name in viz.__all__ if name.startswith("explore_")]
LIVE = {"neuron", "bowl", "graph", "playground", "descent", "activation", "softmax"}
LIVE |= {"fit", "regression", "gate", "optimizers"}
VOID = {"img", "input", "br", "hr"}


class Page(HTMLParser):
    """Checks that tags are closed in their order, and collects images and scripts."""

    def __init__(self, text):
        super().__init__()
        self.open, self.images, self.kinds, self.json, self.urls = [], [], [], [], []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        self.urls += [value for name, value in attrs if name in ("src", "href") or "url(" in (value or "")]
        if tag == "img":
            self.images.append(given)
        if tag == "mlp-explorer":
            self.kinds.append(given["kind"])
        if tag not in VOID:
            self.open.append((tag, given.get("type")))

    def handle_endtag(self, tag):
        assert self.open.pop()[0] == tag

    def handle_data(self, data):
        if self.open and self.open[-1] == ("script", "application/json"):
            self.json.append(json.loads(data))


def made(name):
    if name == "explore_pad":
        return viz.explore_pad(lambda picture: picture, lambda X: X)
    return getattr(viz, name)()


@pytest.mark.parametrize("name", EXPLORERS)
def test_the_page_of_an_explorer(name, capsys):
    explorer = made(name)
    bundle = explorer._repr_mimebundle_()
    assert next(iter(bundle)) == "text/plain"
    assert "application/vnd.jupyter.widget-view+json" in bundle  # which JupyterLab takes before HTML
    html = bundle["text/html"]
    page = Page(html)
    assert len(html) < 100_000  # notebooks keep it
    assert all(url.startswith("data:") for url in page.urls)
    assert explorer.note in html
    if name != "explore_pad":  # there is nothing to see before one has drawn
        assert len(page.images) <= 2
        assert len(page.images[0]["alt"]) > 40
    assert bool(page.json) == bool(page.kinds)


@pytest.mark.parametrize("kind", sorted(LIVE))
def test_a_live_explorer_hands_over_the_controls_of_its_widget(kind, capsys):
    explorer = made(f"explore_{kind}")
    page = Page(explorer._repr_mimebundle_()["text/html"])
    assert page.kinds == [kind]
    (content,) = page.json
    *widgets, _ = explorer.widget.children
    for control, widget in zip(content["controls"], widgets, strict=True):
        assert (control["label"], control["value"]) == (widget.description, widget.value)
        if "options" in control:
            assert control["value"] in [value for _, value in control["options"]]
        else:
            assert control["min"] <= control["value"] <= control["max"]


def test_the_picture_is_the_first_one_whatever_was_moved_since(capsys):
    explorer = viz.explore_neuron()
    explorer.widget.children[0].value = -2
    page = Page(explorer._repr_mimebundle_()["text/html"])
    assert "weights (1, 1) and bias 0" in page.images[0]["alt"]
    assert page.json[0]["controls"][0]["value"] == 1


def test_nothing_is_drawn_for_the_page_before_it_is_asked_for(monkeypatch, capsys):
    drawn = []
    monkeypatch.setattr("mlpkit.viz._show.live_page", lambda *arguments: drawn.append(arguments[0]) or "")
    explorer = viz.explore_bowl()
    assert drawn == []
    explorer._repr_mimebundle_()
    assert drawn == ["bowl"]


def counted(calls, broken=()):
    def plot(height, ax):
        calls.append(height)
        if len(calls) in broken:
            raise ValueError(f"call {len(calls)}")
        ax.plot([0, height])
        return f"A line up to {height}."

    return explore(plot, {"height": slider("height", 0, 3, 1, 1)}, (3.0, 2.0), "fit")


def test_the_first_picture_is_drawn_once(capsys):
    calls = []
    explorer = counted(calls)
    explorer._repr_mimebundle_()
    assert calls == [1]
    explorer.widget.children[0].value = 3
    assert "A line up to 1." in explorer._repr_mimebundle_()["text/html"]
    assert calls == [1, 3]


def test_a_plot_that_fails_for_the_widget_is_tried_again_for_the_page(monkeypatch):
    # In a notebook, an output area shows an error and goes on.
    monkeypatch.setattr("ipywidgets.Output.__exit__", lambda *arguments: True)
    explorer = counted([], broken=(1, 2))
    with pytest.raises(ValueError, match="call 2"):
        explorer._repr_mimebundle_()
    assert "A line up to 1." in explorer._repr_mimebundle_()["text/html"]


def test_no_text_ends_the_script():
    html = live_page("neuron", "", "a < b", [{"label": "w"}], {"name": "</script><b>"})
    assert re.findall("</script>", html) == ["</script>"]
    assert Page(html).json[0]["data"] == {"name": "</script><b>"}
