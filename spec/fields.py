"""Types of single fields: what one value must look like, and what to say when it does not."""

from __future__ import annotations

import re
from ipaddress import IPv4Network
from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from spec.problem import did_you_mean
from spec.regions import REGIONS

NAME_CHARACTERS_MAX = 32
"""Of site, account and GPU fleet names: a role is `<role>-<site>` and IAM allows 64 characters."""

TAG_CHARACTERS_MAX = 256
"""Of a tag value (docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html)."""

RETENTION_DAYS = (
    *(1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096),
    *(1827, 2192, 2557, 2922, 3288, 3653),
)
"""What CloudWatch Logs keeps log groups for (API reference, PutRetentionPolicy, retentionInDays)."""

NAME_PATTERN = r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*"
ZONE_ID_PATTERN = r"[a-z]+[0-9]+-az[0-9]+"
ROLE_ARN_PATTERN = r"arn:aws:iam::([0-9]{12}):role/((?:[\w+=,.@*?-]+/)*)([\w+=,.@*?-]+)"
REPOSITORY_PATTERN = r"[A-Za-z0-9][A-Za-z0-9-]*/[\w.-]+"
PROFILE_PATTERN = r"[\w.@+-]+"
POLICY_NAME_PATTERN = r"(?:[\w+=,.@-]+/)*[\w+=,.@-]{1,128}"
IAM_PATH_PATTERN = r"/(?:[\w+=,.@-]+/)*"
IAM_PATH_CHARACTERS_MAX = 512
"""IAM API reference, CreateRole, Path."""
EMAIL_PATTERN = r"[\w.+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+"
Item = TypeVar("Item")
_ZONE_NAME = re.compile(r"([a-z]+-(?:[a-z]+-)?[a-z]+-[0-9])[a-z]")


class Spec(BaseModel):
    """Base of everything operators write: frozen, nothing unknown, nothing converted silently."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


def refuse(cause: str, remedy: str) -> PydanticCustomError:
    """The error that a field's validator raises; spec.validation takes both parts out again."""
    return PydanticCustomError("spec", "{cause}; {remedy}", {"cause": cause, "remedy": remedy})


def matching(pattern: str, what: str, example: str) -> AfterValidator:
    """A validator for text that must match a pattern as a whole."""
    compiled = re.compile(pattern, re.ASCII)

    def check(value: str) -> str:
        if compiled.fullmatch(value) is None:
            raise refuse(f'"{value}" is not {what}', f"write it like {example}")
        return value

    return AfterValidator(check)


def _name(value: str) -> str:
    if len(value) > NAME_CHARACTERS_MAX:
        raise refuse(f'"{value}" has {len(value)} characters', f"use at most {NAME_CHARACTERS_MAX}")
    if re.fullmatch(NAME_PATTERN, value) is None:
        raise refuse(
            f'"{value}" is not a name', "use lower-case letters, digits and single dashes, a letter first"
        )
    return value


def _site_name(value: str) -> str:
    if value == "links" or value.startswith("register-"):
        raise refuse(f'"{value}" is the name of a stack of its own', "choose another name for the site")
    if value == "state":
        remedy = "choose another name for the site"
        raise refuse('"state" is what the key of the fleet\'s state is named after', remedy)
    return _name(value)


def _account_id(value: str) -> str:
    if re.fullmatch(r"[0-9]+", value) is None:
        raise refuse(f'"{value}" is not an AWS account id', "write its 12 digits in quotes")
    if len(value) != 12:
        remedy = "write all 12, with leading zeros" if len(value) < 12 else "write the 12 of the account"
        raise refuse(f'"{value}" has {len(value)} digits', remedy)
    return value


def _region(value: str) -> str:
    if value not in REGIONS:
        raise refuse(f'"{value}" is not an AWS region', did_you_mean(value, REGIONS))
    return value


def _zone_id(value: str) -> str:
    name = _ZONE_NAME.fullmatch(value)
    if name and name[1] in REGIONS:
        raise refuse(
            f"{value} is a zone name, which means another zone in each account",
            f"write the zone's id, like {REGIONS[name[1]]}-az1: "
            f"aws ec2 describe-availability-zones --region {name[1]}",
        )
    if re.fullmatch(ZONE_ID_PATTERN, value) is None:
        raise refuse(f'"{value}" is not the id of an availability zone', "write it like use1-az4")
    return value


def _cidr(value: Any) -> IPv4Network:
    if isinstance(value, IPv4Network):  # built in code, not read from a file
        return value
    if not isinstance(value, str):
        raise refuse("not a CIDR", "write it like 10.0.0.0/16")
    if re.fullmatch(r"[0-9]+(?:\.[0-9]+){3}/[0-9]+", value) is None:
        raise refuse(f'"{value}" is not an IPv4 CIDR', "write it like 10.0.0.0/16")
    try:
        network = IPv4Network(value, strict=False)
    except ValueError as error:
        raise refuse(f'"{value}" is not an IPv4 CIDR', "write it like 10.0.0.0/16") from error
    if str(network) != value:
        raise refuse(f"{value} has host bits set", f"did you mean {network}?")
    return network


