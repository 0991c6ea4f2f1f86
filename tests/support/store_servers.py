"""Servers that tests share entries through: a real nginx with WebDAV, moto's S3, and a proxy that spoils answers."""

import http.client
import os
import re
import shutil
import socket
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Self

import pytest
from attrs import define, field

REPOSITORY = Path(__file__).parents[2]
HOST = "127.0.0.1"
TRIES = 5
"""A port that was free a moment ago may be taken; so often another one is tried."""


@define
class Server:
    """A server that runs."""

    url: str
    lines: list[str] = field(factory=list)
    """What it has said."""


class Fault(Enum):
    """What the proxy does to an answer."""

    HANG = "never answers"
    HANG_MIDWAY = "stops in the middle"
    TRUNCATED = "breaks off in the middle"
    WRONG_BYTES = "has wrong bytes"
    LOGIN_PAGE = "is a page of a hotel's network"
    GARBAGE = "is no HTTP"
    ERROR = "500"
    FORBIDDEN = "403"
    DROPPED = "is a closed connection"


@contextmanager
def nginx(folder: Path, *, password: str = "", writable: bool = True, server: str = "") -> Iterator[Server]:
    """A WebDAV server over `folder / "www"`; a password: it lets in `someone` with that password only.

    `server`: the configuration to use for it, with the paths and the port of docs/cache-sharing.md.
    """
    (folder / "www").mkdir(parents=True, exist_ok=True)
    (folder / "users").write_text(f"someone:{{PLAIN}}{password}\n")
    program, modules = _nginx()
    for _ in range(TRIES):
        port = _free_port()
        block = _documented(server, folder) if server else _server(folder, password=password, writable=writable)
        (folder / "nginx.conf").write_text(_configuration(folder, modules, block.replace("8080", f"{HOST}:{port}")))
        command = [str(program), "-p", str(folder), "-c", "nginx.conf", "-e", "stderr"]
        with _running(command, ready=r"using the \"", url=f"http://{HOST}:{port}") as running:
            if running is not None:
                yield running
                return
    pytest.fail("nginx did not start: is another program taking all ports?")


@contextmanager
def s3(bucket: str) -> Iterator[Server]:
    """An S3 endpoint with one bucket."""
    command = [sys.executable, "-W", "ignore", "-m", "moto.server", "-H", HOST, "-p", "0"]
    with _running(command, ready=r"Running on (http://\S+)", url="") as server:
        assert server is not None, "moto did not start"
        request = urllib.request.Request(f"{server.url}/{bucket}", method="PUT")
        with urllib.request.urlopen(request) as answer:
            assert answer.status == 200
        yield server


class FaultyProxy:
    """Stands before a WebDAV server and spoils the answers to some requests."""

    def __init__(self, upstream: str) -> None:
        self.faults: dict[str, Fault] = {}
        """What to do to the answers, by the method of the request."""
        self.release = threading.Event()
        """Set: whatever hangs is let go."""
        self.asked: list[str] = []
        """The methods of the requests that were spoilt."""
        self._server = ThreadingHTTPServer((HOST, 0), _handler(self, upstream.removeprefix("http://")))
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})

    @property
    def url(self) -> str:
        """Where it is."""
        return f"http://{HOST}:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *failure: object) -> None:
        self.release.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def _handler(proxy: FaultyProxy, upstream: str) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        """Passes one request on, and what comes back through a fault."""

        def handle_request(self) -> None:
            self.close_connection = True
            body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            fault = proxy.faults.get(self.command)
            if fault:
                proxy.asked.append(self.command)
            connection = http.client.HTTPConnection(upstream)
            connection.request(self.command, self.path, body, dict(self.headers.items()))
            answer = connection.getresponse()
            content = answer.read()
            connection.close()
            self.wfile.write(_spoilt(_head(answer, content), content, fault))
            if fault in {Fault.HANG, Fault.HANG_MIDWAY}:
                self.wfile.flush()
                proxy.release.wait()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # The name it has in the library.
            """Say nothing."""

    for method in ("GET", "PUT", "PROPFIND", "MKCOL", "HEAD"):
        setattr(Handler, f"do_{method}", Handler.handle_request)
    return Handler


