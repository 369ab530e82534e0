"""Where the roles of one site act."""

from __future__ import annotations

from dataclasses import dataclass

from plan import names
from plan.iam import IamAccount


@dataclass(frozen=True, kw_only=True, slots=True)
class Scope:
    """A site as its roles see it: what their permissions end at. `data_bucket` is None for a site without data."""

    site: str
    region: str
    iam: IamAccount
    data_bucket: str | None

    @property
    def account_id(self) -> str:
        """The account that the site is in."""
        return self.iam.account_id

    @property
    def clusters(self) -> str:
        """What matches the names of the site's clusters."""
        return names.clusters_of(self.site)

    def arn(self, service: str, resource: str) -> str:
        """ARN of a resource of this account and region."""
        return f"arn:aws:{service}:{self.region}:{self.account_id}:{resource}"

    def role_arn(self, role: str, *, path: str | None = None) -> str:
        """ARN of another role of this site."""
        return self.iam.role_arn(names.site_role(role, self.site), path=path)
