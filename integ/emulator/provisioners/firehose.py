"""AWS::KinesisFirehose::DeliveryStream: tags, encryption and HTTP endpoints as AWS tells them, and an update that loses nothing."""

from __future__ import annotations

from collections.abc import Callable

from ministack.services import firehose
from ministack.services.cloudformation.provisioners import _RESOURCE_HANDLERS, _STACK_TAG_PROPERTY

from . import Properties, mend_type, ok, replace_on_change
from .api_model import request

_TYPE = "AWS::KinesisFirehose::DeliveryStream"


def _mend_stream(name: str, old: Properties | None, new: Properties) -> None:
    if old is None:
        return
    firehose._streams[name]["tags"] = {tag["Key"]: tag.get("Value", "") for tag in new.get("Tags") or []}
    encryption = "DeliveryStreamEncryptionConfigurationInput"
    if new.get(encryption) != old.get(encryption):
        change = firehose._start_delivery_stream_encryption if encryption in new else firehose._stop_delivery_stream_encryption
        ok(change({"DeliveryStreamName": name, encryption: new.get(encryption)}))


def _in_words_of_the_api(handle: Callable) -> Callable:
    """What the API does not know is refused, and numbers that a template has as text are numbers."""

    def handled(*arguments):
        return handle(*(request("firehose", "CreateDeliveryStream", each) if isinstance(each, dict) else each for each in arguments))

    return handled


def _with_endpoints(describe: Callable[[Properties], Properties]) -> Callable[[Properties], Properties]:
    def described(destination: Properties) -> Properties:
        told = describe(destination)
        if destination["type"] != "HttpEndpoint":
            return told
        said = dict(destination["config"])
        endpoint = {name: value for name, value in said.pop("EndpointConfiguration").items() if name != "AccessKey"}  # kept secret
        backup = {"S3DestinationDescription": said.pop("S3Configuration")} if "S3Configuration" in said else {}
        key = "HttpEndpointDestinationDescription"
        return {**told, key: {**told[key], **said, "EndpointConfiguration": endpoint, **backup}}

    return described


def install() -> None:
    for name in ("create", "update"):
        _RESOURCE_HANDLERS[_TYPE][name] = _in_words_of_the_api(_RESOURCE_HANDLERS[_TYPE][name])
    mend_type(_TYPE, _mend_stream)
    replace_on_change(_TYPE, "DeliveryStreamName", "DeliveryStreamType", "KinesisStreamSourceConfiguration", "MSKSourceConfiguration")
    _STACK_TAG_PROPERTY[_TYPE] = ("Tags", "list")
    firehose._dest_description = _with_endpoints(firehose._dest_description)
