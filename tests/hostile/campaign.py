"""Grade the whole catalogue once, as one kind of user and with or without bubblewrap, and keep the evidence."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nbformat

import fortress
from catalogue import HERE, Case

ENVIRONMENT_WORD = "garnet_ibis"
"""A word in the coordinator's environment, which no student may see."""
WATCHED = (
    "/",
    "/tmp",
    "/var/tmp",
    "/dev/shm",
    "/run",
    "/etc",
    "/home",
    "/root",
    sys.prefix,
    os.__file__[: -len("/os.py")],
)
KEPT = ("solutions", "release", "submitted", "nbgrader_config.py")
"""What grading must leave as it is in the course folder."""
OWN_CACHES = (".cache", ".config", ".local", ".jupyter", ".ipython")
"""What the grader's own libraries make in a new home folder."""
SECONDS = 900


class NotHere(Exception):
    """A variant cannot run on this machine; the message says why."""


@dataclass
class Campaign:
    """One run of `grade` over the catalogue, and what it left behind."""

    variant: str
    graded: dict[str, dict[str, Any]] = field(default_factory=dict)
    failures: dict[str, str] = field(default_factory=dict)
    points: dict[str, dict[str, float]] = field(default_factory=dict)
    private: dict[str, str] = field(default_factory=dict)
    public: dict[str, str] = field(default_factory=dict)
    log: str = ""
    report: str = ""
    left_running: list[str] = field(default_factory=list)
    left_files: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    marks: dict[str, str] = field(default_factory=dict)
    seconds: float = 0.0

    def summary(self, student: str) -> tuple[float, str]:
        """Return a student's score and status."""
        one = self.graded.get(student)
        return (-1.0, self.failures.get(student, "lost")) if one is None else (one["score"], one["status"])


def student(case: Case) -> str:
    """Return the name under which a case hands in."""
    return case.name


def canary(case: Case) -> str:
    """Return the name of the honest student who is graded after a case."""
    return f"{case.name}~canary"


def run(variant: str, cases: list[Case]) -> Campaign:
    """Hand in, grade, write feedback and a report, and collect the evidence.

    Raises
    ------
    NotHere
        If this machine cannot run the variant.
    """
    uid = _uid(variant)
    work = Path(tempfile.mkdtemp(prefix="hostile-", dir="/tmp"))
    try:
        campaign = Campaign(variant)
        course = _lay_out(work, campaign, cases)
        before = _digests(course), _digests(work / "bait")
        if uid is not None:
            _give_away(work, uid)
        needs_view = uid is not None or "without" in variant
        command = [
            *(_as_user(uid, work) if needs_view else []),
            sys.executable,
            "-B",
            str(HERE / "supervise.py"),
            str(work / "report.json"),
        ]
        grader = [sys.executable, "-m", "autograder", "--course", str(course)]
        steps = [["release"], ["grade", "--json"], ["feedback"], ["report"]]
        commands = [[*grader, verb, fortress.NAME, *options] for verb, *options in steps]
        environment = _environment(work, variant)
        subprocess.run(
            command, input=json.dumps(commands).encode(), env=environment, cwd=work, timeout=SECONDS, check=True
        )
        _collect(campaign, work, course, cases)
        after = _digests(course), _digests(work / "bait")
        campaign.changed = [
            name for old, new in zip(before, after, strict=True) for name in old if old[name] != new.get(name)
        ]
        return campaign
    finally:
        _clear(work)


def _uid(variant: str) -> int | None:
    """Return whom to become, None to stay."""
    if "without" not in variant and shutil.which("bwrap") is None:
        raise NotHere("bubblewrap is not installed")
    if variant.startswith("as root"):
        if os.getuid() != 0:
            raise NotHere("the tests do not run as root")
        return None
    return 64_200 if os.getuid() == 0 else None


def _lay_out(work: Path, campaign: Campaign, cases: list[Case]) -> Path:
    work.chmod(0o755)
    for name in ("home", "tmp", "bait/folder"):
        (work / name).mkdir(parents=True)
    (work / "bait" / "folder" / "precious.txt").write_text("nobody may read, change or remove this: mulberry_stoat\n")
    course = work / "course"
    source = course / "solutions" / fortress.NAME
    source.mkdir(parents=True)
    (course / "nbgrader_config.py").write_text(fortress.CONFIG + 'c.CourseDirectory.source_directory = "solutions"\n')
    (source / f"{fortress.NAME}.ipynb").write_bytes(fortress.as_bytes(fortress.source_notebook()))
    honest = fortress.submission(fortress.RIGHT | {"own": f"# {fortress.CANARY_WORD}"})
    for number, case in enumerate(cases):
        mark = campaign.marks[case.name] = f"{work.name}-{number}-"
        places = {"__MARK__": mark, "__BAIT__": str(work / "bait"), "__COURSE__": str(course), "__WORK__": str(work)}
        case.hand_in(course / "submitted" / student(case) / fortress.NAME, places)
        folder = course / "submitted" / canary(case) / fortress.NAME
        folder.mkdir(parents=True)
        (folder / f"{fortress.NAME}.ipynb").write_bytes(fortress.as_bytes(honest))
    return course


