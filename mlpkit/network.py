"""The multilayer perceptron: layers one after the other, learning together."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from mlpkit.arrays import ArrayLike
from mlpkit.callbacks import Callback
from mlpkit.history import History
from mlpkit.losses import LOSSES, Loss
from mlpkit.metrics import MetricLike, evaluate
from mlpkit.minibatches import DatasetLike, as_arrays
from mlpkit.recording import evaluated_metrics
from mlpkit.registry import check_finite, resolve
from mlpkit.stack import LayerStack
from mlpkit.summary import Summary, summarize
from mlpkit.training import accuracy_of, train

__all__ = ["MLP"]


class MLP(LayerStack):
    """A multilayer perceptron.

    All its parameters are in one flat vector, and all its gradients in another; the arrays of the layers are views of
    these. So one call updates everything, and copying one vector saves the whole network.

    Parameters
    ----------
    layers : iterable of Layer or Activation, optional
        The layers from input to output; more can be added with `add`.
    optimizer : Optimizer or str, optional
        The optimizer of all layers that have none of their own, or its name in `OPTIMIZERS`; Adam if not given. It
        may be exchanged later: the attribute `optimizer` takes the same.
    clipping : Clipping, optional
        A limit on the gradients of the whole network, such as ``ClipNorm(1.0)``; likewise.

    Raises
    ------
    ValueError
        If the widths of neighbours do not fit, or a name is unknown.

    Examples
    --------
    >>> import numpy as np
    >>> from mlpkit import Adam, Dense
    >>> rng = np.random.default_rng(0)
    >>> model = MLP([Dense(2, 4, activation="tanh", rng=rng), Dense(4, 1, rng=rng)], optimizer=Adam(0.05))
    >>> model
    MLP([
        Dense(2, 4, activation=Tanh()),
        Dense(4, 1, activation=Sigmoid()),
    ])  # 17 parameters, float32
    >>> X, y = [[0, 0], [0, 1], [1, 0], [1, 1]], [[0], [1], [1], [0]]
    >>> for step in range(500):
    ...     loss = model.train_batch(X, y, "binary_cross_entropy")
    >>> model.predict(X).round().ravel()
    array([0., 1., 1., 0.], dtype=float32)
    """

    def train_batch(
        self, X: ArrayLike, y: ArrayLike, loss: Loss | str, *, sample_weights: ArrayLike | None = None
    ) -> float:
        """Make one step on a batch, and return the loss before it; the parameters are those of `loss_and_gradients`.

        The batch is a set by itself: of its weights, only the ratios matter. A batch too large for the memory is
        split, and the gradients of its parts, each times its share of the samples, are added up before the step.

        Examples
        --------
        >>> from mlpkit import Dense
        >>> model, X, y = MLP([Dense(2, 1, rng=0)]), np.eye(2), np.ones((2, 1))
        >>> total = np.zeros_like(model.gradients)
        >>> for rows in (slice(0, 1), slice(1, 2)):
        ...     loss, gradients = model.loss_and_gradients(X[rows], y[rows], "mse")
        ...     total += gradients * len(X[rows]) / len(X)
        >>> model.gradients[:] = total
        >>> model.update()
        """
        value, _ = self.loss_and_gradients(X, y, loss, sample_weights=sample_weights)
        self.update()
        return value

    def train(
        self,
        dataset: DatasetLike | tuple[ArrayLike, ArrayLike],
        loss: Loss | str,
        epochs: int = 10,
        metrics: Iterable[MetricLike] | None = None,
        tensorboard: bool | str | os.PathLike[str] = False,
        callbacks: Iterable[Callback] | Mapping[str, Callback] = (),
        *,
        batch_size: int | None = None,
        validation_split: float = 0.0,
        validation_data: Sequence[ArrayLike] | None = None,
        sample_weights: ArrayLike | None = None,
        rng: np.random.Generator | int | None = None,
        progress: bool | None = None,
    ) -> History:
        """Train the network: in every epoch, one update for each mini-batch of the shuffled training set.

        Parameters
        ----------
        dataset : Dataset or pair of array_like
            A dataset, or the inputs (m, n_in) with the targets (m, n_out) or the class numbers (m,).
        loss : Loss or str
            The loss to minimize, or its name in `LOSSES`.
        epochs : int, default 10
            How often to go through the training set.
        metrics : iterable of str, Metric or callable, optional
            The metrics to record: ``"train_loss"``, ``"test_loss"``, ``"train_accuracy"``, ``"test_accuracy"``, and so
            on for the names in `METRICS`; losses, and for classes accuracies, of all sets if not given. A metric such
            as ``R2()``, or a function ``f(outputs, targets)``, is recorded for all sets, as ``"train_r2"`` or
            ``"train_f"``. The loss and accuracy of the training set are means over the batches of the epoch, as they
            were before their updates; all else is evaluated at the end of the epoch. Losses include the penalties of
            regularizers. What accuracy means follows from the loss: with binary cross-entropy it is the share of right
            answers, each output by itself (`BinaryAccuracy`); with cross-entropy, or class numbers for several
            outputs, the share of samples whose class is right (`Accuracy`); other losses are for numbers, and have
            one only if it is asked for.
        tensorboard : bool or path-like, default False
            Whether to write event files for TensorBoard, or the folder to write them to.
        callbacks : iterable of Callback, or mapping of names to them
            Other things to do meanwhile.
        batch_size : int, optional
            Samples a batch; that of the dataset, or 32, if not given.
        validation_split : float, default 0.0
            The share of the training set to hold out, for the metrics ``validation_...``. Without `rng`, each call
            holds other samples out; to train on in a second call, give it `validation_data` instead.
        validation_data : pair or triple of array_like, optional
            The inputs, the targets and perhaps the weights of other samples, for the same metrics.
        sample_weights : array_like of shape (m,), optional
            How much each training sample counts in the loss; only their ratios matter. A weight is the same in every
            batch: that of the training set's mean is 1. Samples that are held out keep theirs, so that
            ``"validation_loss"`` is a weighted mean, too; accuracies and other metrics count all samples alike.
        rng : numpy.random.Generator or int, optional
            Draws the order of the samples and what is held out; without it, runs differ.
        progress : bool, optional
            Whether to show a progress bar; if not given, one is shown in terminals and notebooks.

        Returns
        -------
        History
            The metrics of every epoch.

        Raises
        ------
        ValueError
            If an argument, or the shape of the data, does not fit.
        DivergenceError
            If the loss is no longer finite; it names the layer, and the last update is left out.

        Examples
        --------
        >>> from mlpkit import Adam, Dataset, Dense
        >>> model = MLP([Dense(2, 8, "tanh", rng=0), Dense(8, 1, rng=1)], optimizer=Adam(0.03))
        >>> history = model.train(Dataset("moons"), "binary_cross_entropy", epochs=100, rng=0)
        >>> list(history)
        ['train_loss', 'test_loss', 'train_accuracy', 'test_accuracy']
        >>> history["test_accuracy"][-1] > 0.9
        True
        """
        return train(
            self,
            dataset,
            resolve(loss, LOSSES, Loss),
            epochs,
            metrics,
            tensorboard,
            callbacks,
            batch_size=batch_size,
            validation_split=validation_split,
            validation_data=validation_data,
            sample_weights=sample_weights,
            rng=rng,
            progress=progress,
        )

    def evaluate(
        self,
        data: DatasetLike | tuple[ArrayLike, ArrayLike],
        loss: Loss | str,
        metrics: Iterable[MetricLike] | None = None,
        *,
        sample_weights: ArrayLike | None = None,
    ) -> dict[str, float]:
        """Return the loss and other metrics on the test set of a dataset, or on a pair of inputs and targets.

        Parameters
        ----------
        data : Dataset or pair of array_like
            The data, as for `train`.
        loss : Loss or str
            The loss, or its name in `LOSSES`.
        metrics : iterable of str, Metric or callable, optional
            ``"loss"``, names in `METRICS`, metrics, and functions ``f(outputs, targets)``; the loss, and for classes
            the accuracy, if not given. What accuracy means follows from the loss, as in `train`.
        sample_weights : array_like of shape (m,), optional
            How much each sample counts in the loss.

        Returns
        -------
        dict of str to float

        Raises
        ------
        ValueError
            If the shape of the data or a metric does not fit.

        Examples
        --------
        >>> from mlpkit import Dense
        >>> model = MLP([Dense(2, 3, rng=0)])
        >>> def exact_match(outputs, targets):
        ...     return np.mean(((outputs >= 0.5) == (targets >= 0.5)).all(axis=1))
        >>> list(model.evaluate(([[0, 1]], [[1, 1, 0]]), "binary_cross_entropy", ["accuracy", exact_match]))
        ['accuracy', 'exact_match']
        """
        loss = resolve(loss, LOSSES, Loss)
        X, y = as_arrays(data, self.parameters.dtype)
        if not len(X):
            raise ValueError("MLP.evaluate expected at least one sample, got none")
        check_finite(X, "the inputs")
        check_finite(y, "the targets")
        n_out = self.n_out or X.shape[1]
        targets = loss.as_targets(y, n_out)
        chosen = evaluated_metrics(metrics, accuracy_of(loss, y, n_out), targets, n_out)
        return evaluate(self, X, targets, loss, chosen, sample_weights=sample_weights)

    def summary(self) -> Summary:
        """Return a table of the layers, with the shape of their outputs and their numbers of parameters.

        Examples
        --------
        >>> from mlpkit import Dense
        >>> MLP([Dense(784, 100, "relu"), Dense(100, 10, "softmax")]).summary()
           layer                                 outputs       parameters
        ─────────────────────────────────────────────────────────────────
        1  Dense(784, 100, activation=ReLU())    (batch, 100)      78,500
        2  Dense(100, 10, activation=Softmax())  (batch, 10)        1,010
        ─────────────────────────────────────────────────────────────────
        79,510 parameters, float32, 310.6 KiB
        """
        return summarize(self.layers, self.parameters)
