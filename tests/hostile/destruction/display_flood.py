"""Displays without number: HTML, pictures, updates of displays, and some that are too large.

score: 31
status: graded
"""

# %% own
from IPython.display import HTML, Image, clear_output, display

handle = display(HTML("<p>"), display_id="one")
for number in range(300):
    display(HTML("x" * 1000))
    handle.update(HTML(f"{number}"))
display(HTML("y" * 10_000_000))
display(Image(data=b"\x89PNG" + bytes(3_000_000), format="png"))
for _ in range(10):
    clear_output()
    display({"text/plain": "x" * 100_000, "application/json": {"a": ["b" * 1000] * 100}}, raw=True)
