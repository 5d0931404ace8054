"""An output of a cell is forged in a form that no notebook knows: a traceback that is a number.

score: 31
status: graded
"""

# %% own
get_ipython().recorder.outputs.append({"output_type": "error", "traceback": 5})
