"""Planning: which entries hold, and why others do not."""

from pathlib import Path

import pytest

from thatch.cache.entry import Dependency, DependencyKind, Entry
from thatch.cache.plan import HEARD, IMPORTS, NEVER, QUIET, ROOT, UNHEARD, WARNED, Planner, Verdict, heard_text
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
    *entries: Entry, root: Path = HERE, files: dict[Path, str] | None = None, loud: str = ""
) -> dict[ModuleId, Verdict]:
    chosen = {module: [one for one in entries if one.module == module.name] for module in (A, B, C)}
    return planner(root, files, loud).verdicts(chosen)


def planner(root: Path = HERE, files: dict[Path, str] | None = None, loud: str = "") -> Planner:
    modules = tuple(Module(name, root / f"{name}.hs") for name in TEXTS)
    unit = Unit(id="u", component="u", directory=root, flags=(), source_dirs=(root,), modules=modules)
    headers = {root / f"{name}.hs": parse_header(text) for name, text in TEXTS.items()}
    graph = build_graph([unit], headers)
    return Planner(graph, root, lambda path: (files or {}).get(path, ""), lambda path: path.stem == loud)


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
    assert standing(found, B) == (Standing.MISS, "other modules answer its imports")


def test_deprecations_of_which_ghc_takes_no_notice() -> None:
    assert verdicts(entry(B, on(A)), loud="A")[B].standing is Standing.MISS
    assert verdicts(entry(B, on(A), **{WARNED: "yes"}))[B].standing is Standing.MISS
    assert verdicts(entry(A), entry(B, on(A), **{WARNED: "yes"}), loud="A")[B].standing is Standing.HIT


def test_an_entry_tells_better_than_the_source_what_ghc_would_miss() -> None:
    """The source may include a file with a pragma, or hold one that is not compiled."""
    user = entry(B, on(A, "other"))
    found = {A: Verdict(Standing.LIKELY, entry(A)), B: Verdict(Standing.MISS)}
    assert planner().differs(on(A, "other"), user, found) == ("u:A has changed", True)
    found[A] = Verdict(Standing.LIKELY, entry(A, **{QUIET: "yes"}))
    assert planner(loud="A").differs(on(A, "other"), user, found) == ("u:A has changed", False)


def test_what_is_not_in_the_abi_hash() -> None:
    heard = {HEARD: heard_text({"u:A": "h", "u:Other": ""})}
    assert standing(verdicts(entry(A, **{UNHEARD: "h"}), entry(B, on(A))), B) == (Standing.MISS, "u:A has changed")
    assert verdicts(entry(A, **{UNHEARD: "h"}), entry(B, on(A), **heard))[B].standing is Standing.HIT
    assert verdicts(entry(A), entry(B, on(A), **heard))[B].standing is Standing.MISS


QUIET_A = entry(A, **{QUIET: "yes"})


def test_what_ghc_accepted_is_renewed() -> None:
    known = {A: Verdict(Standing.HIT, QUIET_A)}
    assert planner().renewed(entry(B, on(A, "other")), known) == entry(B, on(A))


@pytest.mark.parametrize(
    ("accepted", "below"),
    [
        (entry(B, on(A, "other"), **{IMPORTS: "v:A"}), Verdict(Standing.HIT, QUIET_A)),
        (entry(B, on(A, "other", INTERFACE)), Verdict(Standing.HIT, QUIET_A)),
        (entry(B, on(A, "other")), Verdict(Standing.LIKELY, QUIET_A)),
        (entry(B, on(A, "other")), Verdict(Standing.MISS)),
        (entry(B, on(A, "other")), Verdict(Standing.HIT, entry(A))),
        (entry(B, on(A, "other"), **{WARNED: "yes"}), Verdict(Standing.HIT, QUIET_A)),
        (entry(B, on(A, "other")), Verdict(Standing.HIT, entry(A, **{QUIET: "yes", UNHEARD: "h"}))),
        (entry(B, Dependency(FILE, "gone", "h")), Verdict(Standing.HIT, QUIET_A)),
    ],
)
def test_what_ghc_would_have_accepted_anyway_is_not_renewed(accepted: Entry, below: Verdict) -> None:
    assert planner().renewed(accepted, {A: below}) is None


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
