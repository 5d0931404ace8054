"""The tests of one variant: each case ends as its header says, and nobody else notices."""

from __future__ import annotations

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


class Hostile:
    """Subclasses name the variant."""

    variant: ClassVar[str]

    @pytest.fixture(scope="class")
    def campaign(self, tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Campaign:
        shared = tmp_path_factory.getbasetemp()
        released = (shared if worker_id == "master" else shared.parent) / "fortress"
        with FileLock(f"{released}.lock"):
            if not released.exists():
                release(released)
        try:
            return run(self.variant, [case for case in CASES if self.runs(case)], released)
        except NotHere as reason:
            pytest.skip(str(reason))

    def runs(self, case: Case) -> bool:
        return case.expected("runs", self.variant, "yes") == "yes"

    def only_if_it_runs(self, case: Case) -> None:
        if not self.runs(case):
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
        told = campaign.graded.get(canary(case), {}).get("reason"), campaign.points[canary(case)]
        assert campaign.summary(canary(case)) == (FULL, "graded"), told

    @every_case
    def test_nothing_leaks(self, campaign: Campaign, case: Case) -> None:
        self.only_if_it_runs(case)
        if case.expected("leaks", self.variant) == "yes":
            pytest.skip(case.expected("why", self.variant))
        forbidden = [*NOBODYS, CANARY_WORD, *filter(None, [case.expected("secret", self.variant)])]
        written = campaign.private[student(case)] + campaign.public[student(case)]
        assert [word for word in forbidden if word in written] == []
        assert [word for word in (*MESSAGE_WORDS, *NUMBERS) if word in campaign.public[student(case)]] == []
        assert [
            word for word in NOBODYS if word in campaign.private[canary(case)] + campaign.public[canary(case)]
        ] == []

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
