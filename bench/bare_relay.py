"""The least that can stand between GHC and its interpreter: `bench/tap.py` measures it beside the tap.

It waits for both sides and passes on what they say, unseen.  What the tap costs beyond this is what it does; what this
costs is one more process in each turn of the conversation.
"""

import os
import select
import subprocess
import sys

READ_BYTES = 2**15


def main(program: str, to_ghc: int, from_ghc: int, options: list[str]) -> None:
    """Start the interpreter with GHC's options, and pass everything on until one side is done."""
    from_child, child_writes = os.pipe()
    child_reads, to_child = os.pipe()
    command = [program, str(child_writes), str(child_reads), *options]
    with subprocess.Popen(command, pass_fds=(child_writes, child_reads)):
        os.close(child_writes)
        os.close(child_reads)
        routes = {from_ghc: to_child, from_child: to_ghc}
        waiting = select.poll()
        for descriptor in routes:
            waiting.register(descriptor, select.POLLIN)
        while True:
            for descriptor, _ in waiting.poll():
                data = os.read(descriptor, READ_BYTES)
                if not data:
                    os.close(to_child)
                    return
                os.write(routes[descriptor], data)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4:])
