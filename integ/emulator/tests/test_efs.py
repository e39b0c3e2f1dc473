import unittest

from ministack.core.responses import get_account_id, request_scope
from ministack.services import ec2, efs

from tests.sdk import ACCOUNT, REGION, client
from tests.support import Resource

FILE_SYSTEM, ACCESS_POINT, MOUNT_TARGET = "AWS::EFS::FileSystem", "AWS::EFS::AccessPoint", "AWS::EFS::MountTarget"
AWAY = "eu-central-1"
TLS_ONLY = {"Version": "2012-10-17", "Statement": [{
    "Sid": "Tls", "Effect": "Deny", "Principal": {"AWS": "*"}, "Action": "*", "Resource": "*",
    "Condition": {"Bool": {"aws:SecureTransport": "false"}},
}]}
LOCKED_OUT = {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*"}]}
LIFECYCLE = [{"TransitionToIA": "AFTER_30_DAYS"}, {"TransitionToArchive": "AFTER_90_DAYS"}]
OPEN = {"FileSystemProtection": {"ReplicationOverwriteProtection": "DISABLED"}}


def to(name: str) -> dict:
    return {"ReplicationConfiguration": {"Destinations": [{"FileSystemId": name, "Region": AWAY}]}}


class Efs(unittest.TestCase):
    def setUp(self) -> None:
        for service in (efs, ec2):
            service.reset()
        self.enterContext(request_scope(ACCOUNT, REGION))
        self.api = client("efs")

    def away(self, **properties: object) -> Resource:
        with request_scope(get_account_id(), AWAY):
            return Resource(FILE_SYSTEM, {"Encrypted": True, **properties})

    def protection(self, name: str, region: str = REGION) -> str:
        [told] = client("efs", region=region).describe_file_systems(FileSystemId=name)["FileSystems"]
        return told["FileSystemProtection"]["ReplicationOverwriteProtection"]

    def subnet(self, zone: str = "a") -> str:
        vpc = Resource("AWS::EC2::VPC", {"CidrBlock": "10.0.0.0/16"}).id
        return Resource("AWS::EC2::Subnet", {"VpcId": vpc, "CidrBlock": "10.0.0.0/24", "AvailabilityZone": REGION + zone}).id


class FileSystems(Efs):
    def test_all_that_is_said_is_read_back_changed_and_taken_away(self) -> None:
        basic = {"Encrypted": True, "KmsKeyId": "key", "PerformanceMode": "generalPurpose"}
        system = Resource(FILE_SYSTEM, {
            **basic, "ThroughputMode": "elastic", "LifecyclePolicies": LIFECYCLE, "BackupPolicy": {"Status": "ENABLED"},
            "FileSystemPolicy": TLS_ONLY, "FileSystemTags": [{"Key": "Name", "Value": "files"}], **OPEN,
        })
        which = {"FileSystemId": system.id}
        [told] = self.api.describe_file_systems(**which)["FileSystems"]
        self.assertEqual([told[name] for name in ("Encrypted", "KmsKeyId", "PerformanceMode", "ThroughputMode", "Name", "FileSystemArn")],
                         [True, "key", "generalPurpose", "elastic", "files", system.attributes["Arn"]])
        self.assertEqual(self.protection(system.id), "DISABLED")
        self.assertEqual(self.api.describe_lifecycle_configuration(**which)["LifecyclePolicies"], LIFECYCLE)
        self.assertEqual(self.api.describe_backup_policy(**which)["BackupPolicy"], {"Status": "ENABLED"})
        self.assertIn('"Sid": "Tls"', self.api.describe_file_system_policy(**which)["Policy"])
        system.update({**basic, "ThroughputMode": "provisioned", "ProvisionedThroughputInMibps": 5})
        [told] = self.api.describe_file_systems(**which)["FileSystems"]
        self.assertEqual((told["ThroughputMode"], told["ProvisionedThroughputInMibps"]), ("provisioned", 5))
        self.assertEqual(self.protection(system.id), "ENABLED")
        self.assertEqual(self.api.describe_lifecycle_configuration(**which)["LifecyclePolicies"], [])
        self.assertEqual(self.api.describe_backup_policy(**which)["BackupPolicy"], {"Status": "DISABLED"})
        with self.assertRaises(self.api.exceptions.PolicyNotFound):
            self.api.describe_file_system_policy(**which)
        system.update({**basic, "ThroughputMode": "elastic"})
        [told] = self.api.describe_file_systems(**which)["FileSystems"]
        self.assertNotIn("ProvisionedThroughputInMibps", told)
        system.delete()
        self.assertEqual(self.api.describe_file_systems()["FileSystems"], [])

    def test_nothing_is_left_of_one_whose_policy_is_refused(self) -> None:
        with self.assertRaisesRegex(ValueError, "lock out the caller"):
            Resource(FILE_SYSTEM, {"FileSystemPolicy": LOCKED_OUT})
        self.assertEqual(self.api.describe_file_systems()["FileSystems"], [])

    def test_a_mode_that_does_not_exist_is_refused(self) -> None:
        with self.assertRaisesRegex(ValueError, "elastik.* at .*throughputMode.* enum value set"):
            Resource(FILE_SYSTEM, {"ThroughputMode": "elastik"})

    def test_one_with_a_mount_target_is_not_deleted(self) -> None:
        system = Resource(FILE_SYSTEM, {})
        target = Resource(MOUNT_TARGET, {"FileSystemId": system.id, "SubnetId": self.subnet()})
        with self.assertRaisesRegex(ValueError, "has mount targets and cannot be deleted"):
            system.delete()
        target.delete()
        system.delete()


class Replication(Efs):
    def test_it_is_told_in_both_regions_and_ends_with_the_source(self) -> None:
        destination = self.away(**OPEN)
        source = Resource(FILE_SYSTEM, {"Encrypted": True, **to(destination.id)})
        for region, name in ((REGION, source.id), (AWAY, destination.id)):
            [told] = client("efs", region=region).describe_replication_configurations(FileSystemId=name)["Replications"]
            self.assertEqual((told["SourceFileSystemId"], told["SourceFileSystemRegion"]), (source.id, REGION))
            [target] = told["Destinations"]
            self.assertEqual((target["FileSystemId"], target["Region"], target["Status"]), (destination.id, AWAY, "ENABLED"))
            self.assertIn("LastReplicatedTimestamp", target)
        self.assertEqual((self.protection(source.id), self.protection(destination.id, AWAY)), ("ENABLED", "REPLICATING"))
        with request_scope(ACCOUNT, AWAY), self.assertRaisesRegex(ValueError, "part of a replication configuration"):
            destination.delete()
        source.delete()
        self.assertEqual(self.protection(destination.id, AWAY), "ENABLED")
        with request_scope(ACCOUNT, AWAY):
            destination.delete()

    def test_it_begins_and_ends_with_an_update(self) -> None:
        destination = self.away(**OPEN)
        source = Resource(FILE_SYSTEM, {"Encrypted": True})
        name = source.id
        source.update({"Encrypted": True, **to(destination.id)})
        self.assertEqual((source.id, self.protection(destination.id, AWAY)), (name, "REPLICATING"))
        source.update({"Encrypted": True})
        with self.assertRaises(self.api.exceptions.ReplicationNotFound):
            self.api.describe_replication_configurations(FileSystemId=name)
        with self.assertRaisesRegex(ValueError, "protection must be DISABLED"):  # it is protected again, whatever its template says
            source.update({"Encrypted": True, **to(destination.id)})

    def test_refused_destinations_leave_no_source_behind(self) -> None:
        taken = self.away(**OPEN)
        first = Resource(FILE_SYSTEM, {"Encrypted": True, **to(taken.id)}).id
        for name, reason in (
            ("fs-absent", "fs-absent.* does not exist"), (self.away().id, "protection must be DISABLED"),
            (taken.id, "already part of a replication"), (self.away(Encrypted=False, **OPEN).id, "is encrypted but the destination"),
        ):
            with self.subTest(reason), self.assertRaisesRegex(ValueError, reason):
                Resource(FILE_SYSTEM, {"Encrypted": True, **to(name)})
            self.assertEqual([each["FileSystemId"] for each in self.api.describe_file_systems()["FileSystems"]], [first])


class AccessPoints(Efs):
    def setUp(self) -> None:
        super().setUp()
        self.system = Resource(FILE_SYSTEM, {}).id

    def access_point(self, **properties: object) -> Resource:
        return Resource(ACCESS_POINT, {"FileSystemId": self.system, **properties})

    def test_directory_and_user_are_read_back_as_numbers(self) -> None:
        point = self.access_point(
            PosixUser={"Uid": "1000", "Gid": "1001", "SecondaryGids": ["7"]},
            RootDirectory={"Path": "/shop/data", "CreationInfo": {"OwnerUid": "1000", "OwnerGid": "1001", "Permissions": "0750"}})
        [told] = self.api.describe_access_points(AccessPointId=point.id)["AccessPoints"]
        self.assertEqual(told["PosixUser"], {"Uid": 1000, "Gid": 1001, "SecondaryGids": [7]})
        self.assertEqual(told["RootDirectory"], {"Path": "/shop/data", "CreationInfo": {"OwnerUid": 1000, "OwnerGid": 1001, "Permissions": "0750"}})
        self.assertEqual(told["AccessPointArn"], point.attributes["Arn"])
        first = point.id
        point.update({"FileSystemId": self.system, "RootDirectory": {"Path": "/other"}})
        self.assertNotEqual(point.id, first)
        with self.assertRaises(self.api.exceptions.AccessPointNotFound):
            self.api.describe_access_points(AccessPointId=first)
        point.delete()
        self.assertEqual(self.api.describe_access_points(FileSystemId=self.system)["AccessPoints"], [])

    def test_without_a_path_it_is_the_root(self) -> None:
        self.access_point(RootDirectory={"CreationInfo": {"OwnerUid": "1", "OwnerGid": "1", "Permissions": "755"}})
        [told] = self.api.describe_access_points()["AccessPoints"]
        self.assertEqual(told["RootDirectory"]["Path"], "/")

    def test_what_aws_does_not_allow_is_refused(self) -> None:
        info = {"OwnerUid": "1", "OwnerGid": "1", "Permissions": "755"}
        for directory, fault in (
            ({"Path": "data"}, "rootDirectory.path.* failed to satisfy constraint: Member must satisfy regular expression"),
            ({"Path": "/a/b/c/d/e"}, "rootDirectory.path"), ({"Path": "/.hidden"}, "rootDirectory.path"), ({"Path": "/data/"}, "rootDirectory.path"),
            ({"Path": "/" + "a" * 100}, "have length less than or equal to 100"),
            ({"CreationInfo": {**info, "Permissions": "rwx"}}, "rootDirectory.creationInfo.permissions.* regular expression"),
            ({"CreationInfo": {**info, "OwnerUid": "4294967296"}}, "have value less than or equal to 4294967295"),
            ({"CreationInfo": {"OwnerUid": "1", "OwnerGid": "1"}}, "Value null at .*rootDirectory.creationInfo.permissions.* must not be null"),
        ):
            with self.subTest(directory), self.assertRaisesRegex(ValueError, fault):
                self.access_point(RootDirectory=directory)
        with self.assertRaisesRegex(ValueError, "posixUser.secondaryGids.* have length less than or equal to 16"):
            self.access_point(PosixUser={"Uid": "1", "Gid": "1", "SecondaryGids": ["1"] * 17})
        self.assertEqual(self.api.describe_access_points()["AccessPoints"], [])


class MountTargets(Efs):
    def test_security_groups_are_read_back_and_changed_in_place(self) -> None:
        system, subnet = Resource(FILE_SYSTEM, {}).id, self.subnet()
        vpc = ec2._subnets[subnet]["VpcId"]
        first, second = (Resource("AWS::EC2::SecurityGroup", {"GroupDescription": name, "VpcId": vpc}, name).id for name in ("One", "Two"))
        target = Resource(MOUNT_TARGET, {"FileSystemId": system, "SubnetId": subnet, "SecurityGroups": [first]})
        name = target.id
        self.assertEqual(self.api.describe_mount_target_security_groups(MountTargetId=name)["SecurityGroups"], [first])
        target.update({"FileSystemId": system, "SubnetId": subnet, "SecurityGroups": [second]})
        self.assertEqual((target.id, self.api.describe_mount_target_security_groups(MountTargetId=name)["SecurityGroups"]), (name, [second]))
        [told] = self.api.describe_mount_targets(FileSystemId=system)["MountTargets"]
        self.assertEqual((told["SubnetId"], told["VpcId"], told["AvailabilityZoneName"]), (subnet, vpc, REGION + "a"))

    def test_a_second_one_in_a_zone_is_refused(self) -> None:
        system, subnet = Resource(FILE_SYSTEM, {}).id, self.subnet()
        Resource(MOUNT_TARGET, {"FileSystemId": system, "SubnetId": subnet})
        neighbour = Resource("AWS::EC2::Subnet", {"VpcId": ec2._subnets[subnet]["VpcId"], "CidrBlock": "10.0.1.0/24", "AvailabilityZone": REGION + "a"}).id
        with self.assertRaisesRegex(ValueError, "already has a mount target in eu-west-1a"):
            Resource(MOUNT_TARGET, {"FileSystemId": system, "SubnetId": neighbour})
