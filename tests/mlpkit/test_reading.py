"""How much one has to open to follow a training step: files, counted by a trace of the calls."""

import ast
import io
import re
import sys
import tokenize
from pathlib import Path

import pytest

import mlpkit
from mlpkit import MLP, Dataset, Dense

PACKAGE = Path(mlpkit.__file__).parent
AT_MOST = 12
BESIDE = {"arrays.py", "history.py", "run.py"}
"""What a step runs through besides the core that the README names."""
NO_CODE = {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER}


def lines_of_code(path):
    """Return the number of lines that are neither empty, a comment, nor a part of a docstring."""
    source = path.read_text(encoding="utf-8")
    code = set()
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type not in NO_CODE:
            code |= set(range(token.start[0], token.end[0] + 1))
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            code -= set(range(node.lineno, node.end_lineno + 1))
    return len(code)


def core():
    """Return the rows of the README's table of the core: files, and how many lines of code it says they have."""
    readme = (PACKAGE.parent / "README.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (`[^|]+\.py`) \| (\d+) \|", readme, re.MULTILINE)
    return [(re.findall(r"`([^`]+)`", files), int(said)) for files, said in rows]


def test_the_readme_names_the_core_and_its_lines():
    assert len(core()) > 4
    for files, said in core():
        found = sum(lines_of_code(PACKAGE / file) for file in files)
        assert found == pytest.approx(said, rel=0.07), files


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
    assert set(opened) <= {file for files, _ in core() for file in files} | BESIDE
