"""The notebook is in the format of ten years ago, with worksheets.

score: 0
status: not_gradable
"""


def hand_in(notebook, path):
    old = {"nbformat": 3, "nbformat_minor": 0, "metadata": {}, "worksheets": [{"cells": notebook["cells"]}]}
    return json.dumps(old).encode()
