"""Probing compilers: real ones, and what is none."""

import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import Ghc
from tests.support.children import none_left
from thatch.core import process
from thatch.core.errors import ToolchainError
from thatch.core.ghc import toolchain
from thatch.core.ghc.toolchain import (
    MessageStyle,
    find_executable,
    find_interpreters,
    identity,
    message_style,
    parse_info,
    parse_version,
    probe,
)


@pytest.fixture(autouse=True)
def no_child_left() -> Iterator[None]:
    with none_left():
        yield


def program(folder: Path, script: str) -> Path:
    path = folder / "fake-ghc"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return path


def answering(version: str) -> str:
    return f"""echo ' [("Project version","{version}")'; echo ' ,("LibDir","/lib/ghc")'; echo ' ]'"""


async def test_real_compilers(ghc: Ghc) -> None:
    found = await probe(ghc.path)
    assert found.version_text.startswith(f"{ghc.series}.")
    assert found.version[:2] == tuple(map(int, ghc.series.split(".")))
    assert found.ghc.is_absolute()
    assert (found.libdir / "settings").exists()
    assert found.dynamic
    assert {"", "-dyn"} <= found.interpreters.keys()
    assert found.message_style is MessageStyle.DUMP_JSON
    assert found.id.startswith(f"ghc-{found.version_text}-")
    assert found == await probe(str(ghc.path))


@pytest.mark.parametrize("version", ["9.4.8", "8.10.7", "9.5.20221201"])
async def test_a_compiler_that_is_too_old(tmp_path: Path, version: str) -> None:
    with pytest.raises(ToolchainError, match=f"is GHC {version}, which is too old") as caught:
        await probe(program(tmp_path, answering(version)))
    assert "9.6" in caught.value.remedy


@pytest.mark.parametrize(
    "script",
    [
        "echo hello",
        "",
        "echo '[(1, 2)]'",
        "echo '[]'",
        "echo '[1]'",
        """echo '[("Project version","9.6.6")]'""",
        "head -c 100000 /dev/zero | tr '\\0' '['",
        "head -c 1000 /dev/urandom",
    ],
)
async def test_a_program_that_is_no_ghc(tmp_path: Path, script: str) -> None:
    with pytest.raises(ToolchainError, match="does not answer `--info` like a GHC") as caught:
        await probe(program(tmp_path, script))
    assert len(caught.value.detail) <= 2000


async def test_a_version_without_numbers(tmp_path: Path) -> None:
    with pytest.raises(ToolchainError, match="too old"):
        await probe(program(tmp_path, answering("head")))


async def test_a_compiler_that_fails(tmp_path: Path) -> None:
    with pytest.raises(ToolchainError, match=r"--info failed with exit code 7") as caught:
        await probe(program(tmp_path, "echo broken >&2; exit 7"))
    assert caught.value.detail == "broken"


async def test_a_compiler_that_hangs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(toolchain, "PROBE_SECONDS", 0.2)
    monkeypatch.setattr(process.end, "__defaults__", (0.2,))
    with pytest.raises(ToolchainError, match=r"did not answer within 0\.2 s"):
        await probe(program(tmp_path, "exec sleep 600"))


async def test_a_compiler_that_floods(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(toolchain, "PROBE_SECONDS", 0.5)
    monkeypatch.setattr(process, "MOST_BYTES", 1000)
    with pytest.raises(ToolchainError, match="did not answer"):
        await probe(program(tmp_path, "exec yes"))


async def test_a_compiler_that_is_missing(tmp_path: Path) -> None:
    with pytest.raises(ToolchainError, match="No GHC was found: no-such-ghc") as caught:
        await probe("no-such-ghc")
    assert "Install GHC" in caught.value.remedy
    with pytest.raises(ToolchainError, match="No GHC was found"):
        await probe(tmp_path / "ghc")


async def test_a_compiler_that_is_not_executable(tmp_path: Path) -> None:
    path = program(tmp_path, answering("9.6.6"))
    path.chmod(stat.S_IRUSR | stat.S_IWUSR)
    with pytest.raises(ToolchainError, match="is not an executable file"):
        await probe(path)


async def test_a_compiler_without_an_interpreter_line(tmp_path: Path) -> None:
    path = program(tmp_path, "nonsense")
    path.write_text("#!/no/such/shell\n")
    with pytest.raises(ToolchainError, match="could not be started"):
        await probe(path)


def test_links_are_kept(tmp_path: Path) -> None:
    link = tmp_path / "ghc"
    link.symlink_to(program(tmp_path, ""))
    assert find_executable(link) == link


@pytest.mark.parametrize(
    ("version", "options", "expected"),
    [
        ((9, 6, 6), ["-ddump-json"], MessageStyle.DUMP_JSON),
        ((9, 10, 3), ["-ddump-json", "-fdiagnostics-as-json"], MessageStyle.DUMP_JSON),
        ((9, 12, 1), ["-ddump-json", "-fdiagnostics-as-json"], MessageStyle.AS_JSON),
        ((9, 12, 1), ["-ddump-json"], MessageStyle.DUMP_JSON),
    ],
)
def test_message_styles(version: tuple[int, ...], options: list[str], expected: MessageStyle) -> None:
    assert message_style(version, options) is expected


def test_versions() -> None:
    assert parse_version("9.10.3") == (9, 10, 3)
    assert parse_version("9.15.20260801") == (9, 15, 20260801)
    assert parse_version("") == ()


def test_interpreters_are_found_under_all_their_names(tmp_path: Path) -> None:
    libdir = tmp_path / "lib"
    names = {"": libdir / "bin/ghc-iserv", "-dyn": tmp_path / "bin/ghc-iserv-dyn-ghc-9.6.6"}
    for path in (*names.values(), tmp_path / "bin/ghc-iserv", tmp_path / "bin/ghc-iserv-prof-ghc-9.4.8"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("")
        path.chmod(0o755)
    assert find_interpreters(libdir, "9.6.6") == names
    assert find_interpreters(tmp_path / "none/lib", "9.6.6") == {}


def test_the_identity_names_no_path() -> None:
    info = {"Project version": "9.6.6", "LibDir": "/here", "RTS ways": "v"}
    assert identity(info) == identity({**info, "LibDir": "/there"})
    assert identity(info) != identity({**info, "RTS ways": "thr"})


@given(st.text(max_size=50))
def test_no_text_is_worse_than_no_ghc(text: str) -> None:
    with pytest.raises(ToolchainError):
        parse_info(text)
