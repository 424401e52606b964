"""Reporting of steps to run.mjs, one JSON line each; a failed step ends the client's run with exit code 1."""

import json
import sys
import time
import traceback
from typing import Callable

ACCOUNT = "DEMO1000001"
CLIENT_ID = 17
WAIT_SECONDS = 12


def report(step: str, ok: bool, detail: str) -> None:
    print(json.dumps({"step": step, "ok": ok, "detail": detail}), flush=True)


def run_step(step: str, action: Callable[[], str]) -> None:
    """Runs one step; its result is the detail shown. An assertion or any other error fails it."""
    try:
        detail = action()
    except BaseException as error:  # a client library may end a wait with CancelledError, which is no Exception
        traceback.print_exc()
        report(step, False, f"{type(error).__name__}: {error}")
        sys.exit(1)
    report(step, True, detail)


def wait_until(condition: Callable[[], bool], what: str, pause: Callable[[float], object] = time.sleep) -> None:
    """Waits for a condition; `pause` lets an event loop run meanwhile."""
    deadline = time.monotonic() + WAIT_SECONDS
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {WAIT_SECONDS} s for {what}")
        pause(0.02)


def address() -> tuple[str, int]:
    return sys.argv[1], int(sys.argv[2])
