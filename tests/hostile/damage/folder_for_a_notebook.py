"""A folder has the name of the notebook.

score: 0
status: not_gradable
"""


def hand_in(notebook, path):
    (path / "fortress.ipynb").mkdir(parents=True)
