"""The options about the cache that several commands have; each value ends up in `Settings`."""

from pathlib import Path

import click

from thatch.cli.config_file import configured


def _address(_context: click.Context, _option: click.Parameter, value: str) -> str:
    """The address of a remote store, looked at early: a mistake in it is one of usage."""
    if value:
        # Only who names a store waits for the library.
        from thatch.cache.object_store import RemoteError, parse_address

        try:
            parse_address(value)
        except RemoteError as error:
            raise click.BadParameter(str(error)) from error
    return value


def _needed_address(context: click.Context, option: click.Parameter, value: str) -> str:
    """The same, where there must be one."""
    if not value:
        raise click.MissingParameter(ctx=context, param=option)
    return _address(context, option, value)


cache_dir_option = click.option(
    "--cache-dir",
    type=click.Path(file_okay=False, path_type=Path),
    default=lambda: configured().cache_dir,
    metavar="FOLDER",
    help="The folder of the cache. [default: THATCH_CACHE_DIR, else the platform's]",
)

remote_option = click.option(
    "--remote",
    metavar="URL",
    default=lambda: configured().cache_remote,
    envvar="THATCH_CACHE_REMOTE",
    callback=_address,
    help="A store that machines share: s3://, gs://, az://, https:// or file://. [env: THATCH_CACHE_REMOTE]",
)

needed_remote_option = click.option(
    "--remote",
    metavar="URL",
    default=lambda: configured().cache_remote,
    envvar="THATCH_CACHE_REMOTE",
    callback=_needed_address,
    help="The store: s3://, gs://, az://, https:// or file://. [env: THATCH_CACHE_REMOTE]",
)

project_option = click.option(
    "--project",
    type=click.Path(exists=True, path_type=Path),
    default=Path(),
    metavar="FOLDER",
    help="A folder of the project. [default: the current one]",
)