def _head(answer: http.client.HTTPResponse, content: bytes) -> bytes:
    kept = ("Content-Type", "Content-Range", "Last-Modified", "ETag")
    lines = [f"{name}: {value}" for name in kept if (value := answer.headers.get(name))]
    return "\r\n".join([f"HTTP/1.1 {answer.status} X", f"Content-Length: {len(content)}", *lines, "\r\n"]).encode()


def _spoilt(head: bytes, content: bytes, fault: Fault | None) -> bytes:
    page = b"<html>Welcome! Please log in.</html>"
    match fault:
        case None:
            return head + content
        case Fault.HANG | Fault.DROPPED:
            return b""
        case Fault.HANG_MIDWAY | Fault.TRUNCATED:
            # Answers to uploads have no body: these break off in the head.
            return head + content[: len(content) // 2] if content else head[:20]
        case Fault.WRONG_BYTES:
            return head + bytes(byte ^ 0x55 for byte in content)
        case Fault.LOGIN_PAGE:
            return b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(page), page)
        case Fault.GARBAGE:
            return b"\x16\x03\x01 this is not HTTP\r\n\r\n" * 10
        case Fault.ERROR | Fault.FORBIDDEN:
            return b"HTTP/1.1 %s X\r\nContent-Length: 0\r\n\r\n" % fault.value.encode()


def _nginx() -> tuple[Path, Path]:
    """The program and the folder of its modules."""
    for root in (REPOSITORY / ".toolchains" / "nginx", Path("/")):
        program, modules = root / "usr/sbin/nginx", root / "usr/lib/nginx/modules"
        if program.exists() and (modules / "ngx_http_dav_ext_module.so").exists():
            return program, modules
    pytest.fail("nginx with its module http-dav-ext was not found: run `make test-toolchains`.")


def _configuration(folder: Path, modules: Path, server: str) -> str:
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    temporary = "\n".join(f"  {kind}_temp_path {folder}/{kind};" for kind in kinds)
    return f"""
load_module {modules}/ngx_http_dav_ext_module.so;
daemon off; master_process off; pid {folder}/pid; error_log stderr notice;
events {{ }}
http {{
{temporary}
  access_log off;
{server}
}}
"""


def _server(folder: Path, *, password: str, writable: bool) -> str:
    login = f'auth_basic "cache"; auth_basic_user_file {folder}/users;' if password else ""
    methods = "dav_methods PUT DELETE MKCOL; create_full_put_path on;" if writable else ""
    return f"""
  server {{
    listen 8080;
    root {folder}/www;
    client_max_body_size 0;
    location / {{ {login} {methods} dav_ext_methods PROPFIND OPTIONS; }}
  }}
"""


def _documented(server: str, folder: Path) -> str:
    places = {"/srv/thatch-uploads": "uploads", "/srv/thatch": "www", "/etc/nginx/thatch.users": "users"}
    for place, name in places.items():
        assert place in server, place
        server = server.replace(place, f"{folder}/{name}")
    return server


@contextmanager
def _running(command: list[str], *, ready: str, url: str) -> Iterator[Server | None]:
    """The server, once it has said that it is ready; None if it ends before."""
    environment = {**os.environ, "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
    assert shutil.which(command[0]), command[0]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stderr is not None
        server = Server(url)
        started = False
        for line in process.stderr:
            server.lines.append(line)
            if match := re.search(ready, line):
                server.url = match[1] if match.groups() else url
                started = True
                break
        # Read on, or a full pipe would stop it.
        reader = threading.Thread(target=lambda: server.lines.extend(process.stderr or ()), daemon=True)
        reader.start()
        try:
            yield server if started else None
        finally:
            process.terminate()
            process.wait()
            reader.join()


def _free_port() -> int:
    with socket.create_server((HOST, 0)) as server:
        port: int = server.getsockname()[1]
        return port
