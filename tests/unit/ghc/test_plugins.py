"""Whether GHC is asked to load plugins."""

from pathlib import Path

import pytest

from thatch.core.diagnostics import Severity
from thatch.core.ghc.output import Notice
from thatch.core.ghc.plugins import any_uses_plugins, project_uses_plugins, refused_plugins
from thatch.core.project.model import Module, Project, Unit
from thatch.core.syntax import parse_header

ASKING = "{-# OPTIONS_GHC -fplugin=Some.Plugin #-}\nmodule A where\n"
PLAIN = "module A where\n"


@pytest.mark.parametrize(
    ("flags", "text", "asked"),
    [
        ((), PLAIN, False),
        (("-Wall", "-fplugin=Some.Plugin"), PLAIN, True),
        (("-plugin-package-id", "some-1"), PLAIN, True),
        ((), ASKING, True),
    ],
)
def test_flags_and_heads(tmp_path: Path, flags: tuple[str, ...], text: str, asked: bool) -> None:
    assert any_uses_plugins({"u": flags}, [parse_header(text)]) == asked
    path = tmp_path / "A.hs"
    path.write_text(text)
    unit = Unit(
        id="u", component="u", directory=tmp_path, flags=flags, source_dirs=(tmp_path,), modules=(Module("A", path),)
    )
    project = Project(root=tmp_path, cradle="bare", units=(unit,), ghc=Path("/ghc"))
    assert project_uses_plugins(project, {"u": flags}, None) == asked


def test_what_ghc_refuses() -> None:
    assert refused_plugins([Notice(Severity.ERROR, "Plugins require -fno-external-interpreter")])
    assert not refused_plugins([Notice(Severity.ERROR, "Could not find module Some.Plugin")])
