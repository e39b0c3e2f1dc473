"""The emulator, with the resource types that it lacks."""

import sys

from provisioners import backup, cloudwatch, dynamodb, ec2, ecs, efs, efs_clients, eventbridge, iam, lambda_, routes, s3, sns, tagging

for service in (backup, cloudwatch, dynamodb, ec2, ecs, efs, efs_clients, eventbridge, iam, lambda_, routes, s3, sns, tagging):
    service.install()

if __name__ == "__main__":
    from ministack import app

    cloudwatch.start_clock()
    sys.argv = sys.argv[:1]
    app.main()
