"""Debian's Emacs with eglot, configured as docs/editors.md says, with the real server and GHC."""

import json
import subprocess
from pathlib import Path

from tests.conftest import require_ghc
from tests.support.check import clean_environment
from tests.support.editors import copy_of_letters, documented, find_editor, thatch_on_path
from tests.support.lsp_sessions import lsp_environment
from tests.support.projects import write
from tests.support.waiting import seconds

SESSION = Path(__file__).with_name("eglot_session.el")
DIRECTORY_SETTINGS = '((haskell-mode . ((eglot-workspace-configuration . (:thatch (:ghc "/opt/ghc/bin/ghc"))))))\n'


def test_a_session_with_eglot(tmp_path: Path) -> None:
    project = copy_of_letters(tmp_path)
    ghc = require_ghc("9.10").path
    elisp = documented("Emacs", "elisp")
    assert DIRECTORY_SETTINGS in elisp
    (tmp_path / "configuration.el").write_text(elisp.replace(DIRECTORY_SETTINGS, ""))
    (project / ".dir-locals.el").write_text(DIRECTORY_SETTINGS.replace("/opt/ghc/bin/ghc", str(ghc)))
    script = write(tmp_path / "scripts", {"hello.hs": 'main = putStrLn ("hello " ++ show (6 * 7))\n'}) / "hello.hs"
    answers = tmp_path / "answers.json"
    source = project / "src" / "Letters.hs"
    options = ["--quick", "--batch", "-l", tmp_path / "configuration.el", "-l", SESSION]
    done = subprocess.run(
        [find_editor("emacs-trixie"), *options, source, script, answers],
        env={**clean_environment(), **thatch_on_path(), **lsp_environment(tmp_path), "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=seconds(180),
    )
    assert done.returncode == 0, done.stderr
    seen = json.loads(answers.read_text())
    assert seen["server"] == "thatch"
    assert seen["ghc"].startswith("9.10.")
    assert "view ::" in seen["hover"]
    assert "n * (n * (n * 1))" in seen["hover-of-splice"]
    assert "-- Splice in Letters" in seen["expansion"]
    assert "n * (n * (n * 1))" in seen["expansion-at"]
    assert "GHC-88464" in seen["diagnostic"]
    assert seen["action"] == "quickfix"
    assert "hello 42" in seen["ran"]
    assert seen["line"].endswith("letter `elem` places")
