"""Runs the examples of docs/python: programs write their templates, everything else runs inside a stack.

usage: examples.py FOLDER PAGE...   where templates go, and the pages
"""

import re
import sys
from pathlib import Path

import aws_cdk
from aws_cdk import Environment, Stack
from aws_cdk.aws_dynamodb import Attribute, AttributeType, TableV2
from aws_cdk.aws_ec2 import Vpc
from aws_cdk.aws_ecs import Cluster, ContainerImage, FargateService, FargateTaskDefinition
from aws_cdk.aws_iam import AccountRootPrincipal, Role
from aws_cdk.aws_kinesisfirehose import DeliveryStream
from aws_cdk.aws_lambda import Function
from aws_cdk.aws_s3 import Bucket
from cdk_resilience import (
    AbacCrossAccountRole,
    AbacPermission,
    AccessAttribute,
    BackupTier,
    FargateEfsAccessPoint,
    FlowLogsToAthena,
    FlowLogSource,
    TaggedBackupPlan,
    TrustedAccounts,
)

IRELAND = Environment(account="111111111111", region="eu-west-1")
FRANKFURT = Environment(account="111111111111", region="eu-central-1")
SECURITY = Environment(account="222222222222", region="eu-west-1")
STREAM = "arn:aws:firehose:eu-west-1:111111111111:deliverystream/flow-logs"
FUNCTION = "arn:aws:lambda:eu-west-1:111111111111:function:count-orders"
HINT = """Mend the example in the README of that page and run `npm run languages:examples`; what rosetta/default.ts-fixture
declares for it must stand in FIXTURE of publishing/languages/python/examples.py as well."""
REAL_APP = aws_cdk.App


def vpc_of(stack):
    return stack.node.try_find_child("Vpc") or Vpc(stack, "Vpc", max_azs=1, nat_gateways=0)


def standby_of(stack):
    return stack.node.root.node.try_find_child("Standby") or Stack(stack.node.root, "Standby", env=FRANKFURT)


def service_of(stack, name):
    task = FargateTaskDefinition(stack, f"{name}Task")
    task.add_container("main", image=ContainerImage.from_registry("main"))
    return FargateService(stack, name, cluster=Cluster(stack, f"{name}Cluster", vpc=vpc_of(stack)), task_definition=task)


def access_of(stack):
    return AbacCrossAccountRole(
        stack,
        "Access",
        role_name="DataScienceAccess",
        trusted=TrustedAccounts.of(["222222222222"]),
        attributes=[AccessAttribute.matching("Project")],
        permissions=[AbacPermission.dynamodb().read()],
    )


# What rosetta/default.ts-fixture declares, for examples that use it.
FIXTURE = {
    "access": access_of,
    "analyst": lambda stack: Role(stack, "Analyst", assumed_by=AccountRootPrincipal()),
    "backups": lambda stack: TaggedBackupPlan(
        stack, "GivenBackups", tiers=[BackupTier.critical(), BackupTier.medium(), BackupTier.low()]
    ),
    "count_orders": lambda stack: Function.from_function_arn(stack, "CountOrders", FUNCTION),
    "database": lambda stack: TableV2(
        stack, "Database", partition_key=Attribute(name="id", type=AttributeType.STRING)
    ),
    "logs": lambda stack: FlowLogsToAthena(stack, "Logs", source=FlowLogSource.vpc(vpc_of(stack))),
    "print_service": lambda stack: service_of(stack, "Printer"),
    "security_stack": lambda stack: Stack(stack.node.root, "Security", env=SECURITY),
    "standby_stack": standby_of,
    "standby_vpc": lambda stack: vpc_of(standby_of(stack)),
    "storage": lambda stack: FargateEfsAccessPoint(stack, "Storage", vpc=vpc_of(stack), directory="/data"),
    "stream": lambda stack: DeliveryStream.from_delivery_stream_arn(stack, "Stream", STREAM),
    "uploads": lambda stack: Bucket(stack, "Uploads", versioned=True),
    "us_east1": lambda stack: Stack(stack.node.root, "UsEast1", env=Environment(account="111111111111", region="us-east-1")),
    "vpc": vpc_of,
    "web_service": lambda stack: service_of(stack, "Web"),
}

# What must fail, and with what: were it to run, that all others do would say nothing.
WRONG = {
    "TaggedBackupPlan(self, 'Backups', tires=[BackupTier.low()])": "unexpected keyword argument 'tires'",
    "BackupTier.critical(copyTo=BackupCopy.to_region('eu-central-1'))": "unexpected keyword argument 'copyTo'",
    "backups.plans.critical": "has no attribute 'critical'",
    "unheard_of": "name 'unheard_of' is not defined",
}


class Names(dict):
    """The names of an example; what the fixture declares is made when the example asks for it."""

    def __missing__(self, name):
        if name not in FIXTURE:
            raise KeyError(name)  # Python then looks among the built-ins, and says that it is not defined
        self[name] = FIXTURE[name](self["self"])
        return self[name]


def blocks_of(page):
    return re.findall(r"^```python\n(.*?)^```$", page.read_text(encoding="utf8"), re.DOTALL | re.MULTILINE)


def is_program(example):
    return re.search(r"\bApp\(", example) is not None


def run_program(code, folder):
    """The example makes its own app; all we add is where it writes to."""
    aws_cdk.App = lambda **options: REAL_APP(outdir=str(folder), **options)
    try:
        exec(code, {})
    finally:
        aws_cdk.App = REAL_APP


def run_fragment(code, imports, folder):
    app = REAL_APP(outdir=str(folder))
    stack = Stack(app, "Fixture", env=IRELAND)
    names = Names(self=stack)
    exec(imports, {}, names)
    exec(code, {}, names)
    app.synth()


def run(page, folder):
    """One line for each example that fails; each is numbered as the README has it, from 0."""
    blocks = blocks_of(page)
    fragments = any(not is_program(block) for block in blocks)
    imports = blocks.pop(0) if fragments else ""  # the page begins with what fragments import
    problems = []
    for number, example in enumerate(blocks):
        target = folder / f"{page.stem}-{number}"
        try:
            code = compile(example, f"{page.name}, example {number}", "exec")
            if is_program(example):
                run_program(code, target)
            else:
                run_fragment(code, imports, target)
        except Exception as error:
            problems.append(f"{page.name}, example {number}: {type(error).__name__}: {error}\n{example}")
    print(f"{page.name}: {len(blocks)} examples, {len(problems)} problems", flush=True)
    return problems


def run_wrong(folder):
    """One line for each planted mistake that goes unnoticed."""
    problems = []
    for number, (example, expected) in enumerate(WRONG.items()):
        try:
            run_fragment(example, "from cdk_resilience import *", folder / f"wrong-{number}")
            problems.append(f"planted and unnoticed, so that examples run proves nothing: {example}")
        except Exception as error:
            if expected not in str(error):
                problems.append(f"planted, and failed for another reason ({error}): {example}")
    return problems


def main(folder, *pages):
    folder = Path(folder)
    problems = [problem for page in pages for problem in run(Path(page), folder)] + run_wrong(folder)
    if problems:
        print("\n".join(problems), HINT, sep="\n", file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
