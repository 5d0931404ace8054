"""The file begins with a byte order mark.

score: 31
status: graded
"""


def hand_in(notebook, path):
    return b"\xef\xbb\xbf" + json.dumps(notebook).encode()
