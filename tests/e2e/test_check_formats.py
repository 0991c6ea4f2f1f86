"""`thatch check` in every format, of real diagnostics of real compilers."""

import json
import re
import shutil
import signal
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest
from junitparser import JUnitXml

from tests.conftest import Ghc
from tests.e2e.test_check_examples import EXAMPLES
from tests.support.check import Checker, write_files
from tests.support.schemas import complaints, own, vendored
from thatch.cli.formats.table import FORMATS

COUNTS = {"error": 10, "warning": 13}
"""Of the example project `mistakes`."""


@pytest.fixture(scope="module")
def outputs(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, str]:
    """The mistakes of the example in every format; compiled once, by the GHC on PATH."""
    folder = tmp_path_factory.mktemp("formats")
    mistakes = Path(shutil.copytree(EXAMPLES / "mistakes", folder / "mistakes"))
    checker = Checker(folder)
    found = {}
    for name in FORMATS:
        checked = checker.run("--format", name, "-o", folder / name, cwd=mistakes)
        assert (checked.code, checked.out) == (1, "")
        assert checked.err.startswith("10 errors, 13 warnings in 12 modules")
        found[name] = (folder / name).read_text()
    return found


def test_json(outputs: Mapping[str, str]) -> None:
    report = json.loads(outputs["json"])
    assert complaints(own("check"), report) == []
    assert report["summary"]["counts"] == {**COUNTS, "info": 0, "hint": 0}
    wrong = next(entry for entry in report["diagnostics"] if entry["code"] == "GHC-83865")
    assert (wrong["path"], wrong["span"]["start"]) == ("src/TypeError.hs", {"line": 8, "column": 33})


def test_all_formats_tell_the_same(outputs: Mapping[str, str]) -> None:
    places = re.findall(r"^(\S+?):(\d+):\d+: (error|warning)", outputs["concise"], re.MULTILINE)
    said = [(path, int(line), severity) for path, line, severity in places]
    assert len(said) == 23
    log, issues = json.loads(outputs["sarif"]), json.loads(outputs["gitlab"])
    results = log["runs"][0]["results"]
    located = [(result["locations"][0]["physicalLocation"], result["level"]) for result in results]
    assert [(at["artifactLocation"]["uri"], at["region"]["startLine"], level) for at, level in located] == said
    severities = {"critical": "error", "minor": "warning"}
    of_gitlab = [(entry["location"], severities[entry["severity"]]) for entry in issues]
    assert [(at["path"], at["lines"]["begin"], severity) for at, severity in of_gitlab] == said
    found = json.loads(outputs["rdjson"])["diagnostics"]
    of_rdjson = [(entry["location"], entry["severity"].lower()) for entry in found]
    assert [(at["path"], at["range"]["start"]["line"], severity) for at, severity in of_rdjson] == said
    commands = re.findall(r"^::(error|warning) file=(.*?),line=(\d+)", outputs["github"], re.MULTILINE)
    assert [(path, int(line), severity) for severity, path, line in commands] == said
    lines = [json.loads(line) for line in outputs["jsonl"].splitlines()]
    streamed = [(one["path"], one["span"]["start"]["line"], one["severity"]) for one in lines[:-1]]
    assert (sorted(streamed), lines[-1]["kind"]) == (sorted(said), "summary")
    full = re.findall(r"^(\S+?):(\d+):\d+: (error|warning)", outputs["full"], re.MULTILINE)
    assert [(path, int(line), severity) for path, line, severity in full] == said


def test_published_schemas_are_kept(outputs: Mapping[str, str]) -> None:
    assert complaints(vendored("sarif-2.1.0"), json.loads(outputs["sarif"])) == []
    assert complaints(vendored("rdjson"), json.loads(outputs["rdjson"])) == []
    issues = json.loads(outputs["gitlab"])
    assert [error for issue in issues for error in complaints(vendored("gitlab-code-quality"), issue)] == []
    assert len({issue["fingerprint"] for issue in issues}) == 23
    assert [
        error for line in outputs["jsonl"].splitlines() for error in complaints(own("check"), json.loads(line))
    ] == []


def test_sarif_explains_codes(outputs: Mapping[str, str]) -> None:
    rules = json.loads(outputs["sarif"])["runs"][0]["tool"]["driver"]["rules"]
    assert {"GHC-83865", "-Wunused-imports"} <= {rule["id"] for rule in rules} | {
        f"-W{rule.get('name')}" for rule in rules
    }
    pages = {rule["helpUri"] for rule in rules if "helpUri" in rule}
    assert "https://errors.haskell.org/messages/GHC-83865" in pages


def test_junit(outputs: Mapping[str, str]) -> None:
    read = JUnitXml.fromstring(outputs["junit"].encode())
    assert (read.failures, read.errors) == (10, 0)
    assert "src/Legacy.hs" in {suite.name for suite in read if suite.failures == 0}


def test_lines_are_printed_as_diagnostics_are_found(tmp_path: Path, ghc: Ghc) -> None:
    """An error is read while a splice of a later module still runs, which would go on for ever."""
    head = "{-# LANGUAGE TemplateHaskell #-}\nmodule %s where\nimport %s\nimport Language.Haskell.TH.Syntax (runIO)\n"
    slow = head % ("B", "A") + "import Control.Concurrent\n$(runIO (threadDelay 500000) >> pure [])\n"
    endless = head % ("C", "B") + "$(runIO (mapM_ print (cycle [1 :: Int, 2])) >> pure [])\n"
    write_files(tmp_path / "p", {"A.hs": "module A where\na :: Int\na = 'x'\n", "B.hs": slow, "C.hs": endless})
    checker = Checker(tmp_path)
    with subprocess.Popen(
        checker.command("--ghc", ghc, "--format", "jsonl"),
        cwd=tmp_path / "p",
        env=checker.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as process:
        assert process.stdout
        line = json.loads(process.stdout.readline())
        assert (line["kind"], line["path"], line["code"]) == ("diagnostic", "A.hs", "GHC-83865")
        assert process.poll() is None
        process.send_signal(signal.SIGTERM)
        assert (process.stdout.read(), process.wait(timeout=60)) == (b"", 143)


def test_a_file_that_cannot_be_written_is_told_before_anything_is_compiled(tmp_path: Path) -> None:
    write_files(tmp_path / "p", {"A.hs": "module A where\n"})
    checked = Checker(tmp_path).run("-o", tmp_path / "none/out", cwd=tmp_path / "p")
    assert (checked.code, checked.out) == (2, "")
    assert "No such file or directory" in checked.err
    assert not (tmp_path / "cache").exists()


def test_a_full_disk_is_no_internal_error(tmp_path: Path) -> None:
    write_files(tmp_path / "p", {"A.hs": "module A where\na :: Int\na = 'x'\n"})
    checked = Checker(tmp_path).run("-o", "/dev/full", cwd=tmp_path / "p")
    assert checked.code == 3
    assert "The output could not be written: No space left on device." in checked.err
