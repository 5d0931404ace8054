"""The student's side of a course: a working copy that updates cannot touch, and how far one is.

``mlp-course open``, or ``python -m mlpkit.course open``, makes and updates the working copy, and opens it in
JupyterLab. In a notebook, ``progress()`` shows what is done.
"""

from mlpkit.course.page import Progress, progress

__all__ = ["Progress", "progress"]
