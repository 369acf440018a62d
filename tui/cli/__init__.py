"""The `ftlab` command: a module of this package for every group of commands.

A module imports at its top only what its options need; what a command works with is imported when
it runs, so that `ftlab --help` and completion answer at once.
"""

from __future__ import annotations

import io
import os
import signal
import sys

import click

from tui.cli.root import root

__all__ = ["main"]

_FAILED = 1
_INTERRUPTED = 128 + 2
_TERMINATED = 128 + 15


def main() -> None:
    """Run the command line; the process ends with the status that scripts rely on.

    0 done, 1 it failed, 2 wrong usage, 3 bad input data, 4 not found, 5 refused by the provider,
    6 refused by a limit that the user set, 130 interrupted, 143 terminated.
    """
    # As Ctrl-C does: what is half done is undone, and no process is left behind.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(_TERMINATED))
    sys.exit(_run())


def _run() -> int:
    try:
        _print_anything()
        status = root.main(prog_name="ftlab", standalone_mode=False)
        sys.stdout.flush()
    except (click.Abort, KeyboardInterrupt):
        return _INTERRUPTED
    except BrokenPipeError:
        _forget_output()
        return _FAILED
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except Exception as error:  # noqa: BLE001 - the last place where an error can be put in words
        from tui.cli.failures import status_of, tell

        tell(error)
        return status_of(error)
    return status if isinstance(status, int) else 0


def _print_anything() -> None:
    """Let no character end a command that the encoding lacks.

    One of our glyphs is written as ASCII, any other as its number.
    """
    for stream in (sys.stdout, sys.stderr):
        if not isinstance(stream, io.TextIOWrapper):
            continue
        if stream.encoding.lower() in ("utf-8", "utf8"):
            stream.reconfigure(errors="backslashreplace")
            continue
        from tui.stand_ins import ERRORS

        stream.reconfigure(errors=ERRORS)


def _forget_output() -> None:
    """Send what is still buffered nowhere, or Python complains of the closed pipe when it ends."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
