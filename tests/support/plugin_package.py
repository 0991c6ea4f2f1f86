"""A plugin of GHC in a package of its own, compiled by the GHC under test."""

import subprocess
from pathlib import Path

from tests.conftest import Ghc

UNIT = "halting-0.1"

SOURCE = """\
module Halting (plugin) where
import GHC.Plugins

-- | Stops GHC in modules that say so.
plugin :: Plugin
plugin = defaultPlugin
  { pluginRecompile = purePlugin
  , parsedResultAction = \\options _ parsed ->
      if "stop" `elem` options then liftIO (throwGhcExceptionIO (ProgramError "halted by a plugin")) else pure parsed
  }
"""


def make_plugin(ghc: Ghc, folder: Path) -> tuple[str, ...]:
    """Compile the plugin below a folder; the flags with which GHC finds its module `Halting`."""
    folder.mkdir(parents=True)
    (folder / "Halting.hs").write_text(SOURCE)
    version = _said(ghc, "--numeric-version")
    library = f"libHS{UNIT}-ghc{version}.so"
    suffixes = ("-hisuf", "dyn_hi", "-osuf", "dyn_o")
    _said(
        ghc, "-v0", "-dynamic", "-shared", "-fPIC", "-package", "ghc", "-this-unit-id", UNIT, *suffixes,
        "-o", folder / library, "Halting.hs", cwd=folder,
    )  # fmt: skip
    database = folder / "package.db"
    database.mkdir()
    packages = dict(line.split(" ", 1) for line in _said_by_ghc_pkg(ghc))
    (database / f"{UNIT}.conf").write_text(
        f"name: halting\nversion: 0.1\nid: {UNIT}\nkey: {UNIT}\nexposed: True\nexposed-modules: Halting\n"
        f"import-dirs: {folder}\nlibrary-dirs: {folder}\ndynamic-library-dirs: {folder}\nhs-libraries: HS{UNIT}\n"
        f"depends: {packages['base']} {packages['ghc']}\n"
    )
    _ghc_pkg(ghc, "recache", "--package-db", str(database))
    return ("-package-db", str(database), "-package-id", UNIT)


def _said_by_ghc_pkg(ghc: Ghc) -> list[str]:
    names = ("base", "ghc")
    return [f"{name} {_ghc_pkg(ghc, 'field', name, 'id', '--simple-output', '--global')}" for name in names]


def _ghc_pkg(ghc: Ghc, *arguments: str) -> str:
    resolved = Path(str(ghc))
    program = resolved.with_name(resolved.name.replace("ghc", "ghc-pkg", 1))
    return _run(program, *arguments)


def _said(ghc: Ghc, *arguments: str | Path, cwd: Path | None = None) -> str:
    return _run(Path(str(ghc)), *arguments, cwd=cwd)


def _run(program: Path, *arguments: str | Path, cwd: Path | None = None) -> str:
    done = subprocess.run([program, *arguments], cwd=cwd, check=True, capture_output=True, text=True)
    return done.stdout.strip()
