from suite import Hostile


class TestAsRoot(Hostile):
    variant = "as root"
