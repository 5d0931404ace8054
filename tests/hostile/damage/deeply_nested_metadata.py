"""The notebook is right, but its metadata are two thousand objects in one another.

score: 0
status: not_gradable
"""


def hand_in(notebook, path):
    text = json.dumps(notebook)
    return text.replace(
        '"metadata": {', '"metadata": {"nested": ' + '{"in": ' * 2000 + "1" + "}" * 2000 + ", "
    ).encode()
