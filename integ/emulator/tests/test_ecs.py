import unittest

from ministack.core.responses import request_scope
from ministack.services import ecs

from tests.sdk import ACCOUNT, REGION, client
from tests.support import Resource

TASK, SERVICE = "AWS::ECS::TaskDefinition", "AWS::ECS::Service"
EFS = {
    "FilesystemId": "fs-1", "TransitEncryption": "ENABLED", "TransitEncryptionPort": 2999,
    "AuthorizationConfig": {"AccessPointId": "fsap-1", "IAM": "ENABLED"},
}
WEB = {"Name": "web", "Image": "nginx", "Essential": "true", "MountPoints": [{"SourceVolume": "data", "ContainerPath": "/data", "ReadOnly": "true"}]}
PLAIN = {"Name": "web", "Image": "nginx"}


def task(*containers: dict, volume: dict | None = None, **properties: object) -> dict:
    return {
        "Family": "shop", "RequiresCompatibilities": ["FARGATE"], "NetworkMode": "awsvpc", "Cpu": "256", "Memory": "512",
        "ContainerDefinitions": list(containers or [WEB]), "Volumes": [{"Name": "data", "EFSVolumeConfiguration": volume or EFS}], **properties,
    }


class Ecs(unittest.TestCase):
    def setUp(self) -> None:
        ecs.reset()
        self.enterContext(request_scope(ACCOUNT, REGION))
        self.api = client("ecs")


