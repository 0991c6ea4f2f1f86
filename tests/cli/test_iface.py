"""What `ghc --show-iface` prints, cut into bindings; interfaces as text; `thatch iface` on wrong input."""

import json
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY
from thatch.cli import main
from thatch.cli.exit_code import ExitCode
from thatch.cli.iface_text import interface_fields, interface_text
from thatch.core.ghc.show_iface import core_bindings
from thatch.core.hi.reader import read_interface

SAMPLES = REPOSITORY / "tests" / "unit" / "hi" / "samples"

SHOWN = """\
interface A 9066
exports:
  f
extra decls:
  $trModule1 = "main"#
  +++ = \\ (a['GHC.Types.Many] :: T)
          (b['GHC.Types.Many] :: T) ->
        a
  rec {
    even' = \\ (n :: GHC.Types.Int) ->
            case n of wild {
              DEFAULT
              -> odd' n }
    odd' = even'
  }
  last = let {
      inner = f 1 }
    in inner
instance C [T] = $fCT
trusted: none
docs:
  Nothing
"""


def test_bindings_alone_and_in_groups() -> None:
    assert dict(core_bindings(SHOWN)) == {
        "$trModule1": '$trModule1 = "main"#',
        "+++": "+++ = \\ (a['GHC.Types.Many] :: T)\n        (b['GHC.Types.Many] :: T) ->\n      a",
        "even'": (
            "even' = \\ (n :: GHC.Types.Int) ->\n        case n of wild {\n          DEFAULT\n          -> odd' n }"
        ),
        "odd'": "odd' = even'",
        "last": "last = let {\n    inner = f 1 }\n  in inner",
    }


@pytest.mark.parametrize("shown", ["", "interface A 9066\nexports:\n  f\n", "extra decls:", "x\nextra decls:\n"])
def test_an_interface_without_core_has_no_bindings(shown: str) -> None:
    assert core_bindings(shown) == {}


def test_a_folder_without_a_project(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["--project", str(tmp_path), "--cache-dir", str(tmp_path / "cache")]
    assert main.run(["iface", "Lib", *arguments]) is ExitCode.ENVIRONMENT
    assert "No Haskell modules were found" in capsys.readouterr().err


@pytest.mark.parametrize("path", sorted(SAMPLES.glob("9.*/*.hi")), ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_interfaces_as_text_and_data(path: Path) -> None:
    interface = read_interface(path.read_bytes())
    fields, text = interface_fields(interface), interface_text(interface)
    assert json.loads(json.dumps(fields)) == fields
    assert text.startswith(f"{interface.module}\n  source, written by GHC {path.parent.name}")
    assert len(fields["exports"]) == len(interface.exports)
    for line in (*fields["exports"], *fields["hashes"].values(), *fields["dependencies"]["modules"].values()):
        assert line in text
