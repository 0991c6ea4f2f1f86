"""What VS Code is told of the extension fits the extension and the server; after a change run `pytest --update`."""

import json
import re
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY
from tests.support.goldens import Golden
from tests.support.vscode_manifest import GUARDS, PLACES, RUNS_CODE, manifest
from thatch.core.settings_reading import SECTION
from thatch.core.version import __version__
from thatch.lsp.routes import COMMANDS

EXTENSION = REPOSITORY / "editors/vscode"
MANIFEST = json.loads((EXTENSION / "package.json").read_text("utf-8"))
CONTRIBUTES = MANIFEST["contributes"]


def test_the_settings_are_fresh(request: pytest.FixtureRequest) -> None:
    fresh = manifest((EXTENSION / "package.json").read_text("utf-8"))
    Golden(EXTENSION, bool(request.config.getoption("--update"))).check("package.json", fresh)


def test_it_is_released_with_the_server() -> None:
    assert MANIFEST["version"] == __version__


def test_settings_that_lead_elsewhere_are_held_back_until_trust() -> None:
    properties = {key: value for group in CONTRIBUTES["configuration"] for key, value in group["properties"].items()}
    restricted = set(MANIFEST["capabilities"]["untrustedWorkspaces"]["restrictedConfigurations"])
    # Names that no longer exist would guard nothing.
    assert {f"{SECTION}.{key}" for key in PLACES | RUNS_CODE | GUARDS} <= properties.keys()
    assert restricted == {f"{SECTION}.{key}" for key in PLACES | RUNS_CODE}
    assert {key for key, value in properties.items() if value["scope"] == "machine-overridable"} == {
        f"{SECTION}.{key}" for key in PLACES
    }
    assert properties[f"{SECTION}.sandbox"]["scope"] == "machine"


def test_its_commands_are_those_that_it_registers() -> None:
    table = (EXTENSION / "src/commands.ts").read_text("utf-8")
    registered = re.findall(r'^ +"(thatch\.\w+)":', table, re.MULTILINE)
    assert sorted(registered) == sorted(command["command"] for command in CONTRIBUTES["commands"])
    # The language client registers those; one of the same name would be refused.
    assert set(registered) & {command.method for command in COMMANDS} == set()


def test_commands_in_menus_and_pages_exist() -> None:
    known = {command["command"] for command in CONTRIBUTES["commands"]}
    used = {entry["command"] for menu in CONTRIBUTES["menus"].values() for entry in menu}
    used |= set(re.findall(r"command:(thatch\.\w+)", json.dumps(CONTRIBUTES["walkthroughs"])))
    sources = "\n".join(path.read_text("utf-8") for path in (EXTENSION / "src").glob("*.ts"))
    used |= set(re.findall(r'(?:executeCommand\(|command[:=] )"(thatch\.\w+)"', sources))
    assert len(used) > 10
    assert used - known == set()


def test_files_that_are_named_exist() -> None:
    named = [step["media"]["markdown"] for page in CONTRIBUTES["walkthroughs"] for step in page["steps"]]
    named += [language["configuration"] for language in CONTRIBUTES["languages"]]
    named += [grammar["path"] for grammar in CONTRIBUTES["grammars"]]
    assert [name for name in named if not (EXTENSION / name).is_file()] == []


@pytest.mark.parametrize(
    "golden", sorted((REPOSITORY / "tests/cli/goldens").rglob("*concise*.txt")), ids=lambda path: path.stem
)
def test_the_problem_matcher_reads_what_check_prints(golden: Path) -> None:
    pattern = CONTRIBUTES["problemMatchers"][0]["pattern"]
    lines = [line for line in golden.read_text("utf-8").splitlines() if re.search(r": (error|warning)\b", line)]
    assert lines != []
    for line in lines:
        found = re.match(pattern["regexp"], line)
        assert found is not None, line
        assert found[pattern["severity"]] in {"error", "warning"}
        assert found[pattern["message"]] != ""
