"""PyTorch itself computes the stored values again; without it these tests are skipped, save with ``PARITY=require``."""

import numpy as np
import pytest
from golden import compare
from golden.networks import CASES, random_network
from peers import peer

torch = peer("torch")
from golden import peer as pytorch  # noqa: E402  # needs torch


@pytest.fixture(autouse=True)
def _as_when_the_values_were_made():
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    with pytorch.double_precision():
        yield
    torch.set_num_threads(threads)


@pytest.mark.parametrize(
    ("kind", "name"), [(kind, name) for kind in [*CASES, "random networks"] for name in compare.stored(kind)]
)
def test_the_stored_values_are_those_of_pytorch(kind, name):
    case = random_network(int(name)) if kind == "random networks" else CASES[kind][name]
    tolerance = compare.made_with()["spread"] if "networks" in kind else 1e-13
    found = {what: np.asarray(values) for what, values in pytorch.KINDS[kind](case).items()}
    compare.assert_equal(compare.stored(kind)[name], found, rtol=tolerance, atol=tolerance)
