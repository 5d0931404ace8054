"""Displays without number: HTML, pictures, markdown, widgets, and updates of displays.

score: 31
status: graded
"""

# %% own
from IPython.display import HTML, Image, clear_output, display

handle = display(HTML("<p>"), display_id="one")
for number in range(3000):
    display(HTML("x" * 10_000))
    handle.update(HTML(f"{number}"))
display(HTML("y" * 50_000_000))
display(Image(data=b"\x89PNG" + bytes(20_000_000), format="png"))
for _ in range(100):
    clear_output()
    display({"text/plain": "x" * 1_000_000, "application/json": {"a": ["b" * 1000] * 1000}}, raw=True)
