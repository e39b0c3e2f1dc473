"""The emulator, with the resource types that it lacks."""

import sys

from provisioners import (
    access_analyzer, athena, backup, cloudwatch, config_rules, dynamodb, ec2, ecs, efs, efs_clients, eventbridge, firehose, flow_log_delivery,
    flow_logs, glue, iam, iam_tags, lambda_, logs, routes, s3, s3_abac, scheduler, sns, stepfunctions, tagging, transit_gateways)

for service in (
        access_analyzer, athena, backup, cloudwatch, config_rules, dynamodb, ec2, ecs, efs, efs_clients, eventbridge, firehose, flow_log_delivery,
        flow_logs, glue, iam, iam_tags, lambda_, logs, routes, s3, s3_abac, scheduler, sns, stepfunctions, tagging, transit_gateways):
    service.install()

if __name__ == "__main__":
    from ministack import app

    cloudwatch.start_clock()
    sys.argv = sys.argv[:1]
    app.main()
