from suite import Hostile, campaign

__all__ = ["campaign"]


class TestAsUserWithoutBubblewrap(Hostile):
    variant = "as user without bubblewrap"
