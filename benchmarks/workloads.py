"""What is measured: four networks from small to large, and the data to train them with."""

from __future__ import annotations

import os
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["WORKLOADS", "Workload", "mnist", "with_threads"]

THREADS = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "BLIS_NUM_THREADS")


@dataclass(frozen=True)
class Workload:
    """A multilayer perceptron with ReLU inside, and one epoch of random data in float32.

    With one output it is a sigmoid with binary cross-entropy, with more a softmax with cross-entropy.
    """

    widths: tuple[int, ...]
    batch_size: int
    n_batches: int

    @property
    def binary(self) -> bool:
        """Whether there is one output."""
        return self.widths[-1] == 1

    def data(self) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
        """Return inputs (m, n_in) and classes (m,) that a network can learn to tell apart."""
        rng = np.random.default_rng(0)
        X = rng.normal(size=(self.batch_size * self.n_batches, self.widths[0])).astype(np.float32)
        n_classes = max(2, self.widths[-1])
        scores = X @ rng.normal(size=(self.widths[0], n_classes)).astype(np.float32)
        return X, scores.argmax(axis=1).astype(np.int64)


WORKLOADS = {
    "W1": Workload((784, 100, 50, 10), 50, 200),
    "W2": Workload((784, 512, 512, 10), 128, 24),
    "W3": Workload((2, 16, 16, 1), 32, 1000),
    "W4": Workload((784, 2048, 2048, 10), 512, 3),
}


def mnist() -> tuple[NDArray[np.float32], NDArray[np.int64]] | None:
    """Return the real training images and their classes if they are on this computer, else None."""
    if not os.environ.get("MLPKIT_DATA_DIR"):
        return None
    from mlpkit import Dataset

    dataset = Dataset("mnist")
    return dataset.X_train, dataset.y_train


def with_threads(n_threads: int) -> dict[str, str]:
    """Return an environment in which numerical libraries use so many threads; they read it when they are loaded."""
    one = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1" if n_threads == 1 else ""
    return os.environ | dict.fromkeys(THREADS, str(n_threads)) | {"XLA_FLAGS": one}
