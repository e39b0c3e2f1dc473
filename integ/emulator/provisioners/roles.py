"""What a role may do, where the emulator itself calls a service for it and nobody would ask."""

from __future__ import annotations

from ministack.core import iam_evaluator
from ministack.core.responses import get_region


def may(role: str, action: str, resource: str, **keys: str) -> bool:
    """Whether its policies, and that of the resource, allow it; `keys` are of the condition, without their colon: s3_prefix."""
    account, name, service = role.split(":")[4], role.split("/")[1 if ":assumed-role/" in role else -1], action.partition(":")[0]
    context = iam_evaluator.EvalContext(
        principal_arn=role, principal_type="AssumedRole", principal_account=account, action=action, resource_arn=resource, region=get_region(),
        secure_transport=True, service_context={key.replace("_", ":", 1): value for key, value in keys.items()})
    identity = iam_evaluator.evaluate(context, iam_evaluator._gather_role_policies(name, account))
    policy, owner = iam_evaluator._resource_policy(service, resource) or (None, None)
    return iam_evaluator.combine_resource_policy(identity, context, policy, owner, required=service == "kms").decision == "Allow"


def denied(role: str, action: str, resource: str) -> str:
    return f"{role} is not authorized to perform: {action} on resource: {resource}"
