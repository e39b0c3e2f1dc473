"""The emulator, with the resource types that it lacks."""

import sys

from provisioners import (
    access_analyzer, backup, cloudwatch, config_rules, dynamodb, ec2, ecs, efs, efs_clients, eventbridge, iam, iam_tags, lambda_, routes,
    s3, s3_abac, sns, tagging)

for service in (
        access_analyzer, backup, cloudwatch, config_rules, dynamodb, ec2, ecs, efs, efs_clients, eventbridge, iam, iam_tags, lambda_, routes,
        s3, s3_abac, sns, tagging):
    service.install()

if __name__ == "__main__":
    from ministack import app

    cloudwatch.start_clock()
    sys.argv = sys.argv[:1]
    app.main()
