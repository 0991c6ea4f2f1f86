"""Object stores through obstore: from an address and the environment's credentials to a folder of named objects.

Whatever is said about a store goes through `Redaction`: no credential gets into a message or a log.
"""

import base64
import os
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Protocol
from urllib.parse import SplitResult, unquote, urlsplit

from attrs import define, field, frozen

from thatch.cache.wire import FOLDER
from thatch.core.errors import ThatchError

if TYPE_CHECKING:
    from obstore.store import ClientConfig, ObjectStore, RetryConfig

SCHEMES = ("s3", "s3a", "gs", "az", "azure", "adl", "abfs", "abfss", "http", "https", "file")
"""The kinds of address that are understood."""

SECRETS = (
    "THATCH_REMOTE_PASSWORD",
    "THATCH_REMOTE_TOKEN",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AZURE_STORAGE_ACCOUNT_KEY",
    "AZURE_STORAGE_ACCESS_KEY",
    "AZURE_STORAGE_SAS_KEY",
    "AZURE_STORAGE_SAS_TOKEN",
    "AZURE_STORAGE_TOKEN",
    "AZURE_STORAGE_CLIENT_SECRET",
    "AZURE_CLIENT_SECRET",
    "GOOGLE_SERVICE_ACCOUNT_KEY",
)
"""Variables of the environment whose values are never shown."""


@define(kw_only=True)
class RemoteError(ThatchError):
    """The remote store cannot be used, or did not answer as asked; an explicit command says so, a check goes on."""


class Objects(Protocol):
    """One flat folder of objects.  Every method may raise anything: the network is behind it."""

    async def list(self) -> list[tuple[str, float, int]]:
        """Name, time of storing (seconds of Unix time by the store's clock) and size in bytes of each object."""
        ...

    async def get(self, name: str, start: int, end: int) -> bytes:
        """The bytes of an object from `start` to before `end`."""
        ...

    async def put(self, name: str, content: bytes) -> None:
        """Store an object; it appears whole or not at all, and one of the same name is replaced by the same."""
        ...


@frozen
class Redaction:
    """Takes secrets out of what others say."""

    secrets: tuple[str, ...] = field(repr=False, default=())
    """Texts that are hidden wherever they occur; shorter ones than four characters are no secrets."""

    def __call__(self, text: str) -> str:
        """The text without credentials: known secrets, users and passwords in addresses, and their query parts."""
        for secret in sorted(self.secrets, key=len, reverse=True):
            if len(secret) >= _SHORTEST_SECRET:
                text = text.replace(secret, "***")
        text = re.sub(r"(://)[^\s\"'<>]*@", r"\1", text)
        return re.sub(r"(\w+://[^\s?\"'<>]*)\?[^\s\"'<>]*", r"\1?***", text)


@frozen
class Address:
    """Where a store is, and who asks."""

    url: str
    """Without user, password and query: it may be shown."""
    headers: Mapping[str, str] = field(repr=False, factory=dict)
    """Credentials for HTTP."""
    redaction: Redaction = field(repr=False, factory=Redaction)

    @property
    def scheme(self) -> str:
        """Such as `s3`."""
        return self.url.partition(":")[0]


def parse_address(url: str, environment: Mapping[str, str] | None = None) -> Address:
    """The store at a URL, with credentials from the URL itself or the environment (the process's own by default).

    Raises RemoteError for what is no address of a store.
    """
    environment = os.environ if environment is None else environment
    parts = _split(url)
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    user = user or environment.get("THATCH_REMOTE_USER", "")
    password = password or environment.get("THATCH_REMOTE_PASSWORD", "")
    token = environment.get("THATCH_REMOTE_TOKEN", "")
    headers = _authorization(user, password, token) if parts.scheme in {"http", "https"} else {}
    secrets = {password, parts.password, *headers.values(), *(value.split()[-1] for value in headers.values())}
    secrets |= {environment.get(name) for name in SECRETS}
    shown = parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()
    return Address(shown, headers, Redaction(tuple(secret for secret in secrets if secret)))


