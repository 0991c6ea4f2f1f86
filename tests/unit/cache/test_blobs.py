"""Blobs as files: what is kept comes back, and whatever else lies there is a miss and goes away."""

import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
import zstandard
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from thatch.cache.blobs import BLOCK, MAX_BLOB_BYTES, Blobs
from thatch.cache.entry import Digest, digest_of
from thatch.cache.steps import Step, go_on

LONG = b"interface " * 10_000
RANDOM = os.urandom(3 * BLOCK)
SHORT = b"[]"
CONTENTS = pytest.mark.parametrize("content", [b"", SHORT, LONG, RANDOM], ids=["empty", "short", "long", "random"])


def kept(folder: Path, content: bytes) -> tuple[Blobs, Digest]:
    blobs = Blobs(folder, go_on)
    blobs.write(digest_of(content), content)
    return blobs, digest_of(content)


def files_of(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


@CONTENTS
def test_a_blob_comes_back_by_reading_restoring_and_linking(tmp_path: Path, content: bytes) -> None:
    blobs, digest = kept(tmp_path, content)
    assert blobs.read(digest) == content
    assert blobs.restore(digest, tmp_path / "restored")
    assert blobs.link(digest, tmp_path / "linked")
    assert (tmp_path / "restored").read_bytes() == (tmp_path / "linked").read_bytes() == content


def test_what_is_packed_is_a_file_for_the_zstd_tool(tmp_path: Path) -> None:
    blobs, digest = kept(tmp_path, LONG)
    (file,) = files_of(tmp_path / "blobs")
    if file.suffix == ".zst":  # Not where the disk clones files.
        assert file == tmp_path / "blobs" / digest[:2] / f"{digest[2:]}.zst"
        assert zstandard.decompress(file.read_bytes()) == LONG
        assert blobs.size(digest) == BLOCK
    else:
        assert file.read_bytes() == LONG


@pytest.mark.parametrize("content", [SHORT, RANDOM])
def test_what_packing_does_not_shrink_is_kept_as_it_is(tmp_path: Path, content: bytes) -> None:
    _, digest = kept(tmp_path, content)
    assert (tmp_path / "blobs" / digest[:2] / digest[2:]).read_bytes() == content


def test_nothing_that_was_never_written_is_found(tmp_path: Path) -> None:
    blobs = Blobs(tmp_path, go_on)
    for digest in (digest_of(b""), "", "..", "../" * 20, "1" * 63, "/etc/passwd"):
        assert blobs.read(digest) is None
        assert blobs.size(digest) is None
        assert not blobs.restore(digest, tmp_path / "restored")
        assert not blobs.link(digest, tmp_path / "linked")
    assert not list(tmp_path.iterdir())
    assert blobs.n_damaged == 0


def test_a_restored_file_is_the_callers_alone(tmp_path: Path) -> None:
    blobs, digest = kept(tmp_path, RANDOM)
    target = tmp_path / "restored"
    target.write_bytes(b"what was there before")
    assert blobs.restore(digest, target)
    assert target.stat().st_nlink == 1
    with target.open("r+b") as file:
        file.write(b"GHC writes into files that are there")
    assert blobs.read(digest) == RANDOM


def test_a_restored_file_is_new(tmp_path: Path) -> None:
    """GHC compares the time stamps of a module's files."""
    blobs, digest = kept(tmp_path, LONG)
    for file in files_of(tmp_path / "blobs"):
        os.utime(file, (1, 1))
    marker = tmp_path / "marker"
    marker.touch()
    assert blobs.restore(digest, tmp_path / "restored")
    assert (tmp_path / "restored").stat().st_mtime >= marker.stat().st_mtime


@CONTENTS
def test_a_link_can_be_written_by_nobody(tmp_path: Path, content: bytes) -> None:
    blobs, digest = kept(tmp_path, content)
    for _ in range(2):  # The second replaces the first.
        assert blobs.link(digest, tmp_path / "linked")
        found = (tmp_path / "linked").stat()
        assert not found.st_mode & (stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH)
        assert found.st_nlink == 2
    assert sorted(path.name for path in tmp_path.iterdir()) == ["blobs", "linked", "temporary"]


def test_both_forms_of_a_linked_blob_count_and_go(tmp_path: Path) -> None:
    blobs, digest = kept(tmp_path, LONG)
    assert blobs.link(digest, tmp_path / "linked")
    assert blobs.size(digest) == sum(-(-file.stat().st_size // BLOCK) * BLOCK for file in files_of(tmp_path / "blobs"))
    blobs.remove(digest)
    assert blobs.size(digest) is None
    assert (tmp_path / "linked").read_bytes() == LONG


def test_a_target_that_cannot_be_written_is_the_callers_error(tmp_path: Path) -> None:
    blobs, digest = kept(tmp_path, LONG)
    with pytest.raises(FileNotFoundError):
        blobs.restore(digest, tmp_path / "missing" / "restored")
    (tmp_path / "folder").mkdir()
    with pytest.raises(IsADirectoryError):
        blobs.restore(digest, tmp_path / "folder")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["blobs", "folder", "temporary"]


def cut(data: bytes) -> bytes:
    return data[: len(data) // 2]


def flip_first(data: bytes) -> bytes:
    return bytes([data[0] ^ 1]) + data[1:]


def flip_last(data: bytes) -> bytes:
    return data[:-1] + bytes([data[-1] ^ 0x80])


def grow(data: bytes) -> bytes:
    return data + b"\0"


def empty(_data: bytes) -> bytes:
    return b""


def other_content(_data: bytes) -> bytes:
    return zstandard.compress(b"something else")


def claim_too_much(_data: bytes) -> bytes:
    """The header of a frame (RFC 8878, 3.1.1.1) of one segment whose content takes 2^62 bytes."""
    return b"\x28\xb5\x2f\xfd" + bytes([0b11100000]) + (1 << 62).to_bytes(8, "little") + b"\x01\x00\x00"


def claim_nothing(data: bytes) -> bytes:
    """A frame that does not state its length, as a stream makes them."""
    packer = zstandard.ZstdCompressor(write_content_size=False)
    return packer.compress(LONG)


@pytest.mark.parametrize("content", [SHORT, LONG, RANDOM], ids=["short", "long", "random"])
@pytest.mark.parametrize(
    "damage", [cut, flip_first, flip_last, grow, empty, other_content, claim_too_much, claim_nothing]
)
def test_damage_is_a_miss_and_is_repaired(tmp_path: Path, content: bytes, damage: Callable[[bytes], bytes]) -> None:
    blobs, digest = kept(tmp_path, content)
    (file,) = files_of(tmp_path / "blobs")
    data = damage(file.read_bytes())
    file.unlink()
    file.write_bytes(data)
    assert blobs.read(digest) is None
    assert not blobs.restore(digest, tmp_path / "restored")
    assert not (tmp_path / "restored").exists()
    assert blobs.n_damaged == 1
    assert blobs.size(digest) is None, "what is damaged must not be taken for what was kept"
    blobs.write(digest, content)
    assert blobs.read(digest) == content


def test_what_another_process_repaired_meanwhile_is_left(tmp_path: Path) -> None:
    blobs, digest = kept(tmp_path, RANDOM)
    place = tmp_path / "blobs" / digest[:2] / digest[2:]
    as_it_was_read = place.stat()
    # The old file lives on while it is open, so that the new one is another.
    with place.open("rb"):
        blobs.write(digest, RANDOM)
        blobs._discard(str(place), as_it_was_read)
    assert blobs.read(digest) == RANDOM


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.binary(max_size=300), suffix=st.sampled_from(["", ".zst"]))
def test_no_bytes_pass_for_a_blob_that_they_are_not(tmp_path: Path, data: bytes, suffix: str) -> None:
    blobs = Blobs(tmp_path, go_on)
    digest = digest_of(LONG)
    place = tmp_path / "blobs" / digest[:2] / f"{digest[2:]}{suffix}"
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(data)
    assert blobs.read(digest) is None
    assert not place.exists()


def test_a_sparse_giant_is_not_read_into_memory(tmp_path: Path) -> None:
    blobs, digest = kept(tmp_path, SHORT)
    place = tmp_path / "blobs" / digest[:2] / digest[2:]
    place.unlink()
    with place.open("wb") as file:
        file.truncate(1 << 40)
    assert MAX_BLOB_BYTES < 1 << 40
    assert blobs.read(digest) is None


def test_a_packed_blob_serves_when_its_bare_form_is_damaged(tmp_path: Path) -> None:
    blobs, digest = kept(tmp_path, LONG)
    blobs.link(digest, tmp_path / "linked")
    bare = tmp_path / "blobs" / digest[:2] / digest[2:]
    packed = bare.with_name(bare.name + ".zst")
    if packed.exists():  # Not where the disk clones files.
        packed.write_bytes(b"")
        assert blobs.read(digest) == LONG


def test_the_folder_tells_its_files(tmp_path: Path) -> None:
    blobs, digest = kept(tmp_path, LONG)
    (tmp_path / "blobs" / digest[:2] / "not a blob").touch()
    (tmp_path / "blobs" / "file").touch()
    (group,) = [group for group in blobs.files() if group]
    assert [(file.digest, file.n_bytes) for file in group] == [(digest, blobs.size(digest))]


@pytest.mark.parametrize("step", [Step.BLOB_OPENED, Step.BLOB_HALF, Step.BLOB_WRITTEN])
def test_a_write_that_fails_leaves_nothing(tmp_path: Path, step: Step) -> None:
    def fail(reached: Step) -> None:
        if reached is step:
            raise OSError(28, "No space left on device")

    blobs = Blobs(tmp_path, fail)
    with pytest.raises(OSError, match="No space"):
        blobs.write(digest_of(LONG), LONG)
    assert not files_of(tmp_path)


@pytest.mark.parametrize("step", [Step.BLOB_OPENED, Step.BLOB_WRITTEN])
def test_a_write_survives_another_process_that_clears_the_store(tmp_path: Path, step: Step) -> None:
    reached: list[Step] = []

    def clear_once(now: Step) -> None:
        reached.append(now)
        if now is step and reached.count(step) == 1:
            for path in files_of(tmp_path / "temporary"):
                path.unlink()

    blobs = Blobs(tmp_path, clear_once)
    blobs.write(digest_of(LONG), LONG)
    assert reached.count(step) == 2
    assert blobs.read(digest_of(LONG)) == LONG


def test_a_restore_that_fails_leaves_nothing(tmp_path: Path) -> None:
    def fail(reached: Step) -> None:
        if reached is Step.TARGET_WRITTEN:
            raise OSError(28, "No space left on device")

    _, digest = kept(tmp_path, LONG)
    (tmp_path / "out").mkdir()
    with pytest.raises(OSError, match="No space"):
        Blobs(tmp_path, fail).restore(digest, tmp_path / "out" / "restored")
    assert not files_of(tmp_path / "out")
