from suite import Hostile, campaign

__all__ = ["campaign"]


class TestAsUser(Hostile):
    variant = "as user"
