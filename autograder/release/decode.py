"""What a file holds in other clothes: text in base64 or JSON, the members of a zip, escaped characters."""

from __future__ import annotations

import base64
import binascii
import html
import io
import json
import re
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

DEPTH = 3
"""So many wrappings are taken off: base64 within JSON within a zip."""
MOST_BYTES = 100 * 2**20
"""More than so much a compressed file is not unpacked to."""

_LINE = rb"[A-Za-z0-9+/_-]{4,}={0,2}"
_BASE64 = re.compile(rb"%b(?:\r?\n%b)*" % (_LINE, _LINE))
_SHORTEST = 12
_ESCAPE = re.compile(r"\\u([0-9a-fA-F]{4})|\\x([0-9a-fA-F]{2})")


def decoded(data: bytes, depth: int = DEPTH) -> Iterator[bytes]:
    """Yield the bytes of a file, then those that it holds in base64, as a text of JSON, or compressed."""
    yield data
    if depth:
        for inner in (*_strings(data), *_base64(data), *_unpacked(data)):
            if inner != data:
                yield from decoded(inner, depth - 1)


def texts(data: bytes) -> Iterator[str]:
    """Yield what bytes say as text: as they are, and without the escapes of UTF-16, JSON, HTML and addresses."""
    text = data.replace(b"\0", b"").decode("latin-1") if b"\0" in data else data.decode(errors="replace")
    yield text
    if "\\" in text and (plain := _ESCAPE.sub(lambda found: chr(int(found[1] or found[2], 16)), text)) != text:
        yield plain
    if "&" in text and (plain := html.unescape(text)) != text:
        yield plain
    if "%" in text and (plain := unquote(text)) != text:
        yield plain


def strings(value: Any) -> Iterator[str]:
    """Yield every text in a value of JSON, the keys included."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield str(key)
            yield from strings(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from strings(inner)


def _strings(data: bytes) -> Iterator[bytes]:
    if data.lstrip()[:1] not in (b"{", b"[", b'"'):
        return
    try:
        value = json.loads(data)
    except (ValueError, RecursionError):
        return
    for text in strings(value):
        yield text.encode(errors="surrogatepass")


def _base64(data: bytes) -> Iterator[bytes]:
    for run in _BASE64.findall(data):
        whole = b"".join(run.split())
        lines = run.split() if len(run.split()) > 1 else []
        for part in (whole, *lines):
            if len(part) >= _SHORTEST:
                bare = part.rstrip(b"=").translate(bytes.maketrans(b"-_", b"+/"))
                try:
                    yield base64.b64decode(bare[: len(bare) - (len(bare) % 4 == 1)] + b"==")
                except binascii.Error:
                    continue


def _unpacked(data: bytes) -> Iterator[bytes]:
    if data.startswith(b"\x1f\x8b"):
        try:
            yield zlib.decompressobj(wbits=31).decompress(data, MOST_BYTES)
        except zlib.error:
            return
    elif data.startswith(b"PK"):
        try:
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                left = MOST_BYTES
                for member in archive.infolist():
                    left -= member.file_size
                    if left >= 0:
                        yield member.filename.encode() + b"\n" + archive.read(member)
        except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError):
            return
