"""The scalar engine: the worked numbers of the lecture, and PyTorch's gradients on random expressions."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from peers import peer

from mlpkit import SGD, Dense
from mlpkit.graph import Value


def neuron(w, b, x=2.0, y=2.0):
    w, b = Value(w, "w"), Value(b, "b")
    o = w * x + b
    return w, b, o, (o - y) ** 2


def test_the_worked_example():
    w, b, o, L = neuron(2, 1)
    assert (o.data, L.data) == (5.0, 9.0)
    L.backward()
    assert (L.grad, o.grad, w.grad, b.grad) == (1.0, 6.0, 12.0, 6.0)
    w, b, o, L = neuron(w.data - 0.1 * w.grad, b.data - 0.1 * b.grad)
    assert (w.data, b.data) == pytest.approx((0.8, 0.4), abs=1e-12)
    assert L.data == pytest.approx(0, abs=1e-12)


def test_the_worked_example_again_with_the_optimizer_and_the_layer():
    w, b, _, L = neuron(2, 1)
    L.backward()
    parameters, sgd = np.array([2.0, 1.0]), SGD(0.1)
    sgd.update(parameters, np.array([w.grad, b.grad]), sgd.init(parameters))
    np.testing.assert_allclose(parameters, [0.8, 0.4])
    layer = Dense(1, 1, activation="identity", dtype=np.float64)
    layer.W, layer.b = [[2.0]], [1.0]
    o = layer.forward([[2.0]])
    layer.backward(2 * (o - 2.0))
    assert (layer.grads["W"].item(), layer.grads["b"].item()) == (w.grad, b.grad)


@pytest.mark.parametrize("y", [0, 1])
def test_a_sigmoid_neuron_with_cross_entropy(y):
    w, b, x = Value(0.5, "w"), Value(-0.2, "b"), 3.0
    p = (w * x + b).sigmoid()
    loss = -p.log() if y else -(1 - p).log()
    loss.backward()
    assert w.grad == pytest.approx((p.data - y) * x, rel=1e-14)
    assert b.grad == pytest.approx(p.data - y, rel=1e-14)


def test_a_single_weight_below_a_relu():
    x1, v1, w = 0.7, -1.5, Value(0.4)
    z1 = w * x1 + 0.1
    error = z1.relu() * v1 + 0.3 - 1.0
    loss = error**2
    loss.backward()
    assert w.grad == pytest.approx(x1 * (z1.data > 0) * v1 * 2 * error.data, rel=1e-14)


def test_a_value_used_twice_gets_both_contributions():
    x = Value(3.0)
    (x * x + x).backward()
    assert x.grad == 7.0
    y = x + x
    (y * y).backward()  # 4 x^2
    assert (y.grad, x.grad) == (12.0, 24.0)


def test_a_second_backward_starts_afresh():
    w, _, _, L = neuron(2, 1)
    L.backward()
    L.backward()
    assert w.grad == 12.0


def test_a_value_stays_out_of_gradients_that_it_has_no_part_in():
    x, y = Value(2.0), Value(3.0)
    (y * 2).backward()
    assert x.grad == 0.0


def test_the_order_lists_inputs_first_and_everything_once():
    x, y = Value(2.0), Value(3.0)
    z = x * y
    result = (z + x) * (z.exp() - y)
    order = result.topological_order()
    assert len(order) == len(set(order))
    assert order[-1] is result
    place = {value: i for i, value in enumerate(order)}
    assert all(place[source] < place[value] for value in order for source in value.inputs)


def test_a_long_sum_is_no_deeper_than_python_can_go():
    x = Value(1.0)
    total = sum(x * i for i in range(20_000))
    total.backward()
    assert x.grad == 20_000 * 19_999 / 2


def test_numbers_on_either_side():
    x = Value(2.0)
    assert [
        (f(x)).data for f in (lambda v: 1 + v, lambda v: 1 - v, lambda v: 3 * v, lambda v: 1 / v, lambda v: -v)
    ] == [
        3.0,
        -1.0,
        6.0,
        0.5,
        -2.0,
    ]
    product = np.float64(3.0) * x
    assert isinstance(product, Value)
    assert product.data == 6.0
    assert (x ** np.int64(2)).data == 4.0


@pytest.mark.parametrize("x", [-1000.0, -40.0, 0.0, 40.0, 1000.0])
def test_sigmoid_and_tanh_at_the_ends(x):
    s, t = Value(x).sigmoid(), Value(x).tanh()
    assert 0 <= s.data <= 1
    assert s.data == pytest.approx(math.exp(min(x, 0)) / (1 + math.exp(-abs(x))), rel=1e-15)
    s.backward()
    assert math.isfinite(s.inputs[0].grad)
    t.backward()
    assert math.isfinite(t.inputs[0].grad)


@pytest.mark.parametrize(
    ("compute", "error", "message"),
    [
        (lambda x: x.log(), ValueError, "log expected a number above 0, got 0"),
        (lambda x: 1 / x, ValueError, "divisor other than 0, got 1 / 0"),
        (lambda x: x**-1, ValueError, r"got 0 \*\* -1"),
        (lambda x: x**0.5, ValueError, r"got 0 \*\* 0.5"),
        (lambda x: (x - 1) ** 0.5, ValueError, r"got -1 \*\* 0.5"),
        (lambda x: x**x, TypeError, "number as exponent"),
        (lambda x: x * [1.0], TypeError, "number to compute with, got list"),
        (lambda x: np.ones(2) * x, TypeError, "number to compute with, got ndarray"),
    ],
)
def test_what_has_no_value_or_no_derivative(compute, error, message):
    with pytest.raises(error, match=message):
        compute(Value(0.0))


def test_it_prints_what_it_is():
    assert repr([Value(2.5, "w"), Value(1)]) == "[Value(2.5, 'w'), Value(1)]"


UNARY = {
    "exp of tanh": lambda v, m: m.exp(m.tanh(v)),
    "log of 1 + square": lambda v, m: m.log(v * v + 1),
    "tanh": lambda v, m: m.tanh(v),
    "sigmoid": lambda v, m: m.sigmoid(v),
    "relu": lambda v, m: m.relu(v),
    "cube": lambda v, m: m.tanh(v) ** 3,
    "root": lambda v, m: (v * v + 0.5) ** 0.5,
    "power 0": lambda v, m: v**0,
    "negative": lambda v, m: -v,
    "1 - v": lambda v, m: 1 - v,
    "2 / (1 + square)": lambda v, m: 2 / (1 + v * v),
}
BINARY = {
    "sum": lambda v, w, m: v + w,
    "difference": lambda v, w, m: v - w,
    "product": lambda v, w, m: m.tanh(v) * w,
    "quotient": lambda v, w, m: v / (w * w + 1),
}


class Ours:
    """The functions, as torch has them."""

    exp, log, tanh, relu, sigmoid = Value.exp, Value.log, Value.tanh, Value.relu, Value.sigmoid


def run(program, values, module):
    """Apply instructions to a growing list of values; the result depends on the last ones."""
    values = list(values)
    for name, i, j in program:
        v, w = values[i % len(values)], values[j % len(values)]
        values.append(UNARY[name](v, module) if name in UNARY else BINARY[name](v, w, module))
    return values[-1] + values[-2] * 0.5


numbers = st.floats(-3, 3).filter(lambda x: abs(x) > 1e-3)
programs = st.lists(st.tuples(st.sampled_from([*UNARY, *BINARY]), st.integers(0, 30), st.integers(0, 30)), max_size=20)


@settings(deadline=None)  # the first example imports torch
@given(st.lists(numbers, min_size=2, max_size=4), programs)
def test_random_expressions_against_torch(inputs, program):
    torch = peer("torch")
    ours = [Value(x) for x in inputs]
    result = run(program, ours, Ours)
    result.backward()
    theirs = [torch.tensor(x, dtype=torch.float64, requires_grad=True) for x in inputs]
    expected = run(program, theirs, torch)
    expected.backward()
    assert result.data == pytest.approx(expected.item(), rel=1e-12, abs=1e-12)
    for mine, their in zip(ours, theirs, strict=True):
        assert mine.grad == pytest.approx(0.0 if their.grad is None else their.grad.item(), rel=1e-9, abs=1e-9)


@given(st.lists(numbers, min_size=2, max_size=3), programs)
def test_random_expressions_against_differences(inputs, program):
    # no kinks to step over; and after six steps, which at most double, no expression is too curved for differences
    program = [step for step in program[:6] if step[0] != "relu"]
    values = [Value(x) for x in inputs]
    run(program, values, Ours).backward()
    h = 1e-5
    for i, value in enumerate(values):
        above, below = (
            run(program, [Value(x + s * (j == i)) for j, x in enumerate(inputs)], Ours).data for s in (h, -h)
        )
        assert value.grad == pytest.approx((above - below) / (2 * h), rel=1e-4, abs=1e-4)


@pytest.mark.parametrize(
    "compute",
    [
        lambda: Value(1e308) * 10,
        lambda: Value(1e308) + 1e308,
        lambda: Value(-1e308) - 1e308,
        lambda: Value(1e308) / 0.1,
        lambda: 1 / Value(1e-320),
        lambda: 1 / Value(1e-160),  # the derivative, -1e320
        lambda: Value(1e200) ** 2,
        lambda: Value(1e-200) ** -1.5,
        lambda: Value(710.0).exp(),
        lambda: Value(1e-320).log(),  # the derivative, 1e320
    ],
)
def test_what_a_float_cannot_hold_is_an_overflow(compute):
    with pytest.raises(OverflowError, match=r"^Value expected a result that a float holds, got "):
        compute()


def test_infinity_is_computed_with_if_it_is_given():
    assert (Value(math.inf) * 2).data == math.inf
    assert math.isnan((Value(math.inf) - math.inf).data)
    assert (Value(1e308) * 1.5).data == 1.5e308
    with pytest.raises(OverflowError, match=r"^Value expected a result that a float holds, got \* of 1e\+308, 10; use"):
        Value(1e308) * 10
