"""Layers one after the other: the way forward, the loss, and the way back."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from mlpkit.arrays import ArrayLike, FloatArray
from mlpkit.container import LayerContainer
from mlpkit.layers.activated import ActivatedLayer
from mlpkit.layers.base import Layer
from mlpkit.losses import LOSSES, LogitLoss, Loss
from mlpkit.registry import resolve

__all__ = ["LayerStack"]


class LayerStack(LayerContainer):
    """The part of `MLP` that computes: outputs, losses and gradients.

    Attributes
    ----------
    outputs : ndarray of shape (batch, n_out)
        What the last `loss_and_gradients` has computed on its way.
    """

    outputs: FloatArray

    def forward(self, X: ArrayLike, training: bool = False) -> FloatArray:
        """Return the outputs, (batch, n_out), for the inputs, (batch, n_in); parameters as for `Layer.forward`.

        Raises
        ------
        ValueError
            If there are no layers, or `X` does not fit the first.
        """
        if not self._layers:
            raise ValueError("MLP expected at least one layer, got none; add one: model.add(Dense(n_in, n_out))")
        for layer in self._layers:
            X = layer.forward(X, training=training)
        return np.asarray(X)

    def predict(self, X: ArrayLike, *, batch_size: int = 1024) -> FloatArray:
        """Return the outputs, (n, n_out), for any number of inputs, (n, n_in), computed `batch_size` at a time."""
        X = np.atleast_1d(X)
        starts = range(0, max(1, len(X)), batch_size)
        return np.concatenate([self.forward(X[start : start + batch_size]) for start in starts])

    def backward(self, dY: ArrayLike, *, input_gradient: bool = False) -> FloatArray | None:
        """Set all gradients from the one with respect to the outputs, (batch, n_out), of the last `forward`.

        Parameters and result are as for `Layer.backward`, but the gradient with respect to the inputs is computed on
        request only: training has no use for it.
        """
        return self._backward(self._layers, np.asarray(dY), input_gradient)

    def loss(
        self,
        X: ArrayLike,
        y: ArrayLike,
        loss: Loss | str,
        *,
        sample_weights: ArrayLike | None = None,
        training: bool = False,
    ) -> float:
        """Return the loss on a batch; the parameters are those of `loss_and_gradients`."""
        loss = resolve(loss, LOSSES, Loss)
        outputs = self.forward(X, training)
        head = self.logits_head(loss)
        if head is None:
            value = loss.forward(outputs, y, sample_weights)
        else:
            value = head[0].forward_logits(head[1].Z, y, sample_weights)
        return value + self.penalty()

    def loss_and_gradients(
        self,
        X: ArrayLike,
        y: ArrayLike,
        loss: Loss | str,
        *,
        sample_weights: ArrayLike | None = None,
        training: bool = True,
    ) -> tuple[float, FloatArray]:
        """Run a batch forward and backward.

        Binary cross-entropy after a sigmoid, and cross-entropy after a softmax, are computed from the logits.

        Parameters
        ----------
        X : array_like of shape (batch, n_in)
            One sample a row.
        y : array_like of shape (batch, n_out)
            What the network should say; cross-entropy also takes class numbers, of shape (batch,).
        loss : Loss or str
            The loss, or its name in `LOSSES`; the penalties of regularizers are added to it.
        sample_weights : array_like of shape (batch,), optional
            How much each sample counts.
        training : bool, default True
            Whether the layers behave as in training.

        Returns
        -------
        loss : float
        gradients : ndarray of shape (n_parameters,)
            The vector `gradients` itself, which the next call overwrites.

        Raises
        ------
        ValueError
            If `X` or `y` has the wrong shape, or a name is unknown.
        """
        loss = resolve(loss, LOSSES, Loss)
        loss.check_targets(y, self.n_out or np.shape(X)[-1])
        return self.propagate(X, y, loss, sample_weights, training), self.gradients

    def propagate(
        self,
        X: ArrayLike,
        y: ArrayLike,
        loss: Loss,
        sample_weights: ArrayLike | None = None,
        training: bool = True,
    ) -> float:
        """Do the work of `loss_and_gradients` for targets that `Loss.check_targets` has seen, and return the loss."""
        outputs = self.outputs = self.forward(X, training)
        head = self.logits_head(loss)
        if head is None:
            value = loss.forward(outputs, y, sample_weights)
            self.backward(loss.backward(outputs, y, sample_weights))
        else:
            logit_loss, last = head
            value, dZ = logit_loss.both_from_logits(last.Z, outputs, y, sample_weights)
            dX = last.backward_logits(dZ, input_gradient=len(self._layers) - 1 > self._flat.lowest)
            self._backward(self._layers[:-1], dX, input_gradient=False)
        return value + self.penalty()

    def logits_head(self, loss: Loss) -> tuple[LogitLoss, ActivatedLayer] | None:
        """Return the loss and the last layer if the loss takes that layer's pre-activations, else None."""
        last = self._layers[-1]
        if not isinstance(loss, LogitLoss) or not isinstance(last, ActivatedLayer):
            return None
        # exactly this class: a subclass may compute something else
        return (loss, last) if type(last.activation) is loss.output_activation else None

    def penalty(self) -> float:
        """Return what the regularizers of the layers add to the loss, for the last `forward`."""
        return sum([layer.penalty() for layer in self._layers])

    def _backward(self, layers: Sequence[Layer], dY: FloatArray | None, input_gradient: bool) -> FloatArray | None:
        """Carry a gradient down, no further than to the first layer that learns unless the inputs' is asked for."""
        lowest = self._flat.lowest
        for i in reversed(range(len(layers))):
            if dY is None:
                break
            dY = layers[i].backward(dY, input_gradient=input_gradient or i > lowest)
        return dY
