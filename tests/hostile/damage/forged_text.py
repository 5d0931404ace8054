"""An output of a cell is forged: its text is an object.

score: 31
status: graded
"""

# %% own
get_ipython().recorder.outputs.append({"output_type": "stream", "name": ["x"], "text": {"a": 1}})
