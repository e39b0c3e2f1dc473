"""Who may mount: policies as EFS weighs them when a client connects, which no API of AWS tells.

`POST /_efs/client {"fileSystemId", "role", "accessPointId", "tls"}` answers what that client may do, such as
`["ClientMount"]`. Without `role` it is nobody, without `accessPointId` it comes by the root of the file system, `tls` is
true unless said. All mounts are by a mount target. No file is read or written, and users and modes are not judged.
"""

from __future__ import annotations

from typing import Any

from ministack.core import iam_evaluator
from ministack.core.responses import get_account_id, get_region
from ministack.services import efs

from . import routes

_ACTIONS = ("ClientMount", "ClientWrite", "ClientRootAccess")


def _may(body: dict[str, Any]) -> list[str]:
    system = efs._file_systems[body["fileSystemId"]]
    keys = {"elasticfilesystem:accessedviamounttarget": "true"}
    if body.get("accessPointId"):
        access_point = efs._access_points[body["accessPointId"]]
        if access_point["FileSystemId"] != system["FileSystemId"]:
            raise ValueError("the access point is of another file system")
        keys["elasticfilesystem:accesspointarn"] = access_point["AccessPointArn"]
    role = body.get("role")
    policies = iam_evaluator._gather_role_policies(role.rsplit("/", 1)[-1], get_account_id()) if role else []

    def allowed(action: str) -> bool:
        context = iam_evaluator.EvalContext(
            principal_arn=role or "anonymous", principal_type="AssumedRole", principal_account=get_account_id(),
            action=f"elasticfilesystem:{action}", resource_arn=system["FileSystemArn"], region=get_region(),
            secure_transport=body.get("tls", True), service_context=keys)
        identity = iam_evaluator.evaluate(context, policies)
        return iam_evaluator.combine_resource_policy(identity, context, system["FileSystemPolicy"], None).decision == "Allow"

    # Without a policy everybody may do everything.
    return [action for action in _ACTIONS if not system.get("FileSystemPolicy") or allowed(action)]


def install() -> None:
    routes.route("/_efs/client", _may)
