"""Compute all cases with PyTorch and store the results: ``make golden``."""

from __future__ import annotations

import numpy as np
import torch

from golden import cases, networks, peer, store

N_RANDOM = 400
"""How many random networks are stored."""
PERTURBATION = 1e-14
"""The relative change of the first parameters, some 50 times the rounding of float64."""
SPREAD = 1e-12
"""How far the results of an accepted network may go apart then, relative to numbers above 1, and absolutely below."""


def spread(case: networks.Network, results: store.Results) -> float:
    """Return how far PyTorch's results go apart when it rounds otherwise.

    Once the first parameters change a little, and once the samples of each batch come in reverse.
    """
    rng = np.random.default_rng(case.seed)
    nearby = [
        {name: array * (1 + PERTURBATION * rng.choice((-1, 1), array.shape)) for name, array in layer.items()}
        for layer in case.first_values()
    ]
    variants = peer.network(case, nearby), peer.network(case, order=-1)
    return max(
        float(np.max(np.abs(found[what] - values) / np.maximum(1, np.abs(values))))
        for found in variants
        for what, values in results.items()
    )


def random_networks() -> tuple[dict[str, store.Results], list[int]]:
    """Return the results of random networks, and the numbers of those left out.

    Left out are those whose results are not finite or depend on rounding, which PyTorch alone decides: an optimizer
    that divides a gradient of nothing but rounding by its own size, or a kink that a sample comes to lie on.
    """
    results: dict[str, store.Results] = {}
    left_out = []
    seed = 0
    while len(results) < N_RANDOM:
        case = networks.random_network(seed)
        found = peer.network(case)
        finite = all(np.isfinite(values).all() for values in found.values())
        if finite and spread(case, found) <= SPREAD:
            results[str(seed)] = found
        else:
            left_out.append(seed)
        seed += 1
    return results, left_out


def main() -> None:
    """Compute and store everything."""
    torch.set_num_threads(1)  # the order of additions does not depend on the machine's cores
    with peer.double_precision():
        results = {
            kind: {name: peer.KINDS[kind](case) for name, case in named.items()}
            for kind, named in networks.CASES.items()
        }
        results["random networks"], left_out = random_networks()
    made_with = {
        "torch": torch.__version__.partition("+")[0],
        "numpy": np.__version__,
        "first numbers": cases.numbers(0, 4).tolist(),
        "perturbation": PERTURBATION,
        "spread": SPREAD,
        "random networks left out": left_out,
    }
    store.write(made_with, results)
    print(", ".join(f"{len(named)} {kind}" for kind, named in results.items()))
    print(f"{len(left_out)} random networks left out, because their results depend on rounding")


if __name__ == "__main__":
    main()
