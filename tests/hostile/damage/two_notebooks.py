"""A second notebook, an empty one, lies beside the right one.

score: 31
status: graded
"""


def hand_in(notebook, path):
    path.with_name("fortress-Copy1.ipynb").write_text(json.dumps({**notebook, "cells": []}))
    return json.dumps(notebook).encode()
