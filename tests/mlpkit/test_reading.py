"""How much one has to open to follow a training step: files, counted by a trace of the calls."""

import sys
from pathlib import Path

import pytest

import mlpkit
from mlpkit import MLP, Dataset, Dense

PACKAGE = Path(mlpkit.__file__).parent
AT_MOST = 12


def files_to_the_first_update(outputs, activation, loss):
    """Return the files of the package in which a function is called from `MLP.train` to the first changed weight."""
    model = MLP([Dense(2, 8, "relu", rng=0), Dense(8, outputs, activation, rng=1)])
    dataset, before = Dataset("moons"), model.parameters.copy()
    opened, changed = {}, []

    def profile(frame, event, argument):
        code = frame.f_code
        path = Path(code.co_filename)
        if changed or not path.is_relative_to(PACKAGE):
            return
        if event == "call" and code.co_name != "<module>":  # a module that loads now is not read for that
            opened.setdefault(path.relative_to(PACKAGE).as_posix(), []).append(code.co_name)
        if event == "return" and code.co_name == "update_block":
            changed.append((model.parameters != before).any())

    sys.setprofile(profile)
    try:
        model.train(dataset, loss, epochs=1, rng=0)
    finally:
        sys.setprofile(None)
    assert changed == [True]
    return opened


@pytest.mark.parametrize(
    ("outputs", "activation", "loss"),
    [(2, "softmax", "cross_entropy"), (1, "sigmoid", "binary_cross_entropy"), (1, "identity", "mse")],
)
def test_from_train_to_the_changed_weight_a_reader_opens_few_files(outputs, activation, loss):
    opened = files_to_the_first_update(outputs, activation, loss)
    assert {"network.py", "training.py", "minibatches.py", "stack.py", "layers/dense.py", "optimizers/adam.py"} <= set(
        opened
    )
    assert len(opened) <= AT_MOST, opened
