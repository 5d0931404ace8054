import math

import numpy as np
import pytest

from mlpkit import INITIALIZERS, Constant, Dense, GlorotNormal, HeUniform, Normal, Orthogonal, Uniform, Zeros

N_IN, N_OUT = 300, 200
STD = {
    "zeros": 0.0,
    "constant": 0.0,
    "normal": 1.0,
    "uniform": 1 / math.sqrt(3),  # a uniform value in [-a, a) has the standard deviation a / sqrt(3)
    "glorot_uniform": math.sqrt(2 / (N_IN + N_OUT)),
    "glorot_normal": math.sqrt(2 / (N_IN + N_OUT)),
    "he_normal": math.sqrt(2 / N_IN),
    "he_uniform": math.sqrt(2 / N_IN),
    "lecun_normal": math.sqrt(1 / N_IN),
    "lecun_uniform": math.sqrt(1 / N_IN),
    "orthogonal": math.sqrt(1 / N_IN),  # columns of length 1
}

every_initializer = pytest.mark.parametrize("name", INITIALIZERS)


@every_initializer
def test_mean_and_standard_deviation(name):
    values = INITIALIZERS[name]()((N_IN, N_OUT), rng=0)
    assert values.shape == (N_IN, N_OUT)
    # 60000 draws: the mean has an error of std / 245, the standard deviation less
    assert abs(values.mean()) <= 5 * STD[name] / 245
    assert values.std() == pytest.approx(STD[name], rel=0.02)


@pytest.mark.parametrize("name", ["uniform", "glorot_uniform", "he_uniform", "lecun_uniform"])
def test_uniform_values_fill_their_range_and_no_more(name):
    limit = STD[name] * math.sqrt(3)
    values = INITIALIZERS[name]()((N_IN, N_OUT), rng=0)
    assert -limit <= values.min() < -0.999 * limit
    assert 0.999 * limit < values.max() <= limit
    assert np.mean(np.abs(values) < limit / 2) == pytest.approx(0.5, abs=0.01)  # as many near 0 as far from it


@pytest.mark.parametrize("name", ["normal", "glorot_normal", "he_normal", "lecun_normal"])
def test_normal_values_are_as_often_far_out_as_a_normal_distribution(name):
    values = INITIALIZERS[name]()((N_IN, N_OUT), rng=0) / STD[name]
    for distance, share in ((1, 0.6827), (2, 0.9545), (3, 0.9973)):
        assert np.mean(np.abs(values) < distance) == pytest.approx(share, abs=0.005)


@every_initializer
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_dtype_and_reproducibility(name, dtype):
    draw = INITIALIZERS[name]()
    values = draw((3, 4), dtype=dtype, rng=7)
    assert values.dtype == dtype
    np.testing.assert_array_equal(values, draw((3, 4), dtype=dtype, rng=np.random.default_rng(7)))
    np.testing.assert_array_equal(values, draw((3, 4), dtype=np.float64, rng=7).astype(dtype))


def test_a_constant():
    assert Constant(0.5)((2, 2)).tolist() == [[0.5, 0.5], [0.5, 0.5]]


@pytest.mark.parametrize("shape", [(7, 4), (4, 7), (5, 5), (1, 3)])
def test_orthogonal_matrices_keep_lengths(shape):
    W = Orthogonal(gain=2.0)(shape, rng=0, dtype=np.float64) / 2
    product = W.T @ W if shape[0] >= shape[1] else W @ W.T
    np.testing.assert_allclose(product, np.eye(min(shape)), atol=1e-14)


def test_orthogonal_matrices_point_everywhere():
    # the sign of the first entry would always be the same without the correction of the signs of R
    signs = [np.sign(Orthogonal()((3, 3), rng=seed)[0, 0]) for seed in range(100)]
    assert 30 < signs.count(1.0) < 70


def test_without_a_seed_the_values_differ():
    assert not np.array_equal(Normal()((5, 5)), Normal()((5, 5)))


def test_settings():
    assert np.abs(Uniform(limit=0.1)((50, 50), rng=0)).max() <= 0.1
    assert Normal(std=0.01)((100, 100), rng=0).std() == pytest.approx(0.01, rel=0.05)


@pytest.mark.parametrize("draw", [GlorotNormal(), HeUniform()])
def test_biases_have_no_fan(draw):
    with pytest.raises(ValueError, match=r"expected the shape \(n_in, n_out\) .* got \(4,\); use Zeros"):
        draw((4,))


def test_a_layer_takes_names_and_instances():
    layer = Dense(3, 4, weight_initializer=Zeros(), bias_initializer="normal", rng=0)
    assert not layer.W.any()
    assert layer.b.all()
    with pytest.raises(ValueError, match="Initializer expected an instance or one of the names"):
        Dense(3, 4, weight_initializer="he")
