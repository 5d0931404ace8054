"""Outputs of a cell are forged: of a kind that is a list, and without any field.

score: 31
status: graded
"""

# %% own
get_ipython().recorder.outputs += [{"output_type": ["stream"]}, {}]
