"""The rules of docs/architecture.md as functions from a file's path and text to complaints; no file is read here."""

import ast
import re
from collections.abc import Callable, Iterator
from pathlib import PurePosixPath

Complaints = Iterator[str]
PythonRule = Callable[[PurePosixPath, ast.Module], Complaints]

PACKAGES = ("core", "cache", "lsp", "cli")
"""The top-level folders that hold `thatch.*`."""

MAY_IMPORT = {
    "core": {"core"},
    "cache": {"core", "cache"},
    "lsp": {"core", "cache", "lsp"},
    "cli": {"core", "cache", "cli"},
}
"""The layers: `lsp` and `cli` stand on `cache`, which stands on `core`."""

COMPOSITION_ROOTS = {("cli/lsp.py", "thatch.lsp.server")}
"""Imports against the layers that put the program together: the file, and what it may import."""

NOT_FOR_CACHE = ("thatch.core.workspace", "thatch.core.ghc.session", "thatch.core.ghc.project_lane")
"""The cache knows data and formats, never what is running."""

ONLY_IN = {
    "pygls": "lsp/",
    "google": "core/scip/schema.py",
    "lsprotocol": "lsp/",
    "obstore": "cache/object_store.py",
    "watchdog": "core/watch.py",
    "rich": "cli/",
    "tree_sitter": "core/structure/syntax_tree.py",
    "tree_sitter_haskell": "core/structure/syntax_tree.py",
    "click": "cli/",
    "yaml": "core/project/hie_yaml.py",
}
"""Libraries and the one place that may know them."""

PURE = (
    "cli/exit_code.py",
    "cli/formats/",
    "cli/baseline.py",
    "cli/identity.py",
    "cli/narrowing.py",
    "cli/shards.py",
    "cli/screen.py",
    "cli/statistics.py",
    "cli/tables.py",
    "cli/timings.py",
    "cli/report.py",
    "cli/splices_report.py",
    "cli/splices_text.py",
    "cache/entry.py",
    "cache/key.py",
    "cache/plan.py",
    "cache/said.py",
    "cache/wire.py",
    "cache/remote_index.py",
    "cache/packing.py",
    "cache/breaker.py",
    "cache/assembly.py",
    "core/artifacts.py",
    "core/binary/",
    "core/cabal/asked.py",
    "core/cabal/completion.py",
    "core/cabal/edits.py",
    "core/cabal/fixes.py",
    "core/cabal/hover.py",
    "core/cabal/outline.py",
    "core/cabal/problems.py",
    "core/cabal/structure.py",
    "core/cabal/words.py",
    "core/completion/asked.py",
    "core/completion/call.py",
    "core/completion/local_names.py",
    "core/completion/model.py",
    "core/completion/ranking.py",
    "core/completion/words.py",
    "core/diagnostic_store.py",
    "core/diagnostics.py",
    "core/edit/edit_unit.py",
    "core/edit/home_set.py",
    "core/errors.py",
    *(f"core/evaluation/{name}.py" for name in ("examples", "matching", "model", "plan", "results", "statements")),
    "core/events.py",
    "core/fixes/",
    "core/fuzzy.py",
    "core/ghc/flags.py",
    "core/ghc/judge.py",
    "core/ghc/lane_splices.py",
    "core/ghc/logged.py",
    "core/ghc/message.py",
    "core/ghc/output.py",
    "core/ghc/output_parser.py",
    "core/ghc/prompt.py",
    "core/ghc/results.py",
    "core/ghc/versions.py",
    "core/ghc/werror.py",
    "core/haddock/",
    "core/health.py",
    "core/hi/",
    "core/hie/",
    "core/index/definitions.py",
    "core/index/instances.py",
    "core/index/mentions.py",
    "core/index/model.py",
    "core/index/names.py",
    "core/index/packing.py",
    "core/index/rows.py",
    "core/navigation/evidence.py",
    "core/navigation/highlight.py",
    "core/navigation/hover_text.py",
    "core/navigation/inlay.py",
    "core/navigation/meanings.py",
    "core/navigation/places.py",
    "core/navigation/seen.py",
    "core/navigation/signatures.py",
    "core/packages/cabal_file.py",
    "core/packages/definitions.py",
    "core/packages/links.py",
    "core/packages/model.py",
    "core/packages/name_index.py",
    "core/position_map.py",
    "core/project/arguments.py",
    "core/project/cabal_messages.py",
    "core/project/graph.py",
    "core/project/model.py",
    "core/project/resolve.py",
    "core/project/strong.py",
    *(f"core/rename/{name}.py" for name in ("capture", "new_name", "places", "thing", "unseen", "words")),
    "core/sandbox/command.py",
    "core/sandbox/explain.py",
    "core/sandbox/mode.py",
    "core/sandbox/secrets.py",
    "core/running/commands.py",
    "core/running/find_tests.py",
    "core/running/model.py",
    "core/running/string_literal.py",
    "core/scip/document.py",
    "core/scip/schema.py",
    "core/scip/symbols.py",
    "core/source/",
    "core/splices/",
    "core/structure/",
    "core/syntax.py",
    "core/text.py",
    "core/tools/formatters.py",
    "core/tools/hint_fixes.py",
    "core/tools/hints.py",
    "core/tools/line_edits.py",
    "core/tools/refactorings.py",
    *(
        f"core/th/{name}.py"
        for name in (
            "data_types",
            "declarations",
            "expansion",
            "expressions",
            "extensions",
            "imports",
            "layout",
            "literals",
            "name_splices",
            "names",
            "patterns",
            "pragmas",
            "printer",
            "printing",
            "scope",
            "tree",
            "type_variables",
            "types",
        )
    ),
)
"""Files and folders that only compute."""

