"""Input, debuggers and post-mortem tools are started in the hope that somebody, or something, answers.

score: 31
status: graded
"""

# %% own
import code
import pdb

for attempt in (
    input,
    breakpoint,
    pdb.post_mortem,
    lambda: code.interact(),
    lambda: get_ipython().run_line_magic("debug", ""),
):
    try:
        attempt()
    except BaseException as error:
        print(type(error), error)
