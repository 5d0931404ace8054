"""What every comparison with the stored values needs."""

from functools import lru_cache
from typing import Any

import numpy as np

from golden import store

HOW_TO_STORE = "add it to tests/mlpkit/golden/cases.py and its peer to peer.py, then run `make golden` where PyTorch is"

read = lru_cache(maxsize=1)(store.read)


def made_with() -> dict[str, Any]:
    """Return the versions and settings that the values were made with."""
    return read()[0]


def stored(kind: str) -> dict[str, store.Results]:
    """Return PyTorch's results of one kind, by the names of the cases."""
    return read()[1][kind]


def assert_equal(expected: store.Results, found: store.Results, *, rtol: float = 0.0, atol: float = 0.0) -> None:
    """Fail if two results of a case differ by more than the tolerances, or in what they hold."""
    assert found.keys() == expected.keys()
    for what in expected:
        assert np.shape(found[what]) == np.shape(expected[what]), what  # else one number would stand for many
        np.testing.assert_allclose(found[what], expected[what], rtol=rtol, atol=atol, err_msg=what)


def assert_every_name_is_stored(kind: str, names: set[str], stored_names: set[str]) -> None:
    """Fail if an entry of a registry has no stored values to be compared with."""
    missing = sorted(names - stored_names)
    assert not missing, f"no values of PyTorch for the {kind} {', '.join(missing)}: {HOW_TO_STORE}"
