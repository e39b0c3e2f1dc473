"""Access by tags: what the evaluator of the emulator overlooks of policies that compare tags.

* Variables such as `${aws:PrincipalTag/Project}` or `${aws:PrincipalTag/Project, 'none'}`, in conditions and in resources.
* Tags of a bucket, which count for what is in it once ABAC is on; tags that an object is written with; tags of objects
  whose tags are changed; tags of a table, for its indexes.
* Which tags a session hands on, when its role is assumed.

`POST /_iam/organization {"id": "o-…", "accounts": ["…"]}` says which accounts are in an organization, for
`aws:PrincipalOrgID`: the emulator has one organization an account.
"""

from __future__ import annotations

import dataclasses
import re
from contextvars import ContextVar
from typing import Any
from urllib.parse import parse_qs, parse_qsl
from xml.etree import ElementTree

from ministack.core import iam_actions, iam_evaluator
from ministack.services import s3, sts, tagging

from . import routes, s3_abac

#: `${name}`, or `${name, 'default'}`.
_VARIABLE = re.compile(r"\$\{(?P<name>[^},]+)(?:, *'(?P<default>[^']*)')?\}")
_LITERAL = {"*", "?", "$"}
#: Matches nothing: a statement that is left without resources would match everything.
_NOTHING = "arn:nothing"
_OBJECT_TAGGING = {f"s3:{verb}Object{version}Tagging" for verb in ("Get", "Put", "Delete") for version in ("", "Version")}

_organizations: dict[str, str] = {}
_handed_on: ContextVar[list[str] | None] = ContextVar("_handed_on", default=None)


def _resolved(text: str, context: iam_evaluator.EvalContext) -> str | None:
    """The text with its variables filled in; None when one of them has no value and no default, or several values."""

    def value(name: str, default: str | None) -> Any:
        known = name if name in _LITERAL else iam_evaluator._resolve_condition_key(name, context)
        return default if known is None else known

    values = {found[0]: value(found["name"], found["default"]) for found in _VARIABLE.finditer(text)}
    if not all(isinstance(each, str) for each in values.values()):
        return None
    return _VARIABLE.sub(lambda found: values[found[0]], text)


def _filled(texts: Any, context: iam_evaluator.EvalContext) -> list[str]:
    """What can be resolved of it."""
    filled = (_resolved(str(text), context) for text in (texts if isinstance(texts, list) else [texts]))
    return [text for text in filled if text is not None]


def _with_variables_in_conditions(conditions_met):
    """A value that can not be resolved is none: a condition without values is not met, whatever it compares."""

    def met(conditions: dict, context: iam_evaluator.EvalContext) -> bool:
        filled = {operator: {key: _filled(values, context) for key, values in keys.items()}
                  for operator, keys in (conditions or {}).items()}
        return all(values for keys in filled.values() for values in keys.values()) and conditions_met(filled, context)

    return met


def _with_variables_in_resources(first_match):
    def match(context: iam_evaluator.EvalContext, statements: list, effect: str):
        def filled(resources: list[str]) -> list[str]:
            return resources and (_filled(resources, context) or [_NOTHING])

        return first_match(context, [
            dataclasses.replace(each, resources=filled(each.resources)) for each in statements], effect)

    return match


def _with_tags_of_containers(resource_tags):
    """What is in a bucket has its tags, if they count at all; an index has those of its table."""

    def tags(arn: str) -> dict[str, str] | None:
        service, resource = arn.split(":", 5)[2::3] if arn.count(":") >= 5 else ("", "")
        if service == "s3":
            bucket = resource.split("/", 1)[0]
            return dict(s3._bucket_tags.get(bucket) or {}) if s3_abac.is_enabled(bucket) else None
        return resource_tags(arn.split("/index/")[0] if service == "dynamodb" else arn)

    return tags


def _with_tags_of_objects(context):
    """Whoever writes an object says its tags in a header; whoever changes them is judged by those that it has."""

    def completed(action: str, query: dict | None, path: str = "", headers: dict | None = None) -> dict[str, Any]:
        keys = context(action, query, path, headers)
        if action == "s3:PutObject":
            said = parse_qsl((headers or {}).get("x-amz-tagging", ""), keep_blank_values=True)
            keys = {**keys, **{f"s3:RequestObjectTag/{name}": value for name, value in said}}
        elif action in _OBJECT_TAGGING:
            bucket, _, key = path.lstrip("/").partition("/")
            existing = s3.object_tags_for_condition(bucket, key, query or {})
            keys = {**keys, **{f"s3:ExistingObjectTag/{name}": value for name, value in existing.items()}}
        return keys

    return completed


def _with_new_tags_of_objects(context):
    """PutObjectTagging says the new tags in its body."""

    def completed(service: str, action: str, body: bytes, params: dict) -> dict[str, Any]:
        keys = context(service, action, body, params)
        if action in ("s3:PutObjectTagging", "s3:PutObjectVersionTagging"):
            tags = [[child.text or "" for child in tag] for tag in ElementTree.fromstring(body).iter() if tag.tag.endswith("}Tag")]
            keys = {**keys, **{f"s3:RequestObjectTag/{name}": value for name, value in tags}}
        return keys

    return completed


def _with_tags_handed_on(handle):
    async def handled(method: str, path: str, headers: dict, body: bytes, query: dict):
        said = {**query, **parse_qs(body.decode("utf-8", errors="replace"))}
        _handed_on.set([value for name, values in said.items() if name.startswith("TransitiveTagKeys.") for value in values] or None)
        return await handle(method, path, headers, body, query)

    return handled


def _judging_tags_handed_on(evaluate):
    def evaluated(trust: Any, caller: str, context: iam_evaluator.EvalContext | None = None) -> bool:
        if context and _handed_on.get():
            context = dataclasses.replace(context, service_context={**context.service_context, "sts:transitivetagkeys": _handed_on.get()})
        return evaluate(trust, caller, context)

    return evaluated


def _organize(body: dict[str, Any]) -> dict[str, Any]:
    _organizations.clear()
    _organizations.update({account: body["id"] for account in body["accounts"]})
    return _organizations


def install() -> None:
    routes.route("/_iam/organization", _organize)
    known = iam_evaluator._principal_org_id
    iam_evaluator._principal_org_id = lambda account: _organizations.get(account) or known(account)
    iam_evaluator._conditions_met = _with_variables_in_conditions(iam_evaluator._conditions_met)
    iam_evaluator._first_match = _with_variables_in_resources(iam_evaluator._first_match)
    iam_evaluator.evaluate_trust_policy = _judging_tags_handed_on(iam_evaluator.evaluate_trust_policy)
    tagging.resource_tags = _with_tags_of_containers(tagging.resource_tags)
    iam_actions.s3_service_context = _with_tags_of_objects(iam_actions.s3_service_context)
    iam_actions.request_tag_context = _with_new_tags_of_objects(iam_actions.request_tag_context)
    sts.handle_request = _with_tags_handed_on(sts.handle_request)
