"""AWS::S3::Bucket: tags, encryption, lifecycle and suspended versioning, which the emulator drops."""

from __future__ import annotations

from typing import Any
from xml.sax.saxutils import escape

from ministack.services import s3

from . import Properties, mend_type, ok


def _mend_bucket(name: str, old: Properties | None, new: Properties) -> None:
    _tags(name, new.get("Tags") or [])
    _encryption(name, (new.get("BucketEncryption") or {}).get("ServerSideEncryptionConfiguration") or [])
    _lifecycle(name, (new.get("LifecycleConfiguration") or {}).get("Rules") or [])
    if "VersioningConfiguration" in {**(old or {}), **new}:
        status = (new.get("VersioningConfiguration") or {}).get("Status", "Suspended")
        ok(s3._put_bucket_versioning(name, _document("VersioningConfiguration", {"Status": status})))


def _tags(name: str, tags: list[dict[str, str]]) -> None:
    if tags:
        ok(s3._put_bucket_tagging(name, _document("Tagging", {"TagSet": {"Tag": [_pick(tag, "Key", "Value") for tag in tags]}})))
    else:
        s3._bucket_tags.pop(name, None)


def _encryption(name: str, declared: list[Properties]) -> None:
    rules = []
    for rule in declared:
        default = rule["ServerSideEncryptionByDefault"]
        # Without a key AWS takes its own for S3. The emulator has none and would refuse every upload: left at AES256.
        if default["SSEAlgorithm"] == "aws:kms" and "KMSMasterKeyID" not in default:
            continue
        rules.append({
            "ApplyServerSideEncryptionByDefault": _pick(default, "SSEAlgorithm", "KMSMasterKeyID"),
            **_pick(rule, "BucketKeyEnabled"),
        })
    if rules:
        ok(s3._put_bucket_encryption(name, _document("ServerSideEncryptionConfiguration", {"Rule": rules})))
    else:
        s3._bucket_encryption.pop(name, None)


def _lifecycle(name: str, declared: list[Properties]) -> None:
    if declared:
        ok(s3._put_bucket_lifecycle(name, _document("LifecycleConfiguration", {"Rule": [_lifecycle_rule(rule) for rule in declared]})))
    else:
        s3._bucket_lifecycle.pop(name, None)


def _lifecycle_rule(rule: Properties) -> Properties:
    """What the template says, in the words of the API."""
    expiration = _rename(rule, ExpirationInDays="Days", ExpirationDate="Date", ExpiredObjectDeleteMarker="ExpiredObjectDeleteMarker")
    criteria = {**_pick(rule, "Prefix", "ObjectSizeGreaterThan", "ObjectSizeLessThan"), **_rename(rule, TagFilters="Tag")}
    several = len(criteria) > 1 or len(criteria.get("Tag", [])) > 1
    return {
        **_rename(rule, Id="ID"),
        "Filter": {"And": criteria} if several else criteria or {"Prefix": ""},
        **_pick(rule, "Status", "NoncurrentVersionExpiration", "AbortIncompleteMultipartUpload"),
        **({"Expiration": expiration} if expiration else {}),
        "Transition": [
            _rename(each, TransitionInDays="Days", TransitionDate="Date", StorageClass="StorageClass")
            for each in rule.get("Transitions") or []],
        "NoncurrentVersionTransition": [
            _rename(each, TransitionInDays="NoncurrentDays", NewerNoncurrentVersions="NewerNoncurrentVersions", StorageClass="StorageClass")
            for each in rule.get("NoncurrentVersionTransitions") or []],
    }


def _pick(properties: Properties, *names: str) -> Properties:
    return {name: properties[name] for name in names if name in properties}


def _rename(properties: Properties, **names: str) -> Properties:
    return {new: properties[old] for old, new in names.items() if old in properties}


def _document(name: str, content: Properties) -> bytes:
    # Without the name space the emulator overlooks elements that have no children.
    return _xml(name, content).replace(">", ' xmlns="http://s3.amazonaws.com/doc/2006-03-01/">', 1).encode()


def _xml(name: str, value: Any) -> str:
    if isinstance(value, list):
        return "".join(_xml(name, each) for each in value)
    if isinstance(value, dict):
        text = "".join(_xml(*item) for item in value.items())
    else:
        text = str(value).lower() if isinstance(value, bool) else escape(str(value))
    return f"<{name}>{text}</{name}>"


def install() -> None:
    mend_type("AWS::S3::Bucket", _mend_bucket)
