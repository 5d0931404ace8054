"""The tests of one variant: each case ends as its header says, and nobody else notices."""

from __future__ import annotations

import os
from typing import ClassVar

import pytest
from filelock import FileLock

from campaign import ENVIRONMENT_WORD, NotHere, release, run
from catalogue import Case, catalogue
from evidence import Campaign, canary, student
from fortress import ANSWER_WORD, CANARY_WORD, CODE_WORDS, FULL, MESSAGE_WORDS, NUMBERS

CASES = catalogue()
every_case = pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
NOBODYS = (*CODE_WORDS, ANSWER_WORD, ENVIRONMENT_WORD, "mulberry_stoat")
"""Words that nothing which grading writes may hold."""


def runs(case: Case, variant: str) -> bool:
    return case.expected("runs", variant, "yes") == "yes"


@pytest.fixture(scope="class")
def campaign(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Campaign:
    """Grade the cases whose tests were chosen, once; the tests only look at what came of it."""
    variant = request.cls.variant
    tests = [item for item in request.session.items if getattr(item, "cls", None) is request.cls]
    chosen = {item.callspec.params["case"].name for item in tests if hasattr(item, "callspec")}
    cases = [case for case in CASES if case.name in chosen and runs(case, variant)]
    own = tmp_path_factory.getbasetemp()
    released = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "fortress"
    with FileLock(f"{released}.lock"):
        if not released.exists():
            release(released)
    try:
        return run(variant, cases, released)
    except NotHere as reason:
        pytest.skip(str(reason))


class Hostile:
    """Subclasses name the variant; their modules import `campaign`."""

    variant: ClassVar[str]

    def only_if_it_runs(self, case: Case) -> None:
        if not runs(case, self.variant):
            pytest.skip(case.expected("why", self.variant))

    @every_case
    def test_score_and_status(self, campaign: Campaign, case: Case) -> None:
        self.only_if_it_runs(case)
        expected = float(case.expected("score", self.variant)), case.expected("status", self.variant)
        found = campaign.summary(student(case))
        told = campaign.graded.get(student(case), {}).get("reason"), campaign.points[student(case)]
        assert found == expected, told

    @every_case
    def test_the_honest_student_after_it(self, campaign: Campaign, case: Case) -> None:
        self.only_if_it_runs(case)
        if not case.followed(self.variant):
            pytest.skip("without bubblewrap an honest student follows what disturbs, and nobody else")
        told = campaign.graded.get(canary(case), {}).get("reason"), campaign.points[canary(case)]
        assert campaign.summary(canary(case)) == (FULL, "graded"), told

    @every_case
    def test_nothing_leaks(self, campaign: Campaign, case: Case) -> None:
        self.only_if_it_runs(case)
        if case.expected("leaks", self.variant) == "yes":
            pytest.skip(case.expected("why", self.variant))
        tells_inputs = case.expected("inputs", self.variant) == "yes"
        secret = None if tells_inputs else case.expected("secret", self.variant)
        forbidden = [*NOBODYS, CANARY_WORD]
        written = campaign.private[student(case)] + campaign.public[student(case)]
        assert [word for word in forbidden if word in written] == []
        inputs = () if tells_inputs else NUMBERS
        shown = [*MESSAGE_WORDS, *inputs, *filter(None, [secret])]
        assert [word for word in shown if word in campaign.public[student(case)]] == []
        if case.followed(self.variant):
            theirs = campaign.private[canary(case)] + campaign.public[canary(case)]
            assert [word for word in NOBODYS if word in theirs] == []

    @every_case
    def test_no_file_is_left(self, campaign: Campaign, case: Case) -> None:
        self.only_if_it_runs(case)
        left = [path for path in campaign.left_files if campaign.marks[case.name] in path]
        if case.expected("leaves", self.variant) == "yes":
            pytest.skip(case.expected("why", self.variant))
        assert left == []

    def test_everybody_is_graded(self, campaign: Campaign) -> None:
        assert campaign.failures == {}

    def test_log_and_report_tell_no_secret(self, campaign: Campaign) -> None:
        text = campaign.log + campaign.report
        assert [word for word in (*NOBODYS, CANARY_WORD) if word in text] == []

    def test_no_process_is_left(self, campaign: Campaign) -> None:
        allowed = any(case.expected("leaves", self.variant) == "yes" for case in CASES)
        assert allowed or campaign.left_running == []

    def test_what_is_not_theirs_is_as_it_was(self, campaign: Campaign) -> None:
        assert campaign.changed == []
        marks = tuple(campaign.marks.values())
        assert [path for path in campaign.left_files if not any(mark in path for mark in marks)] == []
