"""What the stand-in of the published eks component says and refuses; its children are seen in tests/engine/eks."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.providers.eks.cluster import kubeconfig, refuse_what_is_not_followed

GOOD: dict[str, Any] = {
    "skipDefaultNodeGroup": True,
    "skipDefaultSecurityGroups": True,
    "createOidcProvider": False,
    "useDefaultVpcCni": True,
    "kubeProxyAddonOptions": {"enabled": False},
    "corednsAddonOptions": {"enabled": False},
    "version": "1.34",
}


def test_options_of_the_fleet_are_followed() -> None:
    refuse_what_is_not_followed(GOOD)


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        (
            {"fargate": True, "storageClasses": "gp3"},
            "the sandbox's eks.Cluster does not follow fargate, storageClasses",
        ),
        (
            {"skipDefaultNodeGroup": False},
            "the sandbox's eks.Cluster is for add-ons and nodes of one's own: skipDefaultNodeGroup",
        ),
        (
            {"corednsAddonOptions": None, "kubeProxyAddonOptions": {"enabled": True}},
            (
                "the sandbox's eks.Cluster is for add-ons and nodes of one's own: corednsAddonOptions, "
                "kubeProxyAddonOptions"
            ),
        ),
    ],
)
def test_options_that_would_give_other_children_are_refused(changed: dict[str, Any], says: str) -> None:
    with pytest.raises(ValueError, match=r"^the sandbox's eks\.Cluster") as caught:
        refuse_what_is_not_followed({**GOOD, **changed})
    assert str(caught.value) == says


def test_a_kubeconfig_asks_aws_for_a_token_of_the_role() -> None:
    arn = "arn:aws:eks:us-west-2:483026362307:cluster/a--b"
    role = "arn:aws:iam::483026362307:role/FleetExecutionRole"
    made = kubeconfig(name="a--b", arn=arn, endpoint="https://e", certificate="PEM", role=role)
    (cluster,) = made["clusters"]
    assert cluster["cluster"] == {"server": "https://e", "certificate-authority-data": "PEM"}
    (user,) = made["users"]
    assert user["user"]["exec"]["args"] == [
        *("--region", "us-west-2", "eks", "get-token", "--cluster-name", "a--b", "--output", "json"),
        *("--role", role),
    ]
    without = kubeconfig(name="a--b", arn=arn, endpoint="https://e", certificate="PEM", role=None)
    assert "--role" not in without["users"][0]["user"]["exec"]["args"]
