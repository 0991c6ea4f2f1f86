"""`thatch.toml`: where it is found, what it may say, and what it decides."""

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import click
import pytest

from tests.support.schemas import complaints, own
from thatch.cli import check as check_module
from thatch.cli import main
from thatch.cli.check_options import Options
from thatch.cli.exit_code import ExitCode
from thatch.core.sandbox.mode import SandboxMode
from thatch.core.settings_file import find_settings_file

GOOD = """
ghc = "ghc-9.10"
ghcOptions = ["-Wcompat"]
jobs = 3
cradleTimeout = 900
cacheDir = "cached"
sandbox = "require"

[splices]
seconds = 7.5

[check]
paths = ["src", "test"]
format = "json"
fail-on = "warning"
components = ["shelf:*", "app:*"]
baseline = "ci/known.json"
changed-since = "main"
statistics = true
"""


@pytest.fixture(autouse=True)
def outside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project, and an environment that says nothing."""
    for name in ("THATCH_CACHE_DIR", "THATCH_CACHE_REMOTE", "THATCH_CACHE_LIMIT", "THATCH_SANDBOX"):
        monkeypatch.delenv(name, raising=False)
    for name in ("src", "test", "deep/er"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / ".git").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def options(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Options, Any]]:
    """What `thatch check` would do, and with which settings, instead of doing it."""
    seen = []

    async def run(options: Options) -> ExitCode:
        seen.append((options, options.settings))
        return ExitCode.CLEAN

    monkeypatch.setattr(check_module, "_run", run)
    return seen


def test_the_nearest_file_up_to_the_root_of_the_repository(outside: Path) -> None:
    assert find_settings_file(outside / "deep/er") is None
    (outside / "thatch.toml").touch()
    assert find_settings_file(outside / "deep/er") == outside / "thatch.toml"
    (outside / "deep/thatch.toml").touch()
    assert find_settings_file(outside / "deep/er") == outside / "deep/thatch.toml"
    (outside / "deep/er/.git").touch()
    assert find_settings_file(outside / "deep/er") is None


def test_everything_it_says_is_heard(outside: Path, options: list, monkeypatch: pytest.MonkeyPatch) -> None:
    (outside / "thatch.toml").write_text(GOOD)
    monkeypatch.chdir("deep/er")
    assert main.run(["check"]) == 0
    ((given, settings),) = options
    assert given.paths == (outside / "src", outside / "test")
    assert (given.format, given.fail_on, given.changed_since) == ("json", "warning", "main")
    assert (given.components, given.baseline, given.statistics) == (
        ("shelf:*", "app:*"),
        outside / "ci/known.json",
        True,
    )
    assert (settings.ghc, settings.ghc_options, settings.jobs, settings.cradle_timeout) == (
        "ghc-9.10",
        ("-Wcompat",),
        3,
        900.0,
    )
    assert (settings.cache_dir, settings.sandbox) == (outside / "cached", SandboxMode.REQUIRE)
    assert settings.splices_seconds == 7.5


def test_the_command_line_wins(outside: Path, options: list) -> None:
    (outside / "thatch.toml").write_text(GOOD)
    arguments = "check deep --format sarif --fail-on never --components x --ghc other --cradle-timeout 5 -j 8"
    assert main.run([*arguments.split(), "--cache-dir", "/elsewhere"]) == 0
    ((given, settings),) = options
    assert (given.paths, given.format, given.fail_on, given.components) == ((Path("deep"),), "sarif", "never", ("x",))
    assert (settings.ghc, settings.cradle_timeout, settings.jobs, settings.cache_dir) == (
        "other", 5.0, 8, Path("/elsewhere"),
    )  # fmt: skip


def test_the_environment_wins_over_the_file(outside: Path, options: list, monkeypatch: pytest.MonkeyPatch) -> None:
    (outside / "thatch.toml").write_text(GOOD + "")
    monkeypatch.setenv("THATCH_CACHE_DIR", "/elsewhere")
    monkeypatch.setenv("THATCH_SANDBOX", "off")
    assert main.run(["check"]) == 0
    ((_, settings),) = options
    assert (settings.cache_dir, settings.sandbox) == (Path("/elsewhere"), SandboxMode.OFF)


def test_without_a_file_there_are_the_defaults(options: list) -> None:
    assert main.run(["check"]) == 0
    ((given, settings),) = options
    assert (given.paths, given.format, given.fail_on) == ((), "full", "error")
    assert (settings.ghc, settings.jobs, settings.cradle_timeout) == ("", 0, 300.0)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("ghc =", "cannot be read"),
        ("formt = 'json'", "keys that mean nothing: formt"),
        ("[check]\nformt = 'json'", r"keys below \[check\] that mean nothing: formt(.|\n)*There are: paths, format,"),
        ("[check]\nghc = 'x'", "that mean nothing: ghc"),
        ("[check]\nwrite-baseline = true", "that mean nothing: write-baseline"),
        ("check = 1", "`check` must be a table"),
        ("jobs = 'many'", "thatch.jobs must be a whole number, 0 or more, not 'many'"),
        ("[check]\nstatistics = 'yes'", "`statistics` must be true or false"),
        ("[check]\nunits = 'lib'", "`units` must be a list of strings"),
        ("[check]\nunits = [1]", "`units` must be a list of strings"),
        ("[check]\nbaseline = 1", "`baseline` must be a string"),
        ("sandbox = 'off'", "must not switch the sandbox off"),
    ],
)
def test_mistakes_are_told(
    outside: Path, options: list, text: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (outside / "thatch.toml").write_text(text)
    assert main.run(["check"]) is ExitCode.ENVIRONMENT
    assert options == []
    err = capsys.readouterr().err
    assert "thatch.toml" in err
    assert re.search(said, err)


def test_a_word_that_is_no_choice_is_wrong_usage(outside: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (outside / "thatch.toml").write_text("[check]\nformat = 'xml'")
    assert main.run(["check"]) is ExitCode.USAGE
    assert "'xml' is not one of" in capsys.readouterr().err


def test_other_commands_use_its_settings(outside: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (outside / "thatch.toml").write_text(GOOD)
    assert main.run(["cache", "stats", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["folder"].startswith(str(outside / "cached"))


def test_the_language_server_starts_whatever_it_says(
    outside: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from thatch.lsp import server

    (outside / "thatch.toml").write_text("damaged")
    monkeypatch.setattr(server, "serve", lambda **_: 0)
    assert main.run(["lsp"]) == 0


def test_the_schema_says_the_same() -> None:
    schema = own("thatch")
    assert complaints(schema, tomllib.loads(GOOD)) == []
    for wrong in ("formt = 1", "[check]\nformat = 'xml'", "[check]\nghc = 'x'", "jobs = -1", "sandbox = 'off'"):
        assert complaints(schema, tomllib.loads(wrong)) != []


def test_every_option_of_check_is_in_the_file_or_left_out_on_purpose() -> None:
    from thatch.cli.config_file import NOT_IN_FILES, configurable

    command = check_module.check
    assert isinstance(command, click.Command)
    names = {option.name for option in command.params}
    assert {option.name for option in configurable(command).values()} == names - NOT_IN_FILES
