"""The site of the documentation: it is made without complaints, and a link that leads nowhere is one."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY
from tests.support.waiting import seconds


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    shutil.copytree(REPOSITORY / "docs", tmp_path / "docs")
    shutil.copyfile(REPOSITORY / "mkdocs.yml", tmp_path / "mkdocs.yml")
    return tmp_path


def build(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        # `--quiet` would drop warnings before they are counted.
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", folder / "site"],
        cwd=folder,
        env={**os.environ, "NO_MKDOCS_2_WARNING": "1"},
        capture_output=True,
        text=True,
        timeout=seconds(60),
    )


def test_every_page_is_there_and_every_link_leads_somewhere(copy: Path) -> None:
    done = build(copy)
    assert done.returncode == 0, done.stdout + done.stderr
    pages = {path.relative_to(copy / "docs").with_suffix("") for path in (copy / "docs").rglob("*.md")}
    made = {path.parent.relative_to(copy / "site") for path in (copy / "site").rglob("index.html")}
    assert {page if page.name not in {"index", "README"} else page.parent for page in pages} == made
    # Readers' browsers fetch nothing from elsewhere.
    text = (copy / "site/index.html").read_text()
    assert "fonts.g" not in text


def test_what_leads_nowhere_is_a_mistake(copy: Path) -> None:
    with (copy / "docs/scip.md").open("a") as page:
        page.write("\n[x](nowhere.md) [x](check.md#no-such-heading) [x](/absolute.md)\n")
    done = build(copy)
    assert done.returncode != 0
    told = done.stdout + done.stderr
    assert [name for name in ("nowhere.md", "no-such-heading", "/absolute.md") if name not in told] == []
