import os
import subprocess
import sys
import tempfile
import time
import unittest

SUPERVISE = os.path.join(os.path.dirname(__file__), "..", "supervise.py")


def start(*arguments: str) -> subprocess.Popen:
    return subprocess.Popen([sys.executable, SUPERVISE, *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def alive(process: int) -> bool:
    try:
        os.kill(process, 0)
        return True
    except ProcessLookupError:
        return False


class Supervise(unittest.TestCase):
    def test_the_exit_code_is_passed_on_and_the_folder_removed(self) -> None:
        folder = os.path.join(tempfile.gettempdir(), f"supervise-{os.getpid()}-{time.monotonic_ns()}")
        run = start("--folder", folder, sys.executable, "-c", f"import os; assert os.path.isdir({folder!r}); raise SystemExit(7)")
        run.wait()
        run.communicate()
        self.assertEqual((run.returncode, os.path.exists(folder)), (7, False))

    def test_the_end_of_standard_input_ends_the_command_and_what_it_started(self) -> None:
        # A child that ignores SIGTERM, as a busy Lambda worker does.
        child = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(60)"
        run = start(sys.executable, "-c", f"import subprocess, sys; c = subprocess.Popen([sys.executable, '-c', {child!r}]); print(c.pid, flush=True); c.wait()")
        grandchild = int(run.stdout.readline())
        self.assertTrue(alive(grandchild))
        run.communicate()
        deadline = time.monotonic() + 5
        while alive(grandchild) and time.monotonic() < deadline:
            time.sleep(0.01)
        self.assertFalse(alive(grandchild))

    def test_ctrl_c_does_not_keep_it_from_cleaning_up(self) -> None:
        run = start(sys.executable, "-c", "import time; print('up', flush=True); time.sleep(60)")
        run.stdout.readline()
        run.send_signal(2)
        time.sleep(0.1)
        self.assertIsNone(run.poll())
        run.communicate()
        self.assertEqual(run.returncode, 137)
