"""Runs a command that must not outlive whoever started it.

    python supervise.py [--folder FOLDER] COMMAND [ARGUMENT ...]

Standard input is the leash: when it ends (it was closed, or the process that held the other end is gone, however it
went), the command and all it started are killed and the folder is removed. The same happens when the command ends by
itself; its exit code is passed on.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
import time


def kill_group(leader: int) -> None:
    try:
        os.killpg(leader, signal.SIGKILL)
    except ProcessLookupError:
        pass


def remove(folder: str) -> None:
    # Another command of the same harness may still write here while it is being killed.
    for _ in range(20):
        shutil.rmtree(folder, ignore_errors=True)
        time.sleep(0.05)
        if not os.path.exists(folder):
            return


def main(arguments: list[str]) -> int:
    folder = None
    if arguments[0] == "--folder":
        folder, arguments = arguments[1], arguments[2:]
        os.makedirs(folder)
    # Ctrl-C reaches the whole terminal group. Cleaning up is our task, so we stay for it.
    for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(name, signal.SIG_IGN)
    command = subprocess.Popen(
        arguments,
        stdin=subprocess.DEVNULL,
        start_new_session=True,
        preexec_fn=lambda: [signal.signal(name, signal.SIG_DFL) for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)],
    )

    def wait_for_leash() -> None:
        while os.read(0, 4096):
            pass
        kill_group(command.pid)

    threading.Thread(target=wait_for_leash, daemon=True).start()
    code = command.wait()
    kill_group(command.pid)
    if folder:
        remove(folder)
    return code if code >= 0 else 128 - code


if __name__ == "__main__":
    # os._exit: the thread that reads standard input would hold up an orderly exit.
    os._exit(main(sys.argv[1:]))
