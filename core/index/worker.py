"""The process that reads `.hie` files into an index; it lives from the first file that it is given to the last.

    python -m thatch.core.index.worker <folder of the index> <version of GHC>

Its input is a line of JSON, the names that GHC knows by heart (`known_line`), and then a sequence of orders, each a
line of JSON (the fields of `Order`) and as many bytes of a `.hie` file as that says.  For each order it answers with a
line, `true` if it was carried out, in the order of the orders.  It is a process of its own because decoding would keep
the server from answering.
"""

import gc
import json
import logging
import os
import sqlite3
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import BinaryIO, NamedTuple

from thatch.core.binary.cursor import DecodeError
from thatch.core.database import Database
from thatch.core.hi.model import ModuleId, Name, Namespace, OccName
from thatch.core.hie.facts import ModuleFacts
from thatch.core.hie.reader import read_hie
from thatch.core.index.rows import module_rows
from thatch.core.index.storage import open_index
from thatch.core.index.writer import Read, Writer
from thatch.core.syntax import is_literate

log = logging.getLogger(__name__)

NICENESS = 10
"""How much everything else goes before."""

BATCH = 16
"""How many modules are written in one transaction: with fewer the disk works more, with more others wait longer."""


class Order(NamedTuple):
    """What to do with one module."""

    unit: str
    path: str

    stamp: str
    """The hash of the `.hie` file; empty for a module that is gone."""

    n_bytes: int
    """The size of the file."""

    def head(self) -> bytes:
        """The line that announces it."""
        return json.dumps(self).encode("ascii") + b"\n"


Known = Mapping[str, Name]


def known_line(known: Known) -> bytes:
    """The line that tells the worker which names GHC knows by heart, by their keys."""
    names = [
        (key, name.module.unit, name.module.name, name.occ.namespace.value, name.occ.text)
        for key, name in known.items()
    ]
    return json.dumps(names).encode("ascii") + b"\n"


def _read_known(line: bytes) -> Known:
    return {
        key: Name(ModuleId(unit, module), OccName(text, Namespace(namespace)))
        for key, unit, module, namespace, text in json.loads(line)
    }


def serve(orders: BinaryIO, answers: BinaryIO, database: Database) -> None:
    """Carry out orders to the end of the input."""
    known = _read_known(orders.readline())
    # Decoding makes many objects and few cycles, which would be looked for again and again.
    gc.disable()
    for batch in _batches(_orders(orders)):
        done = _carry_out(batch, known, database)
        gc.collect()
        answers.write(b"".join(b"true\n" if one else b"false\n" for one in done))
        answers.flush()


def _orders(stream: BinaryIO) -> Iterator[tuple[Order, bytes]]:
    while line := stream.readline():
        order = Order(*json.loads(line))
        content = stream.read(order.n_bytes)
        if len(content) < order.n_bytes:
            return
        yield order, content


def _batches(orders: Iterable[tuple[Order, bytes]]) -> Iterator[list[tuple[Order, bytes]]]:
    batch = []
    for order in orders:
        batch.append(order)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _carry_out(batch: list[tuple[Order, bytes]], known: Known, database: Database) -> list[bool]:
    """Whether each order was carried out."""
    stamps: dict[tuple[str, str], str] = database.run(lambda connection: _stamps(connection, batch), otherwise={})
    # Another process may have read a file meanwhile.
    new = [(order, content) for order, content in batch if stamps.get((order.unit, order.path)) != order.stamp]
    found = {order: _read(order, content, known) for order, content in new if order.stamp}
    read = [module for module in found.values() if module]
    gone = [(order.unit, Path(order.path)) for order, _ in new if not order.stamp]
    is_written = database.run(lambda connection: _write(connection, read, gone), otherwise=False)
    return [is_written and found.get(order, order) is not None for order, _ in batch]


def _stamps(connection: sqlite3.Connection, batch: list[tuple[Order, bytes]]) -> dict[tuple[str, str], str]:
    find = "SELECT stamp FROM modules WHERE unit = ? AND path = ?"
    rows = {(order.unit, order.path): connection.execute(find, order[:2]).fetchone() for order, _ in batch}
    return {key: row[0] for key, row in rows.items() if row}


def _write(connection: sqlite3.Connection, read: list[Read], gone: list[tuple[str, Path]]) -> bool:
    connection.execute("BEGIN IMMEDIATE")
    writer = Writer(connection)
    writer.put(read)
    writer.remove(gone)
    connection.execute("COMMIT")
    return True


def _read(order: Order, content: bytes, known: Known) -> Read | None:
    """What a `.hie` file says; None if it cannot be read."""
    path = Path(order.path)
    try:
        return Read(path, order.stamp, module_rows(ModuleFacts(read_hie(content, known)), literate=is_literate(path)))
    except DecodeError as error:
        log.warning("The .hie file of %s cannot be read: %s", path, error)
    except Exception:
        # One module that surprises us must not keep the others out.
        log.exception("The .hie file of %s is not understood", path)
    return None


def main() -> None:
    """Serve stdin and stdout."""
    os.nice(NICENESS)
    logging.basicConfig(format="%(message)s", level=logging.WARNING)
    folder, ghc = sys.argv[1:]
    serve(sys.stdin.buffer, sys.stdout.buffer, open_index(Path(folder), ghc))


if __name__ == "__main__":
    main()
