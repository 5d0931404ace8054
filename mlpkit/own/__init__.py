"""A library of one's own, put together from the answers of chapters 3 and 4.

``assemble(globals(), 3)`` at the end of a notebook takes the student's parts that are right, has the reference stand in
for the others, and prints which is which; ``save`` writes ``my_mlp.py``, which needs nothing of `mlpkit` once all is
solved.
"""

from mlpkit.own.library import Library, assemble

__all__ = ["Library", "assemble"]
