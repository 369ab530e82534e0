from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import spec
from automation import identity, workdir
from automation.bootstrap import key_lines
from automation.bootstrap.step import Step, Task, survey
from automation.bootstrap.steps import all_steps, enter
from automation.clients import Clients, from_environment
from automation.connection import sandbox_config
from automation.errors import FleetError
from automation.identity import WrongIdentity
from automation.session import Options, Session, open_session
from sandbox.client import Sandbox
from tests.unit.automation.fakes import CHECKOUT, copy_checkout

MAIN, SECONDARY = "483026362307", "159553542841"
REGION = "us-east-1"
BUCKET = f"ml-clusters-state-{MAIN}"
PROVIDER = "awskms://alias/ml-clusters-state?region=us-east-1&awssdk=v2"


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Session:
    """One checkout for the module: its stack files get key lines once."""
    return open_session(Options(root=copy_checkout(tmp_path_factory.mktemp("bootstrap") / "checkout")))


@pytest.fixture(scope="module")
def sandbox(fleet: Session, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """A sandbox of its own; each test leaves it bootstrapped."""
    sandbox = Sandbox(tmp_path_factory.mktemp("sandbox") / "home")
    sandbox.start(sandbox_config(fleet.fleet))
    yield sandbox
    sandbox.stop()


@pytest.fixture(scope="module")
def admins(sandbox: Sandbox) -> dict[str, Clients]:
    return {name: from_environment(sandbox.environment(account=name)) for name in ("main", "secondary")}


@pytest.fixture(scope="module")
def steps(fleet: Session, admins: dict[str, Clients]) -> tuple[Step, ...]:
    files = {name: fleet.project.stack_file(name) for name in fleet.stacks}
    return tuple(all_steps(fleet.fleet, admins, files, secrets_provider=PROVIDER))


@pytest.fixture(scope="module")
def first(steps: tuple[Step, ...]) -> tuple[Task, ...]:
    """What the first bootstrap found to do, and did."""
    tasks = survey(steps)
    for task in tasks:
        task.step.apply()
    return tasks


def told(tasks: tuple[Task, ...]) -> list[tuple[str, str, str, str]]:
    return [(task.step.account, task.step.region, task.step.what, str(task.finding.state)) for task in tasks]


def test_a_second_bootstrap_has_nothing_to_do(first: tuple[Task, ...], steps: tuple[Step, ...]) -> None:
    assert len(first) == len(steps) == 36
    assert told(first)[0] == ("main", "us-east-1", "KMS key alias/ml-clusters-state, rotated", "missing")
    assert told(survey(steps)) == []


def s3_versions(admins: dict[str, Clients]) -> None:
    admins["main"].client("s3", REGION).put_bucket_versioning(
        Bucket=BUCKET, VersioningConfiguration={"Status": "Suspended"}
    )


def s3_policy(admins: dict[str, Clients]) -> None:
    admins["main"].client("s3", REGION).delete_bucket_policy(Bucket=BUCKET)


def s3_encryption(admins: dict[str, Clients]) -> None:
    rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}
    admins["main"].client("s3", REGION).put_bucket_encryption(
        Bucket=BUCKET, ServerSideEncryptionConfiguration={"Rules": [rule]}
    )


def kms_rotation(admins: dict[str, Clients]) -> None:
    kms = admins["main"].client("kms", REGION)
    kms.disable_key_rotation(KeyId=kms.describe_key(KeyId="alias/ml-clusters-state")["KeyMetadata"]["KeyId"])


def iam_trust(admins: dict[str, Clients]) -> None:
    statement = {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}
    admins["secondary"].client("iam", REGION).update_assume_role_policy(
        RoleName="FleetExecutionRole",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [statement]}),
    )


def iam_permissions(admins: dict[str, Clients]) -> None:
    admins["main"].client("iam", REGION).delete_role_policy(RoleName="FleetCIRole", PolicyName="rollout")


def ebs_encryption(admins: dict[str, Clients]) -> None:
    admins["secondary"].client("ec2", "us-west-2").disable_ebs_encryption_by_default()


def account_block(admins: dict[str, Clients]) -> None:
    admins["secondary"].client("s3control", REGION).delete_public_access_block(AccountId=SECONDARY)


