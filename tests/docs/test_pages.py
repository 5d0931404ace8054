"""What the pages for instructors say is so: commands, settings, files, messages, and the chapter that one builds."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import nbformat
import patience
import pytest
from jupyter_server.serverapp import ServerApp
from nbconvert.exporters import HTMLExporter
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from nbgrader import plugins, preprocessors
from nbgrader.apps.nbgraderapp import NbGraderApp
from nbgrader.converters import GenerateAssignment, GenerateFeedback
from nbgrader.coursedir import CourseDirectory
from nbgrader.plugins.zipcollect import FileNameCollectorPlugin

from autograder.cli import main
from autograder.cli.main import COMMANDS
from autograder.cli.validate import show
from autograder.course import Course
from autograder.grade.isolation import Isolation
from autograder.keep.begin import init
from autograder.notebook.roles import INSTRUCTOR
from autograder.release.lint import lint
from autograder.release.publish import release_assignment
from autograder.release.validate import validate
from autograder.settings import Autograder

ROOT = Path(__file__).resolve().parents[2]
NAMES = (
    "README.md",
    "CONTRIBUTING.md",
    "SECURITY.md",
    "docs/architecture.md",
    "docs/hosting.md",
    "docs/instructors.md",
    "docs/new-chapter.md",
    "docs/threat-model.md",
)
PAGES = {name: (ROOT / name).read_text(encoding="utf-8") for name in NAMES}
CONFIGURED = {
    "Autograder": Autograder,
    "CourseDirectory": CourseDirectory,
    "FileNameCollectorPlugin": FileNameCollectorPlugin,
    "GenerateAssignment": GenerateAssignment,
    "GenerateFeedback": GenerateFeedback,
    "HTMLExporter": HTMLExporter,
    "LateSubmissionPlugin": plugins.LateSubmissionPlugin,
    "AssignLatePenalties": preprocessors.AssignLatePenalties,
    "OverwriteCells": preprocessors.OverwriteCells,
    "ServerApp": ServerApp,
}
CHAPTER = "07_accuracy"
ROLES = {
    "Read-only": {"locked"},
    "Autograded answer": {"solution"},
    "Autograded tests": {"grade", "locked"},
    "Manually graded answer": {"grade", "solution"},
}

every_page = pytest.mark.parametrize("name", NAMES)


def code(page: str) -> list[str]:
    """Inline code and the lines of code blocks, without prompts."""
    blocks = re.findall(r"^ *```\w*\n(.*?)^ *```$", page, re.M | re.S) + re.findall(r"^    \S.*$", page, re.M)
    inline = re.findall(r"`([^`\n]+)`", re.sub(r"^ *```.*?^ *```$", "", page, flags=re.M | re.S))
    return [line.strip().removeprefix("$ ") for part in [*blocks, *inline] for line in part.splitlines()]


def options(command) -> set[str]:
    return {option for one in command.params for option in (*one.opts, *one.secondary_opts)} | {"--help", "--json"}


@every_page
def test_commands_and_their_options_exist(name):
    own = {command: options(main.get_command(None, command)) for command in COMMANDS}
    for line in code(PAGES[name]):
        words = line.split()
        if words[:1] == ["autograder"] and len(words) > 1:
            command = next((word for word in words[1:] if word in own), None)
            flags = {word.split("=")[0] for word in words if word.startswith("--")}
            assert flags <= own.get(command, set()) | options(main), line
            assert command or words[1] in options(main), line
        elif words[:1] == ["nbgrader"]:
            assert words[1] in set(NbGraderApp.subcommands) - {"formgrade"}, line
        elif words[:1] == ["make"] and len(words) > 1:
            assert re.search(rf"^{words[1]}:", (ROOT / "Makefile").read_text(), re.M), line
        elif line.startswith("--"):
            assert any(words[0].split("=")[0] in known for known in [*own.values(), options(main)]), line


@every_page
def test_settings_exist(name):
    for kind, trait in re.findall(r"\bc\.([A-Z]\w+)\.([a-z]\w+)", PAGES[name]):
        assert trait in CONFIGURED[kind].class_trait_names(config=True), f"{kind}.{trait}"


def test_the_limits_named_are_the_defaults():
    block = next(block for block in blocks("docs/instructors.md") if "cell_seconds = " in block)
    said = re.findall(r"^c\.Autograder\.(\w+) = (.+)$", block, re.M)
    assert len(said) == 7
    for trait, value in said:
        assert eval(value) == getattr(Autograder(), trait), trait


def blocks(name: str) -> list[str]:
    return [block.strip("\n") for block in re.findall(r"^```python\n(.*?)^```$", PAGES[name], re.M | re.S)]


def test_the_example_of_the_readme_runs(tmp_path):
    [example] = blocks("README.md")
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", example],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
        timeout=patience.SECONDS,
    )
    assert done.returncode == 0, done.stderr
    assert re.match(r"9[5-9]% of the test images are recognised\n\[[\d ]+\] \[[\d ]+\]\n", done.stdout)


@every_page
def test_files_exist(name):
    made = {line.strip("/") for line in (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()}
    here = {path.name for path in ROOT.iterdir()} - made
    for said in code(PAGES[name]):
        path = said.rstrip("/")
        if re.fullmatch(r"[\w./-]+", path) and "/" in path and path.split("/")[0] in here:
            if path.startswith(("solutions/0", "course/0")):
                path = path.replace(CHAPTER, "01_neuron")
            assert (ROOT / path).exists(), said


@every_page
def test_links_lead_somewhere(name):
    folder = (ROOT / name).parent
    for target in re.findall(r"\]\(([^)\s]+)\)", PAGES[name]):
        if not target.startswith("http"):
            path, _, anchor = target.partition("#")
            page = (folder / path) if path else ROOT / name
            assert page.exists(), target
            if anchor:
                text = page.read_text(encoding="utf-8")
                titles = {
                    re.sub(r"[^\w-]", "", title.lower().replace(" ", "-"))
                    for title in re.findall("^#+ (.+)$", text, re.M)
                }
                assert anchor in titles, target


def messages() -> Iterator[str]:
    """Every text in the grader's source, with … for what is filled in."""
    for path in (ROOT / "autograder").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.JoinedStr):
                yield "".join(one.value if isinstance(one, ast.Constant) else "…" for one in node.values)
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield node.value


