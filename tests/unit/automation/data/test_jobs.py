"""One job at a time, followed to its end, and never two for one repair."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.exceptions import ClientError

from automation.data import jobs
from automation.errors import FleetError
from tests.unit.automation.data.fleet import PLAN, absent

ABOUT = "ml-clusters: replicate existing objects of ml-data-main-us-east-1"


def item(number: int, status: str = "Complete", failed: int = 0, about: str = ABOUT) -> dict[str, Any]:
    return {
        "JobId": f"job-{number}",
        "Description": about,
        "Status": status,
        "CreationTime": datetime(2026, 11, number, tzinfo=UTC),
        "ProgressSummary": {
            "TotalNumberOfTasks": 5,
            "NumberOfTasksSucceeded": 5 - failed,
            "NumberOfTasksFailed": failed,
        },
    }


class Control:
    """S3 Control with these jobs; a job that was created goes through the given states."""

    def __init__(self, *known: dict[str, Any], then: tuple[str, ...] = ("Complete",)) -> None:
        self.known = list(known)
        self.created: list[dict[str, Any]] = []
        self.refuses: ClientError | None = None
        self._then = list(then)

    def list_jobs(self, **asked: Any) -> dict[str, Any]:
        """One job a page."""
        at = int(asked.get("NextToken", "0"))
        page = {"Jobs": self.known[at : at + 1]}
        return {**page, "NextToken": str(at + 1)} if at + 1 < len(self.known) else page

    def create_job(self, **asked: Any) -> dict[str, str]:
        if self.refuses:
            raise self.refuses
        self.created.append(asked)
        return {"JobId": "job-9"}

    def describe_job(self, **_: Any) -> dict[str, Any]:
        status = self._then.pop(0) if len(self._then) > 1 else self._then[0]
        return {"Job": item(9, status)}


def test_a_running_job_is_followed_and_no_second_one_made() -> None:
    control = Control(item(1), item(2, "Active"), item(3, "Active", about="somebody else's"))
    job, is_new = jobs.start(control, PLAN)
    assert (job.id, is_new, control.created) == ("job-2", False, [])


def test_a_new_job_asks_for_what_was_never_carried_or_failed() -> None:
    control = Control(item(1), item(4, failed=2))
    job, is_new = jobs.start(control, PLAN)
    assert (job.id, is_new) == ("job-9", True)
    (asked,) = control.created
    generator = asked["ManifestGenerator"]["S3JobManifestGenerator"]
    assert generator["Filter"] == {
        "EligibleForReplication": True,
        "ObjectReplicationStatuses": ["NONE", "FAILED"],
    }
    assert asked["RoleArn"] == "arn:aws:iam::483026362307:role/batch-replication-main-use1"
    assert asked["Report"]["Prefix"] == "logs/batch-replication"
    assert asked["ConfirmationRequired"] is False


def test_two_who_start_at_once_ask_for_the_same_job() -> None:
    tokens = set()
    for _ in range(2):
        control = Control(item(1), item(4))
        jobs.start(control, PLAN)
        tokens.add(control.created[0]["ClientRequestToken"])
    assert tokens == {"ml-clusters-after-job-4"}
    first = Control()
    jobs.start(first, PLAN)
    assert first.created[0]["ClientRequestToken"] == "ml-clusters-after-none"


def test_a_refused_job_says_what_to_do() -> None:
    control = Control()
    control.refuses = absent("InvalidRequest")
    with pytest.raises(FleetError, match=r"S3 takes no Batch Replication job.*; run: fleet up --only links"):
        jobs.start(control, PLAN)


def test_a_job_is_told_when_it_changes_until_it_is_over() -> None:
    control = Control(then=("New", "Active", "Active", "Complete"))
    job, _ = jobs.start(control, PLAN)
    told: list[str] = []
    pauses: list[float] = []
    ended = jobs.follow(control, PLAN, job, tell=told.append, pause=pauses.append)
    assert ended.has_healed
    assert [line.split(",")[0] for line in told] == [
        "job job-9: New",
        "job job-9: Active",
        "job job-9: Complete",
    ]
    assert pauses == [jobs.LOOK_EVERY_S] * 3


@pytest.mark.parametrize(
    ("known", "healed"),
    [
        ((), None),
        ((item(1),), 1),
        ((item(1), item(3, failed=1)), 1),
        ((item(1), item(2), item(3, "Active")), 2),
        ((item(3, "Failed"),), None),
    ],
)
def test_only_a_job_that_reached_everything_has_healed(
    known: tuple[dict[str, Any], ...], healed: int | None
) -> None:
    found = jobs.last_healed(jobs.jobs_of(Control(*known), PLAN))
    assert found == (None if healed is None else datetime(2026, 11, healed, tzinfo=UTC))
