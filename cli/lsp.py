"""`thatch lsp`: where the command line hands over to the language server."""

from pathlib import Path

import click

LEVELS = ("debug", "info", "warning", "error")


def _address(_context: click.Context, _option: click.Parameter, value: str | None) -> tuple[str, int] | None:
    """The host, without the brackets of an IPv6 address, and the port."""
    if value is None:
        return None
    host, _, port = value.rpartition(":")
    if not host or not port.isdecimal() or int(port) > 65535:
        raise click.BadParameter(f"{value!r} is not HOST:PORT, such as 127.0.0.1:7777.")
    return host.removeprefix("[").removesuffix("]"), int(port)


@click.command()
@click.option(
    "--tcp",
    callback=_address,
    metavar="HOST:PORT",
    help="Listen there for one client instead of using stdio.",
)
@click.option(
    "--log-file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the log there instead of to stderr.",
)
@click.option("--log-level", type=click.Choice(LEVELS), default="info", show_default=True)
def lsp(tcp: tuple[str, int] | None, log_file: Path | None, log_level: str) -> int:
    """Serve an editor over LSP, on stdin and stdout."""
    from thatch.lsp.server import serve

    return serve(tcp=tcp, log_file=log_file, log_level=log_level)
