"""`thatch cache` on a store that a test has filled: figures, tidying, sharing, damage."""

import errno
import json
from pathlib import Path

import pytest

from tests.support.remote import make_entry
from thatch.cache.disk import DiskStore
from thatch.cache.entry import WHOLE
from thatch.cache.leases import Leases
from thatch.cache.sizes import parse_size
from thatch.cli import main
from thatch.cli.cache_text import count, size
from thatch.cli.exit_code import ExitCode
from thatch.core.artifacts import Recompiled, Tally


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A cache folder with three modules."""
    folder = tmp_path / "cache"
    fill(folder, "abc")
    return folder


def fill(folder: Path, names: str) -> None:
    store = DiskStore(folder / "store")
    for name in names:
        entry, blobs = make_entry(name, name.encode() * 5000, b"shared by all")
        store.put(entry, blobs)
    store.close()


def stats(folder: Path, capsys: pytest.CaptureFixture[str]) -> dict[str, int]:
    capsys.readouterr()
    assert main.run(["cache", "stats", "--json", "--cache-dir", str(folder)]) == 0
    found: dict[str, int] = json.loads(capsys.readouterr().out)
    return found


def test_path(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main.run(["cache", "path", "--cache-dir", str(folder)]) == 0
    (line,) = capsys.readouterr().out.splitlines()
    assert Path(line) == folder / "store" / "v1"
    assert (Path(line) / "blobs").is_dir()


def test_nothing_is_pulled_into_a_cache_that_can_only_be_read(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def take(_leases: Leases) -> None:
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr(Leases, "take", take)
    remote = (folder.parent / "remote").as_uri()
    options = ["--cache-dir", str(folder), "--remote", remote]
    assert main.run(["cache", "push", *options]) == 0
    assert main.run(["cache", "pull", *options]) == ExitCode.ENVIRONMENT
    assert "Nothing can be downloaded to" in capsys.readouterr().err


def test_the_folder_comes_from_the_environment(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("THATCH_CACHE_DIR", str(folder))
    assert main.run(["cache", "path"]) == 0
    assert capsys.readouterr().out.startswith(str(folder))


def test_stats(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = stats(folder, capsys)
    assert (found["n_modules"], found["n_entries"], found["n_blobs"]) == (3, 3, 4)
    assert found["n_bytes_per_module"] == found["n_bytes"] // 3 > 0
    assert found["n_other_sessions"] == 0
    assert main.run(["cache", "stats", "--cache-dir", str(folder)]) == 0
    out = capsys.readouterr().out
    assert "modules     3, with 3 entries" in out
    assert f"per module  {size(found['n_bytes_per_module'])}" in out


def test_what_is_said_of_all_modules_together_is_no_module(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    fill(folder, WHOLE)
    found = stats(folder, capsys)
    assert (found["n_modules"], found["n_entries"]) == (3, 4)


def test_stats_of_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert stats(tmp_path, capsys)["n_entries"] == 0


def test_verify_tells_of_damage_and_removes_it(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main.run(["cache", "verify", "--cache-dir", str(folder)]) == 0
    assert capsys.readouterr().out == "Read 4 blobs and 3 entries.\nAll is well.\n"
    blob = max((path for path in folder.rglob("blobs/**/*") if path.is_file()), key=lambda path: path.stat().st_size)
    blob.chmod(0o600)
    blob.write_bytes(blob.read_bytes()[:-1] + b"?")
    assert main.run(["cache", "verify", "--cache-dir", str(folder)]) is ExitCode.FINDINGS
    out = capsys.readouterr().out
    assert "Damaged and removed: 1 blob." in out
    assert "because a blob is missing" in out
    assert main.run(["cache", "verify", "--cache-dir", str(folder)]) == 0


def test_verify_repairs_from_a_remote_store(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    remote = f"file://{tmp_path / 'shared'}"
    assert main.run(["cache", "push", "--remote", remote, "--cache-dir", str(folder)]) == 0
    damaged, lost, *_ = sorted(path for path in folder.rglob("blobs/**/*") if path.is_file())
    damaged.chmod(0o600)
    damaged.write_bytes(b"?")
    lost.unlink()
    assert main.run(["cache", "verify", "--remote", remote, "--cache-dir", str(folder)]) is ExitCode.FINDINGS
    out = capsys.readouterr().out
    assert "Damaged and removed: 1 blob." in out
    assert "Repaired from the remote store: 2 blobs." in out
    assert "because a blob is missing" not in out
    assert main.run(["cache", "verify", "--cache-dir", str(folder)]) == 0
    assert stats(folder, capsys)["n_entries"] == 3


def test_verify_goes_on_when_the_remote_store_does_not_answer(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    next(path for path in folder.rglob("blobs/**/*") if path.is_file()).unlink()
    arguments = ["cache", "verify", "--remote", "http://127.0.0.1:1/x", "--cache-dir", str(folder)]
    assert main.run(arguments) is ExitCode.ENVIRONMENT
    assert "127.0.0.1:1" in capsys.readouterr().err
    # What could not be repaired was dropped.
    assert main.run(["cache", "verify", "--cache-dir", str(folder)]) == 0
    assert stats(folder, capsys)["n_entries"] < 3


def test_stats_count_loads_and_tell_of_defects(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    store = DiskStore(folder / "store")
    store.tallies.add(Tally(1200, 3, 4))
    store.tallies.add(Tally(recompiled=(Recompiled("lib", "Lib.Foo", "Flags changed"), Recompiled("lib", "Bar", ""))))
    store.tallies.add(Tally(recompiled=(Recompiled("lib", "Lib.Foo", "Flags changed"),)))
    store.close()
    assert main.run(["cache", "stats", "--cache-dir", str(folder)]) == 0
    out = capsys.readouterr().out
    assert "loads       1 since 20" in out
    assert "1,200 hits, 3 likely, 4 to compile" in out
    assert "defects     3 times GHC compiled what had been restored as a hit" in out
    assert "            lib:Lib.Foo: Flags changed, 2 times\n" in out
    assert "            lib:Bar: no reason given\n" in out
    assert main.run(["cache", "stats", "--json", "--cache-dir", str(folder)]) == 0
    counted = json.loads(capsys.readouterr().out)["counted"]
    assert (counted["n_loads"], counted["n_hits"], counted["n_recompiled"]) == (1, 1200, 3)
    assert {module["reason"] for module in counted["recompiled"]} == {"Flags changed", ""}


def test_the_limit_is_a_setting(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("THATCH_CACHE_LIMIT", "20MB")
    assert stats(folder, capsys)["limit"] == 20_000_000
    monkeypatch.setenv("THATCH_CACHE_LIMIT", "1")
    assert main.run(["cache", "gc", "--cache-dir", str(folder)]) == 0
    assert "Removed 3 entries" in capsys.readouterr().out
    monkeypatch.setenv("THATCH_CACHE_LIMIT", "plenty")
    assert main.run(["cache", "stats", "--cache-dir", str(folder)]) == 0
    err = capsys.readouterr().err
    assert "'plenty' is no size such as 500MB or 2GB" in err
    assert main.run(["cache", "gc", "--cache-dir", str(folder)]) is ExitCode.USAGE


def test_gc_keeps_to_its_limit(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main.run(["cache", "gc", "--cache-dir", str(folder)]) == 0
    assert stats(folder, capsys)["n_entries"] == 3
    assert main.run(["cache", "gc", "--limit", "1", "--cache-dir", str(folder)]) == 0
    assert "Removed 3 entries, 4 blobs" in capsys.readouterr().out
    assert stats(folder, capsys)["n_entries"] == 0


@pytest.mark.parametrize("limit", ["", "much", "-1", "1 XB", "5 5"])
def test_gc_wants_a_size(limit: str, folder: Path) -> None:
    assert main.run(["cache", "gc", "--limit", limit, "--cache-dir", str(folder)]) is ExitCode.USAGE


def test_clear_asks(folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("click.termui.visible_prompt_func", lambda _: "n")
    assert main.run(["cache", "clear", "--cache-dir", str(folder)]) is ExitCode.INTERRUPTED
    assert stats(folder, capsys)["n_entries"] == 3
    monkeypatch.setattr("click.termui.visible_prompt_func", lambda _: "y")
    assert main.run(["cache", "clear", "--cache-dir", str(folder)]) == 0
    assert stats(folder, capsys)["n_entries"] == 0


def test_clear_need_not_ask(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main.run(["cache", "clear", "--yes", "--cache-dir", str(folder)]) == 0
    assert capsys.readouterr().out.startswith("Removed 3 entries, 4 blobs")
    assert stats(folder, capsys)["n_entries"] == 0


def test_push_and_pull(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    remote, other = f"file://{tmp_path / 'shared'}", tmp_path / "other"
    assert main.run(["cache", "push", "--remote", remote, "--cache-dir", str(folder)]) == 0
    assert capsys.readouterr().out.startswith("Uploaded 3 entries (")
    assert main.run(["cache", "push", "--remote", remote, "--cache-dir", str(folder)]) == 0
    assert capsys.readouterr().out.startswith("Uploaded 0 entries")
    assert main.run(["cache", "pull", "--remote", remote, "--cache-dir", str(other)]) == 0
    assert capsys.readouterr().out.startswith("Downloaded 3 entries (")
    assert stats(other, capsys)["n_entries"] == 3
    assert main.run(["cache", "verify", "--cache-dir", str(other)]) == 0


@pytest.mark.parametrize("command", ["push", "pull"])
def test_sharing_needs_an_address(command: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("THATCH_CACHE_REMOTE", raising=False)
    arguments = ["cache", command, "--cache-dir", str(folder)]
    assert main.run(arguments) is ExitCode.USAGE
    assert main.run([*arguments, "--remote", "gopher://x"]) is ExitCode.USAGE


def test_a_store_that_does_not_answer_is_a_failure(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["cache", "pull", "--remote", "http://someone:secret-word@127.0.0.1:1/x", "--cache-dir", str(folder)]
    assert main.run(arguments) is ExitCode.ENVIRONMENT
    err = capsys.readouterr().err
    assert "http://127.0.0.1:1/x" in err
    assert "secret-word" not in err


@pytest.mark.parametrize(
    ("text", "n_bytes"),
    [("0", 0), ("12", 12), ("1kB", 1000), ("2 MB", 2_000_000), ("1.5g", 1_500_000_000), ("3TB", 3 * 10**12)],
)
def test_sizes(text: str, n_bytes: int) -> None:
    assert parse_size(text) == n_bytes


def test_figures_for_people() -> None:
    assert [size(999), size(1000), size(12_345_678), size(5 * 10**9)] == ["999 bytes", "1.0 kB", "12.3 MB", "5.0 GB"]
    assert [count(1, "entry"), count(2, "entry"), count(1000, "blob")] == ["1 entry", "2 entries", "1,000 blobs"]
