"""The IDX format, in which the MNIST family is published."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

__all__ = ["read_idx"]

_UNSIGNED_BYTE = 0x08


def read_idx(payload: bytes, name: str, *, n_dimensions: int) -> NDArray[np.uint8]:
    """Read an array of bytes in the IDX format.

    The format is two zero bytes, a byte for the type (8 for unsigned bytes), a byte for the number of dimensions, their
    lengths as big-endian 32-bit integers, and the values, last index fastest.

    Parameters
    ----------
    payload : bytes
        The contents of the file, decompressed.
    name : str
        How error messages call the file.
    n_dimensions : int
        How many dimensions the array must have: 3 for images, 1 for labels.

    Returns
    -------
    ndarray of uint8
        A read-only view of `payload`.

    Raises
    ------
    ValueError
        If the payload is not such an array, whole and with nothing after it.

    References
    ----------
    Y. LeCun, C. Cortes and C. J. C. Burges, "The MNIST database of handwritten digits", 1998.

    Examples
    --------
    >>> read_idx(bytes([0, 0, 8, 1, 0, 0, 0, 3, 7, 2, 1]), "labels", n_dimensions=1)
    array([7, 2, 1], dtype=uint8)
    """
    start = 4 + 4 * n_dimensions
    again = "remove the file and get it again"
    if len(payload) < start:
        raise ValueError(f"{name} expected an IDX header of {start} bytes, got a file of {len(payload)}; {again}")
    if payload[:2] != b"\0\0":
        raise ValueError(f"{name} expected the two zero bytes that start an IDX file, got {payload[:2]!r}; {again}")
    if payload[2] != _UNSIGNED_BYTE:
        raise ValueError(f"{name} expected unsigned bytes (IDX type 0x08), got the type 0x{payload[2]:02x}; {again}")
    if payload[3] != n_dimensions:
        raise ValueError(
            f"{name} expected {n_dimensions} dimension{'s' * (n_dimensions > 1)}, got {payload[3]}; "
            "images have 3, labels 1: look whether the files were exchanged"
        )
    shape = tuple(int(length) for length in np.frombuffer(payload, ">u4", n_dimensions, offset=4))
    if len(payload) - start != math.prod(shape):
        raise ValueError(
            f"{name} expected {math.prod(shape)} values for the shape {shape} in its header, "
            f"got {len(payload) - start}; {again}"
        )
    return np.frombuffer(payload, np.uint8, offset=start).reshape(shape)
