"""The JSON has every key of the notebook twice.

score: 31
status: graded
"""


def hand_in(notebook, path):
    text = json.dumps(notebook)
    return ('{"cells": [], "nbformat": 3, ' + text[1:]).encode()
