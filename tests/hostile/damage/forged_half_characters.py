"""Outputs of a cell hold half characters, which no file in UTF-8 can hold.

score: 31
status: graded
"""

# %% own
half = chr(0xD800)
print(half)
recorder = get_ipython().recorder
recorder.outputs.append({"output_type": "error", "ename": half, "evalue": half, "traceback": [half]})
