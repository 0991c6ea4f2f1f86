"""`thatch iface`: what the interface of a module holds, as the cache has it."""

import asyncio
import difflib
import json
import tempfile
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

import click
from attrs import frozen

from thatch.cache.entry import INTERFACE
from thatch.cache.explain import Explanation, explain
from thatch.cache.modules import ModuleCache
from thatch.cache.open import open_store
from thatch.cache.store import Store
from thatch.cli.cache_options import cache_dir_option, project_option, remote_option
from thatch.cli.config_file import settings_with
from thatch.cli.formats.look import printable
from thatch.cli.iface_text import interface_fields, interface_text
from thatch.cli.output import Output, remark
from thatch.cli.projects import find_jobs
from thatch.core.artifacts import Job, Standing
from thatch.core.errors import ThatchError
from thatch.core.ghc.show_iface import core_bindings, show_iface
from thatch.core.hi.reader import read_interface


@click.command()
@click.argument("module")
@click.option("--core", metavar="NAME", help="Print the Core of this binding instead, as GHC shows it.")
@project_option
@click.option("--ghc", default="", metavar="PATH", help="The GHC to use, as with `thatch check`.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@cache_dir_option
@remote_option
def iface(module: str, core: str | None, project: Path, ghc: str, as_json: bool, cache_dir: Path, remote: str) -> None:
    """Print what the interface of MODULE holds: hashes, exports, dependencies, or Core.

    MODULE is a name such as Lib.Foo, unit:Lib.Foo, or a source file, which has been checked before.
    """
    settings = settings_with(ghc=ghc, cache_dir=cache_dir, cache_remote=remote)
    with closing(open_store(settings, tell=lambda sentence: remark(f"thatch: {printable(sentence)}"))) as store:
        jobs = find_jobs(project, settings, ModuleCache(store))
        found = _find(jobs, store, module)
        if found.explanation.standing is not Standing.HIT:
            remark(f"thatch: this is of an earlier state of {found.explanation.module}: run `thatch check`.")
        output = Output()
        if core is not None:
            text = _core(found, store, core)
            output.write(json.dumps({"name": core, "core": text}, indent=2) if as_json else text)
            return
        interface = read_interface(found.read(store))
    output.write(json.dumps(interface_fields(interface), indent=2) if as_json else interface_text(interface))


@frozen
class _Found:
    """A module whose interface is in the cache."""

    job: Job
    explanation: Explanation
    digest: str

    def read(self, store: Store) -> bytes:
        """The interface."""
        data = store.read(self.digest)
        if data is None:
            raise _not_there(self.explanation.module)
        return data


def _find(jobs: list[Job], store: Store, module: str) -> _Found:
    found = [(job, explanation) for job in jobs for explanation in explain(job, store, module)]
    if not found:
        raise click.UsageError(f"The project has no module {module!r}; --project names a folder of another.")
    # A module with an hs-boot file has two interfaces; its own comes first.
    job, explanation = found[0]
    units = {one.module.partition(":")[0] for _, one in found}
    if len(units) > 1:
        names = ", ".join(printable(one.module) for _, one in found)
        raise click.UsageError(f"{module!r} may be any of {names}.")
    if explanation.nearest is None:
        raise _not_there(explanation.module)
    store.fetch(list(explanation.nearest.artifacts.values()))
    return _Found(job, explanation, explanation.nearest.artifacts.get(INTERFACE, ""))


def _not_there(module: str) -> ThatchError:
    return ThatchError(
        message=f"The cache has no interface of {module}.",
        remedy="`thatch check` puts it there, unless the module has errors that cannot be deferred.",
    )


def _core(found: _Found, store: Store, name: str) -> str:
    with tempfile.TemporaryDirectory(prefix="thatch-iface-") as folder:
        file = Path(folder) / "Interface.hi"
        if not store.restore(found.digest, file):
            raise _not_there(found.explanation.module)
        bindings = core_bindings(asyncio.run(show_iface(found.job.toolchain.ghc, file)))
    return bindings[name] if name in bindings else _unknown(name, bindings, found.explanation.module)


def _unknown(name: str, bindings: Mapping[str, str], module: str) -> str:
    near = difflib.get_close_matches(name, bindings, n=5) or [one for one in bindings if "$" not in one][:20]
    raise click.UsageError(f"{module} has no binding {name!r}. Some that it has: {', '.join(near) or 'none'}.")
