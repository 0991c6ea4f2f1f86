"""The programs that stand in for ghc, ghc-pkg and ar while a build tool describes a project: they compile nothing.

They are POSIX shell scripts, because they are called dozens of times and must start in a millisecond.
"""

import shlex
import shutil
from collections.abc import Iterator
from pathlib import Path

from attrs import frozen

from thatch.core.ghc.toolchain import Toolchain
from thatch.core.project.arguments import Call, read_call

# A component's call is known by its outputs, which lie in `<build>/build/.../build`: the set-up program of a
# package with a custom build is compiled beside that, and packages of the store in folders of their own, both for
# real.  Calls that compile C with `-odir` or link are answered as well: nothing they make is used, and
# they would need what GHC did not write.  (Programs such as hsc2hs compile C with `-o`, and need the result.)
# What cabal asks again for each component is asked once; and the C program with which it tries the linker, which
# nobody is going to use, is not compiled.
GHC_SHIM = r"""#!/bin/sh
case "$*" in
  --info|--numeric-version|--supported-languages|--print-global-package-db|--print-libdir|\
  "--print-libdir -hide-all-packages") answer=$memory/ghc$1
    [ -e "$answer" ] || { "$ghc" "$@" > "$answer.$$" && mv "$answer.$$" "$answer"; } || exec "$ghc" "$@"
    exec cat "$answer" ;;
esac
component= output= kind= previous= probe=
for argument do
  case $argument in
    --make) kind=sources ;;
    --interactive) kind=sources component=${component:-$sessions} ;;
    --abi-hash) kind=hash ;;
    -c|-shared|-staticlib|-r) kind=${kind:-objects} ;;
    *.c) read -r line < "$argument"; [ "$line" = 'int foo() { return 0; }' ] && probe=yes ;;
    @*) response=$(cat "${argument#@}")
        case $response in *--make*|*--interactive*) kind=sources ;; *--abi-hash*) kind=hash ;; esac
        case $response in *"$token"/build/*/build/*) component=yes ;; esac ;;
  esac
  case $previous in
    -o) output=$argument
        case $kind,$argument in objects,*.o) ;; *,"$build"/build/*/build/*) component=yes ;; esac ;;
    -odir|-outputdir) case $argument/ in "$build"/build/*/build/*) component=yes ;; esac ;;
  esac
  previous=$argument
done
[ "$kind$probe" != objectsyes ] || { : > "$output"; exit 0; }
[ "$component" ] && [ "$kind" ] || exec "$ghc" "$@"
case $kind in
  hash) echo 00000000000000000000000000000000 ;;
  sources)
    call=$calls/$$
    while [ -e "$call" ]; do call=${call}_; done
    { printf '%s\0' "$PWD"
      for argument do
        case $argument in
          @*) printf '@\n%s\0' "$(cat "${argument#@}")" ;;
          *) printf '%s\0' "$argument" ;;
        esac
      done; } > "$call.part"
    mv "$call.part" "$call" ;;
esac
[ -z "$output" ] || { printf '%s\n' '#!/bin/sh' \
  'echo "This program is part of the project and was not compiled: thatch builds nothing." >&2; exit 1' > "$output"
  chmod +x "$output"; }
"""

# What the libraries' registrations name was never made; only those of the project itself are let through like that.
GHC_PKG_SHIM = r"""#!/bin/sh
case "$*" in
  --version|"dump --global -v0") answer=$memory/ghc-pkg-${1#--}
    [ -e "$answer" ] || { "$ghc_pkg" "$@" > "$answer.$$" && mv "$answer.$$" "$answer"; } || exec "$ghc_pkg" "$@"
    exec cat "$answer" ;;
esac
case "$* " in
  *" --package-db=$build/"*) case " $* " in *" register "*|*" update "*) exec "$ghc_pkg" "$@" --force ;; esac ;;
esac
exec "$ghc_pkg" "$@"
"""

