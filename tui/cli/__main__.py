"""`python -m tui.cli`: the command line where the `ftlab` script is not installed."""

from tui.cli import main

if __name__ == "__main__":
    main()
