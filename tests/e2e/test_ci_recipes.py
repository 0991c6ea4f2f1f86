"""What docs/ci.md offers for GitHub, GitLab and pre-commit: valid for the hosts, and tried as far as that goes here."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.conftest import REPOSITORY
from tests.support.check import clean_environment
from tests.support.schemas import complaints, vendored
from tests.support.waiting import seconds
from thatch.cli.check_options import Options

ACTION = yaml.safe_load((REPOSITORY / "action.yml").read_text())
GITLAB = yaml.safe_load((REPOSITORY / "ci/gitlab.yml").read_text())
HOOKS = yaml.safe_load((REPOSITORY / ".pre-commit-hooks.yaml").read_text())


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with errors and warnings that needs no packages."""
    return Path(shutil.copytree(REPOSITORY / "examples/mistakes", tmp_path / "mistakes"))


def environment(project: Path, **more: str) -> dict[str, str]:
    """As a runner sets it, with the `thatch` of this test run on PATH."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return {**clean_environment(), "PATH": path, "THATCH_CACHE_DIR": str(project.parent / "cache"), **more}


def run(command: list[str | Path], project: Path, env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, cwd=project, env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=seconds(180)
    )


def test_the_action_is_valid() -> None:
    assert complaints(vendored("github-actions"), ACTION) == []
    assert complaints(vendored("github-actions"), {**ACTION, "runs": {"using": "composite"}}) != []


def test_every_input_is_used_and_every_one_that_is_used_exists() -> None:
    text = (REPOSITORY / "action.yml").read_text()
    assert set(re.findall(r"inputs\.([\w-]+)", text)) == set(ACTION["inputs"])
    variables = [step.get("env", {}) for step in ACTION["runs"]["steps"]]
    given = {name for one in variables for name in one if name.startswith("INPUT_")}
    assert set(re.findall(r"INPUT_\w+", (REPOSITORY / "ci/github.sh").read_text())) - {"INPUT_"} == given


def test_no_input_stands_in_a_script() -> None:
    scripts = [step["run"] for step in ACTION["runs"]["steps"] if "run" in step]
    assert scripts
    assert not any("${{" in script for script in scripts)


def of_the_check_step(project: Path, **inputs: str) -> dict[str, str]:
    """The variables of the step that checks, with expressions worked out as the runner does."""
    (step,) = (step for step in ACTION["runs"]["steps"] if step.get("id") == "check")
    known = {name: one.get("default", "") for name, one in ACTION["inputs"].items()} | inputs

    def value(text: str) -> str:
        text = re.sub(r"\$\{\{ inputs\.([\w-]+) \}\}", lambda match: known[match[1]], text)
        return text.replace("${{ runner.temp }}", str(project.parent / "temp"))

    (project.parent / "temp").mkdir(exist_ok=True)
    given = {"GITHUB_OUTPUT": str(project.parent / "output"), "RUNNER_TEMP": str(project.parent / "temp")}
    return environment(project, **given, **{name: value(text) for name, text in step["env"].items()})


def outputs(project: Path) -> dict[str, str]:
    return dict(line.split("=", 1) for line in (project.parent / "output").read_text().splitlines())


def test_the_action_checks(project: Path) -> None:
    done = run([REPOSITORY / "ci/github.sh", "check"], project, of_the_check_step(project))
    assert done.returncode == 1, done.stderr
    assert "::error file=src/TypeError.hs,line=8," in done.stdout
    assert outputs(project)["exit-code"] == "1"
    sarif = json.loads(Path(outputs(project)["sarif-file"]).read_text())
    assert complaints(vendored("sarif-2.1.0"), sarif) == []
    places = {
        (one["locations"][0]["physicalLocation"]["artifactLocation"]["uri"], one["ruleId"])
        for one in sarif["runs"][0]["results"]
    }
    assert ("src/TypeError.hs", "GHC-83865") in places


def test_inputs_of_the_action_reach_the_check(project: Path) -> None:
    inputs = {"fail-on": "never", "paths": "src/TypeError.hs src/TypedHole.hs", "sarif": "false"}
    inputs |= {"arguments": "--statistics --jobs 1", "shard": "1/1"}
    inputs |= {"remote": (project.parent / "shared").as_uri(), "remote-write": "true"}
    done = run([REPOSITORY / "ci/github.sh", "check"], project, of_the_check_step(project, **inputs))
    assert done.returncode == 0, done.stderr
    files = set(re.findall(r"file=([^,]*),", done.stdout))
    assert files == {"src/TypeError.hs", "src/TypedHole.hs"}
    assert outputs(project) == {"exit-code": "0"}
    assert "GHC-83865" in done.stderr, "the statistics"
    assert any(path.is_file() for path in (project.parent / "shared").rglob("*"))


def test_a_check_that_does_not_work_uploads_nothing(project: Path) -> None:
    wrong = run(
        [REPOSITORY / "ci/github.sh", "check"], project, of_the_check_step(project, arguments="--no-such-option")
    )
    assert wrong.returncode == 2
    assert outputs(project) == {"exit-code": "2"}
    assert run([REPOSITORY / "ci/github.sh"], project, of_the_check_step(project)).returncode == 2


def test_the_gitlab_template_is_valid() -> None:
    # The schema does not look into templates, whose names begin with a dot.
    job = {**GITLAB[".thatch"], "image": "haskell:9.6", "parallel": 4}
    assert complaints(vendored("gitlab-ci"), {"thatch": job}) == []
    assert complaints(vendored("gitlab-ci"), {"thatch": {**job, "script": 1}}) != []


def gitlab(project: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """The lines of `script`, as a runner puts them into one script."""
    job = GITLAB[".thatch"]
    env = environment(project, **{"CI_PROJECT_DIR": str(project), "THATCH_OPTIONS": "", **variables})
    return run(["bash", "-eo", "pipefail", "-c", "\n".join(job["script"])], project, env)


def test_the_gitlab_job_reports(project: Path) -> None:
    done = gitlab(project)
    assert done.returncode == 1, done.stderr
    quality = json.loads((project / "gl-code-quality-report.json").read_text())
    assert [said for one in quality for said in complaints(vendored("gitlab-code-quality"), one)] == []
    assert "src/TypeError.hs" in {one["location"]["path"] for one in quality}
    assert "TypeError" in (project / "thatch-junit.xml").read_text()
    reports = GITLAB[".thatch"]["artifacts"]["reports"].values()
    assert all((project / report).is_file() for report in reports)


def test_parallel_gitlab_jobs_check_their_parts(project: Path, tmp_path: Path) -> None:
    """With a `thatch` that only tells how it is called; the test above has the real one."""
    (tmp_path / "bin").mkdir()
    program = tmp_path / "bin/thatch"
    program.write_text('#!/bin/sh\necho "$@"\n')
    program.chmod(0o755)
    path = f"{program.parent}:/usr/bin:/bin"
    done = gitlab(project, PATH=path, CI_NODE_INDEX="2", CI_NODE_TOTAL="4", THATCH_OPTIONS="--fail-on warning")
    assert done.returncode == 0
    calls = done.stdout.splitlines()
    assert [call.startswith("check --shard 2/4 --fail-on warning") for call in calls] == [True, True, True]
    alone = gitlab(project, PATH=path)
    assert alone.stdout.splitlines()[0] == "check"


def test_the_hooks_are_valid() -> None:
    manifest = REPOSITORY / ".pre-commit-hooks.yaml"
    done = subprocess.run(
        [sys.executable, "-m", "pre_commit", "validate-manifest", manifest], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("hook", HOOKS, ids=lambda hook: hook["id"])
def test_hooks_call_thatch_as_it_wants_to_be_called(hook: dict[str, Any]) -> None:
    from thatch.cli.check import check

    program, command, *arguments = hook["entry"].split() + hook.get("args", [])
    assert (program, command) == ("thatch", "check")
    options = Options(**check.make_context("check", arguments, resilient_parsing=False).params)
    assert (options.format, options.paths) == ("concise", ())
    assert options.changed_since == ("HEAD" if hook["id"] == "thatch" else None)
    assert [bool(re.search(hook["files"], name)) for name in ("a/B.hs", "x.cabal", "cabal.project", "a.md")] == [
        True,
        True,
        True,
        False,
    ]


@pytest.mark.slow
def test_pre_commit_runs_the_hooks(project: Path, tmp_path: Path) -> None:
    """pre-commit installs thatch out of a clone of this repository, which takes some seconds and a package index."""
    clone = tmp_path / "thatch"
    for command in (["git", "clone", "--quiet", str(REPOSITORY), str(clone)], ["git", "init", "--quiet", str(project)]):
        subprocess.run(command, check=True, capture_output=True)

    def git(*arguments: str) -> str:
        command = ["git", "-c", "user.name=x", "-c", "user.email=x@y.example", *arguments]
        return subprocess.run(command, cwd=project, check=True, capture_output=True, text=True).stdout.strip()

    revision = subprocess.run(["git", "rev-parse", "HEAD"], cwd=clone, check=True, capture_output=True, text=True)
    config = {"repos": [{"repo": str(clone), "rev": revision.stdout.strip(), "hooks": [{"id": "thatch"}]}]}
    (project / ".pre-commit-config.yaml").write_text(yaml.safe_dump(config))
    git("add", ".")
    git("commit", "--quiet", "--no-verify", "-m", "all")
    env = environment(project, PRE_COMMIT_HOME=str(tmp_path / "home"))
    command = [sys.executable, "-m", "pre_commit", "run"]
    # Nothing is staged, so no hook has a file.
    assert "no files to check" in run(command, project, env).stdout
    (project / "src/OnlyWarnings.hs").write_text("module OnlyWarnings where\n\nfine :: Int\nfine = True\n")
    git("add", ".")
    done = run(command, project, env)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "src/OnlyWarnings.hs:4:8: error [GHC-83865]" in done.stdout
    assert "TypeError.hs" not in done.stdout, "that was so before"
