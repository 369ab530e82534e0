"""FSx data repository associations, which moto lacks: their life and what is refused, not the files that they carry.

Source: FSx API Reference, CreateDataRepositoryAssociation and its neighbours; FSx for Lustre User Guide, "Linking
your file system to an Amazon S3 bucket".
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

from moto.moto_api._internal import mock_random
from moto.s3.models import s3_backends

from sandbox.aws.dispatch import Call, Key, Operation, Refusal
from sandbox.aws.errors import Refused
from sandbox.aws.lustre import ID_DIGITS, backend_of, system_of

ASSOCIATIONS_MAX = 8
S3_SCHEME = "s3://"
_SENT_AS = "ClientRequestToken"
_OWN_FIELDS = (
    *("FileSystemId", "FileSystemPath", "DataRepositoryPath"),
    *("BatchImportMetaDataOnCreate", "ImportedFileChunkSize", "S3"),
)


def _all(call: Call) -> Iterator[tuple[Any, dict[str, Any]]]:
    """Every association with its file system."""
    for system in backend_of(call).file_systems.values():
        for association in system.associations.values():
            yield system, association


def _get(call: Call, association_id: str) -> tuple[Any, dict[str, Any]]:
    for system, association in _all(call):
        if association["AssociationId"] == association_id:
            return system, association
    raise Refused("DataRepositoryAssociationNotFound", f"Association {association_id} does not exist.")


def _made_by(call: Call) -> dict[str, Any] | None:
    """The association that this very request made before, by its token."""
    return next((item for _, item in _all(call) if item[_SENT_AS] == call.params[_SENT_AS]), None)


def paths_fit(call: Call) -> None:
    """A path from the root, and neither it nor the bucket's prefix inside of another association's."""
    if _made_by(call):
        return
    system, path = system_of(call, call.params["FileSystemId"]), call.params["FileSystemPath"]
    prefix = call.params["DataRepositoryPath"]
    if not path.startswith("/"):
        raise Refused("BadRequest", f"The file system path {path} must start with a slash")
    if not prefix.startswith(S3_SCHEME):
        raise Refused("BadRequest", f"The data repository path {prefix} must start with {S3_SCHEME}")
    if len(system.associations) >= ASSOCIATIONS_MAX:
        raise Refused(
            "ServiceLimitExceeded",
            f"A file system has at most {ASSOCIATIONS_MAX} data repository associations",
        )
    for other in system.associations.values():
        for field, asked in (("FileSystemPath", path), ("DataRepositoryPath", prefix)):
            if _overlap(asked, other[field]):
                raise Refused(
                    "BadRequest",
                    f"{asked} overlaps {other[field]} of the association {other['AssociationId']}",
                )


def _overlap(one: str, other: str) -> bool:
    ends = [f"{path.rstrip('/')}/" for path in (one, other)]
    return ends[0].startswith(ends[1]) or ends[1].startswith(ends[0])


def bucket_is_near(call: Call) -> None:
    """A bucket that exists, in the file system's own region."""
    bucket = _bucket(call.params["DataRepositoryPath"])
    if bucket is None or bucket.region_name != call.region:
        name = _bucket_name(call.params["DataRepositoryPath"])
        where = "does not exist" if bucket is None else f"is in {bucket.region_name}"
        raise Refused("BadRequest", f"The bucket {name} {where}; the file system is in {call.region}")


def _bucket_name(path: str) -> str:
    return path.removeprefix(S3_SCHEME).partition("/")[0]


def _bucket(path: str) -> Any:
    name = _bucket_name(path)
    if name not in s3_backends.bucket_accounts:
        return None
    partition, account = s3_backends.bucket_accounts[name]
    return s3_backends[account][partition].buckets.get(name)


def create(call: Call) -> dict[str, Any]:
    """An association that is being created; from the first look on it is available.

    A request that is sent again under its token makes nothing new.
    """
    if made := _made_by(call):
        return {"Association": _shown(call, made)}
    system = system_of(call, call.params["FileSystemId"])
    association_id = f"dra-{mock_random.get_random_hex(ID_DIGITS)}"
    arn = f"arn:aws:fsx:{call.region}:{call.account}:association/{system.file_system_id}/{association_id}"
    system.associations[association_id] = {
        "AssociationId": association_id,
        _SENT_AS: call.params[_SENT_AS],
        "ResourceARN": arn,
        "CreationTime": time.time(),
        "BatchImportMetaDataOnCreate": False,
        "ImportedFileChunkSize": 1024,
        "S3": {},
        **{field: call.params[field] for field in _OWN_FIELDS if field in call.params},
    }
    backend_of(call).tagger.tag_resource(arn, call.params.get("Tags", []))
    return {"Association": {**_shown(call, system.associations[association_id]), "Lifecycle": "CREATING"}}


def describe(call: Call) -> dict[str, Any]:
    """Those that are asked for by id, or all that pass the filters."""
    ids = call.params.get("AssociationIds", [])
    found = [_get(call, item)[1] for item in ids] if ids else [item for _, item in _all(call)]
    wanted = {item["Name"]: item["Values"] for item in call.params.get("Filters", [])}
    systems = wanted.get("file-system-id")
    return {
        "Associations": [
            _shown(call, item) for item in found if systems is None or item["FileSystemId"] in systems
        ]
    }


def _shown(call: Call, association: dict[str, Any]) -> dict[str, Any]:
    """As the API shows it: misconfigured once its bucket is gone (User Guide, "Data repository lifecycle state")."""
    tags = backend_of(call).list_tags_for_resource(association["ResourceARN"])
    shown = {key: value for key, value in association.items() if key != _SENT_AS}
    if _bucket(association["DataRepositoryPath"]) is not None:
        return {**shown, "Tags": tags, "Lifecycle": "AVAILABLE"}
    name = _bucket_name(association["DataRepositoryPath"])
    details = {"Message": f"The bucket {name} does not exist or cannot be reached"}
    return {**shown, "Tags": tags, "Lifecycle": "MISCONFIGURED", "FailureDetails": details}


def change(call: Call) -> dict[str, Any]:
    """Its policies of import and export, each as a whole, and its chunk size."""
    _, association = _get(call, call.params["AssociationId"])
    association["S3"] = {**association["S3"], **call.params.get("S3", {})}
    if "ImportedFileChunkSize" in call.params:
        association["ImportedFileChunkSize"] = call.params["ImportedFileChunkSize"]
    return {"Association": {**_shown(call, association), "Lifecycle": "UPDATING"}}


def delete(call: Call) -> dict[str, Any]:
    """The link goes; the files stay in bucket and file system unless the call says otherwise."""
    system, association = _get(call, call.params["AssociationId"])
    del system.associations[association["AssociationId"]]
    backend_of(call).tagger.delete_all_tags_for_resource(association["ResourceARN"])
    return {
        "AssociationId": association["AssociationId"],
        "Lifecycle": "DELETING",
        "DeleteDataInFileSystem": call.params.get("DeleteDataInFileSystem", False),
    }


REFUSALS: dict[Key, tuple[Refusal, ...]] = {
    ("fsx", "CreateDataRepositoryAssociation"): (paths_fit, bucket_is_near),
}
OPERATIONS: dict[Key, Operation] = {
    ("fsx", "CreateDataRepositoryAssociation"): create,
    ("fsx", "DescribeDataRepositoryAssociations"): describe,
    ("fsx", "UpdateDataRepositoryAssociation"): change,
    ("fsx", "DeleteDataRepositoryAssociation"): delete,
}
