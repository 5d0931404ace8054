"""A set of samples to learn from and one to be tested on, in mini-batches."""

from __future__ import annotations

import numpy as np

from mlpkit.arrays import ArrayLike, FloatArray
from mlpkit.datasets.samples import Samples, as_samples, one_hot
from mlpkit.datasets.sources import PIXEL_RANGE, load
from mlpkit.minibatches import TrainingSet
from mlpkit.registry import check_count

__all__ = ["Dataset"]


class Dataset(TrainingSet):
    """Samples by name, split into a training and a test set.

    ``"digits"`` comes with scikit-learn; ``"mnist"`` and ``"fashion_mnist"`` are found in the folder that the
    environment variable ``MLPKIT_DATA_DIR`` names, or downloaded once; the others (``"line"``, ``"xor"``, ``"and"``,
    ``"or"``, ``"circles"``, ``"moons"``, ``"spirals"``, ``"blobs"``, ``"flu"``) are generated. Images are flattened,
    with pixels scaled to [-1, 1] unless `pixel_range` says otherwise.

    Parameters
    ----------
    name : str, default "digits"
        The name of the samples, from `DATASETS`.
    train_size, test_size : int, optional
        How many samples to train and to test with. If not given: a third of the digits is held out, the image sets are
        taken whole, and generated sets have a size of their own.
    batch_size : int, default 32
        How many samples `batches` gives at a time.
    noise : float, optional
        Standard deviation of the noise of a generated set, where another than the usual one is wanted.
    pixel_range : (float, float), default (-1, 1)
        The values of black and white in images.
    rng : numpy.random.Generator or int, default 0
        Source of randomness, or a seed, for generating samples and for choosing the digits to hold out. The default is
        the same each time, so that a saved network is not tested on samples that it has learned.

    Attributes
    ----------
    X_train, X_test : ndarray of shape (m, n_features), float32
        Inputs, one sample a row.
    y_train, y_test : ndarray
        Classes, of shape (m,) and dtype int64; for regression, targets of shape (m, k) and dtype float32.
    n_features : int
        Width of the inputs.
    n_classes : int or None
        How many classes there are; None for regression.
    class_names : tuple of str or None
        The names of the classes; None for regression, or if unknown.

    Raises
    ------
    ValueError
        If the name is unknown, or there are not as many samples as asked for.
    ConnectionError
        If images are not on this computer and cannot be downloaded.

    Examples
    --------
    >>> dataset = Dataset("moons", train_size=100, test_size=50, batch_size=32)
    >>> dataset
    Dataset('moons', train_size=100, test_size=50, batch_size=32)  # 2 features, 2 classes
    >>> [len(X) for X, y in dataset.batches(rng=0)]
    [32, 32, 32, 4]
    >>> Dataset("xor").X_train, Dataset("xor").y_train
    (array([[0., 0.],
           [0., 1.],
           [1., 0.],
           [1., 1.]], dtype=float32), array([0, 1, 1, 0]))
    """

    def __init__(
        self,
        name: str = "digits",
        train_size: int | None = None,
        test_size: int | None = None,
        batch_size: int = 32,
        *,
        noise: float | None = None,
        pixel_range: tuple[float, float] = PIXEL_RANGE,
        rng: np.random.Generator | int = 0,
    ) -> None:
        self.batch_size = check_count(batch_size, "Dataset", "batch_size")
        self._fill(name, *load(name, train_size, test_size, noise, np.random.default_rng(rng), pixel_range))

    @classmethod
    def from_arrays(
        cls,
        X_train: ArrayLike,
        y_train: ArrayLike,
        X_test: ArrayLike | None = None,
        y_test: ArrayLike | None = None,
        *,
        batch_size: int = 32,
        name: str = "arrays",
    ) -> Dataset:
        """Make a dataset of samples of one's own.

        Parameters
        ----------
        X_train, X_test : array_like of shape (m, n_features)
            Inputs, one sample a row. Without `X_test` and `y_test`, the test set is empty.
        y_train, y_test : array_like of shape (m,) or (m, k)
            Integers of shape (m,) are classes, numbered from 0; everything else is targets for regression.
        batch_size : int, default 32
            How many samples `batches` gives at a time.
        name : str, default "arrays"
            How the dataset is called.

        Returns
        -------
        Dataset

        Raises
        ------
        ValueError
            If the arrays do not fit together.

        Examples
        --------
        >>> Dataset.from_arrays([[0.0], [1.0], [2.0]], [1.0, 3.0, 5.0], batch_size=2)
        Dataset('arrays', train_size=3, test_size=0, batch_size=2)  # 1 feature, regression
        """
        batch_size = check_count(batch_size, "Dataset", "batch_size")
        if (X_test is None) != (y_test is None):
            raise ValueError("Dataset.from_arrays expected X_test and y_test together, got one of them; give both")
        X, y = as_samples(X_train, y_train, "train")
        test = (X[:0], y[:0]) if X_test is None or y_test is None else as_samples(X_test, y_test, "test")
        for label, ours, theirs in (("X", X, test[0]), ("y", y, test[1])):
            if ours.shape[1:] != theirs.shape[1:] or ours.dtype != theirs.dtype:
                raise ValueError(
                    f"Dataset.from_arrays expected {label}_test like {label}_train, rows of shape {ours.shape[1:]} and "
                    f"dtype {ours.dtype}, got {theirs.shape[1:]} and {theirs.dtype}; prepare both in the same way"
                )
        dataset = cls.__new__(cls)
        dataset.batch_size = batch_size
        dataset._fill(name, (X, y), test, None)
        return dataset

    def _fill(self, name: str, train: Samples, test: Samples, class_names: tuple[str, ...] | None) -> None:
        self.name, self.class_names = name, class_names
        (self.X_train, self.y_train), (self.X_test, self.y_test) = train, test
        self.n_features: int = self.X_train.shape[1]
        self.n_classes: int | None = None
        if class_names is not None:
            self.n_classes = len(class_names)
        elif self.y_train.ndim == 1:
            self.n_classes = 1 + int(max(self.y_train.max(), self.y_test.max(initial=0)))

    def one_hot(self, y: ArrayLike) -> FloatArray:
        """Write classes, (m,), as rows, (m, n_classes), with a 1 in the place of the class.

        Raises
        ------
        ValueError
            If the dataset is for regression, or `y` holds something else than its classes.

        Examples
        --------
        >>> Dataset("xor").one_hot([1, 0])
        array([[0., 1.],
               [1., 0.]], dtype=float32)
        """
        if self.n_classes is None:
            raise ValueError(f"one_hot expected a dataset with classes, got {self}; its targets are numbers already")
        return one_hot(y, self.n_classes)

    def __repr__(self) -> str:
        features = f"{self.n_features} feature{'s' * (self.n_features != 1)}"
        kind = "regression" if self.n_classes is None else f"{self.n_classes} classes"
        return (
            f"Dataset({self.name!r}, train_size={len(self.X_train)}, test_size={len(self.X_test)}, "
            f"batch_size={self.batch_size})  # {features}, {kind}"
        )