def _environment(work: Path, variant: str) -> dict[str, str]:
    path = [str(Path(sys.executable).parent)]
    if "without" not in variant:
        path += ["/usr/bin", "/bin", "/usr/local/bin"]
    return {
        "PATH": os.pathsep.join(path),
        "HOME": str(work / "home"),
        "TMPDIR": str(work / "tmp"),
        "LANG": "C.UTF-8",
        "PYTHONDONTWRITEBYTECODE": "1",
        "SECRET": ENVIRONMENT_WORD,
    }


def _give_away(folder: Path, uid: int) -> None:
    for path in [folder, *folder.rglob("*")]:
        os.chown(path, uid, uid, follow_symlinks=False)


def _as_user(uid: int | None, work: Path) -> list[str]:
    """Return the command in front of another that makes it another user's, or lets it become another user.

    Where Python lies in a folder that only root may enter, it gets a view of it in which others may.
    """
    if os.getuid() != 0:
        return []
    drop = [] if uid is None else [_tool("setpriv"), f"--reuid={uid}", f"--regid={uid}", "--clear-groups", "--"]
    closed = next((p for p in reversed(Path(sys.base_prefix).parents) if not p.stat().st_mode & 0o001), None)
    view: list[str] = []
    if closed is not None:
        script = 'own=$PATH; PATH=/usr/sbin:/usr/bin:/sbin:/bin; mkdir "$1/python" && mount --bind "$2" "$1/python" && mount -t tmpfs -o mode=755 none "$3" && '
        script += 'mkdir -p "$2" && mount --bind "$1/python" "$2" && shift 3 && PATH=$own exec "$@"'
        view = [
            _tool("unshare"),
            "--mount",
            "--",
            "/bin/sh",
            "-c",
            script,
            "sh",
            str(work),
            sys.base_prefix,
            str(closed),
        ]
    trial = subprocess.run([*view, *drop, sys.executable, "-c", "import autograder"], capture_output=True, text=True)
    if view and (work / "python").exists():
        (work / "python").rmdir()
    if trial.returncode != 0:
        raise NotHere(f"another user cannot run this Python: {trial.stderr.strip()[-200:]}")
    return [*view, *drop]


def _tool(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        raise NotHere(f"{name} is not installed")
    return found


def _digests(folder: Path) -> dict[str, str]:
    """Return a digest of each file that must stay as it is."""
    kept = [folder / name for name in KEPT] if (folder / KEPT[0]).exists() else [folder]
    files = [path for one in kept for path in ([one] if one.is_file() else sorted(one.rglob("*")))]
    return {str(path): hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "" for path in files}


def _collect(campaign: Campaign, work: Path, course: Path, cases: list[Case]) -> None:
    done = json.loads((work / "report.json").read_text())
    for step in done:
        if step["code"] != 0 and "grade" not in step["command"]:
            raise RuntimeError(f"{step['command']} failed:\n{step['out']}\n{step['err']}")
    grading = next(step for step in done if "grade" in step["command"])
    if grading["code"] not in (0, 1):
        raise RuntimeError(f"grade failed with {grading['code']}:\n{grading['out'][-2000:]}\n{grading['err'][-4000:]}")
    campaign.seconds = grading["seconds"]
    campaign.left_running = [name for step in done for name in step["left"]]
    said = json.loads(grading["out"])
    campaign.graded = {one["student"]: one for one in said["submissions"]}
    campaign.failures = said["failures"]
    campaign.log = "\n".join(step["out"] + step["err"] for step in done)
    campaign.log += (course / ".autograder" / fortress.NAME / "journal.jsonl").read_text()
    campaign.report = "\n".join(path.read_text() for path in sorted((course / "report").iterdir()))
    for name in (one for case in cases for one in (student(case), canary(case))):
        kept = course / ".autograder" / fortress.NAME / "results" / f"{name}.json"
        kept_text = kept.read_text() if kept.exists() else "{}"
        notebooks = json.loads(kept_text).get("notebooks", [])
        campaign.points[name] = {grade["name"]: grade["score"] for one in notebooks for grade in one["grades"]}
        pages = sorted((course / "feedback" / name).rglob("*.html"))
        campaign.public[name] = "\n".join(page.read_text() for page in pages)
        campaign.private[name] = kept_text + "".join(_outputs(course / "autograded" / name))
    campaign.left_files = [str(path) for path in _marked(work)]
    campaign.left_files += [str(path) for path in (work / "tmp").iterdir()]
    campaign.left_files += [str(path) for path in (work / "home").iterdir() if path.name not in OWN_CACHES]
    campaign.left_files += [str(path) for path in (work / "home").rglob(f"*{work.name}*")]


def _outputs(folder: Path) -> Iterator[str]:
    """Yield what the cells of autograded notebooks put out; their sources hold the hidden tests by right."""
    for path in sorted(folder.rglob("*.ipynb")):
        for cell in nbformat.read(path, as_version=4).cells:
            yield json.dumps(cell.get("outputs", []))


def _marked(work: Path) -> Iterator[Path]:
    """Yield what lies in a watched folder, or one level deeper, and has a name with a mark of this run."""
    for place in map(Path, WATCHED):
        try:
            entries = list(place.iterdir())
        except OSError:
            continue
        for entry in entries:
            if entry.name.startswith(work.name + "-"):
                yield entry
            elif entry != work and entry.name.startswith(("autograder", "site-packages", "student")) and entry.is_dir():
                yield from entry.glob(f"*{work.name}-*")


def _clear(work: Path) -> None:
    for path in set(_marked(work)):
        shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink(missing_ok=True)
    shutil.rmtree(work, ignore_errors=True)
