"""AWS::AccessAnalyzer::Analyzer, and the service, which the emulator lacks: an analyzer and its archive rules can be read.

AWS has one analyzer of a kind in an account and Region; a second one is refused. Nothing is analyzed.
"""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import unquote

from ministack import app as emulator
from ministack.core import router
from ministack.core.responses import AccountRegionScopedDict, get_account_id, get_region
from ministack.services.cloudformation.provisioners import _physical_name

from . import Properties, add_type, replace_on_change

_TYPE, _SERVICE = "AWS::AccessAnalyzer::Analyzer", "access-analyzer"
_analyzers = AccountRegionScopedDict()


def _create(logical_id: str, properties: Properties, stack: str) -> tuple[str, Properties]:
    name = properties.get("AnalyzerName") or _physical_name(stack, logical_id, max_len=255)
    if any(each["type"] == properties["Type"] for each in _analyzers.values()):
        raise ValueError(f"ServiceQuotaExceededException: there is an analyzer of type {properties['Type']} already")
    arn = f"arn:aws:access-analyzer:{get_region()}:{get_account_id()}:analyzer/{name}"
    _analyzers[arn] = {"arn": arn, "name": name, "type": properties["Type"], "status": "ACTIVE", "createdAt": "2026-01-01T00:00:00Z"}
    return _update(arn, {}, properties, stack)


def _update(arn: str, old: Properties, new: Properties, stack: str) -> tuple[str, Properties]:
    unused = (new.get("AnalyzerConfiguration") or {}).get("UnusedAccessConfiguration")
    configuration = {"configuration": {"unusedAccess": {"unusedAccessAge": int(unused["UnusedAccessAge"])}}} if unused else {}
    rules = [{"ruleName": rule["RuleName"], "filter": {
        each["Property"]: {operator.lower(): each[operator] for operator in ("Eq", "Contains") if operator in each} for each in rule["Filter"]}}
        for rule in new.get("ArchiveRules") or []]
    _analyzers[arn] = {**_analyzers[arn], **configuration, "rules": rules}
    return arn, {"Arn": arn}


def _delete(arn: str, properties: Properties) -> None:
    _analyzers.pop(arn, None)


async def _handle(method: str, path: str, headers: dict, body: bytes, query: dict) -> tuple[int, dict[str, str], bytes]:
    names = {each["name"]: each for each in _analyzers.values()}
    parts = [unquote(part) for part in path.strip("/").split("/")]
    if method != "GET" or parts[0] != "analyzer":
        return _answer({"message": "not answered here"}, 501)
    if len(parts) == 1:
        return _answer({"analyzers": [_without_rules(each) for each in names.values()]})
    if parts[1] not in names:
        return _answer({"message": f"Analyzer {parts[1]} not found"}, 404)
    if parts[2:] == ["archive-rule"]:
        return _answer({"archiveRules": names[parts[1]]["rules"]})
    return _answer({"analyzer": _without_rules(names[parts[1]])})


def _without_rules(analyzer: Properties) -> Properties:
    return {name: value for name, value in analyzer.items() if name != "rules"}


def _answer(body: Any, status: int = 200) -> tuple[int, dict[str, str], bytes]:
    return status, {"Content-Type": "application/json"}, json.dumps(body).encode()


def install() -> None:
    add_type(_TYPE, _create, _delete, _update)
    replace_on_change(_TYPE, "AnalyzerName", "Type")
    router.SERVICE_PATTERNS[_SERVICE] = {"credential_scope": _SERVICE}
    emulator.SERVICE_HANDLERS[_SERVICE] = _handle
