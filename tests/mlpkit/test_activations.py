import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from mlpkit import (
    ACTIVATIONS,
    ELU,
    GELU,
    SELU,
    Dense,
    Identity,
    LeakyReLU,
    PReLU,
    ReLU,
    Sigmoid,
    SiLU,
    Softmax,
    Softplus,
    Step,
    Tanh,
)

DTYPES = [np.float16, np.float32, np.float64]
LIMITS = {  # f(-inf), f(inf)
    "identity": (-np.inf, np.inf),
    "step": (0, 1),
    "sigmoid": (0, 1),
    "tanh": (-1, 1),
    "relu": (0, np.inf),
    "leaky_relu": (-np.inf, np.inf),
    "prelu": (-np.inf, np.inf),
    "elu": (-1, np.inf),
    "selu": (-SELU.SCALE * SELU.ALPHA, np.inf),
    "softplus": (0, np.inf),
    "silu": (0, np.inf),
    "gelu": (0, np.inf),
}
SLOPES = {"selu": (0, 1.7581), "silu": (-0.1, 1.1), "gelu": (-0.13, 1.13)}  # between 0 and 1 for all others

every_activation = pytest.mark.parametrize("name", ACTIVATIONS)
every_elementwise_activation = pytest.mark.parametrize("name", [n for n, f in ACTIVATIONS.items() if f.elementwise])


def extremes(dtype):
    info = np.finfo(dtype)
    positive = [info.smallest_subnormal, info.tiny / 2, info.tiny, info.eps, 1, 11.1, 88.8, 709.9, info.max, np.inf]
    return np.array([-x for x in positive] + [-0.0, 0.0, *positive], dtype=dtype)


@every_activation
@pytest.mark.parametrize("dtype", DTYPES)
def test_no_input_gives_a_warning_and_the_dtype_is_kept(name, dtype):
    f, z = ACTIVATIONS[name](), extremes(dtype)
    with np.errstate(all="raise"):
        a = f(z)
        slope = f.derivative(z)
        dz = f.backward(np.ones_like(z), z, a)
    assert a.dtype == slope.dtype == dz.dtype == dtype
    assert a.shape == slope.shape == dz.shape == z.shape
    assert not np.isnan(a).any()
    assert not np.isnan(slope).any()


@every_activation
@given(z=hnp.arrays(np.float64, st.integers(0, 20), elements=st.floats(allow_nan=False)))
def test_no_float_gives_a_warning(name, z):
    f = ACTIVATIONS[name]()
    with np.errstate(all="raise"):
        a, slope = f(z), f.derivative(z)
    assert not np.isnan(a).any()
    least, most = SLOPES.get(name, (0, 1))
    assert np.all((slope >= least) & (slope <= most))


@every_elementwise_activation
def test_limits(name):
    assert tuple(ACTIVATIONS[name]()([-np.inf, np.inf])) == LIMITS[name]


@every_elementwise_activation
@given(z=hnp.arrays(np.float64, (3, 4), elements=st.floats(-50, 50)))
def test_backward_is_the_chain_rule_with_the_derivative(name, z):
    f = ACTIVATIONS[name]()
    da = np.linspace(-2, 2, 12).reshape(3, 4)
    np.testing.assert_allclose(f.backward(da, z, f(z)), da * f.derivative(z), rtol=1e-12, atol=1e-15)


@every_activation
def test_numbers_and_lists_are_welcome(name):
    f = ACTIVATIONS[name]()
    assert np.ravel(f(0.5))[0] == f.forward([0.5])[0] == f(np.array([0.5]))[0]
    assert f([1, 2]).dtype == f.derivative([1, 2]).dtype == np.float64
    assert f(np.zeros((2, 0))).shape == (2, 0)


@every_activation
def test_the_argument_is_neither_changed_nor_handed_back(name):
    z = np.array([-1.0, 0.0, 2.0])
    a = ACTIVATIONS[name]()(z)
    a += 1
    assert z.tolist() == [-1.0, 0.0, 2.0]


