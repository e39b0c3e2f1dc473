"""AWS::SNS::Topic: the key that the emulator drops."""

from __future__ import annotations

from ministack.services import sns

from . import Properties, mend_type


def _mend_topic(arn: str, old: Properties | None, new: Properties) -> None:
    attributes = sns._topics[arn]["attributes"]
    if "KmsMasterKeyId" in new:
        attributes["KmsMasterKeyId"] = new["KmsMasterKeyId"]
    else:
        attributes.pop("KmsMasterKeyId", None)


def install() -> None:
    mend_type("AWS::SNS::Topic", _mend_topic)
