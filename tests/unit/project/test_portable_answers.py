"""Answers for every checkout: what is found in another place, and what must not be."""

import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest
from attrs import define, evolve, field, frozen
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from thatch.core.diagnostics import Diagnostic, Severity
from thatch.core.project import cabal_portable, portable_answers
from thatch.core.project.answers import Answer, Component, Question
from thatch.core.project.arguments import read_call
from thatch.core.project.cabal_plan import Planned
from thatch.core.project.portable_answers import AnswerStore, Checkout, find, keep, restore


@frozen
class Places:
    """Where checkouts and their folders are."""

    top: Path

    store: AnswerStore | None = None

    def checkout(
        self, name: str, *, files: tuple[str, ...] = ("p.cabal", "cabal.project"), around: str = ""
    ) -> Checkout:
        root, folder = self.top / name, self.top / "cache" / name
        for path in (root, folder):
            path.mkdir(parents=True, exist_ok=True)
        if not (root / "p.cabal").exists():
            (root / "p.cabal").write_text("p")
        question = Question(
            folder=folder, files=(*(root / file for file in files), self.top / "config"), asked=("cabal",)
        )
        shared = self.top / "cache" / "shared"
        return Checkout(question=question, root=root, shared=shared, surroundings=(around,), store=self.store)

    def answer(self, name: str, *flags: str) -> Answer:
        """The answer for a checkout, with what was generated for it."""
        root, folder = self.top / name, self.top / "cache" / name
        generated = folder / "build" / "autogen"
        generated.mkdir(parents=True, exist_ok=True)
        (generated / "Paths_p.hs").write_bytes(b"module Paths_p where\xff")
        (generated / "p.o").write_text(str(root))
        (self.top / "database").mkdir(exist_ok=True)
        (self.top / "database" / "base.conf").write_text("base")
        call = read_call(root, ["-i", "-isrc", f"-i{generated}", f"-I{root}/include", *flags, "A"])
        return Answer(
            components=(Component(unit_id="p", name="p:lib", call=call, exposed=frozenset({"A"})),),
            inputs=(),
            databases=(self.top / "database",),
        )


@pytest.fixture
def places(tmp_path: Path) -> Places:
    return Places(tmp_path.resolve())


def test_the_answer_is_found_with_the_paths_of_the_other_checkout(places: Places) -> None:
    keep(places.checkout("a"), places.answer("a"))
    expected = places.answer("b")
    autogen = places.top / "cache/b/build/autogen"
    shutil.rmtree(autogen.parent)

    found = find(places.checkout("b"))

    assert found is not None
    assert found.answer == expected
    assert not autogen.exists()
    assert restore(found)
    assert {path.name: path.read_bytes() for path in autogen.iterdir()} == {"Paths_p.hs": b"module Paths_p where\xff"}
    assert (autogen / "Paths_p.hs").stat().st_mtime == 1, "older than any source"


def test_whatever_differs_is_a_miss(places: Places) -> None:
    keep(places.checkout("a"), places.answer("a"))
    b = places.checkout("b")
    assert find(b)
    assert find(evolve(b, surroundings=("other",))) is None
    assert find(evolve(b, question=evolve(b.question, asked=("cabal", "3")))) is None
    assert find(places.checkout("b", files=("p.cabal",))) is None
    for changed in (
        b.root / "p.cabal",
        b.root / "cabal.project",
        places.top / "config",
        places.top / "database/new.conf",
    ):
        before = changed.read_bytes() if changed.exists() else None
        changed.write_text("changed")
        assert find(b) is None, changed
        changed.unlink()
        if before is not None:
            changed.write_bytes(before)
        assert find(b), changed


def test_inputs_are_compared_by_content(places: Places) -> None:
    for name, text in (("a", "one"), ("b", "one"), ("c", "two")):
        (places.top / name / "src").mkdir(parents=True)
        (places.top / name / "src" / "L.x").write_text(text)
    keep(places.checkout("a"), evolve(places.answer("a"), inputs=(places.top / "a/src/L.x",)))
    found = find(places.checkout("b"))
    assert found
    assert found.answer.inputs == (places.top / "b/src/L.x",)
    assert find(places.checkout("c")) is None


