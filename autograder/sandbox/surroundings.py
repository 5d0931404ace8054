"""What a worker finds around it: folders that it may read, and its environment."""

from __future__ import annotations

import compileall
import importlib.util
import os
import sys
import warnings
from collections.abc import Iterable
from importlib.machinery import ModuleSpec
from pathlib import Path

ONE_THREAD = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")
"""For processes that run side by side: threads of numpy would wait for a processor, which takes time itself."""


def environment(home: str, scratch: str) -> dict[str, str]:
    """Return the whole environment of a worker: nothing of the coordinator's leaks into it."""
    return {
        "HOME": home,
        "USER": "student",
        "LOGNAME": "student",
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), "/usr/bin", "/bin"]),
        "LANG": "C.UTF-8",
        "TMPDIR": scratch,
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
        "MPLCONFIGDIR": f"{home}/.matplotlib",
        "IPYTHONDIR": f"{home}/.ipython",
        "NBGRADER_EXECUTION": "autograde",
        **ONE_THREAD,
    }


def python() -> list[Path]:
    """Return the folders of the running Python and of its installed packages."""
    return [Path(sys.prefix), Path(sys.base_prefix), Path(sys.executable).resolve().parent.parent]


def own_code() -> list[Path]:
    """Return the files and folders of the worker's own code."""
    here = Path(__file__).resolve().parent.parent
    return [here / "__init__.py", here / "fields.py", here / "plan.py", here / "execute"] + [
        here / "sandbox" / name for name in ("__init__.py", "inside")
    ]


def compile_modules(paths: Iterable[Path], private: Iterable[Path] = ()) -> None:
    """Compile the modules in these files and folders, as their import would: a worker loads them and can write nothing.

    What is compiled already is only looked at. What cannot be written is left, and so is a folder that holds a private
    one, since students' files may lie there.
    """
    if sys.dont_write_bytecode:
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for path in paths:
            holds_private = any(folder.resolve().is_relative_to(path) for folder in private)
            if os.access(path if path.is_dir() else path.parent, os.W_OK) and not holds_private:
                (compileall.compile_dir if path.is_dir() else compileall.compile_file)(str(path), quiet=2)


def package_spec(name: str) -> ModuleSpec | None:
    """Return where a package is; None if it, or a package that it would lie in, is not installed."""
    try:
        return importlib.util.find_spec(name)
    except (ImportError, ValueError):  # the latter of a name that cannot be imported, such as __main__
        return None


def package_paths(names: tuple[str, ...]) -> list[Path]:
    """Return the folders of the packages that a notebook may use.

    Raises
    ------
    ValueError
        If one is not installed.
    """
    paths: list[Path] = []
    for name in names:
        spec = package_spec(name)
        if spec is None:
            raise ValueError(
                f"c.Autograder.packages lists {name!r}, which is not installed here: install it or remove it"
            )
        locations = spec.submodule_search_locations
        paths += [Path(place).resolve() for place in locations] if locations else [Path(str(spec.origin)).resolve()]
    return paths


def font_cache() -> dict[str, Path]:
    """Return matplotlib's list of fonts, whose making costs seconds, under its name in the home folder."""
    from matplotlib import get_cachedir
    from matplotlib.font_manager import FontManager

    name = f"fontlist-v{FontManager.__version__}.json"
    path = Path(get_cachedir(), name)
    return {f".matplotlib/{name}": path} if path.exists() else {}
