"""What is put into the lists of `.cabal` files, read by the real cabal."""

import subprocess
from pathlib import Path

import pytest

from tests.support.user_tools import user_tool
from tests.unit.cabal.test_edits import CASES, added
from thatch.core.project.cabal_messages import complaints


@pytest.mark.parametrize(("old", "new", "field", "entry"), CASES)
def test_cabal_reads_what_was_written(old: str, new: str, field: str, entry: str, tmp_path: Path) -> None:
    def said(text: str | None) -> list[str]:
        assert text
        (tmp_path / "box.cabal").write_text(text, "utf-8")
        command = [user_tool("cabal"), "check", "-vnormal+nowrap"]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)
        return [each.text for each in complaints(done.stdout + done.stderr)]

    assert said(old) == []
    assert said(added(old, field, entry)) == []
    assert said(new.replace(entry, "~")) != []
