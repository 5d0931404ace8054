"""Draw every setting of the explorers that need it, into files which the pages load: ``_static/scenes``."""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from contextlib import redirect_stdout
from functools import partial
from multiprocessing import get_context
from pathlib import Path

from sphinx.application import Sphinx

import mlpkit

USED = re.compile(r'"scenes":"(\w+)"')


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the drawing before the build, and the setting `few_scenes`, with which it is only tried."""
    app.add_config_value("few_scenes", False, "", [bool])
    app.connect("builder-inited", write_scenes)
    return {"parallel_read_safe": True}


def write_scenes(app: Sphinx) -> None:
    """Bring the files up to date: they are made again when the library has changed."""
    if app.builder.format != "html":
        return
    pages = Path(app.srcdir, "chapters").glob("*.ipynb")
    names = {name for page in pages for name in USED.findall(page.read_text(encoding="utf-8").replace('\\"', '"'))}
    cache, target = Path(app.doctreedir).parent / "scenes", Path(app.outdir, "_static", "scenes")
    few = bool(int(app.config.few_scenes))
    state = f"few-{_state()}" if few else _state()
    made = {name: cache / f"{name}-{state}.js" for name in sorted(names)}
    missing = [name for name, path in made.items() if not path.exists()]
    if missing:
        cache.mkdir(parents=True, exist_ok=True)
        with ProcessPoolExecutor(os.cpu_count(), mp_context=get_context("spawn")) as pool:
            for name, text in zip(missing, pool.map(partial(drawn, few=few), missing), strict=True):
                _forget(path for path in cache.glob(f"{name}-*.js") if ("-few-" in path.name) == few)
                made[name].write_text(text, encoding="utf-8")
    target.mkdir(parents=True, exist_ok=True)
    for name, path in made.items():
        copy = target / f"{name}.js"
        if not copy.exists() or copy.read_bytes() != path.read_bytes():
            copy.write_bytes(path.read_bytes())


def drawn(name: str, few: bool) -> str:
    """Return the script that hands over all drawings of an explorer."""
    from mlpkit import viz

    with redirect_stdout(io.StringIO()):  # outside a notebook, a widget prints its picture's description
        explorer = getattr(viz, f"explore_{name}")()
    table = json.dumps(explorer.scenes(few), ensure_ascii=False, separators=(",", ":"))
    return f"mlpExplorers.scenes({json.dumps(name)}, {table});\n"


def _state() -> str:
    """Return a digest of the library."""
    folder = Path(mlpkit.__path__[0])
    digest = hashlib.sha256()
    for file in sorted(folder.rglob("*.py")):
        digest.update(str(file.relative_to(folder)).encode() + file.read_bytes())
    return digest.hexdigest()[:16]


def _forget(paths: Iterable[Path]) -> None:
    for path in paths:
        path.unlink()
