"""A simulated user, drawn from a seed: types, undoes, saves, opens and closes files, and switches branches."""

import itertools
import random
import re
import shutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from attrs import frozen

from tests.support.checking import BOOT, Checking, messages
from tests.support.ide import Ide
from thatch.core.diagnostics import Diagnostic, Severity
from thatch.core.events import DiagnosticsChanged, Event
from thatch.core.settings import Settings

Edit = Callable[[random.Random, str, Sequence[str]], str]
"""Makes another text of a module's; it may import modules with these names without a cycle."""

DEFERRED = frozenset({"GHC-83865", "GHC-88464", "GHC-39999", "GHC-25897", "GHC-18872", "GHC-46956", "GHC-27346"})
"""The errors that GHC defers, so that what imports a module with one of them is checked all the same."""

HIDDEN = re.compile(r"(?<=Could not load module).*(?=, code='GHC-87110')|(?<=code='GHC-87110').*(?=, unit=)")
"""Why GHC says that a module is hidden: where its unit is a package, that is said of the unit."""

FRESH_NAME = re.compile(r"(?<=_)(\d{6,}|a\w{2,4}\b)")
"""The number of a name that a splice made; another one each time."""

RAN = "GHC-87897"
"""The code of what running a splice has raised."""

PATIENCE = 4
"""How many things the user does in a row, at most, without looking at what comes of them."""


class TypingIde(Ide):
    """Checks what it is told while it is told."""

    def _hear(self, event: Event) -> None:
        super()._hear(event)
        if isinstance(event, DiagnosticsChanged):
            document = self.workspace.snapshot().documents.get(event.path)
            if event.version is not None and document is not None:
                assert event.version <= document.version, event


@frozen
class _Fresh:
    """What a check from scratch says."""

    messages: list[str]
    hopeless: set[str]
    """The files with errors that keep GHC from checking what imports them."""
    unreadable: set[str]
    """Those of them whose imports GHC cannot read."""


