"""AWS::Config::ConfigRule, which the emulator's service keeps and its CloudFormation does not know. Nothing is judged."""

from __future__ import annotations

import json

from ministack.services import config
from ministack.services.cloudformation.provisioners import _physical_name

from . import Properties, add_type, ok

_NAME_LENGTH = 128


def _put(name: str, properties: Properties) -> tuple[str, Properties]:
    said = {each: properties[each] for each in ("Description", "Scope", "Source") if each in properties}
    parameters = {"InputParameters": json.dumps(properties["InputParameters"])} if "InputParameters" in properties else {}
    ok(config._put_config_rule({"ConfigRule": {"ConfigRuleName": name, **said, **parameters}}))
    rule = config._config_rules[name]
    return name, {"Arn": rule["ConfigRuleArn"], "ConfigRuleId": rule["ConfigRuleId"]}


def _create(logical_id: str, properties: Properties, stack: str) -> tuple[str, Properties]:
    return _put(properties.get("ConfigRuleName") or _physical_name(stack, logical_id, max_len=_NAME_LENGTH), properties)


def _update(name: str, old: Properties, new: Properties, stack: str) -> tuple[str, Properties]:
    return _put(name, new)


def _delete(name: str, properties: Properties) -> None:
    config._config_rules.pop(name, None)


def install() -> None:
    add_type("AWS::Config::ConfigRule", _create, _delete, _update)