def test_values_worked_by_hand():
    assert Identity()([-2.0, 3.0]).tolist() == [-2.0, 3.0]
    assert Identity().derivative([-2.0, 3.0]).tolist() == [1.0, 1.0]
    assert Step()([-1e-9, 0.0, 1e-9]).tolist() == [0.0, 1.0, 1.0]  # fires when z >= 0
    assert Step().derivative([-1.0, 0.0, 1.0]).tolist() == [0.0, 0.0, 0.0]
    # sigmoid(ln 3) = 1 / (1 + 1/3) = 3/4, with the slope 3/4 * 1/4
    np.testing.assert_allclose(Sigmoid()(np.log(3)), 0.75, rtol=1e-15)
    np.testing.assert_allclose(Sigmoid().derivative(np.log(3)), 0.1875, rtol=1e-15)
    # tanh(ln 2) = (2 - 1/2) / (2 + 1/2) = 0.6, with the slope 1 - 0.36
    np.testing.assert_allclose(Tanh()(np.log(2)), 0.6, rtol=1e-15)
    np.testing.assert_allclose(Tanh().derivative(np.log(2)), 0.64, rtol=1e-15)
    assert ReLU()([-2.0, 0.0, 3.0]).tolist() == [0.0, 0.0, 3.0]
    assert ReLU().derivative([-2.0, 0.0, 3.0]).tolist() == [0.0, 0.0, 1.0]
    assert LeakyReLU()([-2.0, 0.0, 3.0]).tolist() == [-0.02, 0.0, 3.0]
    assert LeakyReLU(epsilon=0.25).derivative([-2.0, 3.0]).tolist() == [0.25, 1.0]


def test_values_of_the_exponential_units_worked_by_hand():
    # exp(-ln 2) - 1 = -1/2, with the slope 1/2
    np.testing.assert_allclose(ELU(alpha=2.0)([-np.log(2), 3.0]), [-1.0, 3.0], rtol=1e-15)
    np.testing.assert_allclose(ELU(alpha=2.0).derivative([-np.log(2), 3.0]), [1.0, 1.0], rtol=1e-15)
    # ln(1 + exp(ln 3)) = ln 4, with the slope 3 / 4
    np.testing.assert_allclose(Softplus()(np.log(3)), np.log(4), rtol=1e-15)
    np.testing.assert_allclose(Softplus().derivative(np.log(3)), 0.75, rtol=1e-15)
    assert PReLU(0.5)([-2.0, 3.0]).tolist() == [-1.0, 3.0]


@pytest.mark.parametrize("f", [SiLU(), GELU(), GELU(approximate="tanh")], ids=repr)
@pytest.mark.parametrize("dtype", DTYPES)
def test_gated_activations_at_the_extremes(f, dtype):
    z = extremes(dtype)
    with np.errstate(all="raise"):
        a, slope = f(z), f.derivative(z)
    assert a.dtype == slope.dtype == dtype
    far = np.abs(z) > (60 if dtype == np.float16 else 800)
    np.testing.assert_array_equal(a[far], np.maximum(z, 0)[far])
    np.testing.assert_array_equal(slope[far], (z > 0)[far])
    assert f(np.zeros((), dtype)) == 0
    assert f.derivative(np.zeros((), dtype)) == 0.5
    small = np.abs(z) < np.finfo(dtype).eps ** 2
    np.testing.assert_allclose(a[small], z[small] / 2, rtol=0, atol=np.finfo(dtype).smallest_subnormal)


def test_the_tails_of_gated_activations_keep_their_digits():
    z = np.array([-5.0, -20.0, -37.0])
    x = -z  # Phi(-x) = phi(x) / x (1 - 1/x^2 + 3/x^4 - ...), a series that helps for large x
    mills = 1 - 1 / x**2 + 3 / x**4 - 15 / x**6 + 105 / x**8 - 945 / x**10 + 10395 / x**12 - 135135 / x**14
    expected = -np.exp(-(x**2) / 2) / np.sqrt(2 * np.pi) * mills
    np.testing.assert_allclose(GELU()(z[1:]), expected[1:], rtol=1e-13)
    np.testing.assert_allclose(GELU()(z[:1]), expected[:1], rtol=1e-3)
    u = np.sqrt(2 / np.pi) * (z + 0.044715 * z**3)
    np.testing.assert_allclose(GELU("tanh")(z[:2]), (z * np.exp(2 * u) / (1 + np.exp(2 * u)))[:2], rtol=1e-12)
    np.testing.assert_allclose(
        SiLU()(np.array([-40.0, -700.0, -730.0])), [-40 * np.exp(-40), -700 * np.exp(-700), 0], rtol=1e-15, atol=1e-310
    )


def test_gated_activations_worked_by_hand():
    # s(ln 3) = 3/4: ln 3 * 3/4, with the slope 3/4 (1 + ln 3 * 1/4)
    np.testing.assert_allclose(SiLU()(np.log(3)), 0.75 * np.log(3), rtol=1e-15)
    np.testing.assert_allclose(SiLU().derivative(np.log(3)), 0.75 * (1 + np.log(3) / 4), rtol=1e-15)
    # Phi(1) = 0.8413447460685429 of the tables, phi(1) = 0.24197072451914337
    np.testing.assert_allclose(GELU()([1.0, -1.0]), [0.8413447460685429, -0.15865525393145707], rtol=1e-15)
    np.testing.assert_allclose(GELU().derivative([1.0]), [0.8413447460685429 + 0.24197072451914337], rtol=1e-15)
    # sqrt(2 / pi) (1 + 0.044715) = 0.8335626, (1 + tanh of it) / 2 = 0.841192
    np.testing.assert_allclose(GELU(approximate="tanh")([1.0]), [0.841192], atol=5e-7)
    assert (repr(GELU()), repr(GELU("tanh"))) == ("GELU(approximate='none')", "GELU(approximate='tanh')")
    with pytest.raises(ValueError, match=r'^GELU expected approximate to be "none" or "tanh", got .erf.; choose one'):
        GELU("erf")