AR_SHIM = r"""#!/bin/sh
for argument do
  case $argument in
    "$build"/build/*.a) printf '!<arch>\n' > "$argument"; exit 0 ;;
    --version) break ;;
  esac
done
exec "$ar" "$@"
"""

FORWARDED = ("hsc2hs", "haddock", "hpc", "runghc")
"""Tools that build tools look for beside the compiler."""


@frozen(kw_only=True)
class Shims:
    """Installed stand-ins and where they write what they were asked."""

    ghc: Path
    ghc_pkg: Path
    ar: Path

    calls: Path
    """The folder of recorded calls: below `build`, since the calls of what is up to date there are not repeated."""

    build: Path
    """The build folder that they guard."""


def install(folder: Path, toolchain: Toolchain, *, sessions: bool = False) -> Shims:
    """Write the stand-ins for a compiler below `folder` (absolute, without links); the build folder is `folder/build`.

    With `sessions` a call of GHC is a component's if it starts an interactive session, wherever its outputs go.
    Raises `OSError` when the folder cannot be written to.  A script is only replaced if it differs, since build
    tools look at the compiler's time stamp.
    """
    programs, memory = folder / "bin", folder / "memory"
    shims = Shims(
        ghc=programs / "ghc",
        ghc_pkg=programs / "ghc-pkg",
        ar=programs / "ar",
        calls=folder / "build" / "calls",
        build=folder / "build",
    )
    shutil.rmtree(memory, ignore_errors=True)
    for path in (programs, memory, shims.calls, shims.build):
        path.mkdir(parents=True, exist_ok=True)
    shared = {
        "build": shims.build,
        "calls": shims.calls,
        "token": folder.name,
        "memory": memory,
        "sessions": "yes" if sessions else "",
    }
    _write(shims.ghc, GHC_SHIM, {**shared, "ghc": toolchain.ghc})
    _write(shims.ghc_pkg, GHC_PKG_SHIM, {**shared, "ghc_pkg": find_ghc_pkg(toolchain)})
    _write(shims.ar, AR_SHIM, {**shared, "ar": shutil.which("ar") or "ar"})
    for name in FORWARDED:
        tool = beside(toolchain, name)
        if tool is not None:
            _write(programs / name, '#!/bin/sh\nexec "$tool" "$@"\n', {"tool": tool})
    return shims


def find_ghc_pkg(toolchain: Toolchain) -> Path:
    """The package tool that belongs to a compiler: beside it, or where its installation keeps programs."""
    found = beside(toolchain, "ghc-pkg")
    return found or Path(shutil.which("ghc-pkg") or "ghc-pkg")


def beside(toolchain: Toolchain, name: str) -> Path | None:
    """A tool of the same GHC installation, with or without a version in its name; None if there is none."""
    version = toolchain.version_text
    names = (f"{name}-{version}", f"{name}-ghc-{version}", name)
    folders = (toolchain.ghc.parent, toolchain.ghc.resolve().parent, toolchain.libdir.parent / "bin")
    found = (shutil.which(candidate, path=folder) for folder in folders for candidate in names)
    return next((Path(path) for path in found if path), None)


def read_calls(shims: Shims) -> Iterator[Call]:
    """The recorded calls for components, oldest first; a damaged record is left out."""
    records = [path for path in shims.calls.iterdir() if path.suffix != ".part"]
    for path in sorted(records, key=lambda path: path.stat().st_mtime_ns):
        fields = path.read_bytes().decode("utf-8", "surrogateescape").split("\0")
        if len(fields) > 2 and fields[-1] == "" and Path(fields[0]).is_absolute():
            yield read_call(Path(fields[0]), fields[1:-1], private=shims.build)


def _write(path: Path, script: str, values: dict[str, object]) -> None:
    head, body = script.split("\n", 1)
    settings = "".join(f"{name}={shlex.quote(str(value))}\n" for name, value in values.items())
    text = f"{head}\n{settings}{body}"
    if path.is_file() and path.read_text() == text:
        return
    path.write_text(text)
    path.chmod(0o755)
