"""The keeper: the parent of one program, which it waits for and cleans up after.

A program may signal its parent, leave children behind or start daemons. Its parent is therefore a
process that nothing else depends on: it blocks the signals that can be blocked, adopts what the
program leaves behind (``PR_SET_CHILD_SUBREAPER``), kills it when the program has ended, and only
then reports. If the keeper itself is killed, the supervisor adopts the program.

Reports are lines on the control socket: ``started PID``, then ``ended WAITSTATUS``.
"""

from __future__ import annotations

import os
import signal

from . import tree

_SET_CHILD_SUBREAPER = 36


def become_keeper() -> None:
    """Block all signals, give the program the usual handlers to inherit, and adopt orphans."""
    signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGCHLD, signal.SIGALRM):
        signal.signal(number, signal.SIG_DFL)
    adopt_orphans()


def adopt_orphans() -> None:
    """Make this process the parent of its descendants' orphans, where the platform can do that."""
    try:
        import ctypes

        ctypes.CDLL(None).prctl(_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    except (ImportError, OSError, AttributeError):
        return


def be_ordinary() -> None:
    """Leave the supervisor's priority behind, which lets it act against crowds."""
    if os.getpriority(os.PRIO_PROCESS, 0) < 0:
        os.setpriority(os.PRIO_PROCESS, 0, 0)


def fork_program(control: int) -> bool:
    """Fork the program's process, in which this returns true.

    In the keeper it returns false, after the program and all that it left behind has ended.
    """
    pid = os.fork()
    if not pid:
        os.close(control)
        os.setpgid(0, 0)
        signal.pthread_sigmask(signal.SIG_SETMASK, ())
        return True
    os.write(control, b"started %d\n" % pid)
    status = _wait(pid)
    _clean_up()
    os.write(control, b"ended %d\n" % status)
    return False


def _wait(pid: int) -> int:
    while True:
        ended, status = os.waitpid(-1, 0)
        if ended == pid:
            return status


def _clean_up() -> None:
    """Kill what the program left behind; the usual case costs one system call."""
    while True:
        try:
            ended, _ = os.waitpid(-1, os.WNOHANG)
            if not ended:
                tree.kill_descendants(os.getpid())
                os.waitpid(-1, 0)
        except ChildProcessError:
            return
