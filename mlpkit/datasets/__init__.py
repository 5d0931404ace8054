"""Samples to learn from: digits, images of the MNIST family, and generated sets."""

from mlpkit.datasets.dataset import Dataset
from mlpkit.datasets.samples import one_hot
from mlpkit.datasets.sources import DATASETS

__all__ = ["DATASETS", "Dataset", "one_hot"]
