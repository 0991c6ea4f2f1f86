"""Sharing entries through real servers, and through servers that hang, lie, or talk nonsense."""

import base64
import logging
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from attrs import define

from tests.support.remote import Blobs, LocalStore, key_of, local_store, make_entry
from tests.support.store_servers import REPOSITORY, Fault, FaultyProxy, nginx, s3
from thatch.cache import remote_index
from thatch.cache.disk import DiskStore
from thatch.cache.entry import Entry
from thatch.cache.layered import Layered
from thatch.cache.object_store import RemoteError
from thatch.cache.remote import Limits, Remote
from thatch.cache.sharing import Progress, pull, push

LONG = 60.0
SHORT = 0.3
"""The deadline of tests in which it passes."""


@define
class Machine:
    """One user's machine."""

    store: Layered
    local: LocalStore
    remote: Remote
    told: list[RemoteError]

    def get(self, made: list[tuple[Entry, Blobs]]) -> list[Entry]:
        """Look up and fetch entries as a check does; returns those that are local then."""
        found = self.store.lookup([entry.key for entry, _ in made])
        self.store.fetch(
            [digest for entries in found.values() for entry in entries for digest in entry.artifacts.values()]
        )
        return [entry for entry, blobs in made if all(self.store.read(digest) == blobs[digest] for digest in blobs)]

    def put(self, made: list[tuple[Entry, Blobs]]) -> None:
        """Put entries and end."""
        for entry, blobs in made:
            self.store.put(entry, blobs)
        self.store.close()


def machine(url: str, *, seconds: float = LONG, writable: bool = True, cache_dir: Path | None = None) -> Machine:
    told: list[RemoteError] = []
    limits = Limits(batch_seconds=seconds, upload_seconds=seconds, exit_seconds=LONG, linger_seconds=1e6)
    remote = Remote.open(url, writable=writable, limits=limits, tell=told.append, cache_dir=cache_dir)
    local = LocalStore()
    return Machine(Layered(local, remote), local, remote, told)


def made_up(names: str, size: int = 3000) -> list[tuple[Entry, Blobs]]:
    return [make_entry(name, name.encode() * size, b"shared by all") for name in names]


@pytest.fixture(scope="module")
def server_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("nginx")


@pytest.fixture(scope="module")
def dav(server_folder: Path) -> Iterator[str]:
    with nginx(server_folder) as server:
        yield server.url


@pytest.fixture(scope="module")
def bucket() -> Iterator[str]:
    with s3("shop") as server:
        yield server.url