def first_columns(page: str, head: str) -> list[str]:
    """The first cells of the table under this head."""
    table = re.search(rf"^\| {head}.*\n\|[-|]+\n((?:\|.*\n)+)", page, re.M)
    return [row.split(" | ")[0].strip("| ") for row in table[1].splitlines()]


@pytest.mark.parametrize(("name", "head"), [("docs/instructors.md", "symptom"), ("docs/new-chapter.md", "complaint")])
def test_messages_are_what_the_grader_says(name, head):
    known = list(messages())
    quoted = [one for cell in first_columns(PAGES[name], head) for one in re.findall(r"`+([^`]+)`+", cell)]
    quoted = [one for one in quoted if not one.startswith(("No module", "…: NameError"))]  # Python's own
    assert len(quoted) >= 7
    for one in quoted:
        pieces = [re.escape(piece.strip()) for piece in re.sub(r" \d+$", " ", one).split("…") if piece.strip(" :")]
        assert any(re.search(".*".join(pieces), text, re.S) for text in known), one


def test_what_isolation_forbids_is_found_and_what_works_is_not():
    rows = re.search(r"^\| instead of \| write \|\n\|[-|]+\n((?:\|.*\n)+)", PAGES["docs/new-chapter.md"], re.M)[1]
    names = Isolation(("f", "layer", "made", "Student", "TheirError"))
    found = 0
    for row in rows.splitlines():
        wrong, right = (re.findall("`([^`]+)`", column) for column in row.strip("|").split(" | "))
        for source in wrong:
            assert len(lint(one_test(source), names)) == 1, source
            found += 1
        right = [] if len(right) == 1 and right[0].isidentifier() else right
        assert lint(one_test("\n".join(right)), names) == []
    assert found == 12