@pytest.mark.parametrize(
    ("drift", "expected"),
    [
        (s3_versions, ("main", "us-east-1", "state bucket: versions kept", "differs")),
        (s3_policy, ("main", "us-east-1", "state bucket: TLS only", "missing")),
        (s3_encryption, ("main", "us-east-1", "state bucket: encrypted", "differs")),
        (kms_rotation, ("main", "us-east-1", "KMS key alias/ml-clusters-state, rotated", "differs")),
        (iam_trust, ("secondary", "global", "role FleetExecutionRole", "differs")),
        (iam_permissions, ("main", "global", "role FleetCIRole", "differs")),
        (ebs_encryption, ("secondary", "us-west-2", "EBS: volumes are encrypted by default", "differs")),
        (account_block, ("secondary", "global", "S3: no public access in the whole account", "missing")),
    ],
)
@pytest.mark.usefixtures("first")
def test_drift_is_seen_and_repaired(
    steps: tuple[Step, ...],
    admins: dict[str, Clients],
    drift: Callable[[dict[str, Clients]], None],
    expected: tuple[str, str, str, str],
) -> None:
    drift(admins)
    tasks = survey(steps)
    assert told(tasks) == [expected]
    tasks[0].step.apply()
    assert told(survey(steps)) == []


@pytest.mark.usefixtures("first")
def test_a_key_that_will_be_deleted_is_not_replaced_behind_ones_back(
    steps: tuple[Step, ...], admins: dict[str, Clients]
) -> None:
    kms = admins["main"].client("kms", REGION)
    key = kms.describe_key(KeyId="alias/ml-clusters-state")["KeyMetadata"]["KeyId"]
    kms.schedule_key_deletion(KeyId=key)
    assert steps[0].check().detail == "is PendingDeletion"
    with pytest.raises(FleetError, match=f"the state key {key} is PendingDeletion; bring it back"):
        steps[0].apply()
    kms.cancel_key_deletion(KeyId=key)
    kms.enable_key(KeyId=key)


def test_every_account_is_compared_before_anything_is_made(
    fleet: Session, admins: dict[str, Clients]
) -> None:
    swapped = {"main": admins["secondary"], "secondary": admins["main"]}
    with pytest.raises(FleetError) as caught:
        enter(fleet.fleet, swapped.__getitem__, remedy="use others")
    assert str(caught.value).splitlines() == [
        f"account main: the credentials are of {SECONDARY}, must be of {MAIN}",
        f"account secondary: the credentials are of {MAIN}, must be of {SECONDARY}; use others",
    ]


def test_the_state_account_is_entered_first(fleet: Session, admins: dict[str, Clients]) -> None:
    assert list(enter(fleet.fleet, admins.__getitem__, remedy="")) == ["main", "secondary"]


@pytest.mark.usefixtures("first")
def test_key_lines_are_added_to_the_stack_files_and_nothing_else_changes(fleet: Session) -> None:
    for name in fleet.stacks:
        committed = CHECKOUT / f"Pulumi.{name}.yaml"
        before = committed.read_text() if committed.is_file() else ""
        added = fleet.project.stack_file(name).read_text().removeprefix(before).splitlines()
        assert [line.partition(":")[0] for line in added] == ["secretsprovider", "encryptedkey"]
        assert added[0] == f"secretsprovider: {PROVIDER}"


@pytest.mark.usefixtures("first")
def test_a_fleet_with_key_lines_is_valid(fleet: Session) -> None:
    assert list(spec.load(fleet.project.root).sites) == list(fleet.fleet.sites)


@pytest.mark.usefixtures("first")
def test_a_data_key_is_32_bytes_that_the_state_key_decrypts(
    fleet: Session, admins: dict[str, Clients]
) -> None:
    line = workdir.read_key_lines(fleet.project.stack_file("links"))["encryptedkey"]
    answer = admins["main"].client("kms", REGION).decrypt(CiphertextBlob=base64.b64decode(line))
    assert len(answer["Plaintext"]) == 32


def test_another_secrets_provider_is_never_overwritten(tmp_path: Path) -> None:
    file = tmp_path / "Pulumi.a.yaml"
    file.write_text("secretsprovider: awskms://alias/other\nencryptedkey: old\n")
    step = key_lines.step(None, file, secrets_provider=PROVIDER, stack="a", account="main", region=REGION)
    assert step.check().detail == "names awskms://alias/other"
    with pytest.raises(
        FleetError, match="its secrets would be lost; run: pulumi stack change-secrets-provider"
    ):
        step.apply()
    assert "old" in file.read_text()


@pytest.mark.usefixtures("first")
def test_an_operator_enters_each_account_and_nobody_else_does(fleet: Session, sandbox: Sandbox) -> None:
    operator = from_environment(sandbox.environment())
    identity.check(fleet.fleet, operator, ["main", "secondary"], remedy="")
    admin = from_environment(sandbox.environment(account="main"))
    with pytest.raises(WrongIdentity) as caught:
        identity.check(fleet.fleet, admin, ["main", "secondary"], remedy="")
    assert len(str(caught.value).splitlines()) == 2
