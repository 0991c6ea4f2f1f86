"""What is remembered of compilers: real ones are not run twice, and a changed one is asked anew."""

import json
import os
import shutil
from pathlib import Path

import pytest

from tests.conftest import Ghc
from thatch.core.errors import ToolchainError
from thatch.core.ghc import probes, toolchain
from thatch.core.ghc.footprint import called, footprint, state
from thatch.core.ghc.toolchain import Toolchain, probe
from thatch.core.sealed import read_sealed, write_sealed


@pytest.fixture(autouse=True)
def new_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """What this process heard is forgotten."""
    monkeypatch.setattr(probes, "_heard", {})


class Installation:
    """A stand-in for an installed GHC: a wrapper as GHC's own installation writes it, and a program that counts."""

    def __init__(self, folder: Path) -> None:
        self.top = folder / "ghc"
        self.libdir = self.top / "lib"
        self.binary = self.top / "bin" / "ghc-9.6.6"
        self.wrapper = folder / "bin" / "ghc"
        self.calls = folder / "calls"
        for path in (self.libdir / "package.conf.d", self.binary.parent, self.wrapper.parent):
            path.mkdir(parents=True)
        (self.libdir / "settings").write_text("[]")
        (self.libdir / "package.conf.d" / "package.cache").write_text("")
        self.install("9.6.6")
        self.write(
            self.wrapper,
            f'#!/bin/sh\nexecutablename="{self.binary.parent}/./{self.binary.name}"\nlibdir="{self.libdir}"\n\n'
            'exec "$executablename" -B"$libdir" ${1+"$@"}\n',
        )

    def install(self, version: str) -> None:
        """A compiled program would be asked as this one is: it is a script that looks like none."""
        info = f'[("Project version","{version}"),("LibDir","{self.libdir}")]'
        self.write(self.binary, f"""\n\necho "$2" >> '{self.calls}'\necho '{info}'\n""")

    def write(self, path: Path, text: str) -> None:
        path.write_text(text)
        path.chmod(0o755)

    async def probe(self, memory: Path | None) -> tuple[Toolchain, list[str]]:
        """What is found, and what the compiler was asked for it."""
        self.calls.unlink(missing_ok=True)
        found = await probe(self.wrapper, memory)
        return found, self.calls.read_text().split() if self.calls.exists() else []


@pytest.fixture
def installed(tmp_path: Path) -> Installation:
    return Installation(tmp_path)


ASKED = ["--info", "--show-options"]


