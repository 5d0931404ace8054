"""The search page finds sections, the right one among the first three, without a server."""

from __future__ import annotations

import patience
import pytest
from lectures import build

pytest.importorskip("playwright.sync_api", reason="playwright is not installed")

WANTED = {
    "gradient": "02: 1. Which way is down?",
    "learning rate": "06: A rate that changes",
    "momentum": "02: Momentum",
    "mini-batch": "02: 6. How much data does a step need?",
    "minibatches": "02: Exercise 12: cut an epoch into mini-batches",
    "saddle point": "02: Valleys, passes, and the wrong valley",
    "standardize": "02: Exercise 10: standardise",
    "standardise": "02: Exercise 10: standardise",
    "early stopping": "06: When to stop",
    "Nesterov": "02: Nesterov",
    "weighted sum": "01: 2. What does one neuron compute?",
    "bias": "01: 2. What does one neuron compute?",
    "residual": "01: 10. How wrong is a neuron?",
    "activation": "01: 6. Which activations are there?",
    "broadcasting": "00: 3. What if the shapes differ?",
    "matrix product": "00: 5. What is a matrix product?",
    "slices": "00: Whose numbers are these?",
    "variance": "05: How large should random weights be?",
    "chain rule": "03: The chain rule",
    "computational graph": "03: 2. What happened between the weight and the loss?",
    "gradient check": "03: 9. How do you know that a gradient is right?",
    "Jacobian matrix": "03: 10. What is the slope of a whole layer?",
    "vanishing": "05: 4. What happens to a signal",
    "softmax": "04: 8. What if there are more than two classes?",
    "confusion matrix": "04: The confusion matrix",
    "logistic regression": "04: 3. How does a neuron learn to diagnose?",
    "XOR": "04: 4. What can one neuron not do?",
    "cross-entropy": "04: One-hot, likelihood and categorical cross-entropy",
    "dropout": "06: Dropout",
    "Adam": "06: Adam",
    "he initialization": "05: Exercise 11: first weights",
    "initialisation": "05: 6. Where to begin?",
    "double descent": "05: Double descent",
    "weight decay": "06: Weight decay",
    "overfitting": "05: Learning by heart",
    "validation set": "05: Three parts, three purposes",
    "attention": "08: 7. How does one word look at another?",
    "photograph": "07: 8. Can it read your writing?",
}
"""Chapter, and how the title of the section begins."""


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


def test_the_right_section_is_among_the_first_three(search):
    found = search.evaluate(
        "queries => queries.map(query => courseSearch.find(query).slice(0, 3).map(({to, title}) => [to, title]))",
        list(WANTED),
    )
    missed = {
        query: titles
        for (query, wanted), titles in zip(WANTED.items(), found, strict=True)
        if not any(f"{to.removeprefix('chapters/')[:2]}: {title}".startswith(wanted) for to, title in titles)
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
