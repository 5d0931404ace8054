"""The notebook has no cells.

score: 0
status: graded
"""


def hand_in(notebook, path):
    return json.dumps({**notebook, "cells": []}).encode()
