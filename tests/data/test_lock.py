"""One main job at a time, and the kernel cleans up after a killed one."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from data.errors import LockedError
from data.lock import run_lock

HOLD = "import sys, time; from pathlib import Path; from data.lock import run_lock\nwith run_lock(Path(sys.argv[1]), 'run'):\n    print('held', flush=True)\n    time.sleep(60)"


def test_a_second_run_is_told_who_holds_the_lock_and_a_kill_frees_it(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path)], stdout=subprocess.PIPE
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        with (
            pytest.raises(LockedError, match=rf"process {holder.pid}\) runs since"),
            run_lock(tmp_path, "run"),
        ):
            pass
        holder.send_signal(signal.SIGKILL)
        holder.wait()
    with run_lock(tmp_path, "run"):
        pass
