"""What a student sees in JupyterLab is what is graded: the same cells under `jupyter nbconvert --execute` and in a worker.

The cells that differ on purpose are listed with the reason; `docs/threat-model.md` tells them, too.
"""

# ruff: noqa: E501 (a cell on a line reads better than one spread out)

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import sys

import nbformat
import pytest

from autograder.execute.session import execute
from autograder.plan import Cell, Job, Limits
from autograder.sandbox.launch import Launcher

PANDAS = importlib.util.find_spec("pandas") is not None
BESIDE = {
    "helper.py": "def two():\n    return 2\n\ndef fail():\n    raise LookupError('in the helper')\n",
    "kit/__init__.py": "",
    "kit/part.py": "three = 3\n",
    "json.py": "raise RuntimeError('beside the notebook, behind the standard library')\n",
    "words.txt": "some wörds",
}

SAME = [
    "import sys, warnings, numpy as np",
    "1 + 1",
    "_ + 1",
    "print('one'); print('two', file=sys.stderr)",
    "sys.stdout.write('no newline'); None",
    "x = 3",
    "x;",
    "np.arange(6.0).reshape(2, 3)",
    "{'a': [1, 2], 'b': None}",
    "'a text'",
    "def f(n):\n    return 1 if n == 0 else n * f(n - 1)\nf(5)",
    "f('x')",
    "1 / 0",
    "raise ValueError('said ' + 'so')",
    "assert x == 4, 'x is three'",
    "def broken(:\n    pass",
    "undefined_name",
    "from IPython.display import HTML, Latex, Markdown, display\nHTML('<b>bold</b>')",
    "display(Markdown('*text*'), Latex('$x$'), {'text/plain': 'raw', 'text/html': '<i>raw</i>'})",
    "display({'text/plain': 'raw', 'text/html': '<i>raw</i>'}, raw=True)",
    "class Rich:\n    def _repr_html_(self):\n        return '<p>rich</p>'\n    def __repr__(self):\n        return 'Rich()'\nRich()",
    "from IPython.display import Image\nImage(data=b'\\x89PNG', format='png', width=40)",
    "handle = display('before', display_id='one')\nhandle.update('after')",
    "from IPython.display import clear_output\nprint('gone'); clear_output(); print('stays')",
    "%matplotlib inline\nimport matplotlib.pyplot as plt",
    "plt.plot([1, 2, 3]); plt.title('inline')\nplt.show()",
    "fig, ax = plt.subplots(); ax.plot([3, 1]); None",
    "import asyncio\nawait asyncio.sleep(0.01)\n'awaited'",
    "async def later():\n    return 42\nawait later()",
    "[await later() for _ in range(2)]",
    "!echo from the shell",
    "files = !printf 'a\\nb'\nlist(files)",
    "%%capture kept\nprint('kept away')",
    "kept.stdout",
    "%%bash\necho in bash",
    "%env PARITY=yes\nimport os\nos.environ['PARITY']",
    "get_ipython().run_line_magic('precision', '3')",
    "for n in range(3):\n    print(n, end=' ')\n    n",
    "from IPython.core.interactiveshell import InteractiveShell\nInteractiveShell.ast_node_interactivity = 'all'\n1\n2",
    "3\n4",
    "InteractiveShell.ast_node_interactivity = 'last_expr'\nNone",
    "exec('y = 5')\ny",
    "class Quiet:\n    def __repr__(self):\n        raise RuntimeError('no')\nrepr(3)",
    "import threading\nthread = threading.Thread(target=print, args=('in a thread',)); thread.start(); thread.join()",
    "__name__, In[-1][:8], len(Out) > 5",
    "if True:\n    raise KeyError('k')",
    "try:\n    1 / 0\nexcept ZeroDivisionError as error:\n    raise RuntimeError('chained') from error",
    "def gen():\n    yield 1\nnext(gen())",
    "from tqdm import tqdm\nlen(list(tqdm(range(3), disable=True)))",
    "%pwd\n'a magic in the middle'",
    "import helper\nfrom kit import part\nhelper.two(), part.three",
    "helper.fail()",
    "import os\nos.path.basename(helper.__file__), os.path.dirname(helper.__file__) == os.getcwd()",
    "import json, random as shadowed\njson.dumps({'a': 1}), hasattr(shadowed, 'Random')",
    "sorted(name for name in os.listdir() if name.startswith(('helper', 'kit', 'words')))",
    "open('words.txt', encoding='utf-8').read()",
    "%%writefile made.py\n'A docstring.'\nvalue = 'é'",
    "import made\nmade.value, made.__doc__",
    "with open('later.py', 'w') as file:\n    file.write('answer = 42')\nfrom later import answer\nanswer",
    "import no_such_module",
    "from helper import no_such_name",
    "open('no_such_file.txt')",
    "%%time\ntotal = sum(range(10))",
    "total",
    "%%python3\nprint('another interpreter')",
    "import subprocess\nsubprocess.run([sys.executable, '-c', 'print(6 * 7)'], capture_output=True, text=True).stdout",
    "subprocess.run(['cat', 'words.txt'], capture_output=True).stdout.decode()",
    "len(sys.argv) > 0 and isinstance(sys.argv[0], str)",
    "'é', '日本', '\\N{GREEK SMALL LETTER PI}', len('é')",
    "print('ünïcödé', '∑', sep=' → ')",
    "sys.getdefaultencoding(), sys.stdout.encoding",
    "print('a\\tb\\rc'); print(); print('', end='end')",
    "sys.stdin.read()",
    "help(abs)",
    "abs.__doc__[:10]",
    "from dataclasses import dataclass\n@dataclass\nclass Point:\n    x: int\n    y: int = 2\nPoint(1)",
    "from collections import namedtuple, Counter, OrderedDict\nnamedtuple('Pair', 'a b')(1, 2), Counter('aab'), OrderedDict(a=1)",
    "set('a'), frozenset([1]), range(3), b'bytes', 1 + 2j, ..., NotImplemented",
    "list(range(120))",
    "{str(i): list(range(i)) for i in range(12)}",
    "np.linspace(0, 1, 5), np.float64(0.1), np.array(['a', 'b'])",
    "np.random.default_rng(3).integers(0, 10, 5)",
    "np.random.seed(4); np.random.rand(3)",
    "import random; random.seed(5); random.random()",
    "with warnings.catch_warnings():\n    warnings.simplefilter('ignore'); warnings.warn('unseen')\n'quiet'",
    "np.array([1.0]) / 2",
    "global_one = 1\ndef raise_it():\n    global global_one\n    global_one += 1\n    return global_one\nraise_it(), 'global_one' in globals()",
    "[n for n in ('f', 'x', 'helper') if n in dir()]",
    "del x",
    "x",
    "_, __ = 1, 2\n_ + __",
    "lambda: 0",
    "print",
    "type('Made', (), {'__repr__': lambda self: 'made'})()",
    "class Markdowned:\n    def _repr_markdown_(self):\n        return '**md**'\n    def __repr__(self):\n        return 'M'\nMarkdowned()",
    "class Bundle:\n    def _repr_mimebundle_(self, include=None, exclude=None):\n        return {'text/plain': 'b', 'application/json': {'a': 1}}\nBundle()",
    "class Shown:\n    def _ipython_display_(self):\n        print('shown by itself')\nShown()",
    "display(1, 'two', [3])",
    "from IPython.display import SVG, JSON, Code\nSVG('<svg xmlns=\"http://www.w3.org/2000/svg\"/>')",
    "import pandas as pd\npd.DataFrame({'a': [1, 2], 'b': ['x', None]})" if PANDAS else "'no pandas here'",
    "pd.Series([1.5, 2.5], name='s')" if PANDAS else "'no pandas here either'",
    "import time\nstart = time.perf_counter(); time.sleep(0.01); time.perf_counter() > start",
    "from concurrent.futures import ThreadPoolExecutor\nwith ThreadPoolExecutor(2) as pool:\n    print(list(pool.map(abs, [-1, 2])))",
    "import contextlib, io\nwith contextlib.redirect_stdout(io.StringIO()) as text:\n    print('caught')\ntext.getvalue()",
    "import tempfile\nwith tempfile.TemporaryDirectory() as folder:\n    print(os.path.isdir(folder))",
    "import pickle\npickle.loads(pickle.dumps(Point(3)))",
    "%load_ext no_such_extension",
    "    indented = 1\nindented",
    "'unfinished",
    "return 3",
    "await asyncio.gather(later(), later())",
    "async for _ in []: pass",
    "raise StopIteration('at the end')",
    "raise type('Own', (Exception,), {})('of my own')",
    "def deep(n):\n    return deep(n + 1)\ndeep(0)",
    "int('ten')",
    "{}['missing']",
    "[][0]",
    "None.attribute",
    "sum(1 for _ in range(3)) if (n := 3) else None",
    "match [1, 2]:\n    case [a, b]:\n        print(a, b)",
    "import logging\nlogging.warning('a warning of logging')",
    "from unittest import mock\nwith mock.patch('builtins.input', return_value='typed'):\n    print(input('asked '))",
    "f'{3.14159:.2f}'",
    "print(*sorted({'b': 1, 'a': 2}.items()), sep='\\n', file=sys.stderr)",
]

