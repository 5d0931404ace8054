"""Keep what is private invisible where it lies in folders that workers see, such as a course below /usr."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path


def covers(private: Iterable[Path], visible: Iterable[Path]) -> tuple[Path, ...]:
    """Return the folders, as a worker would see them, over which an empty one has to lie.

    Parameters
    ----------
    private : iterable of Path
        Folders that no worker may see.
    visible : iterable of Path
        Files and folders that workers see.

    Raises
    ------
    ValueError
        If a private folder cannot be covered, since what workers need lies in it.
    """
    shown = [(path, path.resolve()) for path in visible]
    found = set()
    for folder in {path.resolve() for path in private}:
        for path, real in shown:
            if not folder.is_relative_to(real) or not folder.is_dir():
                continue
            needed = next((own for _, own in shown if own.is_relative_to(folder)), None)
            if needed is not None:
                raise ValueError(
                    f"students' code sees {path}, where Python or its packages lie, and with it {folder}, which holds "
                    f"the course or its gradebook and cannot be covered, since {needed} is needed: move the course "
                    "to a folder of its own, with a virtual environment in a subfolder such as .venv"
                )
            found.add(path / folder.relative_to(real))
    return tuple(sorted(found))
