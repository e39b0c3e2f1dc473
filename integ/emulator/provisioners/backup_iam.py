"""On which resource a call of AWS Backup is judged. The emulator sees a vault in the body alone; most are in the path."""

from __future__ import annotations

from collections.abc import Callable

from ministack.core import iam_actions

from . import Properties, backup_api
from .backup_audit import frameworks, report_plans
from .backup_restore_testing import plans


def _resource(params: Properties) -> str:
    if "RecoveryPointArn" in params:
        return params["RecoveryPointArn"]
    for name, kind in (("BackupVaultName", "backup-vault"), ("BackupPlanId", "backup-plan")):
        if name in params:
            return backup_api.arn(f"{kind}:{params[name]}")
    for records, kind in ((plans, "RestoreTestingPlan"), (frameworks, "Framework"), (report_plans, "ReportPlan")):
        record = records.get(params.get(f"{kind}Name"))
        if record:
            return record[f"{kind}Arn"]
    return "*"


def _with_path(behind: Callable[..., str]) -> Callable[..., str]:
    def extract(service: str, method: str, path: str, headers: dict, body: bytes, query: dict, *scope: str) -> str:
        found = backup_api.find(method, path, query, body) if service == "backup" else None
        return _resource(found[1]) if found else behind(service, method, path, headers, body, query, *scope)

    return extract


def install() -> None:
    iam_actions.extract_resource_arn = _with_path(iam_actions.extract_resource_arn)
