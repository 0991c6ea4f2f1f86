"""An interface as text and as JSON (pure)."""

from collections.abc import Iterator
from typing import Any

from thatch.cli.formats.look import printable
from thatch.core.hi.model import (
    Export,
    FileUsage,
    HomeInterfaceUsage,
    HomeModuleUsage,
    KnownName,
    Name,
    PackageModuleUsage,
)
from thatch.core.hi.reader import Interface


def interface_fields(interface: Interface) -> dict[str, Any]:
    """What an interface holds, by name."""
    usages = interface.usages
    return {
        "unit": interface.module.unit,
        "module": interface.module.name,
        "kind": interface.kind.name.lower(),
        "ghc": interface.series,
        "way": interface.way,
        "fat": interface.is_fat,
        "used_splices": interface.used_splices,
        "hashes": {
            "interface": interface.interface_hash,
            "abi": interface.abi_hash,
            "exports": interface.export_hash,
            "flags": interface.flag_hash,
            "source": interface.source_hash,
        },
        "exports": [_export(interface, export) for export in interface.exports],
        "dependencies": {
            "modules": {str(use.module): use.abi_hash for use in usages if isinstance(use, HomeModuleUsage)},
            "ran": {str(use.module): use.interface_hash for use in usages if isinstance(use, HomeInterfaceUsage)},
            "package_modules": {str(use.module): use.abi_hash for use in usages if isinstance(use, PackageModuleUsage)},
            "files": {use.path: use.hash for use in usages if isinstance(use, FileUsage)},
            "packages": list(interface.dependencies.packages),
        },
    }


def interface_text(interface: Interface) -> str:
    """What an interface holds, for people."""
    return "\n".join(map(printable, _lines(interface_fields(interface))))


def _lines(fields: dict[str, Any]) -> Iterator[str]:
    way = f", way {fields['way']}" if fields["way"] else ""
    core = "with Core of all bindings" if fields["fat"] else "without Core"
    yield f"{fields['unit']}:{fields['module']}"
    yield f"  {fields['kind']}, written by GHC {fields['ghc']}{way}, {core}"
    dependencies = fields["dependencies"]
    titles = {
        "hashes": fields["hashes"],
        "exports": fields["exports"],
        "home modules it uses, by ABI": dependencies["modules"],
        "home modules that ran in splices, by interface": dependencies["ran"],
        "modules of packages it uses, by ABI": dependencies["package_modules"],
        "files it read, by MD5": dependencies["files"],
        "packages": dependencies["packages"],
    }
    for title, content in titles.items():
        if content:
            yield f"{title}:"
            yield from (f"  {line}" for line in _content(content))


def _content(content: dict[str, str] | list[str]) -> Iterator[str]:
    if isinstance(content, dict):
        width = max(map(len, content))
        yield from (f"{name:{width}}  {value}" for name, value in content.items())
    else:
        yield from content


def _export(interface: Interface, export: Export) -> str:
    """As in an export list, with the module of what comes from another."""
    parts = [_name(interface, part, qualified=False) for part in export.parts or () if part != export.name]
    inside = f"({', '.join([*parts, *export.fields])})" if parts or export.fields else ""
    return _name(interface, export.name, qualified=True) + inside


def _name(interface: Interface, name: Name | KnownName, *, qualified: bool) -> str:
    if isinstance(name, KnownName):
        return f"(known to GHC as {name.key})"
    qualifier = f"{name.module.name}." if qualified and name.module != interface.module else ""
    return f"{qualifier}{name.occ.text}"
