"""Forks wait for threads of ours, whose locks would otherwise stay locked in the child."""

from __future__ import annotations

import os
import threading
import time

from sphinx_lessons import forking


def test_a_fork_waits_for_a_thread_that_is_at_work() -> None:
    entered, done = threading.Event(), []

    def work() -> None:
        with forking.LOCK:
            entered.set()
            time.sleep(0.2)
            done.append(True)

    thread = threading.Thread(target=work)
    thread.start()
    entered.wait(20)
    pid = os.fork()
    if not pid:
        with forking.LOCK:
            os._exit(0 if done else 1)
    thread.join()
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0


def test_a_thread_that_holds_it_may_fork() -> None:
    with forking.LOCK:
        pid = os.fork()
        if not pid:
            os._exit(0)
        os.waitpid(pid, 0)
    free = []

    def take() -> None:
        free.append(forking.LOCK.acquire(timeout=5))
        forking.LOCK.release()

    thread = threading.Thread(target=take)
    thread.start()
    thread.join()
    assert free == [True]
