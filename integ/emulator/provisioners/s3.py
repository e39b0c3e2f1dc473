"""AWS::S3::Bucket: tags, encryption and suspended versioning, which the emulator drops."""

from __future__ import annotations

from xml.sax.saxutils import escape

from ministack.services import s3

from . import Properties, mend_type, ok


def _mend_bucket(name: str, old: Properties | None, new: Properties) -> None:
    _tags(name, new.get("Tags") or [])
    _encryption(name, new.get("BucketEncryption"))
    if old is not None and "VersioningConfiguration" in old:
        status = (new.get("VersioningConfiguration") or {}).get("Status", "Suspended")
        ok(s3._put_bucket_versioning(name, f"<VersioningConfiguration><Status>{status}</Status></VersioningConfiguration>".encode()))


def _tags(name: str, tags: list[dict[str, str]]) -> None:
    if not tags:
        s3._bucket_tags.pop(name, None)
        return
    entries = "".join(f"<Tag><Key>{escape(tag['Key'])}</Key><Value>{escape(tag['Value'])}</Value></Tag>" for tag in tags)
    ok(s3._put_bucket_tagging(name, f"<Tagging><TagSet>{entries}</TagSet></Tagging>".encode()))


def _encryption(name: str, encryption: Properties | None) -> None:
    rules = ""
    for rule in (encryption or {}).get("ServerSideEncryptionConfiguration", []):
        default = rule["ServerSideEncryptionByDefault"]
        # Without a key AWS takes its own for S3. The emulator has none and would refuse every upload: left at AES256.
        if default["SSEAlgorithm"] == "aws:kms" and "KMSMasterKeyID" not in default:
            continue
        key = f"<KMSMasterKeyID>{escape(default['KMSMasterKeyID'])}</KMSMasterKeyID>" if "KMSMasterKeyID" in default else ""
        rules += (
            "<Rule><ApplyServerSideEncryptionByDefault>"
            f"<SSEAlgorithm>{default['SSEAlgorithm']}</SSEAlgorithm>{key}"
            "</ApplyServerSideEncryptionByDefault></Rule>"
        )
    if not rules:
        s3._bucket_encryption.pop(name, None)
        return
    document = f"<ServerSideEncryptionConfiguration>{rules}</ServerSideEncryptionConfiguration>"
    ok(s3._put_bucket_encryption(name, document.encode()))


def install() -> None:
    mend_type("AWS::S3::Bucket", _mend_bucket)