def one_test(source: str):
    if source.endswith(":"):
        source += "\n    pass"
    if source.startswith("except"):
        source = f"try:\n    f()\n{source}"
    return new_notebook(cells=[cell("a-test", "code", "Autograded tests", "1", "", source)])


def cell(name: str, kind: str, role: str, points: str, tag: str, source: str):
    metadata = {"tags": [tag]} if tag else {}
    if role:
        settings = {key: key in ROLES[role] for key in ("grade", "solution", "locked")}
        kinds = {"code": "code", "text": "markdown"}
        metadata["nbgrader"] = {
            "schema_version": 3,
            "grade_id": name,
            "task": False,
            "cell_type": kinds[kind],
            **settings,
        }
        if points:
            metadata["nbgrader"]["points"] = float(points)
    return (new_code_cell if kind == "code" else new_markdown_cell)(source, id=name, metadata=metadata)


def chapter():
    """The notebook of the tutorial."""
    page = PAGES["docs/new-chapter.md"]
    sources = dict(re.findall(r"^Cell `([\w-]+)`:\n```\w+\n(.*?)\n```$", page, re.M | re.S))
    rows = re.findall(r"^\| `([\w-]+)` \| (code|text) \|(.*)\|(.*)\|(.*)\|$", page, re.M)
    assert [name for name, *_ in rows] == list(sources)
    kernel = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
    cells = [cell(name, kind, *(word.strip(" `") for word in rest), sources[name]) for name, kind, *rest in rows]
    return new_notebook(metadata={"kernelspec": kernel}, cells=cells)


def test_the_chapter_of_the_tutorial_is_validated_and_released(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    page = PAGES["docs/new-chapter.md"]
    settings = [init(tmp_path, "mlp").read_text(), 'c.Autograder.packages = ["mlpkit"]']
    settings += [block for block in blocks("docs/new-chapter.md") if "c.Autograder.masked" in block]
    settings.append('c.CourseDirectory.source_directory = "solutions"')
    Path("nbgrader_config.py").write_text("\n".join(settings))
    path = Path("solutions", CHAPTER, f"{CHAPTER}.ipynb")
    path.parent.mkdir(parents=True)
    notebook = chapter()
    nbformat.write(notebook, path)

    course = Course.find(tmp_path)
    validation = validate(course, CHAPTER)
    show(validation)
    transcript = re.search(rf"^\$ autograder validate {CHAPTER}\n(.*?)^```$", page, re.M | re.S)[1]
    assert capsys.readouterr().out.split() == transcript.split()
    assert len(validation.manifest.mistakes) == 3

    target = release_assignment(course, CHAPTER, validation)
    handed_out = nbformat.read(target / f"{CHAPTER}.ipynb", as_version=4)
    secret = {one.id for one in notebook.cells if INSTRUCTOR in one.metadata.get("tags", [])}
    assert [one.id for one in handed_out.cells] == [one.id for one in notebook.cells if one.id not in secret]


@pytest.mark.parametrize("host", ["mybinder.org", "colab.research.google.com"])
def test_the_links_to_services_are_those_of_the_site(host):
    link = re.search(rf"https://{host}/[^\s`]+", PAGES["docs/hosting.md"])[0]
    pattern = link.replace("<owner>/<name>", "{project}").replace("course/01_neuron/01_neuron.ipynb", "{path}")
    assert pattern in (ROOT / "docs/_extensions/chapters.py").read_text(encoding="utf-8")


def test_the_rows_of_the_syllabus_named_exist():
    rows = tomllib.loads((ROOT / "tests/notebooks/syllabus.toml").read_text(encoding="utf-8"))
    known = {row for chapter in rows.values() for kind in chapter.values() for row in kind}
    named = re.findall(r'"(?:teaches|practises)": \["([\w-]+)"\]', PAGES["docs/new-chapter.md"])
    assert len(named) == 2
    assert set(named) <= known