DIFFERENT = {
    "input('your name: ')": "an EOFError that says nobody is at the keyboard; nbclient raises StdinNotImplementedError",
    "import os, time\nos.system('echo past Python')\ntime.sleep(0.5)": "what a program writes past Python is dropped, so that it cannot fill the grader's disk",
    "sys.flags.isolated": "workers ignore the variables and folders that change a user's own Python",
    "import getpass\ngetpass.getpass('password: ')": "the same as for input()",
    "JSON({'a': [1]})": "of the metadata of an output only the size of a picture is kept",
    "%no_such_magic": "an error, too: Jupyter writes to the error stream alone",
    "%%no_such_cell_magic\n1": "the same",
    "raise ExceptionGroup('several', [ValueError(1), TypeError(2)])": "the traceback names the cell",
    "warnings.warn('careful')": "the same text; the file it names is the cell's own name here",
    "exit()": "refused: the rest of the notebook is graded",
}

SOURCES = [*SAME, *DIFFERENT]


def normal(output):
    """Return an output without what differs between any two runs."""
    kind = output["output_type"]
    if kind == "stream":
        return kind, output["name"], re.sub(r"[\d.]+(e[+-]\d+)? [mμn]?s", "… s", output["text"])
    if kind == "error":
        return kind, output["ename"], re.sub(r"\((<?[^()]+, line|/[^()]+(?=\)))", "(<file>", output["evalue"])
    data = {mime: "…" if mime.startswith("image/") else value for mime, value in sorted(output["data"].items())}
    return kind, re.sub(r"0x[0-9a-f]+", "0x…", str(data)), output["metadata"]


