"""What an operation may give: what the reference gave, as data or as an object."""

from __future__ import annotations

import pytest

from autograder.execute.contract import Contract, ContractError, Described

VALUE = Described(7, "instance", "Value")
FUNCTION = Described(8, "function", "function")


def test_what_the_reference_does_is_written_down_once_and_in_order():
    contract = Contract()
    assert contract.recording
    contract.data("f()")
    contract.data("f()")
    contract.data("f()", empty=True)
    contract.data("e()", empty=True)
    assert contract.label("make()", VALUE) == "<Value>"
    assert contract.label("make()", FUNCTION) == "make()"
    assert contract.label("many()", VALUE, inside=True) == "<Value>"
    assert contract.label("many()", FUNCTION, inside=True) == "many()[…]"
    found = contract.to_dict()
    assert list(found) == sorted(found)
    assert found == {
        "e()": ["empty data"],
        "f()": ["data", "empty data"],
        "make()": ["<Value>", "make()"],
        "many()": ["[<Value>]", "[many()[…]]"],
    }
    assert Contract(found).to_dict() == found


def test_a_contract_in_force_writes_nothing_down():
    contract = Contract({"f()": ["data"]})
    assert not contract.recording
    contract.data("f()")
    contract.data("g()")
    assert contract.to_dict() == {"f()": ["data"]}


def test_a_contract_without_operations_is_in_force_too():
    contract = Contract({})
    assert not contract.recording
    assert not contract.has("f()")
    with pytest.raises(ContractError):
        contract.label("f()", VALUE)


def test_the_contract_that_was_given_is_not_changed():
    given = {"f()": ["data"]}
    contract = Contract(given)
    given["f()"].append("empty data")
    with pytest.raises(ContractError):
        contract.data("f()", empty=True)


@pytest.mark.parametrize(
    ("kinds", "empty", "taken"),
    [
        (["data"], False, True),
        (["data"], True, False),
        (["empty data"], True, True),
        (["data", "empty data"], True, True),
        (["<Value>"], False, True),
        (["<Value>"], True, False),
        (None, True, True),
        (None, False, True),
    ],
)
def test_data_is_always_taken_but_empty_data_only_where_the_reference_gave_some(kinds, empty, taken):
    contract = Contract({} if kinds is None else {"f()": kinds})
    if taken:
        contract.data("f()", empty=empty)
    else:
        with pytest.raises(ContractError, match=r"^f\(\) gave something empty, or with missing values, where") as found:
            contract.data("f()", empty=empty)
        assert found.value.refused == "empty or missing data from f()"


@pytest.mark.parametrize(
    ("kinds", "described", "inside", "label"),
    [
        (["<Value>"], VALUE, False, "<Value>"),
        (["<Value>", "<Other>"], VALUE, False, "<Value>"),
        (["<Other>", "<Value>"], VALUE, False, "<Value>"),
        # a class of another name: it is known by the label of the reference's
        (["<Other>", "<Third>"], VALUE, False, "<Other>"),
        (["data", "<Other>"], VALUE, False, "<Other>"),
        (["empty data", "<Other>"], VALUE, False, "<Other>"),
        (["f()"], FUNCTION, False, "f()"),
        (["<Value>"], FUNCTION, False, "<Value>"),
        (["[<Value>]"], VALUE, True, "<Value>"),
        (["data", "[<Value>]"], VALUE, True, "<Value>"),
        (["[f()[…]]"], FUNCTION, True, "f()[…]"),
        (["[<Other>]", "<Value>"], VALUE, True, "<Other>"),
        (["[<Other>]", "<Value>"], VALUE, False, "<Value>"),
    ],
)
def test_an_object_is_known_by_the_references_label(kinds, described, inside, label):
    assert Contract({"f()": kinds}).label("f()", described, inside=inside) == label


@pytest.mark.parametrize(
    ("kinds", "inside"),
    [
        (["data"], False),
        (["empty data"], False),
        (["data", "empty data"], True),
        (["[<Value>]"], False),  # in a list there, by itself here
        (["<Value>"], True),
        ([], False),
    ],
)
def test_an_object_where_the_reference_gave_none_is_refused(kinds, inside):
    contract = Contract({"f()": kinds})
    words = (
        r"^f\(\) gave an object of type Value where plain data is expected \(a number, a text, an array, a list, …\)$"
    )
    with pytest.raises(ContractError, match=words) as found:
        contract.label("f()", VALUE, inside=inside)
    assert found.value.refused == "Value from f()"


def test_what_the_reference_did_may_be_done():
    assert Contract().has("f()")
    contract = Contract({"f()": ["data"]})
    assert contract.has("f()")
    assert not contract.has("g()")


@pytest.mark.parametrize(
    ("kinds", "by_itself", "inside"),
    [
        (None, True, True),
        ({}, False, False),
        ({"f()": ["data", "empty data"]}, False, False),
        ({"f()": ["<Value>"]}, True, False),
        ({"f()": ["[<Value>]"]}, False, True),
        ({"g()": ["<Value>", "[<Value>]"]}, False, False),
    ],
)
def test_it_says_where_the_reference_gave_objects(kinds, by_itself, inside):
    contract = Contract(kinds)
    assert contract.gives_objects("f()") is by_itself
    assert contract.gives_objects("f()", inside=True) is inside
