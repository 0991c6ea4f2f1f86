"""Where pages about names of packages are: those that Haddock made on this machine, and those on Hackage."""

from pathlib import Path
from urllib.parse import quote

from attrs import frozen

from thatch.core.hi.model import Namespace, OccName

SITE = "https://hackage.haskell.org/package/{package}/docs/"
"""The pages of a package such as `containers-0.6.7` for people to read; thatch itself never goes there."""


@frozen
class Links:
    """Pages about a name or a module, as URLs; empty where there is none."""

    documentation: str = ""

    source: str = ""
    """Its source as a page; what can be opened as a file is found by `sources`."""


def page(module: str, occ: OccName | None) -> str:
    """The page of a module in the folder or the site of its package, at the place of a name."""
    place = "" if occ is None else f"#{anchor(occ)}"
    return f"{module.replace('.', '-')}.html{place}"


def source_page(module: str, occ: OccName | None) -> str:
    """The page with the source of a module, at the place of a name."""
    place = "" if occ is None else "#" + quote(occ.as_written.text, safe="")
    return f"src/{module}.html{place}"


def site_links(package: str, module: str, defining: str, occ: OccName | None) -> Links:
    """The pages on Hackage for a name that `module` exports and `defining` defines."""
    site = SITE.format(package=package)
    return Links(site + page(module, occ), site + source_page(defining, occ))


def local_links(folder: Path, module: str, defining: str, occ: OccName | None) -> Links:
    """The same in a folder."""
    site = folder.as_uri() + "/"
    return Links(site + page(module, occ), site + source_page(defining, occ))


def anchor(occ: OccName) -> str:
    """The place of a name on a page: `v:map`, `t:Maybe`, `v:-33-` (`makeAnchorId` in Haddock's `Haddock/Utils.hs`)."""
    occ = occ.as_written
    space = "t" if occ.namespace in {Namespace.TYPE, Namespace.TYPE_VARIABLE} else "v"
    return f"{space}:{''.join(map(_legal, occ.text))}"


def _legal(character: str) -> str:
    if (character.isascii() and character.isalnum()) or character in ":_.":
        return character
    return f"-{ord(character)}-"
