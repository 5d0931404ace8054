"""An output of a cell is forged: its data are a list, its metadata a number.

score: 31
status: graded
"""

# %% own
get_ipython().recorder.outputs.append({"output_type": "display_data", "data": [1, 2], "metadata": 5})
