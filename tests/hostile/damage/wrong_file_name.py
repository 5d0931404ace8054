"""The notebook has another name.

score: 0
status: not_gradable
"""


def hand_in(notebook, path):
    path.with_name("Fortress (1).ipynb").write_text(json.dumps(notebook))
