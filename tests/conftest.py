"""The lanes of the tests: which test needs what, and in which order they begin.

``make quick`` runs what has none of these marks, ``make test`` what is not slow, ``make test-all`` everything.
"""

from __future__ import annotations

import functools
import os
import signal
import sys
import threading
from collections.abc import Iterator

import pytest
from tqdm import tqdm

from autograder.sandbox.surroundings import ONE_THREAD

for _name, _value in ONE_THREAD.items():  # before numpy is imported
    os.environ.setdefault(_name, _value)

FOLDERS = ("hostile", "browser", "notebooks")
"""Folders whose name is the mark of all their tests."""
WORKERS = {
    "test_audit",
    "test_beside",
    "test_characters",
    "test_class_graded",
    "test_cli",
    "test_cluster",
    "test_course_folder",
    "test_course_fresh",
    "test_course_shapes",
    "test_datatypes_isolated",
    "test_demo",
    "test_demo_pandas",
    "test_doctor_sandbox",
    "test_feedback",
    "test_grade",
    "test_graders",
    "test_groups",
    "test_idioms",
    "test_keep",
    "test_kill",
    "test_isolation",
    "test_lanes",
    "test_masks",
    "test_mutations",
    "test_pages",
    "test_parity",
    "test_place",
    "test_postgresql",
    "test_preload",
    "test_privileges",
    "test_reader",
    "test_release",
    "test_same_scores",
    "test_sandbox",
    "test_session",
    "test_settings",
    "test_surroundings",
    "test_time",
    "test_update",
    "test_zygote",
}
"""Files whose tests start workers, as in grading, a server, or pytest itself."""
LENGTHY = {"test_class", "test_incremental", "test_linear", "test_own", "test_packaging", "test_regrade"}
"""Files that grade whole classes, train networks, measure growth or build the package: seconds a test."""
LONGEST = (
    "hostile/test_as_root.py",
    "test_session",
    "hostile/test_as_user.py",
    "test_course_fresh",
    "test_site.py",
    "test_time",
    "test_demo",
    "test_grade.py",
    "hostile",
    "browser",
    "test_mistakes",
    "notebooks",
    "test_privileges",
)
"""What begins first, so that all processes end at about the same time, and only one builds the site.

Beside what keeps two processors busy by itself stands what mostly waits.
"""


def pytest_configure(config: pytest.Config) -> None:
    """Give pytest the marks; `--strict-markers` refuses all others."""
    for mark in (
        "browser: opens pages in Chromium",
        "hostile: grades an attack",
        "lengthy: takes seconds, and is left out of `make quick`",
        "notebooks: runs a whole chapter",
        "pictures: draws pictures of mlpkit.viz",
        "sandbox: starts workers, as in grading, a server, or pytest itself",
        "slow: runs in `make test-all` only",
    ):
        config.addinivalue_line("markers", mark)
    if "mutmut" in sys.modules:  # it ends mutants at any moment, and tqdm's usual lock is one between processes
        tqdm.set_lock(threading.RLock())


@pytest.hookimpl(tryfirst=True)  # before -m chooses by the marks
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests and sort them; `--no-loadscope-reorder` hands them out in this order."""
    for item in items:
        for name in set(FOLDERS) & set(item.path.parts):
            item.add_marker(name)
        if item.path.stem in WORKERS:
            item.add_marker("sandbox")
        if item.path.stem in LENGTHY:
            item.add_marker("lengthy")
        if item.path.stem.startswith("test_viz"):
            item.add_marker("pictures")
        if _is_left_to_the_long_run(item):
            item.add_marker("slow")
    items.sort(key=lambda item: next((i for i, name in enumerate(LONGEST) if name in item.path.as_posix()), 99))


def _is_left_to_the_long_run(item: pytest.Item) -> bool:
    """Return whether a test is an attack without bubblewrap, as root or where its header expects nothing special."""
    variant = getattr(getattr(item, "cls", None), "variant", "")
    if variant == "as root without bubblewrap":
        return True
    case = item.callspec.params.get("case") if hasattr(item, "callspec") else None
    return "without" in variant and case is not None and not case.names("without bubblewrap")


@pytest.fixture(scope="session")
def alembic_is_asked_once() -> Iterator[None]:
    """Keep what nbgrader asks another program for each new gradebook: the version that it writes into it."""
    import nbgrader.api  # which the tests of the library alone do without

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(nbgrader.api, "get_alembic_version", functools.cache(nbgrader.api.get_alembic_version))
        yield


@pytest.fixture(autouse=True)
def _no_worker_in_the_quick_lane(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Fail a test of the quick lane that starts a worker: its file belongs into `WORKERS`."""
    if any(request.node.get_closest_marker(name) for name in (*FOLDERS, "sandbox")):
        return

    def refuse(*args: object, **options: object) -> None:
        pytest.fail(f"this test starts a worker: add {request.path.stem} to WORKERS in tests/conftest.py")

    monkeypatch.setattr("autograder.sandbox.processes._process", refuse)
    monkeypatch.setattr("autograder.sandbox.nursery.Nursery.start", refuse)


@pytest.fixture(autouse=True)
def _no_signal_is_heard_any_more() -> Iterator[None]:
    """Fail a test that leaves an event loop listening for signals: it would hear what a later test sends itself."""
    yield
    assert signal.set_wakeup_fd(-1) == -1
