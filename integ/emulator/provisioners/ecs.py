"""AWS::ECS: all that task definitions and services say, which the emulator drops in part, and volumes that AWS refuses."""

from __future__ import annotations

from collections.abc import Callable

from ministack.core.responses import error_response_json, json_response
from ministack.services import ecs
from ministack.services.cloudformation.provisioners import _RESOURCE_HANDLERS, _reconcile_tag_list

from . import Properties, api_model, ok, replace_on_change

_TASK_DEFINITION, _SERVICE = "AWS::ECS::TaskDefinition", "AWS::ECS::Service"
_PERCENTS = {"maximumPercent": 200, "minimumHealthyPercent": 100}
_NO_BREAKER = {"enable": False, "rollback": False}
#: What the API drops when a service is created or updated.
_KEPT = ("enableECSManagedTags", "propagateTags", "availabilityZoneRebalancing")
#: What a service goes back to when the template no longer says it.
_DEFAULTS: Properties = {
    "DeploymentConfiguration": {}, "EnableECSManagedTags": False, "EnableExecuteCommand": False,
    "HealthCheckGracePeriodSeconds": 0, "LoadBalancers": [], "PlatformVersion": "", "PropagateTags": "NONE",
}


def _create_task_definition(logical_id: str, props: Properties, stack_name: str):
    request = api_model.request("ecs", "RegisterTaskDefinition", {"Family": f"{stack_name}-{logical_id}", **props})
    arn = ok(ecs._register_task_definition(request))["taskDefinition"]["taskDefinitionArn"]
    return arn, {"TaskDefinitionArn": arn}


def _refusal(request: Properties) -> str | None:
    volumes = {volume["name"]: volume.get("efsVolumeConfiguration") or {} for volume in request.get("volumes") or []}
    for efs in volumes.values():
        authorization = efs.get("authorizationConfig") or {}
        access_point = authorization.get("accessPointId")
        if access_point and efs.get("rootDirectory", "/") != "/":
            return 'When using an EFS access point, the root directory must either be set to "/" or be omitted.'
        if (access_point or authorization.get("iam") == "ENABLED") and efs.get("transitEncryption") != "ENABLED":
            return "Transit encryption must be enabled when using an EFS access point or IAM authorization."
    mounted = (mount["sourceVolume"] for each in request.get("containerDefinitions") or [] for mount in each.get("mountPoints") or [])
    unknown = next((volume for volume in mounted if volume not in volumes), None)
    return f"Unknown volume '{unknown}'." if unknown else None


def _register(register: Callable) -> Callable:
    def registered(request: Properties):
        refused = _refusal(request)
        if refused:
            return error_response_json("ClientException", refused, 400)
        answer = register(request)
        if answer[0] >= 400:
            return answer
        # All that was said, and nothing of what was not.
        record = ecs._task_defs[ecs._resolve_td_key(ok(answer)["taskDefinition"]["taskDefinitionArn"])]
        for name in [name for name, value in record.items() if value in (None, "")]:
            del record[name]
        record.update({name: value for name, value in request.items() if name not in record and name != "tags"})
        return json_response({"taskDefinition": record, "tags": request.get("tags", [])})

    return registered


def _create_service(logical_id: str, props: Properties, stack_name: str):
    request = api_model.request("ecs", "CreateService", {"ServiceName": f"{stack_name}-{logical_id}", **props})
    service = ok(ecs._create_service(request))["service"]
    return service["serviceArn"], {"ServiceArn": service["serviceArn"], "Name": service["serviceName"]}


def _update_service(physical_id: str, old: Properties, new: Properties, stack_name: str):
    known = {name.lower() for name in api_model.parameters("ecs", "UpdateService")}
    changes = {name: value for name, value in {**_DEFAULTS, **new}.items() if name.lower() in known}
    service = ok(ecs._update_service(api_model.request("ecs", "UpdateService", {**changes, "Service": physical_id})))["service"]
    _reconcile_tag_list(ecs._tags.setdefault(physical_id, []), old, new, key="key", value="value")
    return physical_id, {"ServiceArn": physical_id, "Name": service["serviceName"]}


def _keep(operation: Callable) -> Callable:
    """The API keeps what it is told of a service, with the defaults of AWS for what it is not."""

    def kept(request: Properties):
        if "deploymentConfiguration" in request:
            request = {**request, "deploymentConfiguration": {**_PERCENTS, "deploymentCircuitBreaker": _NO_BREAKER, **request["deploymentConfiguration"]}}
        answer = operation(request)
        if answer[0] >= 400:
            return answer
        told = ok(answer)["service"]
        record = ecs._services[f"{told['clusterArn'].rsplit('/', 1)[-1]}/{told['serviceName']}"]
        record.update({name: request[name] for name in _KEPT if name in request})
        if record.get("launchType") == "FARGATE":
            record["platformVersion"] = record["platformVersion"] or "LATEST"
            record["platformFamily"] = record["platformFamily"] or "Linux"
        return json_response({"service": ecs._sanitize(record)})

    return kept


def install() -> None:
    ecs._register_task_definition = _register(ecs._register_task_definition)
    ecs._create_service, ecs._update_service = _keep(ecs._create_service), _keep(ecs._update_service)
    ecs._ACTION_MAP.update(
        RegisterTaskDefinition=ecs._register_task_definition, CreateService=ecs._create_service, UpdateService=ecs._update_service)
    _RESOURCE_HANDLERS[_TASK_DEFINITION]["create"] = _create_task_definition
    replace_on_change(_TASK_DEFINITION, *(name[0].upper() + name[1:] for name in api_model.parameters("ecs", "RegisterTaskDefinition") - {"tags"}))
    _RESOURCE_HANDLERS[_SERVICE].update(create=_create_service, update=_update_service)
