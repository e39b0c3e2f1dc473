"""The emulator, with the resource types that it lacks."""

import sys

from provisioners import backup, dynamodb, eventbridge, s3, sns

for service in (backup, dynamodb, eventbridge, s3, sns):
    service.install()

if __name__ == "__main__":
    from ministack import app

    sys.argv = sys.argv[:1]
    app.main()
