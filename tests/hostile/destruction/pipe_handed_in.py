"""The notebook is a named pipe, from which reading would wait for ever.

score: 0
status: not_gradable
"""


def hand_in(notebook, path):
    import os

    os.mkfifo(path)
