"""One object, tag set or delete marker carried to one destination, or the reason why it cannot be.

Reasons are S3's own (S3 User Guide, "Amazon S3 replication failure reasons"). To be called under moto's lock.
"""

from __future__ import annotations

from typing import Any

from moto.s3.models import FakeBucket, FakeDeleteMarker, FakeKey, S3Backend, s3_backends

from sandbox.aws.callers import PARTITION
from sandbox.aws.key_access import find_key
from sandbox.aws.replication.access import Role, key_context
from sandbox.aws.replication.configuration import Rule, bucket_named_by, role_of

REPLICA = "REPLICA"
S3 = "s3.amazonaws.com"

put_object = S3Backend.put_object
"""Moto's own: a replica is not replicated again."""


def carry(bucket: FakeBucket, key: FakeKey, rule: Rule) -> str:
    """Copy an object with its tags, metadata, version id and age; the reason why not, empty when it is there."""
    destination = bucket_named_by(rule["Destination"]["Bucket"])
    role = Role.assumed_by(role_of(bucket), S3)
    if role is None:
        return "AssumeRoleNotPermitted"
    if destination is None:
        return "DstBucketNotFound"
    reason = _source_refuses(role, bucket, key) or _destination_refuses(role, destination, key, rule)
    if not reason:
        _write(destination, key, rule)
    return reason


def carry_marker(bucket: FakeBucket, marker: FakeDeleteMarker, rule: Rule) -> str:
    """Repeat a delete marker, where the rule wants that."""
    destination = bucket_named_by(rule["Destination"]["Bucket"])
    role = Role.assumed_by(role_of(bucket), S3)
    if role is None:
        return "AssumeRoleNotPermitted"
    if destination is None:
        return "DstBucketNotFound"
    if not role.may_use_bucket("s3:ReplicateDelete", destination, marker.name):
        return "DstDelObjNotPermitted"
    if marker.name in destination.keys:
        copied = FakeDeleteMarker(key=destination.keys[marker.name])
        copied._version_id = marker.version_id
        destination.keys[marker.name] = copied
    return ""


def _source_refuses(role: Role, bucket: FakeBucket, key: FakeKey) -> str:
    if not role.may_use_bucket("s3:GetObjectVersionForReplication", bucket, key.name):
        return "SrcGetObjectNotPermitted"
    if _tags(key) and not role.may_use_bucket("s3:GetObjectVersionTagging", bucket, key.name):
        return "SrcGetTaggingNotPermitted"
    if key.encryption != "aws:kms":
        return ""
    kms = find_key(key.kms_key_id or "")
    if kms is None:
        return "SrcKmsKeyNotFound"
    if not kms.enabled or kms.key_state != "Enabled":
        return "SrcKmsKeyInvalidState"
    allowed = role.may_use_key("kms:Decrypt", kms, key_context(bucket, key.name, role))
    return "" if allowed else "SrcGetObjectNotPermitted"


def _destination_refuses(role: Role, destination: FakeBucket, key: FakeKey, rule: Rule) -> str:
    if destination.versioning_status != "Enabled":
        return "DstBucketUnversioned"
    needed = {"s3:ReplicateObject": "DstPutObjectNotPermitted"}
    if _tags(key):
        needed["s3:ReplicateTags"] = "DstPutTaggingNotPermitted"
    if "AccessControlTranslation" in rule["Destination"]:
        needed["s3:ObjectOwnerOverrideToBucketOwner"] = "DstPutObjectNotPermitted"
    for action, reason in needed.items():
        if not role.may_use_bucket(action, destination, key.name):
            return reason
    return _replica_key_refuses(role, destination, key, rule)


def _replica_key_refuses(role: Role, destination: FakeBucket, key: FakeKey, rule: Rule) -> str:
    """Which of the two actions S3 needs depends on the bucket key; the fleet grants both, so both are asked for."""
    if key.encryption != "aws:kms":
        return ""
    kms = find_key(rule["Destination"]["EncryptionConfiguration"]["ReplicaKmsKeyID"])
    if kms is None:
        return "DstKmsKeyNotFound"
    if not kms.enabled or kms.key_state != "Enabled":
        return "DstKmsKeyInvalidState"
    context = key_context(destination, key.name, role)
    allowed = all(role.may_use_key(action, kms, context) for action in ("kms:Encrypt", "kms:GenerateDataKey"))
    return "" if allowed else "DstPutObjectNotPermitted"


def _write(destination: FakeBucket, source: FakeKey, rule: Rule) -> None:
    backend = s3_backends[destination.account_id][PARTITION]
    is_kms = source.encryption == "aws:kms"
    target = rule["Destination"]
    versions = destination.keys.getlist(source.name, [])
    destination.keys.setlist(source.name, [v for v in versions if v.version_id != source.version_id])
    replica = put_object(
        backend,
        destination.name,
        source.name,
        source.value,
        storage=target.get("StorageClass") or source.storage_class,
        etag=source._etag,
        multipart=source.multipart,
        encryption=source.encryption if is_kms else None,
        kms_key_id=target["EncryptionConfiguration"]["ReplicaKmsKeyID"] if is_kms else None,
        disable_notification=True,
    )
    replica._version_id = source.version_id
    replica.last_modified = source.last_modified
    replica.set_metadata(dict(source.metadata))
    replica.checksum_algorithm, replica.checksum_value = source.checksum_algorithm, source.checksum_value
    replica.replication_status = REPLICA
    backend.tagger.delete_all_tags_for_resource(replica.arn)
    backend.tagger.tag_resource(replica.arn, backend.tagger.convert_dict_to_tags_input(_tags(source)))
    ordered = sorted(destination.keys.getlist(source.name), key=lambda version: version.last_modified)
    destination.keys.setlist(source.name, ordered)


def _tags(key: FakeKey) -> dict[str, Any]:
    backend = s3_backends[key.account_id][PARTITION]
    found: dict[str, Any] = backend.tagger.get_tag_dict_for_resource(key.arn)
    return found
