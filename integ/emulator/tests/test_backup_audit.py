from tests.support import Resource
from tests.test_backup import BackupTest

CONTROLS = [{"ControlName": "BACKUP_RECOVERY_POINT_ENCRYPTED"}]
REPORT = {
    "ReportDeliveryChannel": {"S3BucketName": "reports", "Formats": ["CSV"]},
    "ReportSetting": {"ReportTemplate": "RESTORE_JOB_REPORT"},
}


class Audit(BackupTest):
    def test_a_framework_is_read_back_changed_and_removed(self) -> None:
        framework = Resource("AWS::Backup::Framework", {"FrameworkName": "audit", "FrameworkControls": CONTROLS, "FrameworkDescription": "d"})
        read = self.backup.describe_framework(FrameworkName="audit")
        self.assertEqual((read["FrameworkControls"], read["FrameworkDescription"], read["FrameworkStatus"]), (CONTROLS, "d", "ACTIVE"))
        self.assertEqual((framework.id, framework.attributes["FrameworkArn"]), (read["FrameworkArn"], read["FrameworkArn"]))
        framework.update({"FrameworkName": "audit", "FrameworkControls": CONTROLS * 2})
        read = self.backup.describe_framework(FrameworkName="audit")
        self.assertEqual((len(read["FrameworkControls"]), "FrameworkDescription" in read), (2, False))
        self.assertEqual(self.backup.list_frameworks()["Frameworks"][0]["NumberOfControls"], 2)
        framework.update({"FrameworkName": "other", "FrameworkControls": CONTROLS})
        self.assertEqual([each["FrameworkName"] for each in self.backup.list_frameworks()["Frameworks"]], ["other"])
        framework.delete()
        self.refused("ResourceNotFoundException", self.backup.describe_framework, FrameworkName="other")

    def test_a_framework_without_a_name_gets_one(self) -> None:
        framework = Resource("AWS::Backup::Framework", {"FrameworkControls": CONTROLS})
        framework.update({"FrameworkControls": CONTROLS * 2})
        self.assertEqual([each["FrameworkArn"] for each in self.backup.list_frameworks()["Frameworks"]], [framework.id])

    def test_a_report_plan_is_read_back_changed_and_removed(self) -> None:
        plan = Resource("AWS::Backup::ReportPlan", {"ReportPlanName": "report", **REPORT})
        read = self.backup.describe_report_plan(ReportPlanName="report")["ReportPlan"]
        self.assertLessEqual({**REPORT, "ReportPlanArn": plan.id}.items(), read.items())
        plan.update({"ReportPlanName": "report", **REPORT, "ReportPlanDescription": "d"})
        self.assertEqual(self.backup.list_report_plans()["ReportPlans"][0]["ReportPlanDescription"], "d")
        plan.delete()
        self.assertEqual(self.backup.list_report_plans()["ReportPlans"], [])

    def test_the_api_does_the_same(self) -> None:
        self.backup.create_framework(FrameworkName="audit", FrameworkControls=CONTROLS)
        self.assertIn("regular expression", self.refused(
            "InvalidParameterValueException", self.backup.create_framework, FrameworkName="with-hyphen", FrameworkControls=CONTROLS))
        self.refused("AlreadyExistsException", self.backup.create_framework, FrameworkName="audit", FrameworkControls=CONTROLS)
        self.backup.update_framework(FrameworkName="audit", FrameworkDescription="new")
        self.assertEqual(self.backup.describe_framework(FrameworkName="audit")["FrameworkDescription"], "new")
        self.backup.delete_framework(FrameworkName="audit")
        self.refused("ResourceNotFoundException", self.backup.delete_framework, FrameworkName="audit")
        self.backup.create_report_plan(ReportPlanName="report", **REPORT)
        self.backup.update_report_plan(ReportPlanName="report", ReportPlanDescription="new")
        self.backup.delete_report_plan(ReportPlanName="report")
        self.refused("ResourceNotFoundException", self.backup.describe_report_plan, ReportPlanName="report")