@pytest.mark.parametrize(
    "flag", ["-DROOT={root}", "-Isrc{root}", "-I{root}-2/include", "-optP-DX={folder}", "-I{root}/x:{root}/y"]
)
def test_paths_in_unexpected_places_are_not_kept(places: Places, flag: str) -> None:
    a = places.checkout("a")
    keep(a, places.answer("a", flag.format(root=a.root, folder=a.question.folder)))
    assert not a.shared.exists()


@pytest.mark.parametrize("place", ["{root}", "{folder}"])
def test_generated_files_that_name_their_checkout_are_not_kept(places: Places, place: str) -> None:
    a = places.checkout("a")
    answer = places.answer("a")
    generated = a.question.folder / "build/autogen/Paths_p.hs"
    generated.write_text(f'datadir = "{place.format(root=a.root, folder=a.question.folder)}/data"')
    keep(a, answer)
    assert not a.shared.exists()


def test_too_much_is_not_kept(places: Places, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(portable_answers, "MOST_BYTES", 10)
    keep(places.checkout("a"), places.answer("a"))
    assert not places.checkout("a").shared.exists()


def test_packages_built_for_one_checkout_are_not_for_others(places: Places) -> None:
    a = places.checkout("a")
    database = a.question.folder / "store"
    database.mkdir()
    (database / "package.cache").write_bytes(b"\x00")
    answer = evolve(places.answer("a"), databases=(database,))
    keep(a, answer)
    found = find(places.checkout("b"))
    assert found
    assert found.generated[places.top / "cache/b/store/package.cache"] == b"\x00"
    shutil.rmtree(a.shared)
    (database / "dep.conf").write_text("")
    keep(a, answer)
    assert not a.shared.exists()


def test_a_root_behind_a_link_is_not_for_others(places: Places) -> None:
    keep(places.checkout("a"), places.answer("a"))
    places.checkout("b")
    (places.top / "link").symlink_to(places.top / "b")
    assert find(places.checkout("link")) is None


def test_damage_is_a_miss(places: Places) -> None:
    a = places.checkout("a")
    keep(a, places.answer("a"))
    (file,) = a.shared.iterdir()
    data = file.read_bytes()
    for damaged in (b"", data[:50], data[:-1], data.replace(b"Paths", b"Pasta")):
        file.write_bytes(damaged)
        assert find(a) is None


def test_the_longest_unused_go(places: Places, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(portable_answers, "MOST_KEPT", 2)
    first, second, third = (places.checkout("a", around=str(number)) for number in range(3))
    for age, checkout in ((100, first), (50, second)):
        keep(checkout, places.answer("a"))
        (newest,) = [path for path in first.shared.iterdir() if path.stat().st_mtime > 1_000_000]
        os.utime(newest, (1000 - age, 1000 - age))
    assert find(first), "and so used"
    keep(third, places.answer("a"))
    assert [bool(find(checkout)) for checkout in (first, second, third)] == [True, False, True]


def test_a_folder_that_cannot_be_written_to(places: Places) -> None:
    keep(places.checkout("a"), places.answer("a"))
    b = places.checkout("b")
    found = find(b)
    shutil.rmtree(b.question.folder)
    b.question.folder.write_text("")
    assert found
    assert not restore(found)


@define
class Exchange:
    """What machines share."""

    contents: dict[str, bytes] = field(factory=dict)

    def answer(self, key: str) -> bytes | None:
        return self.contents.get(key)

    def keep_answer(self, key: str, content: bytes) -> None:
        self.contents[key] = content


@pytest.fixture
def shared(places: Places) -> tuple[Places, Exchange]:
    """The places when another machine has kept its answer, and no checkout here."""
    exchange = Exchange()
    places = evolve(places, store=exchange)
    keep(places.checkout("a"), places.answer("a"))
    assert len(exchange.contents) == 1
    shutil.rmtree(places.checkout("a").shared)
    return places, exchange


def test_an_answer_of_another_machine_is_found_and_kept_here(shared: tuple[Places, Exchange]) -> None:
    places, exchange = shared
    expected = places.answer("b")
    found = find(places.checkout("b"))
    assert found
    assert found.answer == expected
    exchange.contents.clear()
    assert find(places.checkout("b")) == found
    assert find(evolve(places.checkout("b"), surroundings=("other",))) is None


def test_an_answer_of_another_machine_holds_only_with_the_same_inputs(shared: tuple[Places, Exchange]) -> None:
    places, _ = shared
    (places.top / "database/new.conf").write_text("")
    b = places.checkout("b")
    assert find(b) is None
    assert not b.shared.exists()


def change(value: Any, *path: str | int, to: object) -> Any:
    """A value with a part of it replaced."""
    here, *rest = path
    copied = list(value) if isinstance(value, list) else dict(value)
    copied[here] = change(copied[here], *rest, to=to) if rest else to  # type: ignore[index]
    return copied


CALL = ("answer", "components", 0, 3)


@pytest.mark.parametrize(
    ("path", "to"),
    [
        (("generated", 0, 0), "/outside"),
        (("generated", 0, 0), "\0root/src/A.hs"),
        (("generated", 0, 0), "\0folder/../other/build/A.hs"),
        (("generated", 1, 1), 5),
        (("generated", 1, 1), "\u4e00"),
        (("generated",), None),
        (("answer", "generated"), ["/etc"]),
        (("answer", "inputs"), ["/dev/zero"]),
        (("answer", "databases"), ["/proc"]),
        (("answer", "components"), [["p", "p:lib", ["A"]]]),
        (("answer", "components", 0, 0), 7),
        (("answer", "components", 0, 2), [["A"]]),
        ((*CALL, "flags"), "-Wall"),
        ((*CALL, "flags"), ["-Wall", None]),
        ((*CALL, "directory"), "/elsewhere"),
        ((*CALL, "directory"), "\0root/../elsewhere"),
        ((*CALL, "profiled"), "yes"),
        ((*CALL, "surprise"), []),
        (("answer",), []),
        (("inputs",), [["/dev/zero", "0"]]),
        (("databases",), []),
    ],
)
def test_an_answer_that_is_not_what_it_should_be_is_a_miss(
    shared: tuple[Places, Exchange], path: tuple[str | int, ...], to: object
) -> None:
    places, exchange = shared
    ((key, content),) = exchange.contents.items()
    exchange.contents[key] = json.dumps(change(json.loads(content), *path, to=to)).encode()
    b = places.checkout("b")
    assert find(b) is None
    assert not b.shared.exists()
    exchange.contents[key] = content
    assert find(b)


@pytest.mark.parametrize("content", [b"", b"{", b"null", b"[]", b"7", b'"x"', b"\xff", b"[" * 100_000, b"{}"])
def test_no_answer_at_all_is_a_miss(shared: tuple[Places, Exchange], content: bytes) -> None:
    places, exchange = shared
    exchange.contents = dict.fromkeys(exchange.contents, content)
    assert find(places.checkout("b")) is None


def test_what_is_too_long_is_not_read(shared: tuple[Places, Exchange], monkeypatch: pytest.MonkeyPatch) -> None:
    places, _ = shared
    monkeypatch.setattr(portable_answers, "MOST_STORED", 100)
    assert find(places.checkout("b")) is None


@given(data=st.data())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_damage_of_any_kind_is_a_miss_or_no_matter(shared: tuple[Places, Exchange], data: st.DataObject) -> None:
    places, exchange = shared
    ((key, content),) = exchange.contents.items()
    start = data.draw(st.integers(0, len(content)))
    end = data.draw(st.integers(start, min(start + 20, len(content))))
    inserted = data.draw(st.sampled_from([b"", b'"', b"\\", b"..", b"/etc/", b"null", b"[]", b"{", b"\x00", b"1e9"]))
    b = places.checkout("b")
    shutil.rmtree(b.shared, ignore_errors=True)
    damaged = evolve(b, store=Exchange({key: content[:start] + inserted + content[end:]}))
    found = find(damaged)
    if found:
        folder = b.question.folder
        assert all(path.is_relative_to(folder) and ".." not in path.parts for path in found.generated)
        assert all(component.call.directory == b.root for component in found.answer.components)


SIMPLE = "cabal-version: 2.4\nname: p\nversion: 0\nhomepage: https://host.invalid\nlibrary\n  exposed-modules: A\n"
LOCAL = Planned(id="p", package="p", dist=Path("/d"), directory=Path("/p"), components=("lib",), whole=False)


def kept(
    *, cabal: str = SIMPLE, project: str = "packages: .\n-- see https://host.invalid\n", plan: Planned = LOCAL
) -> bool:
    texts = {Path("/p/p.cabal"): cabal, Path("/p/cabal.project"): project, Path("/p/package.yaml"): "x: http://y"}
    return cabal_portable.may_be_kept(Answer(components=()), (plan,), texts, Path("/p"))


def test_what_follows_from_its_inputs_may_be_kept() -> None:
    assert kept()
    assert kept(cabal=f"{SIMPLE}build-type: Simple\n")
    assert kept(cabal=f"{SIMPLE}-- build-type: Custom\n")


@pytest.mark.parametrize(
    "line", ["build-type: Custom", "Build-Type :Configure", "  pkgconfig-depends: gtk", "  code-generators: g"]
)
def test_packages_that_run_programs_or_use_the_system_are_not_kept(line: str) -> None:
    assert not kept(cabal=f"{SIMPLE}{line}\n")


@pytest.mark.parametrize(
    "line",
    [
        "packages: https://host.invalid/p.tar.gz",
        "import: https://host.invalid/lts.config",
        "source-repository-package",
        "repository mine",
        "  alex-location: /x",
        "extra-prog-path: /x",
    ],
)
def test_projects_that_reach_out_are_not_kept(line: str) -> None:
    assert not kept(project=f"packages: .\n{line}\n")


def test_plans_with_other_packages_are_not_kept() -> None:
    assert not kept(plan=evolve(LOCAL, whole=True))
    assert not kept(plan=evolve(LOCAL, directory=None))
    assert not kept(plan=evolve(LOCAL, directory=Path("/elsewhere")))


@pytest.mark.parametrize("name", ["src/A.hsc", "src/A.chs", "../other/A.x"])
def test_inputs_that_may_not_be_all(name: str) -> None:
    answer = Answer(components=(), inputs=(Path(os.path.normpath(Path("/p") / name)),))
    assert not cabal_portable.may_be_kept(answer, (LOCAL,), {Path("/p/p.cabal"): SIMPLE}, Path("/p"))


def test_complaints_are_not_for_others() -> None:
    told = Diagnostic(path=Path("/p"), span=None, severity=Severity.ERROR, message="no")
    answer = Answer(components=(), diagnostics=(told,))
    assert not cabal_portable.may_be_kept(answer, (LOCAL,), {Path("/p/p.cabal"): SIMPLE}, Path("/p"))


def test_the_surroundings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = tmp_path / "project"
    root.mkdir()
    monkeypatch.setenv("CABAL_DIR", str(tmp_path / "cabal"))
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    seen = [cabal_portable.surroundings(root / "cabal.project")]

    def changed() -> bool:
        seen.append(cabal_portable.surroundings(root / "cabal.project"))
        return seen[-1] not in seen[:-1]

    assert not changed()
    monkeypatch.setenv("THATCH_UNRELATED", "1")
    assert not changed()
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:{tmp_path / 'bin'}")
    assert not changed()
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:/none")
    assert changed()
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setenv("PKG_CONFIG_PATH", "/x")
    assert changed()
    (tmp_path / "bin").mkdir()
    for text in ("one", "two"):
        (tmp_path / "bin" / "alex").write_text(text)
        (tmp_path / "bin" / "alex").chmod(0o755)
        assert changed()
    index = tmp_path / "cabal" / "packages" / "hackage" / "01-index.tar"
    index.parent.mkdir(parents=True)
    for text in ("one", "onetwo"):
        index.write_text(text)
        assert changed()
    (tmp_path / "cabal" / "config").write_text(f"extra-prog-path: {tmp_path}/more, /none\nhappy-location: /h\n")
    assert changed()
    (tmp_path / "more").mkdir()
    shutil.copy(tmp_path / "bin" / "alex", tmp_path / "more" / "happy")
    assert changed()
    (tmp_path / "cabal.project").write_text("packages: other")
    assert cabal_portable.surroundings(root / "cabal.project") is None
    (root / "cabal.project").write_text("packages: .")
    assert cabal_portable.surroundings(root / "cabal.project") is not None