IMPURE_MODULES = {
    "asyncio",
    "os",
    "shutil",
    "signal",
    "socket",
    "sqlite3",
    "subprocess",
    "tempfile",
    "threading",
    "time",
}
IMPURE_METHODS = {
    "exists", "glob", "is_dir", "is_file", "iterdir", "mkdir", "read_bytes", "read_text", "rglob", "stat", "unlink",
    "write_bytes", "write_text",
}  # fmt: skip

MOST_FUNCTION_LINES = 60
MOST_FILE_LINES = 600

LINKS_TO = (
    "errors.haskell.org",
    "hackage.haskell.org",
    "www.haskell.org",
    "github.com",
    "keepachangelog.com",
    "semver.org",
    "gitlab.com",
    "json.schemastore.org",
    "json-schema.org",
    "docs.oasis-open.org",
    "microsoft.github.io",
    "www.apache.org",
    ".example",
    ".invalid",
)
"""The hosts that files may name (with all below them): pages to read, never places that something is fetched from."""

_HOST = re.compile(r"https?://(?:[^/@\s]+@)?((?:[\w-]+\.)+[a-z]{2,})")
_HOME = re.compile(r"(?<![\w.])/(?:home|Users)/(?!u\b|user\b|me\b|my\b)\w")


def layers(path: PurePosixPath, tree: ast.Module) -> Complaints:
    """Imports go lsp, cli -> cache -> core, and never back."""
    for line, name in imports(tree):
        target = name.removeprefix("thatch.").split(".")[0] if name.startswith("thatch.") else ""
        if target and target not in MAY_IMPORT[path.parts[0]] and (str(path), name) not in COMPOSITION_ROOTS:
            yield f"{path}:{line}: {path.parts[0]} imports {name}"
        if path.parts[0] == "cache" and name.startswith(NOT_FOR_CACHE):
            yield f"{path}:{line}: cache imports {name}, which is no data"


def only_importers(path: PurePosixPath, tree: ast.Module) -> Complaints:
    """Each library is known in one place."""
    for line, name in imports(tree):
        place = ONLY_IN.get(name.split(".")[0])
        if place and not str(path).startswith(place):
            yield f"{path}:{line}: {name} is for {place} alone"


