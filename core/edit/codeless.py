"""Installed packages described without their code, for sessions whose interpreter runs none.

For each module with splices, and at each check anew, GHC would read all the libraries with code that splices may run,
to note their hashes (`mkObjectUsage` in GHC/HsToCore/Usage.hs, 9.6 and 9.10): some hundred megabytes where a package
like aeson is among them.
"""

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from thatch.core.packages.database import Package, parse_package


def codeless(ids: Iterable[str], databases: Sequence[Path]) -> dict[str, str]:
    """Descriptions of packages and of all that these depend on, by their ids.  Blocking.

    `databases` are folders of `.conf` files, of which later ones count more.  What is in none of them is left out.
    """
    found: dict[str, str] = {}
    waiting = list(ids)
    known = set(waiting)
    while waiting:
        own = waiting.pop()
        described = _described(own, databases)
        if described is None:
            continue
        package, found[own] = described
        new = set(package.depends) - known
        known |= new
        waiting += new
    return found


def without_code(text: str, root: Path) -> str:
    """The description of a package without its libraries; `root` is the folder of its database's folder."""
    return _LIBRARIES.sub("", text).replace("${pkgroot}", str(root))


def _described(own: str, databases: Sequence[Path]) -> tuple[Package, str] | None:
    """A package by its id, and its description without code.

    Files are named after the id, or (Debian's) after just the name and version in front of its hash.
    """
    for database in reversed(databases):
        for name in (own, own.rpartition("-")[0]):
            try:
                text = (database / f"{name}.conf").read_text("utf-8")
            except (OSError, UnicodeDecodeError):
                continue
            package = parse_package(text, database.parent)
            if package.id == own:
                return package, without_code(text, database.parent)
    return None


_LIBRARIES = re.compile(r"^[\w-]*(?:librar|frameworks|ld-options)[\w-]*:.*\n?(?:^[ \t]+.*\n?)*", re.MULTILINE)
