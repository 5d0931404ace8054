"""Grade the whole catalogue once, as one kind of user and with or without bubblewrap, and keep the evidence."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import fortress
from catalogue import HERE, Case
from evidence import Campaign, canary, collect, digests, marked, student

ENVIRONMENT_WORD = "garnet_ibis"
"""A word in the coordinator's environment, which no student may see."""
SECONDS = 3600
VIEW = """
own=$PATH; PATH=/usr/sbin:/usr/bin:/sbin:/bin
mkdir "$1/python" && mount --bind "$2" "$1/python" && mount -t tmpfs -o mode=755 none "$3" &&
mkdir -p "$2" && mount --bind "$1/python" "$2" && shift 3 && PATH=$own exec "$@"
"""
"""Run a command where the closed folder $3 holds nothing but the Python in $2, which $1/python keeps meanwhile."""


class NotHere(Exception):
    """A variant cannot run on this machine; the message says why."""


def release(folder: Path) -> None:
    """Make the course in a new folder and release its assignment, which every campaign begins with."""
    source = folder / "solutions" / fortress.NAME
    source.mkdir(parents=True)
    (folder / "nbgrader_config.py").write_text(fortress.CONFIG)
    (source / f"{fortress.NAME}.ipynb").write_bytes(fortress.as_bytes(fortress.source_notebook()))
    command = [sys.executable, "-m", "autograder", "--course", str(folder), "release", fortress.NAME]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=SECONDS)
    if done.returncode != 0:
        raise RuntimeError(f"the fortress cannot be released:\n{done.stdout}\n{done.stderr}")


def run(variant: str, cases: list[Case], released: Path) -> Campaign:
    """Hand in, grade, write feedback and a report, and collect the evidence.

    Parameters
    ----------
    variant : str
        As whom, and whether with bubblewrap.
    cases : list of Case
        What to hand in.
    released : Path
        The folder that `release` made.

    Raises
    ------
    NotHere
        If this machine cannot run the variant.
    """
    uid = _uid(variant)
    work = Path(tempfile.mkdtemp(prefix="hostile-", dir="/tmp"))
    try:
        campaign = Campaign(variant)
        course = _lay_out(work, campaign, cases, released)
        before = digests(course), digests(work / "bait")
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
        steps = [["grade", "--json"], ["feedback"], ["report"]]
        commands = [[*grader, verb, fortress.NAME, *options] for verb, *options in steps]
        environment = _environment(work, variant)
        with subprocess.Popen(
            command, stdin=subprocess.PIPE, env=environment, cwd=work, start_new_session=True
        ) as supervisor:
            try:
                supervisor.communicate(json.dumps(commands).encode(), timeout=SECONDS)
            finally:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(supervisor.pid, signal.SIGKILL)
        collect(campaign, work, course, cases)
        after = digests(course), digests(work / "bait")
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


def _lay_out(work: Path, campaign: Campaign, cases: list[Case], released: Path) -> Path:
    work.chmod(0o755)
    for name in ("home", "tmp", "bait/folder"):
        (work / name).mkdir(parents=True)
    (work / "bait" / "folder" / "precious.txt").write_text("nobody may read, change or remove this: mulberry_stoat\n")
    course = work / "course"
    shutil.copytree(released, course)
    honest = fortress.submission(fortress.RIGHT | {"own": f"# {fortress.CANARY_WORD}"})
    for number, case in enumerate(cases):
        mark = campaign.marks[case.name] = f"{work.name}-{number}-"
        places = {"__MARK__": mark, "__BAIT__": str(work / "bait"), "__COURSE__": str(course), "__WORK__": str(work)}
        case.hand_in(course / "submitted" / student(case) / fortress.NAME, places)
        if not case.followed(campaign.variant):
            continue
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
        view = [
            _tool("unshare"),
            "--mount",
            "--",
            "/bin/sh",
            "-c",
            VIEW,
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


def _clear(work: Path) -> None:
    for path in set(marked(work)):
        shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink(missing_ok=True)
    shutil.rmtree(work, ignore_errors=True)
