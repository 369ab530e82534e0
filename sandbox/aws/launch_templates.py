"""EC2 launch templates: one that is not there is refused, and their tags change like those of everything else.

Source: EC2 API Reference, DescribeLaunchTemplates.
"""

from __future__ import annotations

from typing import Any

from moto.ec2.models.launch_templates import LaunchTemplate

from sandbox.aws.dispatch import Call, Key, Operation, Refusal
from sandbox.aws.ec2 import backend_of
from sandbox.aws.errors import Refused
from sandbox.aws.tags import forget


class _CurrentTags:
    """Moto writes down the tags that a template is made with, and shows those for ever."""

    def __get__(self, template: Any, _owner: type) -> Any:
        return template.get_tags()

    def __set__(self, template: Any, _value: Any) -> None:
        """What it was made with is among its tags already."""


LaunchTemplate.tags = _CurrentTags()


def templates_exist(call: Call) -> None:
    """InvalidLaunchTemplateId.NotFound, where moto leaves out what is not there."""
    known = backend_of(call).launch_templates
    named = call.params.get("LaunchTemplateIds", [])
    asked = [*named, call.params["LaunchTemplateId"]] if "LaunchTemplateId" in call.params else named
    missing = [template_id for template_id in asked if template_id not in known]
    if missing:
        raise Refused(
            "InvalidLaunchTemplateId.NotFound",
            f"The specified launch template, with template ID {missing[0]}, does not exist.",
        )


def delete(call: Call) -> Any:
    """Moto's delete; the tags go too."""
    result = call.moto()
    forget(call, [call.params["LaunchTemplateId"]] if "LaunchTemplateId" in call.params else [])
    return result


REFUSALS: dict[Key, tuple[Refusal, ...]] = {
    ("ec2", operation): (templates_exist,)
    for operation in (
        "CreateLaunchTemplateVersion",
        "DeleteLaunchTemplate",
        "DescribeLaunchTemplates",
        "ModifyLaunchTemplate",
    )
}
OPERATIONS: dict[Key, Operation] = {("ec2", "DeleteLaunchTemplate"): delete}
