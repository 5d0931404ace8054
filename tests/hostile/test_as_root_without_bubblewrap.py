from suite import Hostile


class TestAsRootWithoutBubblewrap(Hostile):
    variant = "as root without bubblewrap"
