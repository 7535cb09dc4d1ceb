"""A Python kernel whose channel of prompts opens later than its others."""

from __future__ import annotations

import sys
import threading
from typing import Any

from ipykernel.kernelapp import IPKernelApp

LATE = 1.0
"""Seconds."""


class LatePrompts(IPKernelApp):
    def _bind_socket(self, s: Any, port: int) -> int:
        if port != self.stdin_port:
            return int(super()._bind_socket(s, port))
        threading.Timer(LATE, super()._bind_socket, (s, port)).start()
        return port


if __name__ == "__main__":
    LatePrompts.launch_instance(sys.argv[1:])
