"""What fleet.yaml says about the fleet's data: the central bucket, its replicas, and who hears of trouble."""

from __future__ import annotations

from pydantic import Field

from spec.fields import Email, SiteName, Spec, UniqueTuple


class Data(Spec):
    """One central bucket, whose objects are replicated to one bucket in each replica site."""

    central: SiteName = Field(
        description="Site whose bucket people and jobs publish data in. Moving it starts an empty bucket."
    )
    replicas: UniqueTuple[SiteName] = Field(
        description="Sites that hold a copy: at most one of an account and region, in any account."
    )


class Alerts(Spec):
    """Who is told when an alarm fires: each site has one SNS topic with these subscribers."""

    emails: UniqueTuple[Email] = Field(
        description="Addresses that alarms are sent to; each must be confirmed once by its owner."
    )
