"""MNIST and Fashion-MNIST: 70,000 images of 28x28 pixels each, found in a folder or downloaded once."""

from __future__ import annotations

import os
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from mlpkit.arrays import FloatArray
from mlpkit.datasets.download import decompress, fetch, verify
from mlpkit.datasets.idx import read_idx
from mlpkit.optional import needed_by

__all__ = ["IMAGE_SETS", "ImageSet", "load_images", "scale_images"]

DATA_DIR = "MLPKIT_DATA_DIR"  # the environment variable that names a folder with the folders of the sets


class ImageSet(NamedTuple):
    """Where a set of images comes from.

    Attributes
    ----------
    class_names : tuple of str
        What the classes 0 to 9 mean.
    mirrors : tuple of str
        Addresses of folders that hold the files, compressed.
    sha256 : dict of str to str
        For each file its sum, decompressed.
    """

    class_names: tuple[str, ...]
    mirrors: tuple[str, ...]
    sha256: dict[str, str]


IMAGE_SETS: dict[str, ImageSet] = {
    # Y. LeCun and C. Cortes, CC BY-SA 3.0
    "mnist": ImageSet(
        class_names=tuple("0123456789"),
        mirrors=(
            "https://ossci-datasets.s3.amazonaws.com/mnist",
            "https://storage.googleapis.com/cvdf-datasets/mnist",
            "https://raw.githubusercontent.com/fgnt/mnist/master",
        ),
        sha256={
            "train-images-idx3-ubyte": "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
            "train-labels-idx1-ubyte": "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
            "t10k-images-idx3-ubyte": "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
            "t10k-labels-idx1-ubyte": "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
        },
    ),
    # H. Xiao, K. Rasul and R. Vollgraf, Zalando SE, MIT
    "fashion_mnist": ImageSet(
        class_names=(
            "T-shirt/top",
            "trouser",
            "pullover",
            "dress",
            "coat",
            "sandal",
            "shirt",
            "sneaker",
            "bag",
            "ankle boot",
        ),
        mirrors=(
            "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion",
            "https://storage.googleapis.com/tensorflow/tf-keras-datasets",
            "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com",
        ),
        sha256={
            "train-images-idx3-ubyte": "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
            "train-labels-idx1-ubyte": "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
            "t10k-images-idx3-ubyte": "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
            "t10k-labels-idx1-ubyte": "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34",
        },
    ),
}


def load_images(name: str, part: str, *, progress: bool = True) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Load the training or the test images as they were published.

    A file is looked for in the folder that the environment variable ``MLPKIT_DATA_DIR`` names (there in ``mnist/`` or
    ``fashion_mnist/``, under the publisher's name, with or without ``.gz``), then in the cache of this library, and
    then it is downloaded. Wherever it comes from, its contents must have the published SHA-256 sum.

    Parameters
    ----------
    name : {"mnist", "fashion_mnist"}
        The set.
    part : {"train", "t10k"}
        60,000 images to train with, or 10,000 to test with.
    progress : bool, default True
        Whether a download shows a progress bar.

    Returns
    -------
    images : ndarray of shape (m, 28, 28), uint8
        0 is black, 255 is white.
    labels : ndarray of shape (m,)
        The classes, 0 to 9.

    Raises
    ------
    ConnectionError
        If a file is neither here nor to be had from a mirror; the message says what to do.
    ValueError
        If a file in ``MLPKIT_DATA_DIR`` is not the published one.

    References
    ----------
    Y. LeCun, L. Bottou, Y. Bengio and P. Haffner, "Gradient-based learning applied to document recognition", 1998.
    H. Xiao, K. Rasul and R. Vollgraf, "Fashion-MNIST: a novel image dataset for benchmarking", 2017.
    """
    images = read_idx(_payload(name, f"{part}-images-idx3-ubyte", progress), f"{name} images", n_dimensions=3)
    labels = read_idx(_payload(name, f"{part}-labels-idx1-ubyte", progress), f"{name} labels", n_dimensions=1)
    if len(images) != len(labels):
        raise ValueError(f"{name} expected one label for each of its {len(images)} images, got {len(labels)} labels")
    return images, labels.astype(np.int64)


def scale_images(images: NDArray[np.uint8]) -> FloatArray:
    """Flatten images and scale their pixels from 0 ... 255 to [-1, 1], by ``(x - 127.5) / 127.5``.

    Parameters
    ----------
    images : ndarray of shape (m, height, width), uint8
        The pixels.

    Returns
    -------
    ndarray of shape (m, height * width), float32

    Examples
    --------
    >>> scale_images(np.array([[[0, 51], [204, 255]]], dtype=np.uint8))
    array([[-1. , -0.6,  0.6,  1. ]], dtype=float32)
    """
    X = images.reshape(len(images), -1).astype(np.float32)
    X -= 127.5  # in place: the training images have 188 MB
    X /= 127.5
    return X


def _payload(name: str, file: str, progress: bool) -> bytes:
    image_set = IMAGE_SETS[name]
    folder = os.environ.get(DATA_DIR)
    if folder:
        for path in (Path(folder) / name / file, Path(folder) / name / f"{file}.gz"):
            if path.is_file():
                return _verified(path, image_set.sha256[file])
    with needed_by(f"Dataset({name!r})"):
        import pooch  # type: ignore[import-untyped]  # knows where this system keeps caches
    cache = Path(pooch.os_cache("mlpkit")) / name
    try:
        return fetch(file, image_set.sha256[file], image_set.mirrors, cache, progress=progress)
    except ConnectionError as error:
        found = f"{DATA_DIR}={folder} holds no {name}/{file}" if folder else f"{DATA_DIR} is not set"
        raise ConnectionError(
            f"Dataset({name!r}) needs files that are not on this computer yet, and the download failed: {error}\n"
            f"Connect to the internet and try again; or copy {', '.join(f'{one}.gz' for one in image_set.sha256)} "
            f"into a folder {name}/ and set {DATA_DIR} to the folder above it ({found}); "
            'or use Dataset("digits"), which needs no network.'
        ) from None


def _verified(path: Path, sha256: str) -> bytes:
    try:
        payload = decompress(path.read_bytes())
        verify(payload, sha256)
    except ValueError as error:
        raise ValueError(
            f"{path} is not the published file: {error}; replace it, or remove it to have it downloaded"
        ) from None
    return payload
