"""`ftlab completion`: the script with which a shell completes commands, options and names."""

from __future__ import annotations

import sys

import click

_HELP = """\b
Put the line of your shell into its start-up file:
  ~/.bashrc                    eval "$(ftlab completion bash)"
  ~/.zshrc                     eval "$(ftlab completion zsh)"
  ~/.config/fish/config.fish   ftlab completion fish | source
"""


@click.command(epilog=_HELP)
@click.argument(
    "shell", type=click.Choice(["bash", "zsh", "fish"]), help="The shell to print the script for."
)
@click.pass_context
def completion(context: click.Context, shell: str) -> None:
    """Print the script that makes a shell complete. Commands, options and recorded names."""
    from click.shell_completion import get_completion_class

    program = context.find_root()
    completer = get_completion_class(shell)
    if completer is None:
        raise click.UsageError(f"this version of click has no completion for {shell}")
    script = completer(program.command, {}, "ftlab", "_FTLAB_COMPLETE").source()
    sys.stdout.write(script)
