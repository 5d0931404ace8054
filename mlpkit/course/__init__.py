"""The student's side of a course: a working copy that updates cannot touch, and how far one is.

``mlp-course open`` (or ``python -m mlpkit.course open``) makes and updates the working copy, and opens it in JupyterLab.
"""
