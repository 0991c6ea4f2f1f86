"""`thatch cache`: looking into the cache of compiled modules, tidying it, and sharing it."""

import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import click

from thatch.cache.disk import BlobSource, DiskStore, StoreOptions
from thatch.cache.explain import explain as explain_module
from thatch.cache.modules import ModuleCache
from thatch.cache.open import open_local, open_remote, open_store
from thatch.cache.sizes import parse_size
from thatch.cache.stats import Collected
from thatch.cli import cache_text
from thatch.cli.cache_options import cache_dir_option, needed_remote_option, project_option, remote_option
from thatch.cli.config_file import configured, settings_with
from thatch.cli.exit_code import ExitCode
from thatch.cli.formats.look import Look, printable
from thatch.cli.output import Output, remark, wants_colour
from thatch.cli.progress import shown_progress
from thatch.cli.projects import find_jobs
from thatch.core.errors import ThatchError
from thatch.core.events import WorkEnded, WorkProgressed, WorkStarted
from thatch.core.settings import Settings

json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


@click.group()
def cache() -> None:
    """Look into the cache of compiled modules, tidy it, and share it."""


@cache.command()
@cache_dir_option
def path(cache_dir: Path) -> None:
    """Print the folder of the cache."""
    with _local(cache_dir) as store:
        Output().write(str(store.folder))


@cache.command()
@json_option
@cache_dir_option
def stats(as_json: bool, cache_dir: Path) -> None:
    """Print what the cache holds."""
    with _local(cache_dir) as store:
        found = store.stats()
    fields = cache_text.stats_fields(found)
    Output().write(json.dumps(fields, indent=2) if as_json else cache_text.stats_text(found))


def _size(_context: click.Context, _option: click.Parameter, value: str) -> int:
    try:
        return parse_size(value)
    except ValueError as error:
        raise click.BadParameter(f"{error}.") from error


@cache.command()
@click.option(
    "--limit", callback=_size, default=lambda: configured().cache_limit, metavar="SIZE",
    help="The size to bring the cache below, such as 500MB; the longest unused modules go. "
    "[default: THATCH_CACHE_LIMIT, else the setting, else 5GB]",
)  # fmt: skip
@cache_dir_option
def gc(limit: int, cache_dir: Path) -> None:
    """Remove what nothing needs, and what is beyond the limit."""
    with closing(DiskStore(_settings(cache_dir).cache_dir / "store", StoreOptions(limit=limit, tell=_tell))) as store:
        _tell_collected(store, store.collect())


@cache.command()
@click.option(
    "--compile", "most", is_flag=False, flag_value=0, default=None, type=click.IntRange(min=0), metavar="[N]",
    help="Also compile N modules of the project that the cache has, or all, and compare what comes out.",
)  # fmt: skip
@project_option
@click.option("--ghc", default="", metavar="PATH", help="The GHC for --compile, as with `thatch check`.")
@cache_dir_option
@remote_option
def verify(most: int | None, project: Path, ghc: str, cache_dir: Path, remote: str) -> ExitCode:
    """Read everything in the cache; exit code 1 if something was damaged or wrong.

    What is damaged comes again from the remote store, if one is named and has it. If not, and if something is wrong,
    it is removed and compiled at the next check.
    """
    with _local(cache_dir) as store, _repairs(remote, cache_dir) as source, _bar("Reading", "blobs") as show:
        found = store.verify(source, show)
    Output().write(cache_text.verified_text(found))
    is_sound = cache_text.is_sound(found)
    if most is not None:
        is_sound &= _prove(project, settings_with(ghc=ghc, cache_dir=cache_dir), most or None)
    return ExitCode.CLEAN if is_sound else ExitCode.FINDINGS


@cache.command()
@click.option("--yes", "-y", is_flag=True, help="Do not ask.")
@cache_dir_option
def clear(yes: bool, cache_dir: Path) -> None:
    """Remove everything from the cache."""
    with _local(cache_dir) as store:
        found = store.stats()
        if not yes:
            shown = f"{found.usage.n_modules:,} modules in {printable(str(found.folder))}"
            click.confirm(f"Remove {shown}?", abort=True, err=True)
        _tell_collected(store, store.clear())


