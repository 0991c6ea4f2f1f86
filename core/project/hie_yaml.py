"""Reading `hie.yaml`: which cradle describes which part of a folder; asking the cradles lives elsewhere.  Pure.

The forms are those that hie-bios reads (0.2 to 0.20, `HIE.Bios.Config.YAML`).
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from posixpath import normpath
from typing import Any

import yaml
from attrs import Factory, define, field, frozen

from thatch.core.diagnostics import Diagnostic, Severity, Span
from thatch.core.errors import CradleError

MAX_NESTING = 16
"""How deep `multi` cradles may lie in one another; deeper is taken for a mistake."""


@frozen(kw_only=True)
class Cabal:
    """`cabal`: its components are no choice here, since every component is loaded."""

    project_file: Path | None = None


@frozen(kw_only=True)
class Stack:
    """`stack`: as for `cabal`."""

    stack_yaml: Path | None = None


@frozen(kw_only=True)
class Direct:
    """`direct`: GHC's arguments."""

    arguments: tuple[str, ...]


@frozen(kw_only=True)
class Bios:
    """`bios`: a program that tells GHC's arguments."""

    command: tuple[str, ...]
    """The program, or the shell with the script."""

    dependency_command: tuple[str, ...] = ()
    """What tells the files that the answer depends on; empty: nothing does."""

    with_ghc: str = ""


@frozen
class NoCradle:
    """`none`: the files are not to be loaded."""


@frozen
class Default:
    """`default`: what would be found without a `hie.yaml`."""


Cradle = Cabal | Stack | Direct | Bios | NoCradle | Default


@frozen(kw_only=True)
class Entry:
    """A cradle and the part of the folder that it is for."""

    prefix: Path
    """Absolute folder or file: a file belongs to the entry with the longest prefix of its path."""

    cradle: Cradle
    dependencies: tuple[Path, ...] = ()
    line: int = field(default=1, eq=False)
    """1-based line in `hie.yaml`."""


@frozen(kw_only=True)
class HieYaml:
    """A whole `hie.yaml`."""

    path: Path
    multi: bool
    """Whether different parts of the folder have cradles of their own."""

    entries: tuple[Entry, ...]
    diagnostics: tuple[Diagnostic, ...] = ()

    def entry_for(self, path: Path) -> Entry | None:
        """The entry that a source file (absolute) belongs to; None if it is for nobody."""
        fitting = (entry for entry in self.entries if path.is_relative_to(entry.prefix))
        return max(fitting, key=lambda entry: len(entry.prefix.parts), default=None)


def parse(path: Path, text: str) -> HieYaml:
    """Read the text of a `hie.yaml` at an absolute path.

    Raises `CradleError` with the line at fault.  Unknown keys give warnings.
    """
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        root = yaml.compose(text, loader)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise _syntax_error(path, error) from error
    reader = _Reader(path)
    if root is None:
        raise reader.error(None, "is empty: it should say `cradle:` followed by a kind of cradle, such as `cabal:`")
    entries = tuple(reader.config(root, path.parent, nesting=0))
    return HieYaml(path=path, multi=reader.multi, entries=entries, diagnostics=tuple(reader.diagnostics))


