"""Runs a program that ends when the supervisor ends, however that ends.

    python -m ops.bound PARENT_PID PROGRAM [ARGUMENT ...]

On Linux the kernel sends the program a SIGTERM when its parent dies, even by kill -9. Elsewhere the supervisor's next
start finds and stops what was left (see ops.processes.stop_leftovers).
"""

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1


def main(arguments: list[str]) -> None:
    parent, *command = arguments
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != int(parent):
        sys.exit("The supervisor is gone already.")  # it died before the line above took effect
    os.execv(command[0], command)


if __name__ == "__main__":
    main(sys.argv[1:])
