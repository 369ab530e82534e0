"""Whom a site's alarms tell: one SNS topic, encrypted with the site's key, and its subscribers."""

from __future__ import annotations

from dataclasses import dataclass

from plan import names
from plan.policies import Document, document
from spec import Fleet


@dataclass(frozen=True, kw_only=True, slots=True)
class AlertsPlan:
    """The topic of a site. Its name is fixed: alarms of other stacks name its ARN before it exists."""

    topic: str
    topic_arn: str
    emails: tuple[str, ...]
    policy: Document


def plan_alerts(fleet: Fleet, site_name: str) -> AlertsPlan | None:
    """The alerts of a site; None when the fleet alerts nobody."""
    alerts = fleet.settings.alerts
    if alerts is None:
        return None
    arn = topic_arn(fleet, site_name)
    return AlertsPlan(
        topic=names.alerts_topic(site_name),
        topic_arn=arn,
        emails=alerts.emails,
        policy=document(
            {
                "Effect": "Allow",
                "Principal": {"Service": "cloudwatch.amazonaws.com"},
                "Action": ["sns:Publish"],
                "Resource": [arn],
                # A topic is notified by alarms of its own account, and by those on replication to its region,
                # which are in the account of the central bucket (docs/data.md).
                "Condition": {"StringEquals": {"aws:SourceAccount": _alarming_accounts(fleet, site_name)}},
            },
            {
                "Effect": "Deny",
                "Principal": {"AWS": "*"},
                "Action": ["sns:Publish"],
                "Resource": [arn],
                "Condition": {"Bool": {"aws:SecureTransport": "false"}},
            },
        ),
    )


def topic_arn(fleet: Fleet, site_name: str) -> str:
    """ARN of a site's topic, from the committed files alone."""
    site = fleet.sites[site_name]
    account_id = fleet.settings.accounts[site.account].id
    return names.topic_arn(account_id, site.region, names.alerts_topic(site_name))


def _alarming_accounts(fleet: Fleet, site_name: str) -> list[str]:
    data = fleet.settings.data
    sites = [site_name]
    if data and site_name in data.replicas:
        sites.append(data.central)
    return list(dict.fromkeys(fleet.settings.accounts[fleet.sites[name].account].id for name in sites))