@given(z=hnp.arrays(np.float64, 20, elements=st.floats(-30, 30)))
def test_the_approximation_of_gelu_is_close(z):
    np.testing.assert_allclose(GELU("tanh")(z), GELU()(z), rtol=0, atol=5e-4)


def test_selu_keeps_mean_0_and_variance_1():
    a = SELU()(np.random.default_rng(0).normal(size=1_000_000))
    assert abs(a.mean()) < 5e-3
    assert abs(a.var() - 1) < 5e-3


def test_softmax_worked_by_hand():
    # exp(ln 1), exp(ln 2), exp(ln 5) are 1, 2, 5 of 8
    a = Softmax()(np.log([[1.0, 2.0, 5.0], [1.0, 1.0, 2.0]]))
    np.testing.assert_allclose(a, [[1 / 8, 2 / 8, 5 / 8], [1 / 4, 1 / 4, 2 / 4]], rtol=1e-15)
    # the Jacobian of the second row is diag(a) - a a^T
    dz = Softmax().backward(np.array([[0.0, 0.0, 0.0], [1.0, 0.0, 0.0]]), np.zeros((2, 3)), a)
    np.testing.assert_allclose(dz, [[0, 0, 0], [3 / 16, -1 / 16, -2 / 16]], atol=1e-15)


@pytest.mark.parametrize("dtype", DTYPES)
def test_softmax_of_infinite_scores(dtype):
    inf = np.inf
    z = np.array([[inf, 1.0], [inf, inf], [-inf, -inf], [-inf, 2.0], [inf, -inf]], dtype)
    assert Softmax()(z).tolist() == [[1, 0], [0.5, 0.5], [0.5, 0.5], [0, 1], [1, 0]]


@given(z=hnp.arrays(np.float64, (3, 4), elements=st.floats(-1e300, 1e300)), shift=st.floats(-1e3, 1e3))
def test_softmax_is_a_distribution(z, shift):
    a = Softmax()(z)
    assert (a >= 0).all()
    np.testing.assert_allclose(a.sum(axis=1), 1, rtol=1e-14)
    small = np.clip(z, -1e3, 1e3)
    np.testing.assert_allclose(Softmax()(small + shift), Softmax()(small), atol=1e-12)


def test_sigmoid_keeps_its_digits_far_out():
    z = np.array([-700.0, -40.0])
    np.testing.assert_allclose(Sigmoid()(z), np.exp(z), rtol=1e-15)  # 1 + exp(z) is 1 there


def test_a_numpy_epsilon_does_not_upcast():
    assert LeakyReLU(epsilon=np.float64(0.1))(np.ones(2, np.float32)).dtype == np.float32


@pytest.mark.parametrize("epsilon", [0, 1, -0.1, np.nan])
def test_leaky_relu_refuses_other_slopes(epsilon):
    with pytest.raises(ValueError, match=r"expected epsilon between 0 and 1, got .*; use ReLU\(\)"):
        LeakyReLU(epsilon=epsilon)


@pytest.mark.parametrize("alpha", [0, -1, np.inf, np.nan])
def test_elu_refuses_other_limits(alpha):
    with pytest.raises(ValueError, match="expected alpha to be positive and finite"):
        ELU(alpha=alpha)
    with pytest.raises(ValueError, match="PReLU expected a finite initial slope"):
        PReLU(np.nan)


def test_they_print_as_the_call_that_makes_them():
    assert [repr(f()) for f in ACTIVATIONS.values()][:2] == ["Identity()", "Step()"]
    assert repr(LeakyReLU(0.2)) == "LeakyReLU(epsilon=0.2)"


def test_an_unknown_name_says_what_is_known():
    with pytest.raises(ValueError, match=r"Activation expected .* names .*relu.*; got 'rleu'; choose a name"):
        Dense(2, 1, activation="rleu")
    with pytest.raises(ValueError, match=r"got the class ReLU; create an instance: ReLU\(\)"):
        Dense(2, 1, activation=ReLU)
    with pytest.raises(ValueError, match="got 3; choose a name from the list or pass an instance"):
        Dense(2, 1, activation=3)
