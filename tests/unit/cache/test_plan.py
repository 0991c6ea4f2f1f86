"""Planning: which entries hold, and why others do not."""

from pathlib import Path

import pytest

from thatch.cache.entry import Dependency, DependencyKind, Entry
from thatch.cache.plan import IMPORTS, NEVER, ROOT, WARNED, Planner, Verdict
from thatch.core.artifacts import Standing
from thatch.core.project.graph import build_graph
from thatch.core.project.model import Module, Unit
from thatch.core.project.resolve import ModuleId
from thatch.core.syntax import parse_header

HERE = Path("/here")
TEXTS = {
    "A": "module A where\n",
    "B": "module B where\nimport A\n",
    "C": "module C where\nimport B\n",
}
A, B, C = (ModuleId("u", name) for name in TEXTS)
ABI, INTERFACE, FILE = DependencyKind.ABI, DependencyKind.INTERFACE, DependencyKind.FILE


def entry(
    module: ModuleId, *dependencies: Dependency, abi: str = "abi", interface: str = "interface", **inputs: str
) -> Entry:
    imports = {A: "", B: "u:A", C: "u:B"}[module]
    return Entry(
        key="00" * 16,
        unit="u",
        module=module.name,
        boot=False,
        dependencies=dependencies,
        abi=abi,
        interface=interface,
        artifacts={},
        inputs={IMPORTS: imports, ROOT: str(HERE), **inputs},
        compile_ms=0,
    )


def on(module: ModuleId, value: str = "", kind: DependencyKind = ABI) -> Dependency:
    return Dependency(kind, f"u:{module.name}", value or kind.value)


def verdicts(
    *entries: Entry, root: Path = HERE, files: dict[Path, str] | None = None, warning: str = ""
) -> dict[ModuleId, Verdict]:
    modules = tuple(Module(name, root / f"{name}.hs") for name in TEXTS)
    unit = Unit(id="u", component="u", directory=root, flags=(), source_dirs=(root,), modules=modules)
    headers = {root / f"{name}.hs": parse_header(text) for name, text in TEXTS.items()}
    graph = build_graph([unit], headers)
    planner = Planner(graph, root, lambda path: (files or {}).get(path, ""), lambda path: path.stem == warning)
    return planner.verdicts({module: [one for one in entries if one.module == module.name] for module in (A, B, C)})


def standing(found: dict[ModuleId, Verdict], module: ModuleId) -> tuple[Standing, str]:
    return found[module].standing, found[module].reason


def test_all_is_as_it_was() -> None:
    found = verdicts(entry(A), entry(B, on(A)), entry(C, on(B)))
    assert {verdict.standing for verdict in found.values()} == {Standing.HIT}


def test_without_entries() -> None:
    assert standing(verdicts(), A) == (Standing.MISS, NEVER)


def test_above_what_must_be_compiled_ghc_tells() -> None:
    found = verdicts(entry(B, on(A)), entry(C, on(B)))
    assert standing(found, B) == (Standing.LIKELY, "u:A must be compiled")
    assert standing(found, C) == (Standing.LIKELY, "u:B may change")


def test_code_that_ran_is_certain() -> None:
    found = verdicts(entry(B, on(A, kind=INTERFACE)))
    assert standing(found, B) == (Standing.MISS, "u:A must be compiled")


@pytest.mark.parametrize("kind", [ABI, INTERFACE])
def test_a_changed_dependency(kind: DependencyKind) -> None:
    assert standing(verdicts(entry(A), entry(B, on(A, "other", kind))), B) == (Standing.MISS, "u:A has changed")


def test_an_interface_may_change_where_the_abi_does_not() -> None:
    changed = entry(A, interface="other")
    assert verdicts(changed, entry(B, on(A)))[B].standing is Standing.HIT
    assert verdicts(changed, entry(B, on(A, kind=INTERFACE)))[B].standing is Standing.MISS


def test_a_dependency_that_is_gone() -> None:
    gone = Dependency(ABI, "u:Gone", "abi")
    assert standing(verdicts(entry(B, gone)), B) == (Standing.MISS, "u:Gone is gone")


def test_imports_answered_by_others() -> None:
    found = verdicts(entry(A), entry(B, on(A), **{IMPORTS: "v:A"}))
    assert standing(found, B) == (Standing.MISS, "its imports are answered by other modules")


def test_deprecations_of_which_ghc_takes_no_notice() -> None:
    assert verdicts(entry(B, on(A)), warning="A")[B].standing is Standing.MISS
    assert verdicts(entry(B, on(A), **{WARNED: "yes"}))[B].standing is Standing.MISS
    assert verdicts(entry(A), entry(B, on(A), **{WARNED: "yes"}), warning="A")[B].standing is Standing.HIT


def test_of_several_entries_the_one_that_holds() -> None:
    old, new = entry(B, on(A, "old")), entry(B, on(A))
    assert verdicts(entry(A), old, new)[B].entry is new
    assert verdicts(entry(A), new, old)[B].entry is new


def test_files() -> None:
    read = entry(A, Dependency(FILE, "x.txt", "h"))
    assert verdicts(read, files={HERE / "x.txt": "h"})[A].standing is Standing.HIT
    assert standing(verdicts(read), A) == (Standing.MISS, "x.txt has changed")


def test_a_moved_checkout() -> None:
    """GHC looks at an absolute path in the checkout that it names, whatever that holds now."""
    there = Path("/there")
    relative, absolute = entry(A, Dependency(FILE, "x", "h")), entry(A, Dependency(FILE, "/here/x", "h"))
    files = {there / "x": "h", HERE / "x": "h", Path("/usr/y"): "h"}
    assert verdicts(relative, root=there, files=files)[A].standing is Standing.HIT
    assert verdicts(absolute, files=files)[A].standing is Standing.HIT
    assert verdicts(entry(A, Dependency(FILE, "/usr/y", "h")), root=there, files=files)[A].standing is Standing.HIT
    reason = "/here/x belongs to another checkout"
    assert standing(verdicts(absolute, root=there, files=files), A) == (Standing.MISS, reason)
