"""The lifecycle scripts of a HyperPod cluster in its site's bucket, under a prefix made of their content."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pulumi
import pulumi_aws as aws

from components.layer import Layer
from plan.lifecycle_scripts import PARAMETERS, ClusterScripts, LifecycleScriptsPlan, plan_lifecycle_scripts

SOURCES = Path(__file__).parents[1] / "cluster-configs" / "hyperpod" / "lifecycle-scripts"


@dataclass(frozen=True, kw_only=True, slots=True)
class UploadedScripts:
    """`s3_uri` is known to instance groups only when every object is there."""

    s3_uri: pulumi.Output[str]
    objects: tuple[pulumi.Resource, ...]


def upload(
    layer: Layer,
    suffix: str,
    scripts: ClusterScripts,
    *,
    bucket: pulumi.Input[str],
    key_arn: pulumi.Input[str],
    fstab: pulumi.Input[Sequence[str]] = (),
) -> UploadedScripts:
    """Upload a cluster's scripts as objects of `layer`, named `<layer>-<suffix>-<path>`.

    Another content is another key, so the engine makes the new objects, moves the cluster that stands on `s3_uri`, and
    removes the old objects last.
    """
    sources = read_sources(scripts.folder)
    planned = pulumi.Output.from_input(fstab).apply(
        lambda lines: plan_lifecycle_scripts(scripts, sources, lines)
    )
    paths = sorted({*sources, *((PARAMETERS,) if scripts.parameters else ())})
    objects = tuple(
        layer.child(
            aws.s3.BucketObjectv2,
            f"{suffix}-{path.replace('/', '-')}",
            bucket=bucket,
            key=planned.apply(partial(_key, path)),
            content=planned.apply(partial(_text, path)),
            content_type="text/plain; charset=utf-8",
            server_side_encryption="aws:kms",
            kms_key_id=key_arn,
        )
        for path in paths
    )
    uri = planned.apply(lambda plan: plan.s3_uri)
    ready = pulumi.Output.all(uri, *(item.id for item in objects)).apply(lambda values: str(values[0]))
    return UploadedScripts(s3_uri=ready, objects=objects)


def read_sources(folder: str) -> dict[str, str]:
    """The texts of a folder of scripts by their path in it."""
    root = SOURCES / folder
    return {
        file.relative_to(root).as_posix(): file.read_text(encoding="utf-8")
        for file in sorted(root.rglob("*"))
        if file.suffix in {".py", ".sh"}
    }


def _key(path: str, plan: LifecycleScriptsPlan) -> str:
    return plan.files[path][0]


def _text(path: str, plan: LifecycleScriptsPlan) -> str:
    return plan.files[path][1]
