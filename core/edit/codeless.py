"""Installed packages described without their code, for sessions whose interpreter runs none.

For each module with splices, and at each check anew, GHC would read all the libraries with code that splices may run,
to note their hashes (`mkObjectUsage` in GHC/HsToCore/Usage.hs, 9.6 and 9.10): some hundred megabytes where a package
like aeson is among them.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from thatch.core.packages.database import parse_package

PLUGINS_NEED = "ghc"
"""The package that every plugin of GHC's depends on."""


def codeless(ids: Iterable[str], databases: Sequence[Path]) -> dict[str, str]:
    """Descriptions of packages and of all that these depend on, by their ids.  Blocking.

    `databases` are folders of `.conf` files, of which later ones count more.  What is in none of them is left out.
    There are no descriptions at all if there may be a plugin among the packages, which GHC itself must load.
    """
    found: dict[str, str] = {}
    waiting = list(ids)
    known = set(waiting)
    while waiting:
        own = waiting.pop()
        for text, root in _descriptions(own, databases):
            package = parse_package(text, root)
            if package.name == PLUGINS_NEED:
                return {}
            found[own] = without_code(text, root)
            new = set(package.depends) - known
            known |= new
            waiting += new
    return found


def without_code(text: str, root: Path) -> str:
    """The description of a package without its libraries; `root` is the folder of its database's folder."""
    return _LIBRARIES.sub("", text).replace("${pkgroot}", str(root))


def _descriptions(own: str, databases: Sequence[Path]) -> Iterator[tuple[str, Path]]:
    """The description that counts, if there is one."""
    for database in reversed(databases):
        try:
            text = (database / f"{own}.conf").read_text("utf-8")
        except (OSError, UnicodeDecodeError):
            continue
        yield text, database.parent
        return


_LIBRARIES = re.compile(r"^[\w-]*(?:librar|frameworks|ld-options)[\w-]*:.*\n?(?:^[ \t]+.*\n?)*", re.MULTILINE)