class Typist:
    """One user of one project."""

    def __init__(
        self,
        ide: Ide,
        texts: Mapping[str, str],
        seed: int,
        edits: Sequence[Edit] | None = None,
        embedded: str = "",
    ) -> None:
        """`texts` are the project's files; those with modules are typed in, and import those before them.

        `edits` are other ones than the usual; `embedded` is a file that splices read.
        """
        # Of a changed boot file GHC does not tell its module in the same session, so that what is said of it depends on
        # what happened before.
        self.names = [name for name in texts if name.endswith(".hs")]
        self.log: list[str] = []
        self._ide = ide
        self._texts = dict(texts)
        self._edits = EDITS if edits is None else edits
        self._embedded = embedded
        self._random = random.Random(seed)
        self._buffers: dict[str, list[str]] = {}
        self._branches: list[dict[str, str]] = []
        self._n_told = 0

    async def work(self, n_steps: int) -> None:
        """Do so many things, looking now and then at what is said."""
        quiet = 0
        for _ in range(n_steps):
            self.step()
            quiet += 1
            if quiet > self._random.randrange(PATIENCE):
                quiet = 0
                await self.look()
            elif self._random.random() < 0.5:
                await self._ide.until_events(len(self._ide.events) + self._random.randrange(1, 6))

    def step(self) -> None:
        """Do one thing."""
        actions = [self._edit, self._undo, self._open, self._close, self._save, self._switch, self._feed]
        weights = [50, 10, 12, 6, 14, 5, 4 if self._embedded else 0]
        (action,) = self._random.choices(actions, weights=weights)
        self.log.append(action())

    async def look(self) -> None:
        """Wait until nothing goes on; what is said must be true of what is there."""
        await self._ide.idle()
        self.log.append("look")
        self._check_versions()

    async def compare(self, folder: Path, settings: Settings) -> None:
        """What is said of the open files is what a check from scratch says of their texts in a new folder."""
        await self._compare(folder, settings, everything=False)

    async def finish(self, folder: Path, settings: Settings) -> None:
        """Save everything; then all that is said is what a check from scratch says in a new folder.

        Afterwards everything is mended, and nothing is excused any more.
        """
        self._save_all()
        await self._compare(folder / "broken", settings, everything=True)
        for name in self.names:
            self._mend(name)
        self._save_all()
        await self._ide.idle()
        self._check_versions()
        here = sorted(messages(self._ide.workspace.snapshot().diagnostics, self._ide.root))
        there = sorted((await self._fresh(folder / "mended", settings)).messages)
        assert here == there, _difference(here, there)
        assert sum(lane.edits.n_differences for lane in self._ide.lanes) == 0

    async def _compare(self, folder: Path, settings: Settings, *, everything: bool) -> None:
        fresh = await self._fresh(folder / "0", settings)
        while fresh.unreadable:
            # GHC does not look further when it cannot read a head: nobody knows what else would be said.
            for name in fresh.unreadable:
                self._mend(name)
            if everything:
                self._save_all()
            fresh = await self._fresh(folder / str(len(self.log)), settings)
        await self._ide.idle()
        names = set(self._texts if everything else self._buffers) - self._importing(fresh.hopeless)
        here = _about(names, messages(self._ide.workspace.snapshot().diagnostics, self._ide.root))
        there = _about(names, fresh.messages)
        assert here == there, _difference(here, there)

    async def _fresh(self, folder: Path, settings: Settings) -> "_Fresh":
        """What is said of the texts as they are now, in a new folder."""
        shutil.copytree(self._ide.root, folder, ignore=shutil.ignore_patterns("dist-newstyle"))
        for name in self.names:
            (folder / name).write_text(self.text(name), encoding="utf-8")
        async with Checking(folder, settings, None) as checking:
            await checking.said()
            known = checking.diagnostics
        # A boot file's errors are its module's.
        both = {name: [*known.get(folder / name, ()), *known.get(folder / f"{name}-boot", ())] for name in self.names}
        fatal = {name: list(filter(_is_fatal, said)) for name, said in both.items()}
        hopeless = {name for name, said in fatal.items() if said}
        unreadable = {name for name in hopeless if any(_is_in_head(self.text(name), said) for said in fatal[name])}
        return _Fresh(list(messages(known, folder)), hopeless, unreadable)

    def _mend(self, name: str) -> None:
        self.log.append(f"mend {name}")
        self._type(name, self._texts[name])

    def _importing(self, names: set[str]) -> set[str]:
        """The files that import one of these, directly or not."""
        imports = {name: _imports(self.text(name)) for name in self.names}
        found: set[str] = set()
        waiting = {_module(name) for name in names}
        while waiting:
            fresh = {name for name in imports if imports[name] & waiting} - found
            found |= fresh
            waiting = {_module(name) for name in fresh}
        return found

    def text(self, name: str) -> str:
        """The text of a buffer, else of its file."""
        return self._buffers[name][-1] if name in self._buffers else self._saved(name)

    def _check_versions(self) -> None:
        """What was told of a buffer never goes back to an older version."""
        versions: dict[Path, list[int]] = {}
        events = self._ide.events[self._n_told :]
        for event in events:
            if isinstance(event, DiagnosticsChanged) and event.version is not None:
                versions.setdefault(event.path, []).append(event.version)
        assert all(one <= other for told in versions.values() for one, other in itertools.pairwise(told)), versions
        self._n_told = len(self._ide.events)

    def _edit(self) -> str:
        # Mostly where the user is already.
        opened = sorted(self._buffers)
        name = self._random.choice(opened if opened and self._random.random() < 0.8 else self.names)
        kind, text = self._changed(name, self.text(name))
        self._type(name, text)
        return f"{kind} {name}"

    def _undo(self) -> str:
        names = sorted(name for name, texts in self._buffers.items() if len(texts) > 1)
        if not names:
            return self._open()
        name = self._random.choice(names)
        self._buffers[name].pop()
        self._ide.edit(name, self._buffers[name][-1])
        return f"undo {name}"

    def _open(self) -> str:
        name = self._random.choice(self.names)
        if name not in self._buffers:
            self._type(name, self._saved(name))
        return f"open {name}"

    def _close(self) -> str:
        if not self._buffers:
            return self._open()
        name = self._random.choice(sorted(self._buffers))
        del self._buffers[name]
        self._check_versions()
        self._ide.close(name)
        return f"close {name}"

    def _save(self) -> str:
        if not self._buffers:
            return self._open()
        name = self._random.choice(sorted(self._buffers))
        self._ide.save_buffer(name)
        return f"save {name}"

    def _save_all(self) -> None:
        for name in sorted(self._buffers):
            self._ide.save_buffer(name)

    def _switch(self) -> str:
        """Change some files on disk at once, or back; an editor reads the buffers again that were saved."""
        if self._branches and self._random.random() < 0.5:
            texts = self._branches.pop()
        else:
            names = self._random.sample(self.names, min(4, len(self.names)))
            self._branches.append({name: self._saved(name) for name in names})
            texts = {name: self._changed(name, self._saved(name))[1] for name in names}
        clean = [name for name in texts if name in self._buffers and self.text(name) == self._saved(name)]
        for name, text in texts.items():
            self._ide.save(name, text)
        for name in clean:
            self._type(name, texts[name])
        self._ide.workspace.files_changed(frozenset(map(self._path, texts)))
        return f"switch {sorted(texts)}"

    def _feed(self) -> str:
        """Change what splices read."""
        self._ide.save(self._embedded, f"{self._random.randrange(1000)} words\n")
        self._ide.workspace.files_changed(frozenset({self._path(self._embedded)}))
        return f"feed {self._embedded}"

    def _changed(self, name: str, text: str) -> tuple[str, str]:
        """What a random edit is called, and what it makes of a text of the file."""
        if self._random.random() < 0.25:
            return "mend", self._texts[name]
        edit = self._random.choice(self._edits)
        before = [_module(other) for other in self.names[: self.names.index(name)]]
        return edit.__name__, edit(self._random, text, before)

    def _type(self, name: str, text: str) -> None:
        texts = self._buffers.setdefault(name, [])
        texts.append(text)
        self._ide.edit(name, text)

    def _saved(self, name: str) -> str:
        return self._path(name).read_text(encoding="utf-8")

    def _path(self, name: str) -> Path:
        return self._ide.root / name