@pytest.fixture(params=["file", "nginx", "s3"])
def url(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """An empty store of each kind."""
    if request.param == "file":
        return f"file://{tmp_path}/store"
    if request.param == "nginx":
        return f"{request.getfixturevalue('dav')}{tmp_path}"
    use_s3(request.getfixturevalue("bucket"), monkeypatch)
    return f"s3://shop{tmp_path}"


def use_s3(endpoint: str, monkeypatch: pytest.MonkeyPatch) -> None:
    variables = {
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ACCESS_KEY_ID": "someone",
        "AWS_SECRET_ACCESS_KEY": "hunter2",
        "AWS_REGION": "us-east-1",
    }
    for name, value in variables.items():
        monkeypatch.setenv(name, value)


def test_what_one_machine_compiles_another_gets(url: str, tmp_path: Path) -> None:
    made = made_up("ABCDE")
    machine(url).put(made)
    reader = machine(url, writable=False, cache_dir=tmp_path / "cache")
    assert reader.get(made) == [entry for entry, _ in made]
    assert reader.store.nearest("lib-1.0", "C", 1) == [made[2][0]]
    reader.store.close()
    assert reader.told == []
    assert list((tmp_path / "cache" / "remote").glob("*/pack-*")) != []


def test_real_local_stores_are_filled_and_emptied(url: str, tmp_path: Path) -> None:
    made = [make_entry(f"M{number}", b"%d" % number * 2000, b"[]") for number in range(40)]
    first = Layered(DiskStore(tmp_path / "first"), Remote.open(url, writable=True))
    for entry, blobs in made:
        first.put(entry, blobs)
    first.close()
    second_local = DiskStore(tmp_path / "second")
    second = Layered(second_local, Remote.open(url, writable=False))
    found = second.lookup([entry.key for entry, _ in made])
    assert found == {entry.key: [entry] for entry, _ in made}
    second.fetch([digest for entries in found.values() for entry in entries for digest in entry.artifacts.values()])
    assert sorted(entry.module for entry in second_local.entries()) == sorted(entry.module for entry, _ in made)
    assert second.restore(made[7][0].artifacts["artifact0"], tmp_path / "M7.hi")
    assert (tmp_path / "M7.hi").read_bytes() == b"7" * 2000
    second.close()
    third = DiskStore(tmp_path / "third")
    remote = Remote.open(url, writable=False)
    assert pull(remote.client, third, lambda progress: None).done == 40
    assert third.verify().n_damaged == 0
    remote.close()
    third.close()


def test_an_empty_store_has_nothing_and_is_no_failure(url: str) -> None:
    # A bucket or folder must exist, for a file store it is made by whoever writes; nothing need be in it.
    machine(url).store.lookup([key_of("A")])
    reader = machine(url, writable=False)
    assert reader.get(made_up("A")) == []
    assert reader.told == []


def test_two_writers_at_once_lose_nothing(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    # Bundles are made early, so that the writers meet there, too.
    monkeypatch.setattr(remote_index, "FAN_IN", 3)
    names = "ABCDEFGHIJKLMNOP"
    together = threading.Barrier(4)

    def write(some: str) -> None:
        together.wait()
        for name in some:
            machine(url).put(made_up(name))

    writers = [threading.Thread(target=write, args=(names[start : start + 6],)) for start in range(0, 12, 3)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    reader = machine(url, writable=False)
    assert {entry.module for entry in reader.get(made_up(names))} == set(names[:15])
    assert reader.told == []


def test_everything_can_be_pushed_and_pulled(url: str) -> None:
    made = [make_entry(f"M{number}", b"%d" % number * 2000, b"%d!" % number * 2000) for number in range(60)]
    here, there = local_store(made), LocalStore()
    steps: list[Progress] = []
    sender, receiver = machine(url), machine(url, writable=False)
    assert push(here.all_entries, here.read, sender.remote.client, steps.append).done == 60
    assert push(here.all_entries, here.read, sender.remote.client, steps.append).total == 0
    assert pull(receiver.remote.client, there, steps.append).done == 60
    assert there.blobs == here.blobs


@pytest.mark.parametrize("fault", [Fault.HANG, Fault.HANG_MIDWAY])
@pytest.mark.parametrize("method", ["PROPFIND", "GET"])
def test_a_server_that_hangs_is_given_up(dav: str, tmp_path: Path, fault: Fault, method: str) -> None:
    made = made_up("AB")
    machine(f"{dav}{tmp_path}").put(made)
    with FaultyProxy(dav) as proxy:
        proxy.faults = {method: fault}
        reader = machine(f"{proxy.url}{tmp_path}", seconds=SHORT, writable=False)
        assert [reader.get(made) for _ in range(5)] == [[]] * 5
        assert not proxy.release.is_set(), "the server still holds the request"
        assert proxy.asked == [method], "and was not asked again"
        assert [told.message for told in reader.told] == [
            f"The remote cache {proxy.url}{tmp_path} did not answer in time."
        ]
        reader.store.close()


def test_a_server_that_hangs_while_blobs_come_is_given_up(dav: str, tmp_path: Path) -> None:
    made = made_up("AB")
    machine(f"{dav}{tmp_path}").put(made)
    with FaultyProxy(dav) as proxy:
        reader = machine(f"{proxy.url}{tmp_path}", seconds=SHORT, writable=False)
        found = reader.store.lookup([entry.key for entry, _ in made])
        assert len(found) == 2
        proxy.faults = {"GET": Fault.HANG_MIDWAY}
        assert reader.get(made) == []
        assert not proxy.release.is_set()
        assert (len(proxy.asked), len(reader.told)) == (1, 1)
        reader.store.close()


def test_an_upload_to_a_server_that_hangs_does_not_hold_up_the_end(dav: str, tmp_path: Path) -> None:
    with FaultyProxy(dav) as proxy:
        proxy.faults = {"PUT": Fault.HANG}
        writer = machine(f"{proxy.url}{tmp_path}", seconds=SHORT)
        writer.put(made_up("AB"))
        assert not proxy.release.is_set()
        assert len(writer.told) == 1
        assert len(writer.local.all_entries) == 2


UNCLOSED = """
import sys
from tests.support.remote import make_entry
from thatch.cache.remote import Limits, Remote

remote = Remote.open(sys.argv[1], writable=True, limits=Limits(batch_seconds=0.3, upload_seconds=0.3))
entry, blobs = make_entry("A", b"a")
remote.upload([entry], blobs.get)
remote.lookup([entry.key])
"""


@pytest.mark.parametrize("method", ["PROPFIND", "PUT"])
def test_a_process_ends_although_a_request_hangs_and_nothing_was_closed(dav: str, method: str) -> None:
    with FaultyProxy(dav) as proxy:
        proxy.faults = {method: Fault.HANG}
        command = [sys.executable, "-c", UNCLOSED, f"{proxy.url}/unclosed-{method}"]
        ended = subprocess.run(command, capture_output=True, text=True, cwd=REPOSITORY, timeout=LONG)
        assert not proxy.release.is_set()
    assert ended.returncode == 0, ended.stderr
    assert "did not answer in time" in ended.stderr


LIES = [fault for fault in Fault if fault not in {Fault.HANG, Fault.HANG_MIDWAY}]


@pytest.mark.parametrize("fault", LIES)
@pytest.mark.parametrize("method", ["PROPFIND", "GET"])
def test_a_spoilt_answer_costs_hits_and_nothing_else(dav: str, tmp_path: Path, fault: Fault, method: str) -> None:
    made = made_up("ABC")
    machine(f"{dav}{tmp_path}").put(made)
    with FaultyProxy(dav) as proxy:
        proxy.faults = {method: fault}
        reader = machine(f"{proxy.url}{tmp_path}", writable=False)
        assert [reader.get(made) for _ in range(2)] == [[], []]
        assert reader.local.blobs == {}
        assert len(reader.told) == 1
        assert method in proxy.asked
        # The store itself is as good as before.
        proxy.faults = {}
        assert len(machine(f"{proxy.url}{tmp_path}", writable=False).get(made)) == 3


@pytest.mark.parametrize("fault", LIES)
def test_spoilt_blobs_are_never_kept(dav: str, tmp_path: Path, fault: Fault) -> None:
    made = made_up("ABC")
    machine(f"{dav}{tmp_path}").put(made)
    with FaultyProxy(dav) as proxy:
        reader = machine(f"{proxy.url}{tmp_path}", writable=False)
        assert len(reader.store.lookup([entry.key for entry, _ in made])) == 3
        proxy.faults = {"GET": fault}
        assert reader.get(made) == []
        assert reader.local.blobs == {}
        assert len(reader.told) == 1
        proxy.faults = {}
        assert len(machine(f"{proxy.url}{tmp_path}", writable=False).get(made)) == 3


@pytest.mark.parametrize("fault", LIES)
def test_a_spoilt_upload_loses_nothing(dav: str, tmp_path: Path, fault: Fault) -> None:
    made = made_up("ABC")
    with FaultyProxy(dav) as proxy:
        proxy.faults = {"PUT": fault}
        writer = machine(f"{proxy.url}{tmp_path}")
        writer.put(made)
        assert len(writer.local.all_entries) == 3
        assert "PUT" in proxy.asked
    machine(f"{dav}{tmp_path}").put(made)
    assert len(machine(f"{dav}{tmp_path}", writable=False).get(made)) == 3


def test_a_damaged_object_on_the_server_is_a_miss_until_it_is_uploaded_again(
    dav: str, server_folder: Path, tmp_path: Path
) -> None:
    made = made_up("ABC")
    machine(f"{dav}{tmp_path}").put(made)
    (pack,) = Path(f"{server_folder}/www{tmp_path}").glob("thatch-1/pack-*")
    content = pack.read_bytes()
    for damaged in (content[: len(content) // 2], content[:-5] + b"wrong", b""):
        pack.write_bytes(damaged)
        reader = machine(f"{dav}{tmp_path}", writable=False)
        assert len(reader.get(made)) < 3
    repairer = machine(f"{dav}{tmp_path}")
    repairer.get(made)
    repairer.put(made)
    assert len(machine(f"{dav}{tmp_path}", writable=False).get(made)) == 3


def test_a_wrong_password_is_told_once_and_never_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    made = made_up("AB")
    with nginx(tmp_path, password="open sesame") as server:
        guarded = server.url.replace("://", "://someone:hunter2@")
        stranger = machine(guarded)
        assert [stranger.get(made) for _ in range(4)] == [[]] * 4
        stranger.put(made)
        said = "\n".join(map(str, stranger.told))
        assert "401" in said
        assert [told.message for told in stranger.told] == [f"The remote cache {server.url} cannot be used."] * 2
        for secret in ("hunter2", base64.b64encode(b"someone:hunter2").decode()):
            assert secret not in said + caplog.text
        monkeypatch.setenv("THATCH_REMOTE_USER", "someone")
        monkeypatch.setenv("THATCH_REMOTE_PASSWORD", "open sesame")
        machine(server.url).put(made)
        assert len(machine(server.url, writable=False).get(made)) == 2
        assert len(machine(server.url.replace("://", "://someone:open%20sesame@")).get(made)) == 2


def test_a_server_that_takes_no_uploads_is_still_read(tmp_path: Path) -> None:
    made = made_up("ABC")
    with nginx(tmp_path) as server:
        machine(server.url).put(made[:2])
    with nginx(tmp_path, writable=False) as server:
        user = machine(server.url)
        assert len(user.get(made)) == 2
        user.put(made)
        (told,) = user.told
        assert "405" in told.detail


def test_a_bucket_that_does_not_exist_is_told(bucket: str, monkeypatch: pytest.MonkeyPatch) -> None:
    use_s3(bucket, monkeypatch)
    user = machine("s3://misspelt/team")
    assert user.get(made_up("A")) == []
    user.put(made_up("A"))
    assert "NoSuchBucket" in "\n".join(map(str, user.told))
    assert "hunter2" not in str(user.told)


def test_a_server_that_goes_away_and_comes_back(tmp_path: Path) -> None:
    made = made_up("ABC")
    with nginx(tmp_path) as server:
        machine(server.url).put(made)
        user = machine(server.url, writable=False)
        assert len(user.store.lookup([entry.key for entry, _ in made])) == 3
    assert user.get(made) == []
    assert len(user.told) == 1


def test_the_documented_nginx_configuration_works(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = (REPOSITORY / "docs/cache-sharing.md").read_text()
    ((block),) = re.findall(r"```nginx\n(.*?)```", page, re.DOTALL)
    with nginx(tmp_path, password="open sesame", server=block) as server:
        stranger = machine(server.url)
        stranger.put(made_up("A"))
        assert "401" in stranger.told[0].detail
        monkeypatch.setenv("THATCH_REMOTE_USER", "someone")
        monkeypatch.setenv("THATCH_REMOTE_PASSWORD", "open sesame")
        machine(server.url + "/deeply/nested").put(made_up("ABC"))
        monkeypatch.undo()
        reader = machine(server.url + "/deeply/nested", writable=False)
        assert len(reader.get(made_up("ABC"))) == 3
        assert reader.told == []


def test_the_documented_limits_are_the_real_ones() -> None:
    page = (REPOSITORY / "docs/cache-sharing.md").read_text()
    limits = Limits()
    rows = {
        "One look-up of any number of modules, or one download": f"{limits.batch_seconds:g} s",
        "Failures in a row until the store is left alone": f"{limits.patience}",
        "How long it is left alone": f"{limits.rest_seconds / 60:g} min",
        "How long the knowledge of what it holds is used": f"{limits.refresh_seconds:g} s",
        "How long a compiled module waits for others to be uploaded with": f"{limits.linger_seconds:g} s",
        "Waiting for uploads when thatch ends": f"{limits.exit_seconds:g} s",
        "Modules that wait for upload": f"{limits.most_waiting:,}",
    }
    told = {what: limit for what, limit in re.findall(r"^\| (.+?) \| (.+?) \|$", page, re.MULTILINE) if what in rows}
    assert told.keys() == rows.keys()
    assert {what: told[what].startswith(limit) for what, limit in rows.items()} == dict.fromkeys(rows, True)
    assert f"When {remote_index.FAN_IN} packs" in page
