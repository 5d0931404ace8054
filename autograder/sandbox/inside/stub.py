"""Stands in the place of a module that holds the answers."""

raise ImportError(
    f"{__name__} is not there while this assignment is graded: it holds the answers; use what you wrote yourself",
    name=__name__,
)