def joined(outputs):
    """Join neighbouring pieces of one stream, which arrive in as many messages as chance will have it."""
    kept = []
    for output in map(normal, outputs):
        if kept and output[0] == "stream" and kept[-1][:2] == output[:2]:
            kept[-1] = (*output[:2], kept[-1][2] + output[2])
        else:
            kept.append(output)
    return kept


@pytest.fixture(scope="module")
def jupyter(tmp_path_factory):
    """The outputs of each cell under nbconvert."""
    folder = tmp_path_factory.mktemp("jupyter")
    _write_beside(folder)
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in SOURCES])
    nbformat.write(notebook, folder / "parity.ipynb")
    command = [sys.executable, "-P", "-m", "nbconvert", "--to", "notebook", "--execute", "--allow-errors", "--inplace"]
    command += ["--ExecutePreprocessor.kernel_name=python3", "--ExecutePreprocessor.timeout=600", "parity.ipynb"]
    environment = dict(os.environ)
    environment.pop("PYTEST_CURRENT_TEST", None)  # ipykernel leaves out what programs print where it sees this
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return [joined(cell.outputs) for cell in nbformat.read(folder / "parity.ipynb", as_version=4).cells]


def _write_beside(folder):
    for name, text in BESIDE.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")


@pytest.fixture(scope="module", params=[True, False], ids=["isolated", "shared"])
def both(request, jupyter, tmp_path_factory):
    """The outputs of each cell under nbconvert and in a worker, as the student's process and where tests run in it."""
    folder = tmp_path_factory.mktemp("beside")
    _write_beside(folder)
    files = {name: folder / name for name in BESIDE}
    job = Job(tuple(Cell(i, str(i), source) for i, source in enumerate(SOURCES)), Limits(cell_seconds=30), (), {})
    with Launcher(files=files, isolated=request.param, trusted=True) as launcher:
        outcome = execute(job, launcher)
    ours = [joined(cell.outputs) for cell in outcome.cells]
    return dict(zip(SOURCES, zip(jupyter, ours, strict=True), strict=True))


def test_there_are_enough_cells():
    assert len(SAME) >= 80
    assert len(set(SOURCES)) == len(SOURCES)


@pytest.mark.parametrize("source", SAME)
def test_the_same_outputs(both, source):
    jupyter, ours = both[source]
    assert ours == jupyter


@pytest.mark.parametrize("source", DIFFERENT)
def test_what_differs_differs_as_said(both, source):
    jupyter, ours = both[source]
    assert ours != jupyter
    said = {
        "input": (
            "error",
            "EOFError",
            "input() cannot be used here: the notebook is graded without anybody at the keyboard",
        ),
        "exit()": ("error", "RuntimeError", "exit() cannot be used here: the notebook is graded to its end"),
    }
    for begin, output in said.items():
        if source.startswith(begin):
            assert ours == [output]
