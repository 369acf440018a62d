"""A forked process's own part: does as `python ARGUMENTS` would, in a session of its own.

What it is to do is the global GIVEN that it is run with: the `arguments`, the `environment`'s
variables to set, and `said`, the file for what it prints.
"""

from __future__ import annotations

import os
import runpy
import sys


def main(arguments: list[str], environment: dict[str, str], said: str) -> None:
    """Run a script, or a module after `-m`."""
    os.setsid()
    os.environ.update(environment)
    nothing = os.open(os.devnull, os.O_RDWR)
    heard = os.open(said, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    for standard, replaced in enumerate((nothing, nothing, heard)):
        os.dup2(replaced, standard)
    if arguments[0] == "-m":
        sys.argv = arguments[1:]
        runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
    else:
        sys.argv = arguments
        runpy.run_path(sys.argv[0], run_name="__main__")


main(**globals()["GIVEN"])
