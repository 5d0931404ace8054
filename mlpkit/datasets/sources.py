"""Where the samples of a name come from: scikit-learn, files, or a generator."""

from __future__ import annotations

import math

import numpy as np

from mlpkit.arrays import FloatArray
from mlpkit.datasets.digits import load_digits
from mlpkit.datasets.mnist import IMAGE_SETS, load_images, scale_images
from mlpkit.datasets.samples import Samples, as_samples
from mlpkit.datasets.toy import TOY_SETS
from mlpkit.registry import check_count

__all__ = ["DATASETS", "load"]

DATASETS: tuple[str, ...] = ("digits", *IMAGE_SETS, *TOY_SETS)
PIXEL_RANGE = (-1.0, 1.0)
"""What black and white become if nothing else is asked for."""


def load(
    name: str,
    train_size: int | None,
    test_size: int | None,
    noise: float | None,
    rng: np.random.Generator,
    pixel_range: tuple[float, float] = PIXEL_RANGE,
) -> tuple[Samples, Samples, tuple[str, ...] | None]:
    """Return the samples to train with, those to test with, and the names of the classes.

    The parameters are those of `Dataset`, which checks nothing of them.

    Returns
    -------
    train, test : (ndarray, ndarray)
        Inputs and targets, as from `as_samples`.
    class_names : tuple of str or None
        None for regression.

    Raises
    ------
    ValueError
        If the name is unknown, a number is out of its range, or there are not as many samples as asked for.

    Examples
    --------
    >>> train, test, class_names = load("blobs", 30, 10, None, np.random.default_rng(0))
    >>> train[0].shape, test[0].shape, class_names
    ((30, 2), (10, 2), ('top', 'left', 'right'))
    """
    if name not in DATASETS:
        raise ValueError(
            f"Dataset expected one of the names {', '.join(DATASETS)}; got {name!r}; choose one, "
            "or bring your own samples: Dataset.from_arrays(X_train, y_train, X_test, y_test)"
        )
    for label, size in (("train_size", train_size), ("test_size", test_size)):
        if size is not None:
            check_count(size, "Dataset", label)
    if name in TOY_SETS:
        if pixel_range != PIXEL_RANGE:
            raise ValueError(f"Dataset expected pixel_range for images only, got it for {name!r}; leave it out")
        return _generate(name, train_size, test_size, noise, rng)
    if noise is not None:
        raise ValueError(
            f"Dataset expected noise for generated sets only ({', '.join(TOY_SETS)}); got {noise} for {name!r}; "
            "leave it out"
        )
    if name in IMAGE_SETS:
        train, test = _images(name, "train", train_size), _images(name, "t10k", test_size)
        class_names = IMAGE_SETS[name].class_names
    else:
        train, test = _hold_out(load_digits(), train_size, test_size, rng)
        class_names = tuple("0123456789")
    for X, _ in (train, test):
        _move_pixels(X, *pixel_range)
    return train, test, class_names


def _generate(
    name: str, train_size: int | None, test_size: int | None, noise: float | None, rng: np.random.Generator
) -> tuple[Samples, Samples, tuple[str, ...] | None]:
    toy = TOY_SETS[name]
    noise = toy.noise if noise is None else noise
    if not 0 <= noise < math.inf:
        raise ValueError(f"Dataset expected noise to be a standard deviation, finite and at least 0; got {noise}")
    train = toy.generate(train_size or toy.train_size, noise=noise, rng=rng)
    test = toy.generate(test_size or toy.test_size, noise=noise, rng=rng)
    return as_samples(*train), as_samples(*test), toy.class_names


def _images(name: str, part: str, size: int | None) -> Samples:
    images, labels = load_images(name, part)
    _check_enough(name, size or 1, len(images))
    return scale_images(images[:size]), labels[:size]


def _move_pixels(X: FloatArray, low: float, high: float) -> None:
    """Scale pixels in place, from the usual range to that from `low` to `high`."""
    if not -math.inf < low < high < math.inf:
        raise ValueError(f"Dataset expected pixel_range to be (low, high) with low < high, got ({low}, {high})")
    if (low, high) != PIXEL_RANGE:
        X *= float(high - low) / 2  # Python floats: numpy's would turn float32 into float64
        X += float(high + low) / 2


def _hold_out(
    samples: Samples, train_size: int | None, test_size: int | None, rng: np.random.Generator
) -> tuple[Samples, Samples]:
    """Split into samples to train with and to test with, a third if not told otherwise."""
    X, y = samples
    if test_size is None:
        test_size = len(X) // 3 if train_size is None else min(len(X) // 3, len(X) - train_size)
    if train_size is None:
        train_size = len(X) - test_size
    _check_enough("digits", train_size + max(test_size, 1), len(X))
    order = rng.permutation(len(X))
    train, test = order[:train_size], order[len(X) - test_size :]
    return (X[train], y[train]), (X[test], y[test])


def _check_enough(name: str, wanted: int, there: int) -> None:
    if wanted > there:
        raise ValueError(
            f"Dataset({name!r}) expected to give {there} samples at most, got {wanted} asked for; take fewer"
        )
