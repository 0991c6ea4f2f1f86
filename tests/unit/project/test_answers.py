"""Answers on disk, package registrations and unit names."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thatch.core.diagnostics import Diagnostic, Severity, Span
from thatch.core.project import answers
from thatch.core.project.answers import Answer, Component, Question
from thatch.core.project.arguments import read_call
from thatch.core.project.cabal_plan import exposed_modules
from thatch.core.project.model import Project, Unit
from thatch.core.project.units import unique


@pytest.fixture
def question(tmp_path: Path) -> Question:
    (tmp_path / "p.cabal").write_text("one")
    return Question(folder=tmp_path, files=(tmp_path / "p.cabal", tmp_path / "cabal.project"), asked=("cabal", "3"))


@pytest.fixture
def answer(tmp_path: Path) -> Answer:
    for name in ("input", "generated"):
        (tmp_path / name).write_text("")
    (tmp_path / "db").mkdir()
    call = read_call(tmp_path, ["-isrc", "-Wall", "A"])
    told = Diagnostic(path=tmp_path / "p.cabal", span=Span(1, 2, 3, 4), severity=Severity.WARNING, message="hm")
    return Answer(
        components=(Component(unit_id="p", name="p:lib", call=call, exposed=frozenset({"A", "B"})),),
        diagnostics=(told,),
        inputs=(tmp_path / "input",),
        generated=(tmp_path / "generated",),
        databases=(tmp_path / "db",),
    )


def test_what_is_stored_is_loaded(question: Question, answer: Answer) -> None:
    answers.store(question, answer)

    assert answers.load(question) == answer
    assert {path.name for path in question.folder.iterdir()} == {"p.cabal", "input", "generated", "db", "answer.json"}


@pytest.mark.parametrize("changed", ["p.cabal", "cabal.project", "input", "db/package.cache"])
def test_any_changed_input_is_a_miss(question: Question, answer: Answer, changed: str) -> None:
    answers.store(question, answer)

    (question.folder / changed).write_text("two")

    assert answers.load(question) is None


def test_another_tool_is_a_miss(question: Question, answer: Answer) -> None:
    answers.store(question, answer)

    assert answers.load(Question(folder=question.folder, files=question.files, asked=("cabal", "4"))) is None


def test_a_generated_file_that_is_gone_is_a_miss(question: Question, answer: Answer) -> None:
    answers.store(question, answer)

    (question.folder / "generated").unlink()

    assert answers.load(question) is None


@given(data=st.data())
def test_damage_is_a_miss(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    folder = tmp_path_factory.mktemp("damage")
    question = Question(folder=folder, files=(), asked=())
    answers.store(question, Answer(components=()))
    text = (folder / "answer.json").read_text()
    cut = data.draw(st.integers(0, len(text) - 1))
    junk = data.draw(st.one_of(st.just(""), st.recursive(st.none() | st.integers(), st.lists).map(json.dumps)))

    (folder / "answer.json").write_text(text[:cut] + junk)

    assert answers.load(question) in {None, Answer(components=())}


def test_exposed_modules_of_a_registration() -> None:
    own = "One One.Sizes, Other from base-4:Data.List,\n    One.Last"

    assert exposed_modules(f"exposed-modules:\n    {own}\nhidden-modules: X\n") == {"One", "One.Sizes", "One.Last"}
    assert exposed_modules("exposed-modules: A B\ndepends: c\n") == {"A", "B"}
    assert exposed_modules("name: one\n") == frozenset()


def test_units_of_several_projects_get_different_ids() -> None:
    def project(root: str) -> Project:
        library = Unit(id="p", component="p:lib", directory=Path(root), flags=(), source_dirs=())
        program = Unit(
            id="main",
            component="p:exe",
            directory=Path(root),
            flags=("-package-id", "p", "-package-id=p", "p"),
            source_dirs=(),
            package_ids=("p", "base"),
        )
        return Project(root=Path(root), cradle="cabal", units=(library, program), ghc=Path("ghc"))

    first, second = unique([project("/a"), project("/b")])

    ids = [unit.id for entry in (first, second) for unit in entry.units]
    assert len(set(ids)) == 4
    assert "main" not in ids
    library, program = second.units
    assert program.flags == ("-package-id", library.id, f"-package-id={library.id}", "p")
    assert program.package_ids == (library.id, "base")


def test_changed_ids_are_the_same_in_every_checkout() -> None:
    def ids(top: str) -> list[str]:
        units = (Unit(id="home", component="x", directory=Path(top), flags=(), source_dirs=()),)
        roots = [Path(top, name) for name in ("a", "b", "c")]
        made = unique([Project(root=root, cradle="direct", units=units, ghc=Path("ghc")) for root in roots])
        return [unit.id for project in made for unit in project.units]

    assert ids("/one") == ids("/two/three")
    assert len(set(ids("/one"))) == 3
    assert unique([]) == ()
