"""An interpreter for GHC that only passes on, and writes down who said what: the source of the recorded conversations.

Standard library only.  As a program: FILE INTERPRETER WRITE-FD READ-FD [OPTION...], which GHC gives but for the first
two.  A record is `G` (GHC) or `I` (the interpreter), the length in four bytes, and the bytes.
"""

import gzip
import os
import select
import subprocess
import sys
from pathlib import Path

Pieces = list[tuple[str, bytes]]


def record(file: Path, ghc: Path, interpreter: Path, folder: Path, modules: list[str], way: str) -> Pieces:
    """Have GHC load modules of a folder, and return what was said."""
    script = f'#!/bin/sh\nexec "{sys.executable}" -I -S "{__file__}" "{file}" "{interpreter}" "$@"\n'
    for name in ("recorder", f"recorder{way}"):
        path = file.with_name(name)
        path.write_text(script)
        path.chmod(0o755)
    flags = ["-v0", "--interactive", "-ignore-dot-ghci", "-package-env", "-", "-fexternal-interpreter"]
    flags += ["-dynamic"] if way else []
    command = [ghc, *flags, "-pgmi", file.with_name("recorder"), *modules]
    subprocess.run(command, cwd=folder, stdin=subprocess.DEVNULL, check=True)
    return parse(file.read_bytes())


def load(file: Path) -> Pieces:
    """Read a recorded conversation that was compressed with gzip."""
    return parse(gzip.decompress(file.read_bytes()))


def parse(data: bytes) -> Pieces:
    """The pieces in their order."""
    pieces, position = [], 0
    while position < len(data):
        end = position + 5 + int.from_bytes(data[position + 1 : position + 5], "big")
        pieces.append((data[position : position + 1].decode(), data[position + 5 : end]))
        position = end
    return pieces


def main(name: str, interpreter: str, to_ghc: str, from_ghc: str, *options: str) -> None:
    there, to_child = os.pipe()
    from_child, back = os.pipe()
    command = [interpreter, str(back), str(there), *options]
    child = subprocess.Popen(command, pass_fds=(there, back))
    os.close(there)
    os.close(back)
    sides = {int(from_ghc): (b"G", to_child), from_child: (b"I", int(to_ghc))}
    poll = select.poll()
    for descriptor in sides:
        poll.register(descriptor, select.POLLIN)
    with Path(name).open("wb", buffering=0) as file:
        while True:
            for descriptor, _ in poll.poll():
                letter, target = sides[descriptor]
                if not (data := os.read(descriptor, 2**16)):
                    os.close(to_child)
                    sys.exit(child.wait())
                file.write(letter + len(data).to_bytes(4, "big") + data)
                with os.fdopen(os.dup(target), "wb") as pipe:
                    pipe.write(data)


if __name__ == "__main__":
    main(*sys.argv[1:])
