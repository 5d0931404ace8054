"""The language of a notebook: tests and answers are run as Python, by no kernel of Jupyter's."""

from __future__ import annotations

from nbformat.notebooknode import NotebookNode

KERNELS = {"ir": "R", "julia": "Julia", "octave": "Octave", "sagemath": "Sage", "xcpp": "C++", "bash": "bash"}
"""What the names of kernels begin with whose notebooks may not name their language."""


def other_language(notebook: NotebookNode) -> str:
    """Return the language of a notebook that is not Python, and "" for one that is or does not say.

    The kernel's own name plays no part where the language is known: an environment of the instructor's is called
    anything, and need not be installed here.
    """
    kernel, about = (notebook.metadata.get(name) or {} for name in ("kernelspec", "language_info"))
    language = str(kernel.get("language") or about.get("name") or "")
    if language:
        return "" if "python" in language.lower() else language
    name = str(kernel.get("name", "")).lower()
    return next((known for begin, known in KERNELS.items() if name == begin or name.startswith(f"{begin}-")), "")
