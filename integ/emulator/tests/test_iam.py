import unittest

from ministack import app as emulator
from ministack.core import iam_actions, iam_evaluator, lambda_runtime
from ministack.core.responses import get_account_id, get_region

from tests.support import Resource  # noqa: F401  installs the provisioners
from tests.test_routes import post


class Enforcement(unittest.TestCase):
    def tearDown(self) -> None:
        emulator.AUTH = False

    def test_it_is_switched_on_and_off_and_warm_workers_end(self) -> None:
        lambda_runtime._workers["function"] = []
        self.assertEqual(post("/_iam/enforce", b'{"on": true}'), (200, {"on": True}))
        self.assertEqual((emulator.AUTH, lambda_runtime._workers), (True, {}))
        post("/_iam/enforce", b'{"on": false}')
        self.assertFalse(emulator.AUTH)

    def test_it_wants_to_be_told(self) -> None:
        self.assertEqual(post("/_iam/enforce", b"{}")[0], 400)


class Request(unittest.TestCase):
    def test_the_namespace_of_metric_data_is_a_condition_key(self) -> None:
        def namespace(action: str, body: bytes, params: dict) -> object:
            return iam_actions.request_tag_context("monitoring", f"cloudwatch:{action}", body, params).get("cloudwatch:namespace")

        self.assertEqual(namespace("PutMetricData", b'{"Namespace": "Mine"}', {}), "Mine")
        self.assertEqual(namespace("PutMetricData", b"", {"Namespace": ["Mine"]}), "Mine")
        self.assertIsNone(namespace("ListMetrics", b'{"Namespace": "Mine"}', {}))

    def test_listing_parameters_is_judged_on_the_path(self) -> None:
        def resource(operation: str, body: bytes) -> str:
            return iam_actions.extract_resource_arn("ssm", "POST", "/", {"x-amz-target": f"AmazonSSM.{operation}"}, body, {}, "", "")

        scope = f"{get_region()}:{get_account_id()}"
        self.assertEqual(resource("GetParametersByPath", b'{"Path": "/a/b"}'), f"arn:aws:ssm:{scope}:parameter/a/b")
        self.assertNotEqual(resource("GetParameter", b'{"Name": "/a/b/c", "Path": "/a/b"}'), f"arn:aws:ssm:{scope}:parameter/a/b")

    def test_loopback_counts_as_encrypted(self) -> None:
        emulator.pin_request_origin("127.0.0.1", False)
        self.assertEqual(iam_evaluator._request_origin.get(), ("127.0.0.1", True))
