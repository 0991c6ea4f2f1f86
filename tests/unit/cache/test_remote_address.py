"""Addresses of stores are understood or refused with a reason, and no credential is ever shown."""

import base64
import logging
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thatch.cache.object_store import ObstoreObjects, Redaction, RemoteError, objects_at, parse_address, short_reason
from thatch.cache.remote import Limits, Remote
from thatch.core.errors import ThatchError

LONG = 60.0


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("s3://bucket/team", "s3://bucket/team"),
        ("gs://bucket", "gs://bucket"),
        ("az://container/x", "az://container/x"),
        ("https://cache.example:8443/thatch/", "https://cache.example:8443/thatch/"),
        ("https://me:secret@cache.example/thatch", "https://cache.example/thatch"),
        ("http://token@cache.example", "http://cache.example"),
        ("file:///srv/thatch", "file:///srv/thatch"),
    ],
)
def test_an_address_is_shown_without_credentials(url: str, shown: str) -> None:
    address = parse_address(url, {})
    assert address.url == shown
    assert address.scheme == url.partition(":")[0]
    assert "secret" not in repr(address)


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("", "of no known kind"),
        ("/srv/cache", "of no known kind"),
        ("ftp://me:secret@host/x", "of no known kind"),
        ("https://host/x?sig=secret", "has a part after '?'"),
        ("s3://bucket/x#secret", "has a part after '?'"),
        ("https://me:secret@host:port/", "is no URL"),
        ("https://me:secret@[host/", "is no URL"),
        ("file://", "neither a host nor a path"),
    ],
)
def test_what_is_no_address_is_refused_with_a_reason(url: str, reason: str) -> None:
    with pytest.raises(RemoteError, match="remote cache") as raised:
        parse_address(url, {})
    assert reason in str(raised.value)
    assert "secret" not in str(raised.value).replace("x#secret", "")


@pytest.mark.parametrize(
    ("url", "environment", "expected"),
    [
        ("https://h/x", {}, None),
        ("https://me:a%3Ab@h/x", {}, "Basic " + base64.b64encode(b"me:a:b").decode()),
        (
            "https://h/x",
            {"THATCH_REMOTE_USER": "me", "THATCH_REMOTE_PASSWORD": "p"},
            "Basic " + base64.b64encode(b"me:p").decode(),
        ),
        ("https://h/x", {"THATCH_REMOTE_TOKEN": "t0k"}, "Bearer t0k"),
        ("s3://bucket/x", {"THATCH_REMOTE_TOKEN": "t0k"}, None),
    ],
)
def test_credentials_for_http_come_from_the_address_or_the_environment(
    url: str, environment: dict[str, str], expected: str | None
) -> None:
    assert parse_address(url, environment).headers.get("Authorization") == expected


SECRETS = st.text(st.characters(codec="utf-8", exclude_categories=["Z", "C"]), min_size=4, max_size=20).filter(
    lambda it: it not in "*** remote password" and it.strip("*")
)


@given(SECRETS, SECRETS, st.text(max_size=20), st.text(max_size=20))
def test_a_known_secret_is_never_shown(password: str, token: str, before: str, after: str) -> None:
    environment = {"THATCH_REMOTE_PASSWORD": password, "THATCH_REMOTE_TOKEN": token}
    redact = parse_address("https://host/x", environment).redaction
    shown = redact(f"{before}\x00{password}\x00{after}\x00{token}\x00")
    assert f"\x00{password}\x00" not in shown
    assert f"\x00{token}\x00" not in shown


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("GET https://me:pass@host/a failed", "GET https://host/a failed"),
        ("GET https://me:pa@ss/w@host/a failed", "GET https://host/a failed"),
        ('url: "https://host/a?X-Amz-Signature=abc&x=1", other', 'url: "https://host/a?***", other'),
        ("(https://host/a?sig=abc): 403", "(https://host/a?***"),
        ("nothing to hide: a@b, what? 1", "nothing to hide: a@b, what? 1"),
    ],
)
def test_addresses_in_messages_lose_their_credentials(said: str, shown: str) -> None:
    assert Redaction()(said).startswith(shown)
    assert "abc" not in Redaction()(said)


def test_a_reason_is_one_short_line() -> None:
    error = OSError("Error performing GET https://h/x in 1ms - 404 Not Found: <html>\n<head>much more</head>")
    assert short_reason(error, Redaction()) == "Error performing GET https://h/x in 1ms - 404 Not Found"
    assert len(short_reason(OSError("x" * 5000), Redaction())) < 500
    assert short_reason(TimeoutError(), Redaction()) == "TimeoutError"


def test_a_store_that_cannot_be_reached_is_told_without_credentials(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    # Port 9 of this machine: nobody listens there.
    monkeypatch.setenv("THATCH_REMOTE_USER", "someone")
    caplog.set_level(logging.DEBUG)
    told: list[ThatchError] = []
    for tell in ({"tell": told.append}, {}):
        remote = Remote.open("http://me:hunter2@127.0.0.1:9/x", writable=False, cache_dir=tmp_path, **tell)  # type: ignore[arg-type]
        assert remote.lookup(["abc"]) == {}
        remote.close()
    assert len(told) == 1
    said = f"{told} {caplog.text}"
    assert "http://127.0.0.1:9/x cannot be used" in said
    assert "hunter2" not in said
    assert base64.b64encode(b"me:hunter2").decode() not in said


def test_a_folder_that_is_not_mounted_is_a_store_that_does_not_work(tmp_path: Path) -> None:
    told: list[ThatchError] = []
    remote = Remote.open(f"file://{tmp_path}/absent", writable=False, limits=Limits(), tell=told.append)
    assert remote.lookup(["abc"]) == {}
    assert len(told) == 1
    assert not (tmp_path / "absent").exists(), "a reader makes no folders"


def test_the_folder_of_a_file_store_is_made_for_a_writer(tmp_path: Path) -> None:
    remote = Remote.open(f"file://{tmp_path}/new/folder", writable=True)
    assert remote.lookup(["abc"]) == {}
    assert (tmp_path / "new" / "folder").is_dir()
    remote.close()


async def test_a_panic_in_the_library_is_an_error_like_others() -> None:
    class PanicException(BaseException):  # Its name in the library.
        pass

    def panic() -> None:
        raise PanicException("should always exist")

    for work in (
        ObstoreObjects(panic).list(),
        ObstoreObjects(panic).get("x", 0, 1),
        ObstoreObjects(panic).put("x", b""),
    ):  # type: ignore[arg-type]
        with pytest.raises(RemoteError, match="should always exist"):
            await work


async def test_objects_of_a_file_store(tmp_path: Path) -> None:
    objects = objects_at(parse_address(f"file://{tmp_path}"), create=True)
    assert await objects.list() == []
    await objects.put("name", b"content")
    ((name, _, size),) = await objects.list()
    assert (name, size) == ("name", 7)
    assert await objects.get("name", 1, 4) == b"ont"
    with pytest.raises(FileNotFoundError):
        await objects.get("other", 0, 1)
    assert (tmp_path / "thatch-1" / "name").read_bytes() == b"content"