class TaskDefinitions(Ecs):
    def read(self, name: str) -> dict:
        return self.api.describe_task_definition(taskDefinition=name, include=["TAGS"])

    def test_all_that_is_said_is_read_back_in_the_words_of_the_api(self) -> None:
        definition = Resource(TASK, task(
            {**WEB, "DependsOn": [{"ContainerName": "init", "Condition": "SUCCESS"}],
             "HealthCheck": {"Command": ["CMD", "true"], "Interval": "30", "StartPeriod": 10},
             "Secrets": [{"Name": "KEY", "ValueFrom": "arn:key"}], "LinuxParameters": {"InitProcessEnabled": True, "Capabilities": {"Drop": ["ALL"]}},
             "Ulimits": [{"Name": "nofile", "SoftLimit": "1024", "HardLimit": 4096}], "PortMappings": [{"ContainerPort": 80, "Protocol": "tcp"}],
             "LogConfiguration": {"LogDriver": "awslogs", "Options": {"awslogs-group": "g", "mode": "non-blocking"}}, "DockerLabels": {"Some": True}},
            {**PLAIN, "Name": "init", "Essential": False},
            RuntimePlatform={"CpuArchitecture": "ARM64", "OperatingSystemFamily": "LINUX"}, EphemeralStorage={"SizeInGiB": 40},
            TaskRoleArn="arn:role", EnableFaultInjection=False, Tags=[{"Key": "tier", "Value": "low"}]))
        told = self.read(definition.id)
        read = told["taskDefinition"]
        self.assertEqual(told["tags"], [{"key": "tier", "value": "low"}])
        self.assertEqual(read["volumes"], [{"name": "data", "efsVolumeConfiguration": {
            "fileSystemId": "fs-1", "transitEncryption": "ENABLED", "transitEncryptionPort": 2999,
            "authorizationConfig": {"accessPointId": "fsap-1", "iam": "ENABLED"}}}])
        self.assertEqual((read["runtimePlatform"], read["ephemeralStorage"], read["enableFaultInjection"]),
                         ({"cpuArchitecture": "ARM64", "operatingSystemFamily": "LINUX"}, {"sizeInGiB": 40}, False))
        self.assertEqual((read["taskRoleArn"], read["requiresCompatibilities"], read["cpu"], read["memory"]), ("arn:role", ["FARGATE"], "256", "512"))
        self.assertEqual(read["containerDefinitions"], [{
            "name": "web", "image": "nginx", "essential": True, "cpu": 0,
            "mountPoints": [{"sourceVolume": "data", "containerPath": "/data", "readOnly": True}],
            "dependsOn": [{"containerName": "init", "condition": "SUCCESS"}],
            "healthCheck": {"command": ["CMD", "true"], "interval": 30, "startPeriod": 10},
            "secrets": [{"name": "KEY", "valueFrom": "arn:key"}],
            "linuxParameters": {"initProcessEnabled": True, "capabilities": {"drop": ["ALL"]}},
            "ulimits": [{"name": "nofile", "softLimit": 1024, "hardLimit": 4096}], "portMappings": [{"containerPort": 80, "protocol": "tcp"}],
            "logConfiguration": {"logDriver": "awslogs", "options": {"awslogs-group": "g", "mode": "non-blocking"}}, "dockerLabels": {"Some": "true"},
        }, {"name": "init", "image": "nginx", "essential": False, "cpu": 0}])
        self.assertNotIn("executionRoleArn", read)

    def test_a_change_is_a_new_revision_and_the_old_one_is_inactive(self) -> None:
        definition = Resource(TASK, task())
        first = definition.id
        definition.update(task(Cpu="512"))
        self.assertEqual((first[-6:], definition.id[-6:]), ("shop:1", "shop:2"))
        self.assertEqual(definition.attributes["TaskDefinitionArn"], definition.id)
        self.assertEqual([self.read(name)["taskDefinition"]["status"] for name in (first, definition.id)], ["INACTIVE", "ACTIVE"])
        definition.delete()
        self.assertEqual(self.api.list_task_definitions()["taskDefinitionArns"], [])

    def test_tags_are_changed_in_place(self) -> None:
        definition = Resource(TASK, task())
        name = definition.id
        definition.update(task(Tags=[{"Key": "tier", "Value": "low"}]))
        self.assertEqual((definition.id, self.read(name)["tags"]), (name, [{"key": "tier", "value": "low"}]))

    def test_an_unknown_property_is_refused_not_lost(self) -> None:
        with self.assertRaisesRegex(ValueError, "EFSVolumeConfiguration does not know Rootdir"):
            Resource(TASK, task(volume={**EFS, "Rootdir": "/"}))

    def test_volumes_that_aws_refuses(self) -> None:
        open_one = {**EFS, "TransitEncryption": "DISABLED"}
        for properties, reason in (
            (task(volume={**EFS, "RootDirectory": "/data"}), "the root directory must either be set to"),
            (task(volume=open_one), "Transit encryption must be enabled"),
            (task(volume={**open_one, "AuthorizationConfig": {"AccessPointId": "fsap-1"}}), "Transit encryption must be enabled"),
            (task(volume={**open_one, "AuthorizationConfig": {"IAM": "ENABLED"}}), "Transit encryption must be enabled"),
            (task({**WEB, "MountPoints": [{"SourceVolume": "dada", "ContainerPath": "/"}]}), "Unknown volume 'dada'"),
        ):
            with self.subTest(reason), self.assertRaisesRegex(ValueError, reason):
                Resource(TASK, properties)
        Resource(TASK, task(volume={**EFS, "RootDirectory": "/"}))
        Resource(TASK, task(volume={"FilesystemId": "fs-1", "RootDirectory": "/data"}))
        with self.assertRaisesRegex(self.api.exceptions.ClientException, "Unknown volume"):
            self.api.register_task_definition(family="shop", containerDefinitions=[{
                "name": "web", "image": "nginx", "mountPoints": [{"sourceVolume": "data", "containerPath": "/"}]}])


