"""The descriptions of installed packages in their databases, which are folders of files.  Blocking."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from pathlib import Path

from attrs import frozen


@frozen(kw_only=True)
class Package:
    """An installed package, or one of the libraries of a package, as its database describes it."""

    id: str
    name: str
    version: str = ""

    source_name: str = ""
    """The name of the package that it is a library of; mostly the same."""

    synopsis: str = ""
    """What it is for, in a few words."""

    exposed: bool
    """Whether it is visible unless hidden."""

    modules: Mapping[str, tuple[str, str]]
    """The modules that can be imported from it: where each really is (unit id and module)."""

    import_dirs: tuple[Path, ...]

    depends: tuple[str, ...]

    documentation: tuple[Path, ...] = ()
    """Folders for the pages that Haddock makes; they need not exist."""

    haddock_files: tuple[Path, ...] = ()
    """The files that Haddock leaves beside them; they need not exist either."""

    @property
    def source_id(self) -> str:
        """The name and version of its package, such as `containers-0.6.7`."""
        return f"{self.source_name}-{self.version}"


def database_folders(libdir: Path, flags: Sequence[str]) -> tuple[Path, ...]:
    """GHC's own database and those that flags name, which they may do in one word or in two."""
    named = []
    for flag, following in pairwise((*flags, "")):
        if flag == "-package-db":
            named.append(following)
        elif flag.startswith("-package-db="):
            named.append(flag.removeprefix("-package-db="))
    return (libdir / "package.conf.d", *(Path(name) for name in named if name not in {"", "global", "user"}))


def read_packages(databases: Iterable[Path]) -> dict[str, Package]:
    """The packages of databases (folders of `.conf` files); later databases count more, unreadable files not at all."""
    found = {}
    for database in databases:
        for path in sorted(database.glob("*.conf")):
            try:
                package = parse_package(path.read_text("utf-8"), database.parent)
            except (OSError, UnicodeDecodeError):
                continue
            found[package.id] = package
    return found


def parse_package(text: str, root: Path) -> Package:
    """The description of a package; `root` is the folder of its database's folder."""
    fields = {found[1].lower(): " ".join(found[2].split()) for found in _FIELD.finditer(text)}
    own = fields.get("id", "")
    name = fields.get("name", "")
    return Package(
        id=own,
        name=name,
        version=fields.get("version", ""),
        source_name=fields.get("package-name", name),
        synopsis=fields.get("synopsis", ""),
        exposed=fields.get("exposed", "True") == "True",
        modules=dict(_modules(fields.get("exposed-modules", ""), own)),
        import_dirs=_folders(fields.get("import-dirs", ""), root),
        depends=tuple(fields.get("depends", "").split()),
        documentation=_folders(fields.get("haddock-html", ""), root),
        haddock_files=_folders(fields.get("haddock-interfaces", ""), root),
    )


def visible_packages(packages: Mapping[str, Package], flags: Sequence[str]) -> frozenset[str]:
    """The ids of the packages whose modules can be imported with these flags of GHC."""
    named = set()
    for flag, value in pairwise([*flags, ""]):
        if flag == "-package-id":
            named.add(value)
        elif flag == "-package":
            named |= {each.id for each in packages.values() if value in {each.name, each.id}}
    if "-hide-all-packages" not in flags:
        named |= {each.id for each in packages.values() if each.exposed}
    return frozenset(named & packages.keys())


def interface_path(import_dirs: Iterable[Path], module: str) -> Path | None:
    """The interface file of a module of the package with those folders, exposed or not."""
    relative = module.replace(".", "/")
    for folder in import_dirs:
        for suffix in (".hi", ".dyn_hi"):
            path = folder / f"{relative}{suffix}"
            if path.is_file():
                return path
    return None


_FIELD = re.compile(r"^([\w-]+):((?:.*\n?)(?:^[ \t]+.*\n?)*)", re.MULTILINE)


_PATH = re.compile(r'"[^"]*"|\S+')


def _folders(text: str, root: Path) -> tuple[Path, ...]:
    parts = [part.strip('"') for part in _PATH.findall(text)]
    return tuple(Path(part.replace("${pkgroot}", str(root))) for part in parts)


def _modules(text: str, own: str) -> Iterator[tuple[str, tuple[str, str]]]:
    """Entries such as `A.B` and `A.B from unit:C`, separated by commas or blanks."""
    words = text.replace(",", " ").split()
    for index, word in enumerate(words):
        if word == "from" or (index and words[index - 1] == "from"):
            continue
        place = (own, word)
        if words[index + 1 : index + 2] == ["from"] and index + 2 < len(words):
            unit, _, module = words[index + 2].rpartition(":")
            place = (unit, module)
        yield word, place
