"""Plugins of GHC, which loads them into itself, and only when it also runs splices by itself."""

from collections.abc import Iterable, Mapping, Sequence

from thatch.core.ghc.output import Notice
from thatch.core.project.graph import ModuleGraph
from thatch.core.project.headers import collect_headers
from thatch.core.project.model import Project
from thatch.core.syntax import Header

REFUSAL = "Plugins require -fno-external-interpreter"
"""What GHC says otherwise (`loadPlugins` in GHC/Runtime/Loader.hs, 9.6 and 9.10)."""

PLUGINS = ("-fplugin", "-plugin-package")
"""How flags begin that have GHC load code into itself."""


def uses_plugins(flags: Iterable[str]) -> bool:
    """Whether GHC itself loads code of packages with these flags."""
    return any(flag.startswith(PLUGINS) for flag in flags)


def any_uses_plugins(flags: Mapping[str, Sequence[str]], headers: Iterable[Header]) -> bool:
    """Whether it does for some of the units with these flags, or of their modules with these heads."""
    return any(map(uses_plugins, flags.values())) or any(uses_plugins(header.options) for header in headers)


def project_uses_plugins(project: Project, flags: Mapping[str, Sequence[str]], graph: ModuleGraph | None) -> bool:
    """Whether it does for some of a project's modules; without their `graph` their heads are read.  Blocking."""
    headers = (node.header for node in graph.nodes.values()) if graph else collect_headers(project.units).values()
    return any_uses_plugins(flags, headers)


def refused_plugins(notices: Iterable[Notice]) -> bool:
    """Whether GHC has refused to load a plugin because of its external interpreter."""
    return any(REFUSAL in notice.text for notice in notices)
