"""Files from the internet: several mirrors, decompressed, verified, cached."""

from __future__ import annotations

import hashlib
import tempfile
import zlib
from collections.abc import Sequence
from pathlib import Path

from mlpkit.files import write_atomically
from mlpkit.optional import needed_by

__all__ = ["decompress", "fetch", "verify"]

MAX_PAYLOAD = 1 << 28  # bytes; the largest file of the family has 47 MB, and a hostile one could grow without end
TIMEOUT = 30  # seconds without an answer, or without another byte
_GZIP_MAGIC = b"\x1f\x8b"


def decompress(contents: bytes) -> bytes:
    """Return the payload of a file that is compressed with gzip, or is not compressed at all.

    Parameters
    ----------
    contents : bytes
        The file as it is; its first bytes tell whether it is compressed, for names do not always.

    Returns
    -------
    bytes

    Raises
    ------
    ValueError
        If the compressed data are truncated, damaged, or implausibly large.

    Examples
    --------
    >>> import gzip
    >>> decompress(gzip.compress(b"seven")), decompress(b"seven")
    (b'seven', b'seven')
    """
    if not contents.startswith(_GZIP_MAGIC):
        return contents
    unpacker = zlib.decompressobj(wbits=16 + zlib.MAX_WBITS)
    try:
        payload = unpacker.decompress(contents, MAX_PAYLOAD)
    except zlib.error as error:
        raise ValueError(f"damaged gzip data ({error})") from None
    if unpacker.unconsumed_tail:
        raise ValueError(f"more than {MAX_PAYLOAD} bytes after decompression")
    if not unpacker.eof:
        raise ValueError(f"truncated gzip data ({len(contents)} bytes arrived)")
    return payload


def verify(payload: bytes, sha256: str) -> None:
    """Check that a payload is the one that was published.

    Parameters
    ----------
    payload : bytes
        What arrived, decompressed: the compressed form differs between publishers.
    sha256 : str
        The published sum, in hexadecimal digits.

    Raises
    ------
    ValueError
        If it is another one.

    Examples
    --------
    >>> verify(b"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
    """
    found = hashlib.sha256(payload).hexdigest()
    if found != sha256:
        raise ValueError(f"expected contents with the SHA-256 sum {sha256}, got {found}")


def fetch(name: str, sha256: str, mirrors: Sequence[str], folder: Path, *, progress: bool = True) -> bytes:
    """Return a payload from the cache, or download it from the first mirror that gives the right one.

    Parameters
    ----------
    name : str
        The file's name without ``.gz``.
    sha256 : str
        The sum of the decompressed contents.
    mirrors : sequence of str
        Addresses of folders that hold ``name + ".gz"``.
    folder : pathlib.Path
        The cache; made if it is not there.
    progress : bool, default True
        Whether to show a progress bar.

    Returns
    -------
    bytes

    Raises
    ------
    ConnectionError
        If no mirror gives the file; the message tells what each of them did.
    """
    kept = folder / name
    if kept.is_file():
        payload = kept.read_bytes()
        try:
            verify(payload, sha256)
        except ValueError:
            kept.unlink()  # damaged since it was stored: as good as absent
        else:
            return payload
    failures = []
    for mirror in mirrors:
        url = f"{mirror.rstrip('/')}/{name}.gz"
        try:
            payload = decompress(_download(url, progress))
            verify(payload, sha256)
        except (OSError, ValueError) as error:  # what requests raises is an OSError
            failures.append(f"  {url}: {error}")
        else:
            write_atomically(kept, payload)
            return payload
    raise ConnectionError(f"{name} expected an answer from one of {len(mirrors)} mirrors, got\n" + "\n".join(failures))


def _download(url: str, progress: bool) -> bytes:
    with needed_by("a download"):
        import pooch  # type: ignore[import-untyped]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "part"
        pooch.HTTPDownloader(progressbar=progress, timeout=TIMEOUT)(url, path, None)
        return path.read_bytes()
