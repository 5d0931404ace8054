"""The search page finds sections, the right one among the first three, without a server."""

from __future__ import annotations

import patience
import pytest
from lectures import build

pytest.importorskip("playwright.sync_api", reason="playwright is not installed")

WANTED = {
    "gradient": "02_gradient_descent",
    "learning rate": "06_training",
    "momentum": "02_gradient_descent",
    "mini-batch": "02_gradient_descent",
    "minibatches": "02_gradient_descent",
    "saddle point": "02_gradient_descent",
    "standardize": "02_gradient_descent",
    "standardise": "02_gradient_descent",
    "early stopping": "06_training",
    "Nesterov": "02_gradient_descent",
    "weighted sum": "01_neuron",
    "bias": "01_neuron",
    "residual": "01_neuron",
    "activation": "01_neuron",
    "broadcasting": "00_numpy",
    "matrix product": "00_numpy",
    "slices": "00_numpy",
    "variance": "05_design",
    "chain rule": "03_backprop",
    "computational graph": "03_backprop",
    "gradient check": "03_backprop",
    "backpropagation": "03_backprop",
    "vanishing": "05_design",
    "softmax": "04_classification",
    "confusion matrix": "04_classification",
    "logistic regression": "04_classification",
    "XOR": "04_classification",
    "cross-entropy": "04_classification",
    "dropout": "06_training",
    "Adam": "06_training",
    "he initialization": "05_design",
    "initialisation": "05_design",
    "double descent": "05_design",
    "weight decay": "06_training",
    "photograph": "07_project",
}


@pytest.fixture(scope="module")
def search(browser):
    page = browser.new_page()
    page.set_default_timeout(patience.MILLISECONDS)
    page.goto((build() / "search.html").as_uri() + "?q=momentum")
    yield page
    page.close()


def test_the_page_shows_sections_with_some_of_their_words(search):
    results = search.locator("ul.search li")
    assert results.count() > 3
    assert results.first.locator("mark", has_text="omentum").count() >= 1
    assert search.locator("input[name=q]").first.input_value() == "momentum"
    target = results.first.locator("a").get_attribute("href")
    assert "chapters/02_gradient_descent.html#" in target


def test_the_right_chapter_is_among_the_first_three(search):
    found = search.evaluate(
        "queries => queries.map(query => courseSearch.find(query).slice(0, 3).map(({to, title}) => [to, title]))",
        list(WANTED),
    )
    missed = {
        query: titles
        for (query, chapter), titles in zip(WANTED.items(), found, strict=True)
        if not any(to.startswith(f"chapters/{chapter}") for to, _ in titles)
    }
    assert missed == {}


def test_both_spellings_find_the_same(search):
    pairs = [("standardize", "standardise"), ("initialization", "initialisation"), ("labeled", "labelled")]
    for one, other in pairs:
        places = [
            search.evaluate("query => courseSearch.find(query).map(({to}) => to)", query) for query in (one, other)
        ]
        assert places[0] == places[1] != []


def test_a_reference_is_found_by_its_name(search):
    found = search.evaluate("courseSearch.find('LeakyReLU').slice(0, 3).map(({to}) => to)")
    assert any(to.startswith("api/activations") for to in found)


def test_nothing_is_found_where_nothing_is(search):
    assert search.evaluate("courseSearch.find('zzzz')") == []
    assert search.evaluate("courseSearch.find('')") == []
