"""`thatch expand` on splices that a test made up: what is printed, written and told, and the exit codes."""

import importlib
from pathlib import Path

import pytest

from tests.support.fake_splices import Ran, Settled
from thatch.cli import main
from thatch.cli.exit_code import ExitCode
from thatch.cli.expand import write_file
from thatch.core.diagnostics import Diagnostic, Severity
from thatch.core.errors import ThatchError
from thatch.core.events import Health, Status
from thatch.core.splices.runs import SpliceKind
from thatch.core.th.expansion import Expansion

TEXT = "module A where\n\nimport B\n\n$(make ''Int)\n\nx = f $(one $(two))\ny = [q|1|]\n"
AFTER = "module A where\n\nimport B\nimport C\n\na = 1\nb = 2\n\nx = f (1 + 1)\ny = 3\n"
RAN = (
    Ran("$(make ''Int)", SpliceKind.DECLARATIONS, Expansion(text="a = 1\nb = 2", imports=("import C",))),
    Ran("$(one $(two))", SpliceKind.EXPRESSION, Expansion(text="1 + 1")),
    Ran("$(two)", SpliceKind.EXPRESSION, Expansion(text="2")),
    Ran("[q|1|]", SpliceKind.EXPRESSION, Expansion(text="3")),
)


class Here:
    """A folder with a module, and the command in it."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self.file = folder / "A.hs"
        self.file.write_text(TEXT)
        self._patch = monkeypatch
        self._capture = capsys
        monkeypatch.chdir(folder)
        self.settled(Settled({self.file: (TEXT, RAN)}))

    def settled(self, settled: Settled) -> None:
        self._patch.setattr(importlib.import_module("thatch.cli.expand"), "settled_workspace", settled.context)

    def run(self, *options: str) -> tuple[int, str, str]:
        code = main.run(["expand", "A.hs", "--cache-dir", str(self.file.parent / "cache"), *options])
        said = self._capture.readouterr()
        return code, said.out, said.err


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Here:
    return Here(tmp_path.resolve(), monkeypatch, capsys)


def test_the_module_without_splices_is_printed(here: Here) -> None:
    summary = "thatch: A.hs: 3 splices replaced; +5 -3 lines.\n"
    assert here.run() == (ExitCode.CLEAN, AFTER, summary)
    assert here.file.read_text() == TEXT


def test_one_splice_alone(here: Here) -> None:
    assert here.run("--splice", "8:5")[:2] == (ExitCode.CLEAN, TEXT.replace("[q|1|]", "3"))
    assert here.run("--splice", "7:7")[1] == TEXT.replace("$(one $(two))", "(1 + 1)")
    assert here.run("--splice", "7:15")[1] == TEXT.replace("$(two)", "2")


def test_a_place_without_a_splice(here: Here) -> None:
    code, out, err = here.run("--splice", "1:1")
    assert (code, out) == (ExitCode.USAGE, "")
    assert "No splice stands at 1:1; there are splices at 5:1, 7:7, 7:13, 8:5." in err
    assert here.run("--splice", "one")[0] == ExitCode.USAGE


def test_the_file_is_written(here: Here) -> None:
    here.file.chmod(0o640)
    assert here.run("--in-place") == (ExitCode.CLEAN, "", "thatch: A.hs: 3 splices replaced; +5 -3 lines.\n")
    assert here.file.read_text() == AFTER
    assert here.file.stat().st_mode & 0o777 == 0o640
    assert [path.name for path in here.file.parent.iterdir()] == ["A.hs"]


def test_a_file_that_has_changed_is_not_written(here: Here) -> None:
    with pytest.raises(ThatchError, match="has changed since"):
        write_file(here.file, TEXT.replace("B", "D"), AFTER)
    here.file.write_bytes(b"-- \xff\n")
    with pytest.raises(ThatchError, match="not UTF-8"):
        write_file(here.file, "-- \ufffd\n", AFTER)
    assert here.file.read_bytes() == b"-- \xff\n"


def test_splices_of_an_older_text_are_not_used(here: Here) -> None:
    here.settled(Settled({here.file: (TEXT + "z = 1\n", RAN)}))
    code, out, err = here.run()
    assert (code, out) == (ExitCode.ENVIRONMENT, "")
    assert "another state of the file" in err


def test_names_that_no_import_can_reach_become_splices(here: Here) -> None:
    other = Expansion(text="$(x)", imports=("import D",))
    found = Expansion(text="B.Secret.x", unreachable=("B.Secret.x",), with_name_splices=other)
    here.settled(Settled({here.file: (TEXT, (Ran("[q|1|]", SpliceKind.EXPRESSION, found),))}))
    assert here.run()[0] == ExitCode.FINDINGS
    code, out, err = here.run("--name-splices")
    assert (code, err) == (ExitCode.CLEAN, "thatch: A.hs: 1 splice replaced; +2 -1 lines.\n")
    assert "import D\n" in out and "$(x)" in out
    assert here.run("--name-splices", "--in-place")[0] == ExitCode.CLEAN
    assert here.file.read_text() == out


def test_what_names_as_splices_need_is_told(here: Here) -> None:
    """Without the package template-haskell there are none."""
    found = Expansion(text="B.Secret.x", unreachable=("B.Secret.x",))
    here.settled(Settled({here.file: (TEXT, (Ran("[q|1|]", SpliceKind.EXPRESSION, found),))}))
    assert "or add --name-splices or --force" in here.run("--in-place")[2]
    assert "add template-haskell to what" in here.run("--in-place", "--name-splices")[2]


def test_what_stays_is_told(here: Here) -> None:
    failed = Ran("$(one $(two))", SpliceKind.EXPRESSION, "user error (no)\n")
    here.settled(Settled({here.file: (TEXT, (RAN[0], failed, RAN[3]))}, unprintable=frozenset({"[q|1|]"})))
    code, out, err = here.run()
    assert (code, out) == (ExitCode.FINDINGS, AFTER.replace("(1 + 1)", "$(one $(two))").replace("= 3", "= [q|1|]"))
    assert err == (
        "A.hs:7:7: It failed: user error (no)\n"
        "A.hs:8:5: There is no constructor 99 of Exp.\n"
        "thatch: A.hs: 1 splice replaced, 2 left; +3 -1 lines.\n"
    )


def test_what_cannot_be_imported_is_told(here: Here) -> None:
    hiding = Ran("[q|1|]", SpliceKind.EXPRESSION, Expansion(text="B.Secret.x", unreachable=("B.Secret.x",)))
    here.settled(Settled({here.file: (TEXT, (hiding,))}))
    code, out, err = here.run()
    assert (code, out) == (ExitCode.FINDINGS, TEXT.replace("[q|1|]", "B.Secret.x"))
    assert "A.hs:8:5: What it gave does not compile here: no module that it could import exports B.Secret.x.\n" in err
    assert "A.hs: 1 splice replaced; +1 -1 lines.\n" in err
    code, out, err = here.run("--in-place")
    assert (code, out, here.file.read_text()) == (ExitCode.ENVIRONMENT, "", TEXT)
    assert "A.hs was not written, because it would not compile: no module that it could import exports B.S" in err
    assert here.run("--in-place", "--force")[0] == ExitCode.FINDINGS
    assert here.file.read_text() == TEXT.replace("[q|1|]", "B.Secret.x")
    assert here.run("--force")[0] == ExitCode.USAGE


def test_a_module_with_errors(here: Here) -> None:
    error = Diagnostic(path=here.file, span=None, severity=Severity.ERROR, message="wrong")
    here.settled(Settled({here.file: (TEXT, RAN)}, diagnostics=(error,)))
    code, out, err = here.run()
    assert (code, out) == (ExitCode.FINDINGS, AFTER)
    assert "A.hs has 1 error, so splices may be missing" in err
    code, out, err = here.run("--in-place")
    assert (code, out, here.file.read_text()) == (ExitCode.ENVIRONMENT, "", TEXT)
    assert "A.hs was not written" in err


def test_a_module_without_splices(here: Here) -> None:
    here.settled(Settled({}, others=(here.file,)))
    assert here.run() == (ExitCode.CLEAN, TEXT, "thatch: A.hs: there are no splices.\n")
    assert here.run("--in-place") == (ExitCode.CLEAN, "", "thatch: A.hs: there are no splices.\n")
    assert here.run("--splice", "1:1")[0] == ExitCode.USAGE


def test_errors_elsewhere_may_keep_a_module_from_being_compiled(here: Here) -> None:
    other = here.file.with_name("B.hs")
    error = Diagnostic(path=other, span=None, severity=Severity.ERROR, message="wrong")
    here.settled(Settled({}, others=(here.file, other), diagnostics=(error,)))
    code, out, err = here.run()
    assert (code, out) == (ExitCode.ENVIRONMENT, "")
    assert "other modules have errors" in err


def test_a_file_of_no_component(here: Here) -> None:
    here.settled(Settled({}, others=(here.file.with_name("B.hs"),)))
    code, out, err = here.run()
    assert (code, out) == (ExitCode.USAGE, "")
    assert "belongs to no component" in err


def test_a_project_that_cannot_be_loaded(here: Here) -> None:
    here.settled(Settled({}, others=(here.file,), status=Status(health=Health.ERROR, message="No GHC.")))
    assert here.run() == (ExitCode.ENVIRONMENT, "", "thatch: No GHC.\n")


def test_the_preprocessor_may_be_switched_on_by_a_flag(here: Here) -> None:
    spoiled = Ran("[q|1|]", SpliceKind.EXPRESSION, Expansion(text="1 /* 2"))
    here.settled(Settled({here.file: (TEXT, (spoiled,))}, flags=("-XCPP",)))
    code, out, err = here.run()
    assert (code, out) == (ExitCode.FINDINGS, TEXT)
    assert "A.hs:8:5: The C preprocessor would change its expansion." in err
