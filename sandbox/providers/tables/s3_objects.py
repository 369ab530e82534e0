"""S3: objects of a bucket that a program writes."""

from __future__ import annotations

from typing import Final

from sandbox.providers.hooks import delete_every_version
from sandbox.providers.resource_type import Read, ResourceType, Tagging, call, fixed, updated

_PUT_OBJECT: Final = call(
    "PutObject",
    Bucket="$bucket",
    Key="$key",
    Body="$content",
    ContentType="$contentType",
    ServerSideEncryption="$serverSideEncryption",
    SSEKMSKeyId="$kmsKeyId",
)

_PUT_OBJECT_TAGS: Final = call(
    "PutObjectTagging", Bucket="$bucket", Key="$key", Tagging={"TagSet": "$tags.all"}
)

_OBJECT: Final = ResourceType(
    type="aws:s3/bucketObjectv2:BucketObjectv2",
    service="s3",
    noun="S3 Object",
    replaces_source="aws_s3_object: ForceNew of bucket and key",
    properties={
        "bucket": fixed(answer=None),
        "key": fixed(answer=None),
        "content": updated(_PUT_OBJECT, answer=None),
        "contentType": updated(_PUT_OBJECT, answer="ContentType", chosen=True),
        "serverSideEncryption": updated(_PUT_OBJECT, answer="ServerSideEncryption", chosen=True),
        "kmsKeyId": updated(_PUT_OBJECT, answer="SSEKMSKeyId", chosen=True),
    },
    create=_PUT_OBJECT,
    id="${bucket}/${key}",
    reads=(Read(call("HeadObject", Bucket="$bucket", Key="$key")),),
    delete=(delete_every_version,),
    gone_codes=("404", "NoSuchKey", "NoSuchBucket"),
    outputs={"etag": "ETag", "versionId": "VersionId"},
    computed={"arn": "arn:${partition}:s3:::${bucket}/${key}"},
    tags=Tagging(
        create_params={"Tagging": "$tags.query"},
        put=_PUT_OBJECT_TAGS,
        remove=_PUT_OBJECT_TAGS,
        read=Read(call("GetObjectTagging", Bucket="$bucket", Key="$key"), "{Tags: TagSet || `[]`}"),
    ),
)

TYPES: Final = (_OBJECT,)
