"""A real, headless Neovim with the plugin installed as users install it, driven over its own RPC."""

import asyncio
import itertools
import socket
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgpack
import psutil

from tests.support.check import REPOSITORY, clean_environment, write_files
from tests.support.editors import find_editor
from tests.support.waiting import seconds, until

PLUGIN = REPOSITORY / "editors" / "neovim"

INIT = """
vim.g.said = {}
vim.notify = function(text, level)
  vim.g.said = vim.list_extend(vim.g.said, { { text, level or vim.log.levels.INFO } })
end
"""
"""What stands before the user's own configuration: messages are kept instead of shown."""


class Rpc:
    """Calls of Neovim's API: MessagePack-RPC, one call at a time."""

    def __init__(self, connection: socket.socket) -> None:
        self._socket = connection
        self._unpacker = msgpack.Unpacker(strict_map_key=False, ext_hook=lambda _, data: data)
        self._ids = itertools.count()

    def call(self, method: str, *arguments: object) -> Any:
        """The result of a function of the API; what went wrong there is an `AssertionError`."""
        number = next(self._ids)
        self._send([0, number, method, arguments])
        while True:
            for message in self._unpacker:
                if message[:2] == [1, number]:
                    assert message[2] is None, message[2]
                    return message[3]
            data = self._socket.recv(1 << 16)
            assert data, f"Neovim has ended in {method}"
            self._unpacker.feed(data)

    def notify(self, method: str, *arguments: object) -> None:
        """Call a function, and do not wait for its result."""
        self._send([2, method, arguments])

    def close(self) -> None:
        """Hang up."""
        self._socket.close()

    def _send(self, message: list[object]) -> None:
        self._socket.sendall(msgpack.packb(message))


def connected(address: Path) -> Rpc | None:
    """A connection to a Neovim, once that listens."""
    connection = socket.socket(socket.AF_UNIX)
    connection.settimeout(seconds(180))
    try:
        connection.connect(str(address))
    except (FileNotFoundError, ConnectionRefusedError):
        connection.close()
        return None
    return Rpc(connection)


class Neovim:
    """One Neovim with settings and data of its own; `close` ends it with all that it started."""

    def __init__(self, suite: str, folder: Path, *, config: str = "", environment: Mapping[str, str]) -> None:
        """`config` is the user's `init.lua`; `folder` is for the editor's own files."""
        self.folder = folder
        write_files(folder, {"config/nvim/init.lua": INIT + config})
        package = folder / "data" / "nvim" / "site" / "pack" / "thatch" / "start" / "thatch"
        package.parent.mkdir(parents=True)
        package.symlink_to(PLUGIN)
        own = {f"XDG_{kind.upper()}_HOME": str(folder / kind) for kind in ("config", "data", "state", "cache")}
        address = folder / "socket"
        self.process = subprocess.Popen(
            [find_editor(f"nvim-{suite}"), "--headless", "--listen", address],
            env={**clean_environment(), **own, **environment},
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self._rpc = asyncio.run(until(lambda: connected(address), "Neovim's socket"))

    def lua(self, code: str, *arguments: object) -> Any:
        """Run Lua code; `...` are the arguments."""
        return self._rpc.call("nvim_exec_lua", code, arguments)

    def command(self, text: str) -> None:
        """Run an Ex command."""
        self._rpc.call("nvim_command", text)

    def until(self, condition: str, *arguments: object, limit: float = 60) -> Any:
        """Wait until a Lua expression is true, and return its value; `...` are the arguments."""
        code = f"return {condition}"
        # Between two looks Neovim does what it has been typed.
        return asyncio.run(
            until(
                lambda: self.lua(code, *arguments),
                lambda: f"{condition}; messages: {self.said}",
                timeout=limit,
            )
        )

    def edit(self, path: Path) -> None:
        """Open a file in the current window."""
        self.lua("vim.cmd.edit(vim.fn.fnameescape(...))", str(path))

    def served(self, path: Path) -> None:
        """Open a file, and wait until GHC has said all about its project."""
        self.edit(path)
        self.quiet()

    def quiet(self) -> None:
        """Wait until the current buffer's server has nothing to do."""
        self.until('(require("thatch.status").lines()[1] or ""):match("nothing to do")')

    @property
    def said(self) -> list[tuple[str, int]]:
        """The messages to the user and their levels (2 information, 3 warning, 4 error)."""
        return [(text, level) for text, level in self.lua("return vim.g.said")]

    def text(self) -> str:
        """The text of the current buffer."""
        return "\n".join(self.lua("return vim.api.nvim_buf_get_lines(0, 0, -1, false)"))

    def go(self, text: str) -> None:
        """Put the cursor on the first place where a text stands in the current buffer."""
        assert self.lua(r"vim.fn.cursor(1, 1) return vim.fn.search('\\V' .. vim.fn.escape(..., '\\'), 'c')", text), text

    def close(self) -> None:
        """End Neovim, and see to it that nothing is left of what it started."""
        children = psutil.Process(self.process.pid).children(recursive=True)
        self._rpc.notify("nvim_command", "qall!")
        self.process.wait(seconds(30))
        self._rpc.close()
        _, left = psutil.wait_procs(children, seconds(30))
        assert left == []
