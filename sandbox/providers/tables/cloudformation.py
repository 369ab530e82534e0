"""CloudFormation: stacks."""

from __future__ import annotations

from typing import Any, Final

from sandbox.providers.forms import UNORDERED, Form
from sandbox.providers.resource_type import (
    Property,
    Read,
    ResourceType,
    Tagging,
    When,
    call,
    fixed,
    updated,
)


def _pairs(values: Any) -> Any:
    return [{"ParameterKey": key, "ParameterValue": value} for key, value in values.items()]


def _outputs(pairs: Any) -> Any:
    return {pair["OutputKey"]: pair["OutputValue"] for pair in pairs}


_UPDATE: Final = call(
    "UpdateStack",
    StackName="$name",
    TemplateURL="$templateUrl",
    Parameters="$parameters",
    Capabilities="$capabilities",
    Tags="$tags.all",
)
_SETTLED: Final = ("CREATE_COMPLETE", "UPDATE_COMPLETE")

TYPES: Final = (
    ResourceType(
        type="aws:cloudformation/stack:Stack",
        service="cloudformation",
        noun="CloudFormation Stack",
        replaces_source="aws_cloudformation_stack: ForceNew of name",
        properties={
            "name": fixed(answer="StackName"),
            "templateUrl": updated(_UPDATE, answer=None),
            # The provider reads back the parameters that the program gives, not the template's defaults.
            "parameters": updated(_UPDATE, form=Form(to_api=_pairs), answer=None, default={}),
            "capabilities": updated(_UPDATE, form=UNORDERED, answer="Capabilities"),
            "outputs": Property(form=Form(to_property=_outputs), answer="Outputs", chosen=True),
        },
        create=call(
            "CreateStack",
            StackName="$name",
            TemplateURL="$templateUrl",
            Parameters="$parameters",
            Capabilities="$capabilities",
        ),
        id="StackId",
        reads=(Read(call("DescribeStacks", StackName="$id"), "Stacks[0]"),),
        ready=When("StackStatus", _SETTLED),
        delete=(call("DeleteStack", StackName="$id"),),
        gone_codes=("ValidationError",),
        # Tags go with every update: by themselves they may find nothing to do any more.
        tags=Tagging(
            create_params={"Tags": "$tags.list"},
            put=_UPDATE.ignoring("ValidationError"),
            remove=_UPDATE.ignoring("ValidationError"),
        ),
    ),
)
