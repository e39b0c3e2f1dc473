"""AWS::Events::Rule: functions are invoked with retries, and what can not be delivered goes to the dead-letter queue.

Lets tests put events on the bus that only AWS services may send, too.
"""

from __future__ import annotations

import functools
import json
from typing import Any

from ministack.core.arn import ArnParseError, parse_arn
from ministack.core.responses import get_account_id
from ministack.services import eventbridge, lambda_svc, sns, sqs, stepfunctions

from . import Properties, dead_letters

# Whether a target is there, and whether its policy lets the rule in: that is asked only with IAM enforced.
_TARGETS = {
    "lambda": (lambda arn: lambda_svc._get_func_record_for_ref(arn)[0], None),
    "sns": (sns._topic_by_arn_any_scope, sns.topic_policy_allows),
    "sqs": (sqs._queue_by_arn, sqs.queue_policy_allows),
    "states": (stepfunctions._resolve_state_machine_arn, None),
}


def refusal_of(target: str, rule: str) -> tuple[str, str] | None:
    """Why nothing can be delivered to this target: code and message."""
    try:
        spec = parse_arn(target)
    except ArnParseError:
        return "INVALID_PARAMETER", f"'{target}' is not an ARN"
    exists, allows = _TARGETS.get(spec.service, (lambda arn: True, None))
    if spec.service in _TARGETS and not eventbridge._target_matches_request_scope(spec):
        return "INVALID_PARAMETER", f"{target} is in another account or Region"
    if not exists(target):
        return "RESOURCE_NOT_FOUND", f"{target} does not exist"
    if allows and not allows(target, "events.amazonaws.com", rule, get_account_id()):
        return "NO_PERMISSIONS", f"the policy of {target} does not let {rule} in"
    return None


def _with_dead_letters(deliver):
    def delivered(target: Properties, event: Properties, rule: Properties, view: Any = None) -> None:
        refusal = refusal_of(target["Arn"], rule["Arn"])
        if refusal is None:
            deliver(target, event, rule, view)
            return
        queue = (target.get("DeadLetterConfig") or {}).get("Arn")
        # At once: AWS retries first, up to 24 hours, when the refusal may pass.
        if queue and sqs.queue_policy_allows(queue, "events.amazonaws.com", rule["Arn"], get_account_id()):
            document = (view or eventbridge._pattern_event_view(event)).event_with_detail()
            dead_letters.send(queue, json.dumps(document), {
                "RULE_ARN": rule["Arn"], "TARGET_ARN": target["Arn"], "ERROR_CODE": refusal[0], "ERROR_MESSAGE": refusal[1]})

    return delivered


def _invoke(arn: str, payload: str) -> None:
    function, config, _ = lambda_svc._get_func_record_for_ref(arn)
    lambda_svc.invoke_async_with_retry(lambda_svc._execution_record_for_config(function, config), json.loads(payload))


def install() -> None:
    eventbridge._put_events = functools.partial(eventbridge._put_events, allow_aws_source=True)
    eventbridge._invoke_target = _with_dead_letters(eventbridge._invoke_target)
    eventbridge._dispatch_to_lambda = _invoke