def _tag_value(value: str) -> str:
    if not 1 <= len(value) <= TAG_CHARACTERS_MAX:
        remedy = f"an AWS tag value, which it becomes, has 1 to {TAG_CHARACTERS_MAX}"
        raise refuse(f"has {len(value)} characters", remedy)
    wrong = "".join(sorted({char for char in value if not (char.isalnum() or char in " _.:/=+-@")}))
    if wrong:
        remedy = "an AWS tag value, which it becomes, has letters, digits, spaces and _.:/=+-@"
        raise refuse(f'has "{wrong}"', remedy)
    return value


def _role_arn(value: str) -> str:
    match = re.fullmatch(ROLE_ARN_PATTERN, value, re.ASCII)
    if match is None:
        raise refuse(
            f'"{value}" is not the ARN of an IAM role',
            "write it like arn:aws:iam::123456789012:role/Operator",
        )
    if not match[3].strip("*?"):
        raise refuse(f'"{value}" matches every role', "name the role; * may only complete a name")
    return value


def _policy_name(value: str) -> str:
    if value.startswith("arn:"):
        name = value.rpartition(":policy/")[2]
        raise refuse(f'"{value}" is an ARN, which one account has', f"write the policy's name alone: {name}")
    if re.fullmatch(POLICY_NAME_PATTERN, value, re.ASCII) is None:
        raise refuse(
            f'"{value}" is not the name of an IAM policy', "write it like RoleBoundary or org/RoleBoundary"
        )
    return value


def _iam_path(value: str) -> str:
    if len(value) > IAM_PATH_CHARACTERS_MAX:
        raise refuse(f"has {len(value)} characters", f"use at most {IAM_PATH_CHARACTERS_MAX}")
    if re.fullmatch(IAM_PATH_PATTERN, value, re.ASCII) is None:
        raise refuse(f'"{value}" is not an IAM path', "begin and end it with a slash, like /ml/")
    if value.startswith("/aws-service-role/"):
        raise refuse(f'"{value}" is for roles that AWS makes', "choose another path")
    return value


def _retention_days(value: int) -> int:
    if value not in RETENTION_DAYS:
        nearest = min(RETENTION_DAYS, key=lambda days: (abs(days - value), days))
        raise refuse(f"CloudWatch Logs cannot keep logs for {value} days", f"did you mean {nearest}?")
    return value


def _pair(value: Any) -> Any:
    if not isinstance(value, tuple) or len(value) != 2:
        raise refuse("not a pair of sites", "write it like [main-use1, main-usw2]")
    return value


def _unique(items: tuple[Any, ...]) -> tuple[Any, ...]:
    twice = [item for index, item in enumerate(items) if item in items[:index]]
    if twice:
        raise refuse(f"{twice[0]} is listed twice", "list it once")
    return items


def text_schema(pattern: str, **more: Any) -> WithJsonSchema:
    """The JSON Schema of a text that matches a pattern as a whole."""
    return WithJsonSchema({"type": "string", "pattern": f"^{pattern}$", **more})


_NAME_SCHEMA = text_schema(NAME_PATTERN, maxLength=NAME_CHARACTERS_MAX)
_CIDR_SCHEMA = text_schema(r"[0-9]+(\.[0-9]+){3}/[0-9]+", examples=["10.0.0.0/16"])

Name = Annotated[str, AfterValidator(_name), _NAME_SCHEMA]
SiteName = Annotated[str, AfterValidator(_site_name), _NAME_SCHEMA]
AccountId = Annotated[str, AfterValidator(_account_id), text_schema("[0-9]{12}")]
RegionName = Annotated[str, AfterValidator(_region), WithJsonSchema({"enum": list(REGIONS)})]
ZoneId = Annotated[str, AfterValidator(_zone_id), text_schema(ZONE_ID_PATTERN)]
Cidr = Annotated[IPv4Network, BeforeValidator(_cidr), _CIDR_SCHEMA]
TagValue = Annotated[
    str,
    AfterValidator(_tag_value),
    WithJsonSchema({"type": "string", "minLength": 1, "maxLength": TAG_CHARACTERS_MAX}),
]
RoleArn = Annotated[str, AfterValidator(_role_arn), text_schema(ROLE_ARN_PATTERN)]
PolicyName = Annotated[str, AfterValidator(_policy_name), text_schema(POLICY_NAME_PATTERN)]
IamPath = Annotated[
    str, AfterValidator(_iam_path), text_schema(IAM_PATH_PATTERN, maxLength=IAM_PATH_CHARACTERS_MAX)
]
ProfileName = Annotated[
    str, matching(PROFILE_PATTERN, "the name of an AWS profile", "ml-main"), text_schema(PROFILE_PATTERN)
]
Repository = Annotated[
    str,
    matching(REPOSITORY_PATTERN, "a GitHub repository", "example-org/ml-clusters"),
    text_schema(REPOSITORY_PATTERN),
]
Email = Annotated[
    str,
    matching(EMAIL_PATTERN, "an e-mail address", "ml-platform@example.org"),
    text_schema(EMAIL_PATTERN),
]
RetentionDays = Annotated[
    int, AfterValidator(_retention_days), WithJsonSchema({"enum": list(RETENTION_DAYS)})
]
SitePair = Annotated[tuple[SiteName, SiteName], BeforeValidator(_pair)]
UniqueTuple = Annotated[
    tuple[Item, ...], AfterValidator(_unique), Field(json_schema_extra={"uniqueItems": True})
]
"""A sequence that holds each value at most once."""
