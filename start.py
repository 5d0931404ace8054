"""Install the course for a student, once, and open it: `python3 start.py`, on Windows `py start.py`.

It needs Python 3.11 or later and nothing else: no make, no link, no rights of an administrator. What it installs goes
into the folder `.venv` beside it. Words after `start.py` go to the command `mlp-course`: `python3 start.py progress`.
"""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent
LOCK = "requirements-lab.lock"


def main(arguments: Sequence[str]) -> int:
    """Install what is missing, then run `mlp-course`."""
    if sys.version_info < (3, 11):  # noqa: UP036  (this file is run by whatever Python there is)
        print(f"Python 3.11 or later is needed, this is {sys.version.split()[0]}: https://www.python.org/downloads/")
        return 1
    environment = ROOT / ".venv"
    program = python_of(environment, os.name)
    try:
        if needs_installing(environment):
            install(environment, program)
    except subprocess.CalledProcessError as error:
        if not program.exists():
            print("Python cannot make an environment. On Debian and Ubuntu: sudo apt install python3-venv")
        else:
            print("The installation stopped; what went wrong stands above. The same command goes on where it stopped.")
        return error.returncode
    process = subprocess.Popen([program, "-m", "mlpkit.course", *(arguments or ["open"])], cwd=ROOT)
    while True:
        try:
            return process.wait()
        except KeyboardInterrupt:  # it gets it, too
            continue


def python_of(environment: Path, system: str) -> Path:
    """Return the Python of an environment; `system` is `os.name`, "nt" on Windows."""
    return environment / ("Scripts/python.exe" if system == "nt" else "bin/python")


def needs_installing(environment: Path) -> bool:
    """Return whether something is missing, or older than what the course asks for now."""
    stamp = environment / ".lab"
    wanted = [ROOT / LOCK, ROOT / "pyproject.toml"]
    return not stamp.exists() or any(path.stat().st_mtime > stamp.stat().st_mtime for path in wanted)


def install(environment: Path, program: Path) -> None:
    """Make the environment and install the tested versions, each verified by its checksum, then the course itself."""
    count = (ROOT / LOCK).read_text(encoding="utf-8").count("==")
    print(f"1 of 3: an environment for the course, {environment}", flush=True)
    if not program.exists():
        subprocess.run([sys.executable, "-m", "venv", environment], check=True)
    pip = [program, "-m", "pip", "--disable-pip-version-check", "install"]
    print(f"2 of 3: about {count} packages, once; one or two minutes on a usual line", flush=True)
    subprocess.run([*pip, "--no-deps", "-r", ROOT / LOCK], check=True)  # the lock holds everything already
    print("3 of 3: the course itself", flush=True)
    subprocess.run([*pip, "--quiet", "--no-deps", "-e", ROOT], check=True)
    (environment / ".lab").touch()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
