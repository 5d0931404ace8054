from suite import Hostile


class TestAsUserWithoutBubblewrap(Hostile):
    variant = "as user without bubblewrap"
