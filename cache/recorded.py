"""What GHC recorded about a compilation in the interface that it wrote, as entries hold it; pure.

Imported only where something is kept: the reader of interfaces takes a while to import.
"""

from collections.abc import Iterator
from pathlib import PurePosixPath

from attrs import frozen

from thatch.cache.entry import Dependency, DependencyKind
from thatch.cache.plan import name_of
from thatch.core.hi.model import FileUsage, HomeInterfaceUsage, HomeModuleUsage, Warnings
from thatch.core.hi.reader import Interface, read_interface
from thatch.core.project.resolve import ModuleId

LIBRARIES = frozenset({".so", ".a", ".o", ".dylib", ".dll"})
"""Suffixes of files that were linked for a splice; the ids of the packages stand for them."""


@frozen
class Recorded:
    """The hashes of a result, and what it came from."""

    abi: str
    interface: str

    warns: bool
    """Whether it makes its users see a warning."""

    dependencies: tuple[Dependency, ...]


def read_recorded(data: bytes) -> Recorded:
    """Read an interface file; raises DecodeError."""
    interface = read_interface(data)
    warns = interface.warnings != Warnings()
    return Recorded(interface.abi_hash, interface.interface_hash, warns, tuple(_dependencies(interface)))


def _dependencies(interface: Interface) -> Iterator[Dependency]:
    boots = {(module.unit, module.name) for module in interface.dependencies.modules if module.boot}
    for usage in interface.usages:
        match usage:
            case HomeModuleUsage(module=module, abi_hash=value):
                name = name_of(ModuleId(module.unit, module.name, (module.unit, module.name) in boots))
                yield Dependency(DependencyKind.ABI, name, value)
            case HomeInterfaceUsage(module=module, interface_hash=value):
                yield Dependency(DependencyKind.INTERFACE, name_of(ModuleId(module.unit, module.name)), value)
            case FileUsage(path=path, hash=value) if PurePosixPath(path).suffix not in LIBRARIES:
                yield Dependency(DependencyKind.FILE, path, value)
            case _:
                pass  # Of packages, their ids are among the flags.