def _difference(here: list[str], there: list[str]) -> str:
    lines = [f"said: {line}" for line in here if line not in there]
    return "\n".join([*lines, *(f"true: {line}" for line in there if line not in here)])


def _module(name: str) -> str:
    """The module of a file: its path from the first folder on that can be a part of a module's name."""
    parts = Path(name).with_suffix("").parts
    return ".".join(itertools.dropwhile(lambda part: not part[0].isupper(), parts))


def _imports(text: str) -> set[str]:
    return set(re.findall(r"^import (?:\{-# SOURCE #-\} )?(?:qualified )?(?:\"[^\"]*\" )?([\w.]+)", text, re.MULTILINE))


def _is_fatal(said: Diagnostic) -> bool:
    return said.severity is Severity.ERROR and not said.flag and said.code not in DEFERRED


def _is_in_head(text: str, said: Diagnostic) -> bool:
    """Whether an error stands before the first definition, or where the text ends without one."""
    lines = text.splitlines()
    imports = [number for number, line in enumerate(lines, 1) if line.startswith("import")]
    # What splices leave for the end of the module has no other place.
    return said.span is not None and said.code != RAN and said.span.start_line <= max(imports, default=len(lines)) + 1


def _about(names: set[str], said: Iterable[str]) -> list[str]:
    """The messages about some files, without the place where it differs from load to load."""
    found = []
    for message in said:
        named = re.match(r"Diagnostic\(path=PosixPath\('/?([^']*)'", message)
        assert named, message
        if named[1] in names or named[1] == ".":
            found.append(FRESH_NAME.sub("n", HIDDEN.sub("", BOOT.sub(r"\1", message))))
    return sorted(found)


def break_type(rng: random.Random, text: str, _: Sequence[str]) -> str:
    """A character where a number is wanted."""
    return _replaced(rng, text, r"\b\d\b|\+ \w+$", lambda found: "'x'" if found[0].isdigit() else "+ 'x'")


def append_type_error(rng: random.Random, text: str, _: Sequence[str]) -> str:
    """A definition at the end that is no number."""
    name = f"wrong{rng.randrange(1000)}"
    return f"{text}\n{name} :: Int\n{name} = True\n"


def use_the_unknown(rng: random.Random, text: str, _: Sequence[str]) -> str:
    """A name that nothing binds."""
    name = f"lost{rng.randrange(1000)}"
    return f"{text}\n{name} :: Int\n{name} = nowhere\n"


def break_layout(rng: random.Random, text: str, _: Sequence[str]) -> str:
    """A text that cannot be parsed, as it is most of the time while somebody types."""
    return _replaced(rng, text, r" = |where$|^import", lambda found: f"{found[0]} = (")


def cut_off(rng: random.Random, text: str, _: Sequence[str]) -> str:
    """The text ends somewhere."""
    return text[: rng.randrange(len(text) + 1)]


def leave_unused(rng: random.Random, text: str, _: Sequence[str]) -> str:
    """A definition that nobody uses."""
    name = f"idle{rng.randrange(1000)}"
    return f"{text}\n{name} :: Bool\n{name} = True\n"


def import_library(rng: random.Random, text: str, _: Sequence[str]) -> str:
    """An import of a package's module that nothing needs."""
    return _with_import(text, rng.choice(["Data.List", "Data.Maybe (mapMaybe)", "qualified Data.Char", "Data.Nowhere"]))


def import_home(rng: random.Random, text: str, before: Sequence[str]) -> str:
    """An import of a module of the project."""
    return _with_import(text, rng.choice(before)) if before else text


