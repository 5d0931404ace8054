"""What is said about an update, in a student's words."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePath

from mlpkit.course.work import Change

__all__ = ["counted", "shown_path", "told"]


def shown_path(path: PurePath, folder: PurePath) -> str:
    r"""Return a path as it is shown, from the folder that holds the working copy on, with ``/`` on every system.

    Parameters
    ----------
    path : PurePath
        A file of the working copy.
    folder : PurePath
        The working copy.

    Returns
    -------
    str
        The path.

    Examples
    --------
    >>> from pathlib import PureWindowsPath
    >>> work = PureWindowsPath(r"C:\Users\Zoë\mlp course\work")
    >>> shown_path(work / "01_neuron" / "01_neuron.ipynb", work)
    'work/01_neuron/01_neuron.ipynb'
    """
    return path.relative_to(folder.parent).as_posix()


def counted(number: int, one: str) -> str:
    """Return a number with its noun.

    Examples
    --------
    >>> counted(1, "answer"), counted(2, "answer")
    ('1 answer', '2 answers')
    """
    return f"{number} {one}{'' if number == 1 else 's'}"


def told(change: Change, folder: PurePath) -> list[str]:
    """Return lines on what an update did with a chapter; none if nothing was to be done.

    Parameters
    ----------
    change : Change
        What was done.
    folder : PurePath
        The working copy.

    Returns
    -------
    list of str
        The lines.
    """
    place = shown_path(change.path, folder)
    if change.what == "new":
        return [f"{change.chapter}: new, in {place}"]
    if change.what == "moved":
        lines = [
            f"{change.chapter}: its exercises stood in {change.why}; your answers and cells came along, to {place}"
        ]
        return [*lines, f"    as it was before: {shown_path(change.backup, folder)}"] if change.backup else lines
    if change.what == "left":
        checkpoint = change.path.parent / ".ipynb_checkpoints" / f"{change.path.stem}-checkpoint.ipynb"
        lines = [f"{change.chapter}: {place} {change.why}. It was left as it is."]
        if checkpoint.exists():
            lines.append(f"    JupyterLab kept an earlier state of it: {shown_path(checkpoint, folder)}")
        return [*lines, "    To begin the chapter anew, give the file another name and run this command again."]
    if change.merge is None:
        return []
    merge = change.merge
    lines = [f"{change.chapter}: updated, with {_kept(merge.kept)}"]
    for words, names in (
        ("new exercises", merge.added),
        ("corrected, look at your answer again", merge.corrected),
        ("no longer part of the course, your answer stays in a cell of its own", merge.retired),
    ):
        if names:
            lines.append(f"    {words}: {', '.join(names)}")
    if change.backup is not None:
        lines.append(f"    as it was before: {shown_path(change.backup, folder)}")
    return lines


def _kept(names: Sequence[str]) -> str:
    return f"your {counted(len(names), 'answer')} kept" if names else "no answer of yours in it yet"