def features_stand_alone(path: PurePosixPath, tree: ast.Module) -> Complaints:
    """Features of the language server do not import each other."""
    if path.parts[:2] != ("lsp", "features"):
        return
    for line, name in imports(tree):
        if name.startswith("thatch.lsp.features"):
            yield f"{path}:{line}: a feature imports {name}"


def one_table_of_routes(path: PurePosixPath, tree: ast.Module) -> Complaints:
    """Only lsp/routes.py registers handlers."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr == "feature" and str(path) != "lsp/routes.py":
            yield f"{path}:{node.lineno}: only lsp/routes.py registers handlers"


def purity(path: PurePosixPath, tree: ast.Module) -> Complaints:
    """What is listed as pure neither imports nor calls what acts on the world."""
    if not str(path).startswith(PURE):
        return
    for line, name in imports(tree):
        if name.split(".")[0] in IMPURE_MODULES:
            yield f"{path}:{line}: a pure module imports {name}"
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _called(node) in {*IMPURE_METHODS, "open"}:
            yield f"{path}:{node.lineno}: a pure module calls {_called(node)}"


def versions_in_one_place(path: PurePosixPath, tree: ast.Module) -> Complaints:
    """GHC versions are compared in core/ghc/versions.py alone."""
    if str(path) == "core/ghc/versions.py":
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Compare) and any(_is_ghc_version(part) for part in (node.left, *node.comparators)):
            yield f"{path}:{node.lineno}: a GHC version is compared here instead of in core/ghc/versions.py"


def short(path: PurePosixPath, tree: ast.Module) -> Complaints:
    """Functions and files can be read."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            n_lines = (node.end_lineno or node.lineno) - node.lineno + 1
            if n_lines > MOST_FUNCTION_LINES:
                yield f"{path}:{node.lineno}: {node.name} is {n_lines} lines long"
    last = max((node.end_lineno or 0 for node in tree.body), default=0)
    if last > MOST_FILE_LINES:
        yield f"{path}: {last} lines"


def documented(path: PurePosixPath, tree: ast.Module) -> Complaints:
    """Every module says what lives there."""
    if not ast.get_docstring(tree):
        yield f"{path}: no docstring"


def no_sleep(path: PurePosixPath, tree: ast.Module) -> Complaints:
    """Tests wait for conditions, never for time."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _called(node) == "sleep":
            yield f"{path}:{node.lineno}: a sleep"


def no_place_names(path: PurePosixPath, text: str) -> Complaints:
    """Nothing names somebody's home folder or a host that is no page to read: registries are found by their clients."""
    for number, line in enumerate(text.split("\n"), 1):
        hosts = _HOST.findall(line)
        if _HOME.search(line) or any(not host.endswith(LINKS_TO) for host in hosts):
            yield f"{path}:{number}: names a machine's path or a foreign host"


FOR_PACKAGES: tuple[PythonRule, ...] = (
    layers,
    only_importers,
    features_stand_alone,
    one_table_of_routes,
    purity,
    versions_in_one_place,
    short,
    documented,
)
FOR_TESTS: tuple[PythonRule, ...] = (no_sleep,)


def imports(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Every module that is imported anywhere in a file, as `(line, name)`; relative ones start with dots.

    `from a import b` counts as `a.b` where that could be a module of thatch.
    """
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            module = "." * node.level + (node.module or "")
            if module == "thatch" or (module.startswith("thatch.") and module.count(".") == 1):
                yield from ((node.lineno, f"{module}.{alias.name}") for alias in node.names)
            else:
                yield node.lineno, module


def _called(node: ast.Call) -> str:
    match node.func:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case _:
            return ""


def _is_ghc_version(node: ast.expr) -> bool:
    match node:
        case ast.Tuple(elts=[ast.Constant(value=int(major)), ast.Constant(value=int()), *_]):
            return major in {9, 10}
        case ast.Constant(value=str(text)):
            return re.match(r"(?:9|10)\.\d+", text) is not None
        case _:
            return False