class ObstoreObjects:
    """The folder of objects below an address."""

    def __init__(self, open_store: "Callable[[], ObjectStore]") -> None:
        self._open_store = open_store
        self._opened: ObjectStore | None = None

    async def list(self) -> "list[tuple[str, float, int]]":
        """See `Objects`.  A folder that does not exist yet is empty."""
        import obstore

        # Only one level deep: WebDAV servers refuse to walk down whole trees.
        with _panics_are_errors():
            found = await obstore.list_with_delimiter_async(self._store(), FOLDER)
        # HTTP stores give whole paths, the others such as begin below the address.
        return [
            (PurePosixPath(meta["path"]).name, meta["last_modified"].timestamp(), meta["size"])
            for meta in found["objects"]
        ]

    async def get(self, name: str, start: int, end: int) -> bytes:
        """See `Objects`."""
        import obstore

        with _panics_are_errors():
            return bytes(await obstore.get_range_async(self._store(), f"{FOLDER}/{name}", start=start, end=end))

    async def put(self, name: str, content: bytes) -> None:
        """See `Objects`."""
        import obstore

        # One request, which stores replace atomically; the parts of multipart uploads are left over when one fails.
        with _panics_are_errors():
            await obstore.put_async(self._store(), f"{FOLDER}/{name}", content, use_multipart=False)

    def _store(self) -> "ObjectStore":
        # Opened late: a folder that is not mounted is one more store that does not answer, and no error at start.
        if self._opened is None:
            self._opened = self._open_store()
        return self._opened


def objects_at(address: Address, *, create: bool) -> ObstoreObjects:
    """The objects at an address; nothing is asked of it yet.  `create`: make the folder of a file store."""
    return ObstoreObjects(lambda: _open(address, create=create))


def short_reason(problem: BaseException, redaction: Redaction) -> str:
    """Why something failed, in one line for the user."""
    said = str(problem)
    text = said.partition("\n")[0].partition(": <")[0].strip()  # What follows is a page of HTML or XML.
    # In that, the big providers have a word for what is wrong, such as NoSuchBucket.
    if code := re.search(r"<Code>(\w+)</Code>", said):
        text += f" ({code[1]})"
    text = redaction(text)
    return (text[:_MOST_REASON] + "...") if len(text) > _MOST_REASON else text or type(problem).__name__


_MOST_REASON = 400
_SHORTEST_SECRET = 4

_ENDPOINTS = ("AWS_ENDPOINT_URL", "AWS_ENDPOINT", "AZURE_STORAGE_ENDPOINT")

_RETRIES: "RetryConfig" = {
    "max_retries": 2,
    "retry_timeout": timedelta(seconds=30),
    "backoff": {"init_backoff": timedelta(milliseconds=100), "max_backoff": timedelta(seconds=1), "base": 2},
}
"""One dropped connection is no failure; our callers' deadlines end long rows of them."""


@contextmanager
def _panics_are_errors() -> Iterator[None]:
    # A panic in the library's Rust is no `Exception`, and would end the whole program for the sake of a cache.
    try:
        yield
    except BaseException as problem:
        if type(problem).__name__ == "PanicException":
            raise RemoteError(message="The library for object stores failed.", detail=str(problem)) from None
        raise


def _open(address: Address, *, create: bool) -> "ObjectStore":
    import obstore
    import obstore.store

    if address.scheme == "file":
        return obstore.store.LocalStore.from_url(address.url, mkdir=create)
    # Addresses of the big providers are theirs in https form, too.
    if address.scheme in {"http", "https"} and obstore.parse_scheme(address.url) == "http":
        return obstore.store.HTTPStore(address.url, client_options=_client(address), retry_config=_RETRIES)
    return obstore.store.from_url(address.url, client_options=_client(address), retry_config=_RETRIES)


def _client(address: Address) -> "ClientConfig":
    # Deadlines for whole batches are kept by the tier; these free what would wait for ever.
    options: ClientConfig = {"connect_timeout": timedelta(seconds=3), "timeout": timedelta(seconds=120)}
    # A plain address is taken at its word, wherever the user wrote it.
    if any(url.startswith("http://") for url in (address.url, *(os.environ.get(name, "") for name in _ENDPOINTS))):
        options["allow_http"] = True
    if address.headers:
        options["default_headers"] = dict(address.headers)
    return options


def _split(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError as problem:
        raise RemoteError(
            message="The address of the remote cache is no URL.", detail=Redaction()(str(problem))
        ) from None
    if parts.scheme not in SCHEMES:
        remedy = f"Begin it with one of {', '.join(f'{scheme}://' for scheme in SCHEMES)}."
        raise RemoteError(message=f"The remote cache {Redaction()(url)} is of no known kind.", remedy=remedy)
    if parts.query or parts.fragment:
        raise RemoteError(
            message=f"The address of the remote cache {Redaction()(url)} has a part after '?' or '#'.",
            remedy="Leave it out; tokens and keys are taken from the environment (see docs/cache-sharing.md).",
        )
    if not parts.path.strip("/") and not parts.netloc:
        raise RemoteError(message=f"The remote cache {Redaction()(url)} has neither a host nor a path.")
    return parts


def _authorization(user: str, password: str, token: str) -> dict[str, str]:
    if token:
        return {"Authorization": f"Bearer {token}"}
    if user or password:
        return {"Authorization": "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()}
    return {}