@cache.command()
@click.argument("module")
@project_option
@click.option("--ghc", default="", metavar="PATH", help="The GHC to use, as with `thatch check`.")
@json_option
@cache_dir_option
@remote_option
def explain(module: str, project: Path, ghc: str, as_json: bool, cache_dir: Path, remote: str) -> ExitCode:
    """Say why MODULE need not be compiled, or why it must.

    MODULE is a name such as Lib.Foo, unit:Lib.Foo, or a source file. Exit code 1 if it must be compiled.
    """
    settings = settings_with(ghc=ghc, cache_dir=cache_dir, cache_remote=remote)
    with closing(open_store(settings, tell=_tell)) as store:
        jobs = find_jobs(project, settings, ModuleCache(store))
        found = [explanation for job in jobs for explanation in explain_module(job, store, module)]
    if not found:
        raise click.UsageError(f"The project has no module {module!r}; --project names a folder of another.")
    output = Output()
    if as_json:
        output.write(json.dumps([cache_text.explanation_fields(one) for one in found], indent=2))
    else:
        coloured = wants_colour("auto", os.environ, terminal=sys.stdout.isatty())
        look = Look(Path.cwd(), coloured)
        output.write("\n\n".join(cache_text.explanation_text(one, look) for one in found))
    return ExitCode.FINDINGS if any(cache_text.must_be_compiled(one) for one in found) else ExitCode.CLEAN


@cache.command()
@needed_remote_option
@cache_dir_option
def push(remote: str, cache_dir: Path) -> None:
    """Upload what the remote store lacks of the cache."""
    from thatch.cache.sharing import push as send

    settings = settings_with(cache_dir=cache_dir, cache_remote=remote)
    with _local(cache_dir) as store, closing(open_remote(settings, upload=True)) as there, _bar("Uploading") as show:
        done = send(list(store.entries()), store.read, there.client, lambda now: show(now.done, now.total))
    Output().write(f"Uploaded {cache_text.count(done.done, 'entry')} ({cache_text.size(done.n_bytes)}).")


@cache.command()
@needed_remote_option
@cache_dir_option
def pull(remote: str, cache_dir: Path) -> None:
    """Download what the cache lacks of the remote store."""
    from thatch.cache.sharing import pull as get

    settings = settings_with(cache_dir=cache_dir, cache_remote=remote)
    with _local(cache_dir) as store, closing(open_remote(settings, upload=False)) as there, _bar("Downloading") as show:
        if not store.writable:
            raise ThatchError(
                message=f"Nothing can be downloaded to {store.folder}: it cannot be written.",
                remedy="Make it writable, or choose another folder with --cache-dir.",
            )
        done = get(there.client, store, lambda now: show(now.done, now.total))
    Output().write(f"Downloaded {cache_text.count(done.done, 'entry')} ({cache_text.size(done.n_bytes)}).")
    if done.done < done.total:
        remark(f"thatch: {cache_text.count(done.total - done.done, 'entry')} could not be read there.")


def _prove(project: Path, settings: Settings, most: int | None) -> bool:
    """Whether what the cache has of a project is what GHC makes of it."""
    from thatch.cli.cache_prove import prove

    with _local(settings.cache_dir) as store:
        found = prove(project, settings, ModuleCache(store, settings.cache_dir / "heads"), most)
        store.remove([module.entry for module in found.unproven])
    Output().write(cache_text.proved_text(found))
    return not found.unproven


def _settings(cache_dir: Path) -> Settings:
    return settings_with(cache_dir=cache_dir)


@contextmanager
def _local(cache_dir: Path) -> Iterator[DiskStore]:
    with closing(open_local(_settings(cache_dir), _tell)) as store:
        yield store


@contextmanager
def _repairs(remote: str, cache_dir: Path) -> Iterator[BlobSource]:
    """What a remote store has of damaged blobs; it is only asked if there are any."""
    if not remote:
        yield lambda digests: ()
        return
    from thatch.cache.sharing import blobs_of

    with closing(open_remote(settings_with(cache_dir=cache_dir, cache_remote=remote), upload=False)) as there:
        yield lambda digests: blobs_of(there.client, digests)


def _tell(sentence: str) -> None:
    remark(f"thatch: {printable(sentence)}")


def _tell_collected(store: DiskStore, collected: Collected | None) -> None:
    if collected is None:
        why = "another process is tidying it" if store.writable else "it cannot be written"
        raise ThatchError(message=f"Nothing was removed from the cache in {store.folder}: {why}.")
    Output().write(cache_text.collected_text(collected))


@contextmanager
def _bar(title: str, things: str = "entries") -> Iterator[Callable[[int, int], None]]:
    with shown_progress() as show:
        show(WorkStarted(0, title))
        yield lambda done, total: show(WorkProgressed(0, f"{done:,}/{total:,} {things}", done, total))
        show(WorkEnded(0, ""))
