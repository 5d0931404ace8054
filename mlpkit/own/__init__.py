"""A library of one's own, put together from the answers of chapters 3 to 6.

``assemble(globals(), 3)`` at the end of a notebook takes the student's parts that are right, has the reference stand in
for the others, and prints which is which; ``save`` writes ``my_mlp.py``, which needs nothing of `mlpkit` once all is
solved. ``load`` reads it in another chapter, and ``to_model`` makes a network of `mlpkit` of one of its networks.
"""

from mlpkit.own.convert import to_model
from mlpkit.own.library import Library, assemble, load

__all__ = ["Library", "assemble", "load", "to_model"]
