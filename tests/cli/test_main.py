"""The command `thatch` itself: help, version, usage, and how errors become exit codes."""

import subprocess
import sys
from collections.abc import Callable

import click
import pytest

from thatch.cli import main
from thatch.cli.exit_code import ExitCode
from thatch.core.errors import ToolchainError


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert main.run(["--version"]) == 0
    assert capsys.readouterr().out.startswith("thatch ")


def test_help_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert main.run(["--help"]) == 0
    out = capsys.readouterr().out
    assert all(f"  {name} " in out for name in main.COMMANDS)


@pytest.mark.parametrize("name", main.COMMANDS)
def test_every_command_has_help(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main.run([name, "--help"]) == 0
    assert capsys.readouterr().out.startswith(f"Usage: thatch {name} ")


def test_check_explains_its_exit_codes(capsys: pytest.CaptureFixture[str]) -> None:
    assert main.run(["check", "--help"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert "  Exit codes:" in lines
    assert "    3  no usable GHC, or a project that cannot be loaded" in lines


@pytest.mark.parametrize(
    "arguments",
    [
        ["no-such-command"],
        ["--no-such-option"],
        ["check", "no/such/path"],
        ["check", "--format", "xml"],
        ["check", "--fail-on", "hint"],
        ["check", "--jobs", "0"],
        ["check", "--cradle-timeout", "0"],
        ["lsp", "--tcp", "7777"],
        ["lsp", "--tcp", "host:port"],
        ["lsp", "--tcp", "host:70000"],
        ["lsp", "--log-level", "loud"],
    ],
)
def test_wrong_usage(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main.run(arguments) is ExitCode.USAGE
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "Error: " in captured.err


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch) -> Callable[[BaseException], None]:
    """Makes every command fail in a given way."""

    def fail_with(error: BaseException) -> None:
        @click.command()
        def command() -> None:
            raise error

        monkeypatch.setattr(main.LazyGroup, "get_command", lambda *_: command)

    return fail_with


def test_an_expected_failure_shows_message_remedy_and_detail(failing, capsys: pytest.CaptureFixture[str]) -> None:
    failing(ToolchainError(message="No GHC was found.", remedy="Install one.", detail="the tool's words"))
    assert main.run(["check"]) is ExitCode.ENVIRONMENT
    assert capsys.readouterr().err == "thatch: No GHC was found.\nInstall one.\nthe tool's words\n"


def test_an_internal_error_is_short(failing, capsys: pytest.CaptureFixture[str]) -> None:
    failing(KeyError("oops"))
    assert main.run(["check"]) is ExitCode.INTERNAL
    err = capsys.readouterr().err
    assert "internal error: KeyError: 'oops'" in err
    assert "Traceback" not in err


def test_an_internal_error_shows_its_place_with_debug(failing, capsys: pytest.CaptureFixture[str]) -> None:
    failing(KeyError("oops"))
    assert main.run(["--debug", "check"]) is ExitCode.INTERNAL
    assert "Traceback" in capsys.readouterr().err


def test_debug_by_environment(failing, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("THATCH_DEBUG", "1")
    failing(KeyError("oops"))
    assert main.run(["check"]) is ExitCode.INTERNAL
    assert "Traceback" in capsys.readouterr().err


def test_an_interruption_has_its_own_code(failing) -> None:
    failing(KeyboardInterrupt())
    assert main.run(["check"]) is ExitCode.INTERRUPTED


def imported_by(code: str) -> set[str]:
    show = "import sys; print('\\n'.join(sys.modules))"
    result = subprocess.run([sys.executable, "-c", f"{code}\n{show}"], capture_output=True, text=True, check=True)
    return set(result.stdout.split())


def test_version_imports_nothing_heavy() -> None:
    imported = imported_by("from thatch.cli.main import run; run(['--version'])")
    assert imported.isdisjoint({"asyncio", "rich", "pygls", "lsprotocol", "tree_sitter", "cattrs", "yaml"})


def test_a_check_imports_nothing_that_only_a_session_needs() -> None:
    imported = imported_by("import thatch.cli.check")
    unwanted = ("thatch.core.th.", "thatch.core.hi.", "thatch.core.hie.", "watchdog", "cattrs", "obstore", "yaml")
    assert [name for name in imported if name.startswith(unwanted)] == []
    assert imported.isdisjoint({f"thatch.core.ghc.{name}" for name in ("session", "session_files", "expander")})
    # Only the width of characters is rich's to tell.
    assert imported.isdisjoint({"rich.console", "rich.progress"})


def test_the_language_server_does_not_import_rich() -> None:
    assert "rich" not in imported_by("import thatch.cli.lsp, thatch.lsp.server")


def test_lsp_is_given_what_the_user_said(monkeypatch: pytest.MonkeyPatch) -> None:
    from thatch.lsp import server

    calls = []
    monkeypatch.setattr(server, "serve", lambda **options: calls.append(options) or 7)
    assert main.run(["lsp", "--tcp", "[::1]:80", "--log-file", "a.log", "--log-level", "debug"]) == 7
    (call,) = calls
    assert (call["tcp"], str(call["log_file"]), call["log_level"]) == (("::1", 80), "a.log", "debug")
    assert main.run(["lsp"]) == 7
    assert calls[1] == {"tcp": None, "log_file": None, "log_level": "info"}