def drop_import(rng: random.Random, text: str, _: Sequence[str]) -> str:
    """One import less."""
    return _replaced(rng, text, r"^import .*\n", lambda _: "")


def rename(rng: random.Random, text: str, _: Sequence[str]) -> str:
    """Another name for something exported, which importers do not know yet."""
    names = re.findall(r"^(\w+) ::", text, re.MULTILINE)
    if not names:
        return text
    name = rng.choice(names)
    return re.sub(rf"\b{name}\b", f"{name}'", text)


def change_type(rng: random.Random, text: str, _: Sequence[str]) -> str:
    """Another type in a signature."""
    return _replaced(rng, text, r"\bInt\b", lambda _: rng.choice(["Integer", "Bool", "Nowhere", "[Int]"]))


def comment(rng: random.Random, text: str, _: Sequence[str]) -> str:
    """A comment, after which all else stands elsewhere."""
    lines = text.splitlines(keepends=True)
    lines.insert(rng.randrange(len(lines) + 1), f"-- A remark, number {rng.randrange(100)}.\n")
    return "".join(lines)


def allow(rng: random.Random, text: str, _: Sequence[str]) -> str:
    """Flags of the module's own."""
    flag = rng.choice(["-Wno-unused-imports", "-Wno-unused-top-binds", "-Werror", "-Wno-all", "-w"])
    return f"{{-# OPTIONS_GHC {flag} #-}}\n{text}"


def export_everything(_: random.Random, text: str, __: Sequence[str]) -> str:
    """No export list, so that nothing is unused."""
    return re.sub(r"^(module [\w.]+) \([^)]*\)", r"\1", text, flags=re.MULTILINE)


EDITS: tuple[Edit, ...] = (
    break_type,
    append_type_error,
    use_the_unknown,
    break_layout,
    cut_off,
    leave_unused,
    import_library,
    import_home,
    drop_import,
    rename,
    change_type,
    comment,
    allow,
    export_everything,
)


def change_number(rng: random.Random, text: str, _: Sequence[str]) -> str:
    """Another number: an argument of a splice, or what its code computes."""
    return _replaced(rng, text, r"\b\d\b", lambda _: str(rng.randrange(1, 6)))


def change_string(rng: random.Random, text: str, _: Sequence[str]) -> str:
    """Another string or quotation."""
    return _replaced(rng, text, r'"[a-z]*"|\|some letters\|', lambda found: f"{found[0][:-1]}x{found[0][-1]}")


def add_constructor(rng: random.Random, text: str, _: Sequence[str]) -> str:
    """A type with one more constructor or field."""
    number = rng.randrange(1000)
    return _replaced(
        rng,
        text,
        r"= Round|\{ px ::",
        lambda found: f"= New{number} | Round" if found[0][0] == "=" else f"{{ pz{number} :: Int, px ::",
    )


def drop_instance(rng: random.Random, text: str, _: Sequence[str]) -> str:
    """A type without an instance of a class."""
    return _replaced(rng, text, r"^instance.*\n(?: .*\n)*|^  deriving .*\n", lambda _: "")


def change_splice(rng: random.Random, text: str, _: Sequence[str]) -> str:
    """A splice of something else, which may not exist, or not be what it must."""
    return _replaced(
        rng,
        text,
        r"power|count|known|''\w+|warned|twice|next",
        lambda _: rng.choice(["power", "count", "''Shape", "''Point", "warned", "next"]),
    )


def drop_splice(rng: random.Random, text: str, _: Sequence[str]) -> str:
    """A number where a splice was, which may have kept something for the next one."""
    return _replaced(rng, text, r"\$\w+|\$\(.*\)", lambda _: "1")


SPLICED: tuple[Edit, ...] = (
    *(change_number, change_string, add_constructor, drop_instance, change_splice) * 2,
    drop_splice,
    append_type_error,
    use_the_unknown,
    leave_unused,
    break_layout,
    cut_off,
    import_library,
    import_home,
    drop_import,
    change_type,
    comment,
    allow,
)
"""What happens to modules with splices, to what these reify, and to the code that they run."""


def _with_import(text: str, module: str) -> str:
    return re.sub(r"\bwhere\n", f"where\n\nimport {module}\n", text, count=1)


def _replaced(rng: random.Random, text: str, pattern: str, new: Callable[[re.Match[str]], str]) -> str:
    """The text with one of the places that match replaced, if there are any."""
    places = list(re.finditer(pattern, text, re.MULTILINE))
    if not places:
        return text
    place = rng.choice(places)
    return text[: place.start()] + new(place) + text[place.end() :]