class Services(Ecs):
    def setUp(self) -> None:
        super().setUp()
        self.cluster = Resource("AWS::ECS::Cluster", {"ClusterName": "shop"}).id
        self.task = Resource(TASK, task()).id

    def service(self, **properties: object) -> dict:
        return {"Cluster": self.cluster, "TaskDefinition": self.task, "LaunchType": "FARGATE", "DesiredCount": 2, **properties}

    def read(self) -> dict:
        [name] = self.api.list_services(cluster="shop")["serviceArns"]
        [told] = self.api.describe_services(cluster="shop", services=[name], include=["TAGS"])["services"]
        return told

    def status(self, name: str) -> str:
        return self.api.describe_services(cluster="shop", services=[name])["services"][0]["status"]

    def assertRead(self, **wanted: object) -> None:
        told = self.read()
        self.assertEqual({name: told.get(name) for name in wanted}, wanted)

    def test_all_that_is_said_is_read_back_changed_and_taken_away(self) -> None:
        service = Resource(SERVICE, self.service(
            PlatformVersion="1.4.0", HealthCheckGracePeriodSeconds="60", EnableExecuteCommand=True, PropagateTags="SERVICE", EnableECSManagedTags="true",
            DeploymentConfiguration={"DeploymentCircuitBreaker": {"Enable": True, "Rollback": True}, "MaximumPercent": 100, "MinimumHealthyPercent": 0},
            NetworkConfiguration={"AwsvpcConfiguration": {"Subnets": ["subnet-1"], "AssignPublicIp": "DISABLED"}},
            AvailabilityZoneRebalancing="ENABLED", Tags=[{"Key": "tier", "Value": "low"}]))
        name = service.id
        self.assertEqual(service.attributes, {"ServiceArn": name, "Name": "stack-Thing"})
        self.assertRead(
            serviceArn=name, platformVersion="1.4.0", platformFamily="Linux", healthCheckGracePeriodSeconds=60, enableExecuteCommand=True,
            propagateTags="SERVICE", enableECSManagedTags=True, availabilityZoneRebalancing="ENABLED", launchType="FARGATE", runningCount=2,
            deploymentConfiguration={"deploymentCircuitBreaker": {"enable": True, "rollback": True}, "maximumPercent": 100, "minimumHealthyPercent": 0},
            networkConfiguration={"awsvpcConfiguration": {"subnets": ["subnet-1"], "assignPublicIp": "DISABLED"}},
            tags=[{"key": "tier", "value": "low"}])
        service.update(self.service(
            PlatformVersion="LATEST", HealthCheckGracePeriodSeconds=5, PropagateTags="TASK_DEFINITION",
            DeploymentConfiguration={"DeploymentCircuitBreaker": {"Enable": True, "Rollback": False}}, Tags=[{"Key": "tier", "Value": "high"}]))
        self.assertEqual(service.id, name)
        self.assertRead(
            platformVersion="LATEST", healthCheckGracePeriodSeconds=5, enableExecuteCommand=False, propagateTags="TASK_DEFINITION", enableECSManagedTags=False,
            deploymentConfiguration={"deploymentCircuitBreaker": {"enable": True, "rollback": False}, "maximumPercent": 200, "minimumHealthyPercent": 100},
            tags=[{"key": "tier", "value": "high"}])
        service.update(self.service())
        self.assertRead(
            platformVersion="LATEST", healthCheckGracePeriodSeconds=0, propagateTags="NONE", tags=[],
            deploymentConfiguration={"deploymentCircuitBreaker": {"enable": False, "rollback": False}, "maximumPercent": 200, "minimumHealthyPercent": 100})
        service.delete()
        self.assertEqual(self.status(name), "INACTIVE")

    def test_the_newest_platform_is_the_default_of_fargate_alone(self) -> None:
        service = Resource(SERVICE, self.service())
        self.assertRead(platformVersion="LATEST")
        service.delete()
        Resource(SERVICE, self.service(LaunchType="EC2"))
        self.assertRead(platformVersion="")

    def test_a_new_task_definition_is_rolled_out_and_the_count_is_said_again(self) -> None:
        service = Resource(SERVICE, self.service())
        self.api.update_service(cluster="shop", service=service.id, desiredCount=5, enableECSManagedTags=True)
        self.assertRead(desiredCount=5, enableECSManagedTags=True)
        second = Resource(TASK, task(Cpu="512")).id
        service.update(self.service(TaskDefinition=second))
        self.assertRead(taskDefinition=second, desiredCount=2, runningCount=2)
        self.assertEqual([(each["status"], each["rolloutState"]) for each in self.read()["deployments"]], [("PRIMARY", "COMPLETED")])

    def test_a_capacity_provider_strategy_stays(self) -> None:
        spot = {"Cluster": self.cluster, "TaskDefinition": self.task, "CapacityProviderStrategy": [{"CapacityProvider": "FARGATE_SPOT", "Weight": "1"}]}
        service = Resource(SERVICE, spot)
        service.update({**spot, "DesiredCount": 3})
        self.assertRead(capacityProviderStrategy=[{"capacityProvider": "FARGATE_SPOT", "weight": 1}], desiredCount=3)