@define
class _Reader:
    path: Path
    multi: bool = False
    diagnostics: list[Diagnostic] = Factory(list)

    def config(self, node: yaml.Node, prefix: Path, *, nesting: int) -> Iterator[Entry]:
        """`{cradle: .., dependencies: [..]}`."""
        if nesting > MAX_NESTING:
            raise self.error(node, f"nests `multi` cradles more than {MAX_NESTING} deep")
        pairs = self.mapping(node, "a mapping with the key `cradle`", {"cradle", "dependencies"})
        if "cradle" not in pairs:
            raise self.error(
                node, "has no key `cradle`: write `cradle:` followed by a kind of cradle, such as `cabal:`"
            )
        dependencies = self.paths(pairs["dependencies"], "dependencies") if "dependencies" in pairs else ()
        yield from self.cradle(pairs["cradle"], prefix, dependencies, nesting)

    def cradle(self, node: yaml.Node, prefix: Path, dependencies: tuple[Path, ...], nesting: int) -> Iterator[Entry]:
        """`{<kind>: ..}`, or just the kind's name."""
        kinds: dict[str, Callable[[yaml.Node | None], list[tuple[str | None, Cradle]]]] = {
            "cabal": self.cabal,
            "stack": self.stack,
            "direct": self.direct,
            "bios": self.bios,
            "none": lambda _: [(None, NoCradle())],
            "default": lambda _: [(None, Default())],
        }
        kind, value = self.kind(node, {*kinds, "multi"})
        if kind == "multi":
            self.multi = True
            yield from self.parts(value, prefix, dependencies, nesting)
            return
        for part, cradle in kinds[kind](value):
            yield Entry(
                prefix=self.absolute(part) if part else prefix,
                cradle=cradle,
                dependencies=dependencies,
                line=node.start_mark.line + 1,
            )

    def kind(self, node: yaml.Node, kinds: set[str]) -> tuple[str, yaml.Node | None]:
        """The kind of cradle that a node names, and what stands under it."""
        expected = f"one kind of cradle: {', '.join(sorted(kinds))}"
        if isinstance(node, yaml.ScalarNode) and node.value in kinds:
            return node.value, None
        pairs = self.mapping(node, expected, kinds | {"other"})
        known = [kind for kind in pairs if kind in kinds]
        if len(known) != 1:
            raise self.error(node, f"should have {expected}")
        return known[0], None if _is_null(pairs[known[0]]) else pairs[known[0]]

    def parts(
        self, node: yaml.Node | None, prefix: Path, dependencies: tuple[Path, ...], nesting: int
    ) -> Iterator[Entry]:
        """`multi: [{path: .., config: {cradle: ..}}]`."""
        for item in self.sequence(node, "a list of `path` and `config` under `multi`"):
            pairs = self.mapping(item, "a mapping with the keys `path` and `config`", {"path", "config"})
            self.need(item, pairs, "path", "config")
            inner = self.absolute(self.text(pairs["path"], "`path`"))
            for entry in self.config(pairs["config"], inner, nesting=nesting + 1):
                # What a nested cradle says about itself adds to what is said around it.
                yield Entry(
                    prefix=entry.prefix if entry.prefix.is_relative_to(prefix) else inner,
                    cradle=entry.cradle,
                    dependencies=(*dependencies, *entry.dependencies),
                    line=entry.line,
                )

    def cabal(self, node: yaml.Node | None) -> list[tuple[str | None, Cradle]]:
        return [(part, Cabal(project_file=file)) for part, file in self.components(node, "cabal", "cabalProject")]

    def stack(self, node: yaml.Node | None) -> list[tuple[str | None, Cradle]]:
        return [(part, Stack(stack_yaml=file)) for part, file in self.components(node, "stack", "stackYaml")]

    def components(self, node: yaml.Node | None, tool: str, file_key: str) -> list[tuple[str | None, Path | None]]:
        """The paths under a cabal or stack cradle, each with its project file.

        Nothing; `{component: ..}`; `[{path: .., component: ..}]`; or `{components: [..]}` around such a list.
        """
        if node is None:
            return [(None, None)]
        if isinstance(node, yaml.SequenceNode):
            return self.component_list(node, file_key, None)
        expected = f"the keys `component`, `components` or `{file_key}`, or a list of components, under `{tool}`"
        pairs = self.mapping(node, expected, {"component", "components", file_key})
        file = self.absolute(self.text(pairs[file_key], f"`{file_key}`")) if file_key in pairs else None
        if "component" in pairs:
            self.text(pairs["component"], "`component`")
        if "components" in pairs:
            return self.component_list(pairs["components"], file_key, file)
        return [(None, file)]

    def component_list(self, node: yaml.Node, file_key: str, file: Path | None) -> list[tuple[str | None, Path | None]]:
        found: list[tuple[str | None, Path | None]] = []
        for item in self.sequence(node, "a list of `path` and `component`"):
            pairs = self.mapping(item, "the keys `path` and `component`", {"path", "component", file_key})
            self.need(item, pairs, "path", "component")
            self.text(pairs["component"], "`component`")
            own = self.absolute(self.text(pairs[file_key], f"`{file_key}`")) if file_key in pairs else file
            found.append((self.text(pairs["path"], "`path`"), own))
        if not found:
            raise self.error(node, "should list at least one component")
        return found

    def direct(self, node: yaml.Node | None) -> list[tuple[str | None, Cradle]]:
        if node is None:
            raise self.error(node, "should have a list `arguments` under `direct`")
        pairs = self.mapping(node, "the key `arguments` under `direct`", {"arguments"})
        self.need(node, pairs, "arguments")
        arguments = [
            self.text(item, "an argument") for item in self.sequence(pairs["arguments"], "a list of arguments")
        ]
        return [(None, Direct(arguments=tuple(arguments)))]

    def bios(self, node: yaml.Node | None) -> list[tuple[str | None, Cradle]]:
        keys = {"program", "shell", "dependency-program", "dependency-shell", "with-ghc"}
        if node is None:
            raise self.error(node, "should have `program` or `shell` under `bios`")
        pairs = self.mapping(node, "`program` or `shell` under `bios`", keys)
        command = self.callable(pairs, "program", "shell")
        if not command:
            raise self.error(node, "should have `program` or `shell` under `bios`")
        return [
            (
                None,
                Bios(
                    command=command,
                    dependency_command=self.callable(pairs, "dependency-program", "dependency-shell"),
                    with_ghc=self.text(pairs["with-ghc"], "`with-ghc`") if "with-ghc" in pairs else "",
                ),
            )
        ]

    def callable(self, pairs: dict[str, yaml.Node], program: str, shell: str) -> tuple[str, ...]:
        if program in pairs:
            return (str(self.absolute(self.text(pairs[program], f"`{program}`"))),)
        if shell in pairs:
            return ("/bin/sh", "-c", self.text(pairs[shell], f"`{shell}`"))
        return ()

    def mapping(self, node: yaml.Node, expected: str, keys: set[str]) -> dict[str, yaml.Node]:
        """A mapping's values by key; keys that mean nothing are warned about."""
        if not isinstance(node, yaml.MappingNode):
            raise self.error(node, f"should have {expected}")
        pairs = {key.value: value for key, value in node.value if isinstance(key, yaml.ScalarNode)}
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode) or key.value not in keys:
                self.warn(key, sorted(keys))
        return {key: value for key, value in pairs.items() if key in keys}

    def sequence(self, node: yaml.Node | None, expected: str) -> list[yaml.Node]:
        if not isinstance(node, yaml.SequenceNode):
            raise self.error(node, f"should have {expected}")
        return list(node.value)

    def text(self, node: yaml.Node, what: str) -> str:
        if not isinstance(node, yaml.ScalarNode) or _is_null(node):
            raise self.error(node, f"should have a text as {what}")
        return str(node.value)

    def paths(self, node: yaml.Node, key: str) -> tuple[Path, ...]:
        if _is_null(node):
            return ()
        items = self.sequence(node, f"a list of files under `{key}`")
        return tuple(self.absolute(self.text(item, "a file's name")) for item in items)

    def need(self, node: yaml.Node, pairs: dict[str, Any], *keys: str) -> None:
        for key in keys:
            if key not in pairs:
                raise self.error(node, f"has no key `{key}` here")

    def absolute(self, path: str) -> Path:
        return Path(normpath(self.path.parent / path))

    def warn(self, node: yaml.Node, keys: list[str]) -> None:
        mark, end = node.start_mark, node.end_mark
        name = node.value if isinstance(node, yaml.ScalarNode) else "This key"
        self.diagnostics.append(
            Diagnostic(
                path=self.path,
                span=Span(mark.line + 1, mark.column + 1, end.line + 1, end.column + 1),
                severity=Severity.WARNING,
                message=f"{name} is not known here and means nothing; known are: {', '.join(keys)}.",
                source="hie.yaml",
            )
        )

    def error(self, node: yaml.Node | None, what: str) -> CradleError:
        return CradleError(
            message=f"{self.path.name} {what}.",
            remedy="Correct the file, or remove it to have the project found without it.",
            path=self.path,
            line=node.start_mark.line + 1 if node is not None else 1,
        )


def _is_null(node: yaml.Node) -> bool:
    return isinstance(node, yaml.ScalarNode) and node.tag == "tag:yaml.org,2002:null"


def _syntax_error(path: Path, error: Exception) -> CradleError:
    mark = getattr(error, "problem_mark", None)
    problem = getattr(error, "problem", None) or str(error) or type(error).__name__
    return CradleError(
        message=f"{path.name} is not YAML: {problem}.",
        remedy="Correct the file, or remove it to have the project found without it.",
        path=path,
        line=mark.line + 1 if mark is not None else 1,
    )
