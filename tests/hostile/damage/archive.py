"""The notebook is packed, under its own name.

score: 0
status: not_gradable
"""


def hand_in(notebook, path):
    import gzip

    return gzip.compress(json.dumps(notebook).encode())