async def test_a_real_compiler_is_run_once(ghc: Ghc, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    ask = toolchain._ask

    async def noted(path: Path, question: str) -> str:
        asked.append(question)
        return await ask(path, question)

    monkeypatch.setattr(toolchain, "_ask", noted)
    first = await probe(ghc.path, tmp_path)
    assert await probe(ghc.path) == first
    probes._heard.clear()
    assert await probe(ghc.path, tmp_path) == first
    assert asked == ASKED
    (file,) = (tmp_path / "toolchains").iterdir()
    file.write_bytes(file.read_bytes()[:-1])
    probes._heard.clear()
    assert await probe(ghc.path, tmp_path) == first
    assert asked == ASKED * 2


def test_the_wrappers_of_real_compilers_are_followed(ghc: Ghc) -> None:
    found = footprint(ghc.path)
    assert found is not None
    assert found[-1].name.startswith("ghc-9.")
    assert not found[-1].read_bytes().startswith(b"#!")


async def test_what_did_not_change_is_not_asked(installed: Installation, tmp_path: Path) -> None:
    first, asked = await installed.probe(tmp_path / "memory")
    assert asked == ASKED
    assert await installed.probe(tmp_path / "memory") == (first, [])
    assert await installed.probe(None) == (first, []), "this process knows"
    probes._heard.clear()
    assert await installed.probe(tmp_path / "memory") == (first, [])
    probes._heard.clear()
    assert await installed.probe(tmp_path / "another") == (first, ASKED)


async def test_another_version_under_the_same_name_is_asked(installed: Installation, tmp_path: Path) -> None:
    await installed.probe(tmp_path)
    before = installed.binary.stat()
    installed.install("9.6.7")
    # Even with the old time and the old size.
    os.utime(installed.binary, ns=(before.st_atime_ns, before.st_mtime_ns))
    found, asked = await installed.probe(tmp_path)
    assert (found.version_text, asked) == ("9.6.7", ASKED)
    probes._heard.clear()
    assert await installed.probe(tmp_path) == (found, [])


@pytest.mark.parametrize("changed", ["lib/settings", "lib/package.conf.d/package.cache"])
@pytest.mark.parametrize("how", [lambda path: path.write_text("other"), Path.unlink])
async def test_whatever_changes_is_noticed(installed: Installation, tmp_path: Path, changed: str, how: object) -> None:
    await installed.probe(tmp_path)
    assert callable(how)
    how(installed.top / changed)
    assert (await installed.probe(tmp_path))[1] == ASKED


async def test_a_wrapper_that_calls_another_compiler_is_noticed(installed: Installation, tmp_path: Path) -> None:
    await installed.probe(tmp_path)
    other = Installation(tmp_path / "other")
    other.install("9.10.3")
    shutil.copy(other.wrapper, installed.wrapper)
    assert (await installed.probe(tmp_path))[0].version_text == "9.10.3"


async def test_a_link_that_leads_elsewhere_is_noticed(installed: Installation, tmp_path: Path) -> None:
    other = Installation(tmp_path / "other")
    other.install("9.10.3")
    link = tmp_path / "link"
    link.symlink_to(installed.wrapper)
    assert (await probe(link, tmp_path)).version_text == "9.6.6"
    link.unlink()
    link.symlink_to(other.wrapper)
    assert (await probe(link, tmp_path)).version_text == "9.10.3"


async def test_a_program_that_chooses_a_compiler_is_always_asked(installed: Installation, tmp_path: Path) -> None:
    outside = tmp_path / "shims" / "chooser"
    outside.parent.mkdir()
    shutil.copy(installed.binary, outside)
    installed.write(installed.wrapper, f'#!/bin/sh\nexec "{outside}" -B "$@"\n')
    for _ in range(2):
        assert (await installed.probe(tmp_path))[1] == ASKED


async def test_one_that_is_too_old_is_not_remembered(installed: Installation, tmp_path: Path) -> None:
    installed.install("9.4.8")
    for _ in range(2):
        with pytest.raises(ToolchainError, match="too old"):
            await installed.probe(tmp_path)
    assert not (tmp_path / "toolchains").exists()


async def test_a_folder_that_cannot_be_written_to(installed: Installation, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    first, _ = await installed.probe(tmp_path / "file")
    probes._heard.clear()
    assert await installed.probe(tmp_path / "file") == (first, ASKED)


@pytest.mark.parametrize(
    ("script", "program"),
    [
        ('#!/bin/sh\nexec "/a/ghc" "$@"\n', "/a/ghc"),
        ("#!/bin/sh\n# why\nexec '/a b/ghc' '-B/c' \"$@\"", "/a b/ghc"),
        ('#!/bin/bash\ndir="/a"\nexport x=$dir/b\nname=${x}/ghc\nexec "$name" -B"$dir" ${1+"$@"}\n', "/a/b/ghc"),
        ('#!/bin/sh\nexec ghc-9.6 "$@"\n', None),
        ('#!/bin/sh\nexec "$HOME/ghc" "$@"\n', None),
        ('#!/bin/sh\nexec /a/ghc -B"$LIB" "$@"\n', None),
        ('#!/bin/sh\nx="$(pwd)"\nexec "$x/ghc" "$@"\n', None),
        ('#!/bin/sh\nx=`pwd`\nexec /a/ghc "$@"\n', None),
        ("#!/bin/sh\ncd /b; exec /a/ghc\n", None),
        ("#!/bin/sh\n[ -e /x ] && exec /a/ghc\nexec /b/ghc\n", None),
        ("#!/bin/sh\nif true\nthen\nexec /a/ghc\nfi\n", None),
        ('#!/bin/sh\n/a/ghc "$@"\n', None),
        ("#!/bin/sh\nx=${1:-/a/ghc}\nexec $x\n", None),
        ("#!/bin/sh\nexec $0.real\n", None),
        ("#!/bin/sh\n. /etc/which\nexec /a/ghc\n", None),
        ("#!/bin/sh\n", None),
    ],
)
def test_what_a_script_calls(script: str, program: str | None) -> None:
    assert called(script) == (Path(program) if program else None)


def test_scripts_that_lead_nowhere(tmp_path: Path) -> None:
    loop = tmp_path / "loop"
    loop.write_text(f'#!/bin/sh\nexec {loop} "$@"\n')
    assert footprint(loop) is None
    loop.write_text(f'#!/bin/sh\nexec {tmp_path}/none "$@"\n')
    assert footprint(loop) is None
    loop.write_text("#!/bin/sh\n" + "# long\n" * 10_000 + "exec /bin/true\n")
    assert footprint(loop) is None


def test_sealed_files(tmp_path: Path) -> None:
    file = tmp_path / "made" / "file"
    value = {"a": [1, None, "\udc80"]}
    assert write_sealed(file, value)
    assert read_sealed(file) == json.loads(json.dumps(value))
    assert [path.name for path in file.parent.iterdir()] == ["file"]
    file.write_bytes(file.read_bytes().replace(b"1", b"2"))
    assert read_sealed(file) is None
    assert read_sealed(tmp_path / "none") is None
    assert not write_sealed(file / "below", value)
    assert state([tmp_path / "none"]) == [[str(tmp_path / "none")]]
