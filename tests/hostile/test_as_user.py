from suite import Hostile


class TestAsUser(Hostile):
    variant = "as user"
