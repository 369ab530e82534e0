"""Where the roles of one site act."""

from __future__ import annotations

from dataclasses import dataclass

from plan import names
from plan.iam import IamAccount, iam_account
from spec import Fleet


@dataclass(frozen=True, kw_only=True, slots=True)
class Scope:
    """A site as its roles see it: what their permissions end at. `data_bucket` is None for a site without data.

    `accounting_secrets` are ARNs of the logins of its HyperPod clusters' accounting databases.
    """

    site: str
    region: str
    iam: IamAccount
    data_bucket: str | None
    accounting_secrets: tuple[str, ...] = ()

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


def site_scope(fleet: Fleet, site_name: str) -> Scope:
    """The scope of a site of the fleet."""
    site = fleet.sites[site_name]
    data = fleet.settings.data
    has_data = data is not None and site_name in (data.central, *data.replicas)
    databases = (cluster.accounting_database for cluster in (site.hyperpod or {}).values())
    return Scope(
        site=site_name,
        region=site.region,
        iam=iam_account(fleet, fleet.settings.accounts[site.account].id),
        data_bucket=names.data_bucket(site.account, site.region) if has_data else None,
        accounting_secrets=tuple(sorted({database.secret for database in databases if database})),
    )
