from suite import Hostile, campaign

__all__ = ["campaign"]


class TestAsRootWithoutBubblewrap(Hostile):
    variant = "as root without bubblewrap"
