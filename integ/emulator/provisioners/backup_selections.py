"""Which resources a plan of AWS Backup backs up: those that exist, by the tags that they carry."""

from __future__ import annotations

import re

from ministack.services import backup as service
from ministack.services import tagging

from . import Properties
from .backup_api import Refusal, existing
from .backup_points import resource_type
from .backup_settings import opted_in

_TESTS = {
    "StringEquals": lambda value, wanted: value == wanted,
    "StringNotEquals": lambda value, wanted: value != wanted,
    "StringLike": lambda value, wanted: value is not None and like(wanted, value),
    "StringNotLike": lambda value, wanted: value is None or not like(wanted, value),
}


def like(pattern: str, text: str) -> bool:
    return re.fullmatch(re.escape(pattern).replace(r"\*", ".*"), text) is not None


def tags_of_resources() -> dict[str, dict[str, str]]:
    """What AWS Backup could back up in this account and Region. Of buckets, the emulator lists those that have tags."""
    found = [each for collect in dict.fromkeys(tagging._COLLECTORS.values()) for each in collect()]
    return {arn: {tag["Key"]: tag["Value"] for tag in tags} for arn, tags in found if resource_type(arn)}


def tags_match(conditions: Properties | None, tags: dict[str, str]) -> bool:
    """Every condition must hold. Plans and restore testing spell key and value differently."""
    def holds(name: str, condition: dict[str, str]) -> bool:
        key, value = condition.get("ConditionKey") or condition["Key"], condition.get("ConditionValue") or condition["Value"]
        return _TESTS[name](tags.get(key.removeprefix("aws:ResourceTag/")), value)

    return all(holds(name, each) for name, entries in (conditions or {}).items() for each in entries or [])


def _selects(selection: Properties, arn: str, tags: dict[str, str]) -> bool:
    named = [pattern for pattern in selection["Resources"] or [] if like(pattern, arn)]
    tagged = any(tags.get(each["ConditionKey"]) == each["ConditionValue"] for each in selection["ListOfTags"] or [])
    # Types that the Region has not opted in are backed up only if the selection names them.
    allowed = opted_in(resource_type(arn)) or any(pattern != "*" for pattern in named)
    excluded = any(like(pattern, arn) for pattern in selection["NotResources"] or [])
    return bool(named or tagged) and allowed and not excluded and tags_match(selection["Conditions"], tags)


def selected(plan: str) -> dict[str, str]:
    """The resources of all selections of a plan, each with the role of the first that selects it."""
    roles: dict[str, str] = {}
    for selection in service._selections.values():
        if selection["BackupPlanId"] == plan:
            for arn, tags in tags_of_resources().items():
                if _selects(selection, arn, tags):
                    roles.setdefault(arn, selection["IamRoleArn"])
    return roles


def rule_of(plan: str, name: str) -> Properties:
    rules = existing(service._plans, plan, "Plan")["BackupPlan"]["Rules"]
    for rule in rules:
        if rule["RuleName"] == name:
            return rule
    raise Refusal(f"Plan {plan} has no rule {name}; it has {', '.join(rule['RuleName'] for rule in rules)}.")


def created_by(plan: str, rule: Properties) -> Properties:
    record = service._plans[plan]
    return {
        "BackupPlanId": plan, "BackupPlanArn": record["BackupPlanArn"], "BackupPlanName": record["BackupPlanName"],
        "BackupPlanVersion": record["VersionId"], "BackupRuleId": rule["RuleId"], "BackupRuleName": rule["RuleName"],
        "BackupRuleCron": rule.get("ScheduleExpression"), "BackupRuleTimezone": rule.get("ScheduleExpressionTimezone", "Etc/UTC"),
    }
