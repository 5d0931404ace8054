"""An output of a cell is forged: JSON that is nested three hundred deep.

score: 31
status: graded
"""

# %% own
deep = []
for _ in range(300):
    deep = [deep]
get_ipython().recorder.outputs.append({"output_type": "display_data", "data": {"application/x+json": deep}})
