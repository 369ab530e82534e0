"""What a site wrote for itself, published: copied to the central bucket, from where replication carries it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from automation.errors import FleetError
from plan.data import replicated_prefixes
from plan.prefixes import own_prefix
from plan.replication import BucketEnd

PROMOTED_FROM = "promoted-from"
"""Metadata of a promoted object: the version that it was copied from, so that a second run copies only what is new."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Promotion:
    """One object to copy: from a key of the site's bucket to one of the central bucket."""

    source_key: str
    version_id: str
    size: int
    target_key: str

    @property
    def origin(self) -> str:
        return f"{self.source_key}@{self.version_id}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Copier:
    """Copies from a site's bucket to the central one. `from_s3` and `to_s3` may be of two accounts."""

    source: BucketEnd
    target: BucketEnd
    from_s3: Any
    to_s3: Any

    def find(self, path: str, to: str | None) -> tuple[Promotion, ...]:
        """What lies at this path below `sites/<site>/`. Raises FleetError for a path that cannot be promoted."""
        destination = target_prefix(path, to)
        start = own_prefix(self.source.site) + path
        found = tuple(
            Promotion(
                source_key=item["Key"],
                version_id=item["VersionId"],
                size=item["Size"],
                target_key=destination + item["Key"].removeprefix(start),
            )
            for item in self._latest(start)
            if path.endswith("/") or item["Key"] == start
        )
        if not found:
            remedy = (
                "write a folder with a slash at its end" if not path.endswith("/") else "look at its name"
            )
            raise FleetError(f"s3://{self.source.bucket}/{start} holds nothing", remedy=remedy)
        return found

    def copy(self, item: Promotion) -> bool:
        """Copy one object with its metadata; False when the central bucket has this version already."""
        if self._is_there(item):
            return False
        version = {"Bucket": self.source.bucket, "Key": item.source_key, "VersionId": item.version_id}
        head = self.from_s3.head_object(**version)
        about = {
            "Metadata": {**head["Metadata"], PROMOTED_FROM: item.origin},
            "ContentType": head["ContentType"],
        }
        if self.source.account_id == self.target.account_id:
            self.to_s3.copy(
                version,
                self.target.bucket,
                item.target_key,
                ExtraArgs={**about, "MetadataDirective": "REPLACE"},
                SourceClient=self.from_s3,
            )
        else:
            # No identity may read one account's bucket and write the other's: the bytes pass through here.
            body = self.from_s3.get_object(**version)["Body"]
            self.to_s3.upload_fileobj(body, self.target.bucket, item.target_key, ExtraArgs=about)
        return True

    def _latest(self, prefix: str) -> Iterator[dict[str, Any]]:
        pages = self.from_s3.get_paginator("list_object_versions").paginate(
            Bucket=self.source.bucket, Prefix=prefix
        )
        for page in pages:
            yield from (item for item in page.get("Versions", ()) if item["IsLatest"])

    def _is_there(self, item: Promotion) -> bool:
        try:
            head = self.to_s3.head_object(Bucket=self.target.bucket, Key=item.target_key)
        except ClientError as error:
            if error.response["Error"]["Code"] in {"404", "NoSuchKey"}:
                return False
            raise
        return bool(head["Metadata"].get(PROMOTED_FROM) == item.origin)


def target_prefix(path: str, to: str | None) -> str:
    """Where a path goes: to the same one, or to `to`. Raises FleetError where replication would not carry it on."""
    target = path if to is None else to
    if not target.startswith(replicated_prefixes()):
        known = ", ".join(replicated_prefixes())
        raise FleetError(
            f"{target} is not replicated, so promoting it would reach no site",
            remedy=f"name a place in one of {known}: --to PREFIX",
        )
    if path.endswith("/") != target.endswith("/"):
        raise FleetError(
            f"{path} and {target} are a folder and an object", remedy="end both, or none, with a slash"
        )
    return target


def promote(copier: Copier, items: tuple[Promotion, ...], *, tell: Callable[[str], None]) -> int:
    """Copy all; how many were new."""
    copied = 0
    for item in items:
        if copier.copy(item):
            copied += 1
            tell(f"{item.source_key} -> s3://{copier.target.bucket}/{item.target_key}")
    return copied
