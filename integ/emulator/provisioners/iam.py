"""IAM that is enforced from a moment on.

`POST /_iam/enforce {"on": true}` begins, `{"on": false}` ends it, for all accounts. The root key of an account (its
twelve digits) stays root.
"""

from __future__ import annotations

import json
from typing import Any

from ministack import app as emulator
from ministack.core import iam_actions, lambda_runtime
from ministack.core.responses import get_account_id, get_region

from . import boolean, routes


def _enforce(body: dict[str, Any]) -> dict[str, Any]:
    emulator.AUTH = boolean(body["on"])
    # Workers that are warm have the key they started with; new ones get that of their role, or of root.
    lambda_runtime.reset()
    return {"on": emulator.AUTH}


def _with_namespace(context):
    """Policies on cloudwatch:PutMetricData have nothing to hold on to but the condition key cloudwatch:namespace."""

    def completed(service: str, action: str, body: bytes, params: dict) -> dict[str, Any]:
        keys = context(service, action, body, params)
        if action == "cloudwatch:PutMetricData":
            keys = {**keys, "cloudwatch:namespace": iam_actions._param(body, params, "Namespace")}
        return keys

    return completed


def _with_parameter_path(extract):
    """Listing parameters is allowed on the path that is listed; the emulator knows single parameters only."""

    def completed(service: str, method: str, path: str, headers: dict, body: bytes, query: dict, *scope: str) -> str:
        if service == "ssm" and headers.get("x-amz-target", "").endswith(".GetParametersByPath"):
            return f"arn:aws:ssm:{get_region()}:{get_account_id()}:parameter{json.loads(body)['Path']}"
        return extract(service, method, path, headers, body, query, *scope)

    return completed


def install() -> None:
    routes.route("/_iam/enforce", _enforce)
    iam_actions.request_tag_context = _with_namespace(iam_actions.request_tag_context)
    iam_actions.extract_resource_arn = _with_parameter_path(iam_actions.extract_resource_arn)
    # Loopback counts as encrypted: bucket policies that ask for TLS, as the bootstrap's, would refuse everything here.
    pin = emulator.pin_request_origin
    emulator.pin_request_origin = lambda address, encrypted: pin(address, True)
