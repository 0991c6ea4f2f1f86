"""The `thatch` command: its subcommands, and how each way of ending becomes an exit code."""

import gc
import importlib
import sys
from types import MappingProxyType

import click

from thatch.cli.exit_code import ExitCode
from thatch.core.errors import ThatchError

COMMANDS = MappingProxyType(
    {
        "cache": "Look into the cache of compiled modules, tidy it, and share it.",
        "check": "Print the diagnostics of projects.",
        "doctor": "Look at all that a project needs, and say how to mend what is wrong.",
        "eval": "Evaluate examples in comments, and say which have another result than is recorded.",
        "expand": "Print a module with its Template Haskell splices replaced by what they gave.",
        "iface": "Print what the interface of a module holds.",
        "index": "Hand on what is known of all modules together.",
        "lsp": "Serve an editor over LSP.",
        "splices": "Print what every Template Haskell splice cost.",
    }
)
"""Each subcommand and its line in the help; `thatch.cli.<name>` holds it under the same name."""


def main() -> None:
    """Run the command line in `sys.argv` and exit."""
    # What is made here by the thousand are plain data: looking for cycles in them is a tenth of a warm check.
    gc.set_threshold(100_000, 50, 50)
    code = run(sys.argv[1:])
    # Python would look for them a last time before it ends, in everything.
    gc.freeze()
    sys.exit(code)


def run(arguments: list[str]) -> int:
    """Run a command line and give its exit code; what goes wrong is told on stderr."""
    context = {"debug": False}
    try:
        # Without click's standalone mode a command's result comes back, and errors come as exceptions.
        code: int | None = thatch.main(arguments, "thatch", obj=context, standalone_mode=False)
    except click.Abort:
        return ExitCode.INTERRUPTED
    except click.ClickException as error:
        error.show()
        return ExitCode.USAGE
    except ThatchError as error:
        click.echo(f"thatch: {error}", err=True)
        return ExitCode.ENVIRONMENT
    except Exception as error:
        _tell_internal_error(error, debug=context["debug"])
        return ExitCode.INTERNAL
    else:
        return code or ExitCode.CLEAN


class LazyGroup(click.Group):
    """A group that imports a subcommand only when that one is used."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names of all subcommands."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The subcommand of this name, if there is one."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = getattr(importlib.import_module(f"thatch.cli.{cmd_name}"), cmd_name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of subcommands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


def _print_version(context: click.Context, _option: click.Parameter, wanted: bool) -> None:
    if wanted:
        from thatch.core.version import __version__

        click.echo(f"thatch {__version__}")
        context.exit()


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_print_version,
    help="Show the version.",
)
@click.option("--debug", is_flag=True, envvar="THATCH_DEBUG", help="Show the log and tracebacks.")
@click.pass_context
def thatch(context: click.Context, debug: bool) -> None:
    """Haskell diagnostics and editor support, driven by your own GHC."""
    context.obj["debug"] = debug
    # Editors have settings of their own.
    if context.invoked_subcommand != "lsp":
        from thatch.cli.config_file import use_config

        use_config(context)


def _tell_internal_error(error: Exception, *, debug: bool) -> None:
    if debug:
        import traceback

        traceback.print_exception(error)
    said = f"{type(error).__name__}: {error}".rstrip(": ")
    click.echo(f"thatch: internal error: {said}", err=True)
    if not debug:
        click.echo("This is a mistake in thatch: please report what `thatch --debug ...` shows.", err=True)


if __name__ == "__main__":
    main()
