"""The file is in an old encoding, and holds a letter that shows it.

score: 0
status: not_gradable
"""


def hand_in(notebook, path):
    notebook["cells"][0]["source"] = "Müller"
    return json.dumps(notebook, ensure_ascii=False).encode("latin-1")
