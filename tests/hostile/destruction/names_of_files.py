"""Beside the notebook lie hundreds of files with names that are commands, markup and control characters.

score: 31
status: graded
"""


def hand_in(notebook, path):
    names = [
        "<script>alert(1)</script>"[:9],
        "$(touch __MARK__)",
        "-rf",
        "\x1b[2J\x07",
        "a\nb",
        "%s%n",
        "\u202e.txt",
        "a" * 250,
    ]
    for name in [*names, *map(str, range(300))]:
        (path.parent / name).write_text("")
    return json.dumps(notebook).encode()
