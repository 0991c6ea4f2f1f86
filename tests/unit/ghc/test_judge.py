"""Which messages without a place are told, and where."""

from pathlib import Path

import pytest

from thatch.core.diagnostics import Severity
from thatch.core.ghc.judge import MISSING_HOME_MODULES, OWN_PLUGIN, Judge
from thatch.core.ghc.output import Notice
from thatch.core.project.model import Module, Project, Unit

ROOT = Path("/p")


def unit(name: str, *modules: str) -> Unit:
    return Unit(
        id=name,
        component=name,
        directory=ROOT,
        flags=("-Werror=missing-home-modules",),
        source_dirs=(ROOT,),
        modules=tuple(Module(module, ROOT / f"{module}.hs") for module in modules),
        description=ROOT / f"{name}.cabal",
    )


PROJECT = Project(root=ROOT, cradle="cabal", units=(unit("p-1", "A", "B"), unit("p-1-exe", "A")), ghc=Path("/ghc"))
JUDGE = Judge(PROJECT, (9, 6, 6), (), {})


def missing(unit_id: str, names: str) -> Notice:
    text = f"These modules are needed for compilation but not listed for `{unit_id}` :\n    {names}"
    return Notice(Severity.WARNING, text, "GHC-32850", MISSING_HOME_MODULES)


@pytest.mark.parametrize("text", ["Optimization flags are incompatible with the byte-code interpreter; ignored."])
def test_what_is_about_the_session_is_not_told(text: str) -> None:
    assert JUDGE.placed(Notice(Severity.WARNING, text)) is None


def test_a_module_that_is_declared_is_not_missing() -> None:
    assert JUDGE.placed(missing("p-1-exe", "A")) is None


def test_a_missing_module_is_told_at_the_unit_with_the_longest_id_and_as_bad_as_its_flags_make_it() -> None:
    diagnostic = JUDGE.placed(missing("p-1-exe", "A B"))
    assert diagnostic is not None
    assert (diagnostic.path, diagnostic.severity) == (ROOT / "p-1-exe.cabal", Severity.ERROR)
    assert diagnostic.message.endswith(": B")


@pytest.mark.parametrize(("module", "hints"), [("B", (OWN_PLUGIN,)), ("Elsewhere", ())])
def test_a_plugin_of_the_project_itself(module: str, hints: tuple[str, ...]) -> None:
    diagnostic = JUDGE.placed(
        Notice(
            Severity.ERROR,
            f"Could not find module \N{LEFT SINGLE QUOTATION MARK}{module}\N{RIGHT SINGLE QUOTATION MARK}",
        )
    )
    assert diagnostic is not None
    assert diagnostic.hints == hints
