from suite import Hostile, campaign

__all__ = ["campaign"]


class TestAsRoot(Hostile):
    variant = "as root"
