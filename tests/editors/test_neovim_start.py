"""The plugin where the server does not start, is another one, or is not wanted; needs no GHC."""

import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.editors.conftest import StartNeovim
from tests.support.check import write_files
from tests.support.editors import path_with, thatch_on_path
from tests.support.neovim import PLUGIN, Neovim
from thatch.core.project.discover import find_root
from thatch.core.version import __version__

SOURCE = "module A where\n"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Two modules in a folder of their own."""
    folder = tmp_path / "project"
    write_files(folder, {"A.hs": SOURCE, "B.hs": "module B where\n"})
    return folder


def fake(folder: Path, text: str) -> Mapping[str, str]:
    """An environment in which `thatch` is a script."""
    program = folder / "bin" / "thatch"
    write_files(folder, {"bin/thatch": text})
    program.chmod(0o755)
    return path_with(program.parent)


def other_version(version: str) -> str:
    """The real server, but of another version."""
    return f"""#!{sys.executable}
import thatch.core.version
thatch.core.version.__version__ = {version!r}
import thatch.cli.main
thatch.cli.main.main()
"""


def told(neovim: Neovim, project: Path) -> tuple[str, int]:
    """The one message after two files of a project were opened."""
    neovim.edit(project / "A.hs")
    neovim.until("#vim.g.said > 0")
    neovim.edit(project / "B.hs")
    neovim.until("#vim.lsp.get_clients({ bufnr = 0 }) == 1 or #vim.lsp.get_clients() == 0")
    (message,) = neovim.said
    return message


def without_thatch(tmp_path: Path) -> Mapping[str, str]:
    """An environment in which there is no `thatch`."""
    (tmp_path / "empty").mkdir()
    return {"PATH": f"{tmp_path / 'empty'}:/usr/bin:/bin"}


def test_a_missing_server_is_told_once(start: StartNeovim, project: Path, tmp_path: Path) -> None:
    neovim = start(environment=without_thatch(tmp_path))
    text, _ = told(neovim, project)
    assert text == (
        "thatch: `thatch` is not on PATH; install it with `pipx install thatch` or `uv tool install thatch`, "
        "or set vim.g.thatch.cmd."
    )


def test_checkhealth_says_how_to_get_a_missing_server(start: StartNeovim, tmp_path: Path) -> None:
    neovim = start(environment=without_thatch(tmp_path))
    neovim.command("checkhealth thatch")
    assert "ERROR `thatch` cannot be run" in neovim.text()
    assert "pipx install thatch" in neovim.text()
    assert "INFO" in neovim.text() or "No server runs" in neovim.text()


def test_a_server_whose_python_is_gone_is_told_once(start: StartNeovim, project: Path, tmp_path: Path) -> None:
    neovim = start(environment=fake(tmp_path, "#!/nowhere/python\n"))
    text, _ = told(neovim, project)
    assert text.startswith("thatch: `thatch` cannot be started: what it is to run with is gone; install it with `pipx")


def test_a_server_that_ends_at_its_start_is_told_once_with_its_reason(
    start: StartNeovim, project: Path, tmp_path: Path
) -> None:
    neovim = start(environment=fake(tmp_path, "#!/bin/sh\necho \"Error: No such command '$1'.\" >&2\nexit 2\n"))
    text, level = told(neovim, project)
    assert text == (
        "thatch: `thatch lsp` ended at its start (exit code 2): Error: No such command 'lsp'. If it is an old one, "
        "update it with `pipx upgrade thatch` or `uv tool upgrade thatch`; :checkhealth thatch tells more."
    )
    assert level == 4


def test_after_a_failure_restart_tries_again(start: StartNeovim, project: Path, tmp_path: Path) -> None:
    neovim = start(environment=fake(tmp_path, "#!/bin/sh\nexit 1\n"))
    told(neovim, project)
    fake(tmp_path, f'#!/bin/sh\nexec {sys.executable} -m thatch.cli.main "$@"\n')
    neovim.command("ThatchRestart")
    neovim.until("#vim.lsp.get_clients() == 1")


@pytest.mark.parametrize(
    ("version", "remedy"),
    [
        ("0.0.9", "older than the 0.1 that this plugin is made for: update it with `pipx upgrade thatch` or"),
        ("7.1.0", "newer than the 0.1 that this plugin is made for: update the plugin."),
    ],
)
def test_a_server_of_another_version_runs_and_is_told_once(
    version: str, remedy: str, start: StartNeovim, project: Path, tmp_path: Path
) -> None:
    neovim = start(environment=fake(tmp_path, other_version(version)))
    text, level = told(neovim, project)
    assert text.startswith(f"thatch: the server's version is {version}, {remedy}")
    assert level == 3
    neovim.until("#vim.lsp.get_clients({ bufnr = 0 }) == 1")


def test_another_patch_version_will_do(start: StartNeovim, project: Path, tmp_path: Path) -> None:
    neovim = start(environment=fake(tmp_path, other_version("0.1.77.dev3")))
    neovim.edit(project / "A.hs")
    neovim.until("(vim.lsp.get_clients({ bufnr = 0 })[1] or {}).initialized")
    assert neovim.said == []


def test_the_plugin_is_made_for_the_server_beside_it(start: StartNeovim) -> None:
    made_for = start().lua("return require('thatch.server').VERSION")
    assert __version__.startswith(f"{made_for}.")


def test_a_server_that_is_switched_off_is_not_started(start: StartNeovim, project: Path) -> None:
    neovim = start(config="vim.g.thatch = { enable = false }", environment=thatch_on_path())
    neovim.edit(project / "A.hs")
    assert neovim.lua("return { vim.bo.filetype, #vim.lsp.get_clients() }") == ["haskell", 0]
    neovim.command("ThatchExpand")
    neovim.until("#vim.g.said > 0")
    assert neovim.said == [("thatch: no server runs for this buffer: see :checkhealth thatch.", 3)]


def test_cabal_files_are_served(start: StartNeovim, tmp_path: Path) -> None:
    write_files(tmp_path / "box", {"box.cabal": "cabal-version: 2.4\nname: box\nversion: 1\nlicence: MIT\nlibrary\n"})
    neovim = start(environment=thatch_on_path())
    neovim.edit(tmp_path / "box/box.cabal")
    neovim.until("#vim.diagnostic.get(0) > 0")
    assert neovim.lua("return vim.diagnostic.get(0)[1].message") == 'Unknown field: "licence"'


def test_settings_of_the_wrong_type_are_told(start: StartNeovim) -> None:
    neovim = start(config="vim.g.thatch = { cmd = 'thatch', enabled = false }")
    neovim.until("#vim.g.said > 1")
    assert sorted(text for text, _ in neovim.said) == [
        "thatch: vim.g.thatch.cmd must be a table, not a string.",
        "thatch: vim.g.thatch.enabled means nothing: keys are cmd, enable, settings and trusted.",
    ]
    assert neovim.lua("return require('thatch.settings').get().cmd") == ["thatch", "lsp"]


def test_settings_reach_the_server(start: StartNeovim, project: Path) -> None:
    neovim = start(config="vim.g.thatch = { settings = { jobs = 'many' } }", environment=thatch_on_path())
    neovim.edit(project / "A.hs")
    shown = "vim.fn.execute('messages') .. vim.inspect(vim.g.said)"
    neovim.until(f"({shown}):match('The setting thatch.jobs must be a whole number')")


def test_what_neovim_itself_is_told_of_the_server_counts(start: StartNeovim, project: Path, tmp_path: Path) -> None:
    neovim = start(environment=without_thatch(tmp_path))
    if not neovim.lua("return require('thatch.compat').has_config"):
        assert neovim.lua("return vim.lsp.config") is None
        return
    command = [sys.executable, "-m", "thatch.cli.main", "lsp"]
    neovim.lua("vim.lsp.config('thatch', { cmd = (...) })", command)
    neovim.edit(project / "A.hs")
    neovim.until("(vim.lsp.get_clients({ bufnr = 0 })[1] or {}).initialized")
    assert neovim.said == []
    assert neovim.lua("return require('thatch.tool').command('doctor')") == [*command[:-1], "doctor"]


def test_nothing_of_a_project_runs_before_it_is_trusted(start: StartNeovim, project: Path) -> None:
    write_files(project, {"B.hs": "module B where\nb :: Int\nb = 'b'\n"})
    neovim = start(config="vim.g.thatch = { trusted = false }", environment=thatch_on_path())
    neovim.edit(project / "B.hs")
    neovim.until("#vim.g.said > 0")
    ((text, level),) = neovim.said
    assert "not trusted" in text
    assert level == 3
    for command in ("ThatchSplices", "ThatchCore b"):
        neovim.lua("vim.g.said = {}")
        neovim.command(command)
        neovim.until("#vim.g.said > 0")
        assert neovim.said == [(f"thatch: {project} is not trusted: :ThatchTrust lets its code run.", 3)]
    neovim.command("checkhealth thatch")
    assert "its build tool is not asked" in neovim.text()
    neovim.edit(project / "B.hs")
    assert neovim.lua("return vim.diagnostic.get(0)") == []
    neovim.command("ThatchTrust")
    neovim.until("#vim.diagnostic.get(0) == 1")


def test_a_trusted_project_stays_trusted(start: StartNeovim, project: Path) -> None:
    config = "vim.g.thatch = { trusted = false }"
    first = start(config=config)
    first.command(f"cd {project}")
    first.command("ThatchTrust")
    assert first.lua("return require('thatch.trust').has(...)", str(project))
    state = (first.folder / "state" / "nvim" / "thatch" / "trusted").read_text()
    assert state == f"{project}\n"
    assert not first.lua("return require('thatch.trust').has(...)", str(project.parent))


def test_the_root_is_where_the_server_looks(start: StartNeovim, tmp_path: Path) -> None:
    descriptions = ["hie.yaml", "cabal.project", "a.cabal", "stack.yaml"]
    neovim = start()
    for upper in descriptions:
        for lower in descriptions:
            folder = tmp_path / f"{upper}-{lower}"
            write_files(folder, {upper: "", f"inner/{lower}": "", "inner/src/A.hs": SOURCE})
            file = folder / "inner" / "src" / "A.hs"
            assert neovim.lua("return require('thatch.root').of(...)", str(file)) == str(find_root(file)), file


def test_a_package_that_only_hpack_describes_is_a_root(start: StartNeovim, tmp_path: Path) -> None:
    write_files(tmp_path, {"package.yaml": "", "src/A.hs": SOURCE})
    file = tmp_path / "src" / "A.hs"
    assert start().lua("return require('thatch.root').of(...)", str(file)) == str(tmp_path)


def test_every_command_has_its_help(start: StartNeovim, tmp_path: Path) -> None:
    neovim = start()
    write_files(tmp_path, {"doc/thatch.txt": (PLUGIN / "doc" / "thatch.txt").read_text()})
    neovim.lua("vim.opt.runtimepath:prepend(...) vim.cmd.helptags(... .. '/doc')", str(tmp_path))
    commands = neovim.lua("return vim.fn.getcompletion('Thatch', 'command')")
    assert len(commands) == 6
    for name in [*(f":{command}" for command in commands), "thatch", "g:thatch", "thatch.status()"]:
        neovim.command(f"help {name}")
        assert f"*{name}*" in neovim.lua("return vim.api.nvim_get_current_line()"), name
