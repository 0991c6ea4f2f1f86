"""Asking cabal for a project's units by a phantom build: one `v2-build all` whose compiler only takes notes."""

import asyncio
import re
import shutil
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import attrs
from attrs import Factory, define, frozen

from thatch.core import process
from thatch.core.diagnostics import Diagnostic, Severity
from thatch.core.errors import CradleError, ThatchError
from thatch.core.ghc.toolchain import Toolchain, probe
from thatch.core.process import Completed
from thatch.core.project import answers, cabal_plan, cabal_portable, cabal_version, portable_answers, shims
from thatch.core.project import cabal_messages as messages
from thatch.core.project.answers import Answer, Question
from thatch.core.project.cabal_config import config_path, write_offline
from thatch.core.project.cabal_plan import Planned
from thatch.core.project.folders import find_descriptions, locked, private_folder, unwritable, writable
from thatch.core.project.model import Project
from thatch.core.project.portable_answers import AnswerStore, Checkout
from thatch.core.settings import Settings

STUB_ROUNDS = 5
"""How often cabal is asked again after it stopped at modules that have no file: it names one for each component."""

OPTIONS = (
    "-vnormal+nowrap",
    "--keep-going",
    "--write-ghc-environment-files=never",
    # Neither could be made of what is not compiled.
    "--disable-documentation",
    "--disable-library-for-ghci",
)

EVERYTHING = ("all", "--enable-tests", "--enable-benchmarks")


@frozen(kw_only=True)
class CabalProject:
    """A project to be described by cabal."""

    root: Path
    """Absolute folder where cabal is run."""

    project_file: Path | None = None
    """The absolute project file, if it is not the one that cabal finds by itself."""

    dependencies: tuple[Path, ...] = ()
    """More files whose change means asking again."""

    @property
    def file(self) -> Path:
        """The project file, which need not exist."""
        return self.project_file or self.root / "cabal.project"


async def describe(
    project: CabalProject, settings: Settings, say: Callable[[str], None], store: AnswerStore | None = None
) -> Project:
    """The project as cabal sees it: every component of every local package.

    `store` is where answers for other checkouts are kept besides the folder for them.
    Raises `CradleError` or `ToolchainError`.  Cancelling ends cabal and all that it started.
    """
    cabal = _Cabal(project, settings, say, store)
    await cabal.prepare()
    async with locked(cabal.folder):
        return await cabal.describe()


@define
class _Cabal:
    """One conversation with cabal about one project."""

    project: CabalProject
    settings: Settings
    say: Callable[[str], None]
    store: AnswerStore | None
    program: str = ""
    version: str = ""
    folder: Path = Path()
    """Where everything that belongs to this project is kept."""

    descriptions: tuple[Path, ...] = ()
    global_options: list[str] = Factory(list)
    diagnostics: list[Diagnostic] = Factory(list)
    fell_back: bool = False
    """Whether the answer would be another one with the network."""

    async def prepare(self) -> None:
        """Find cabal, the project's build descriptions and the folder for the answer."""
        self.program = shutil.which(self.settings.cabal) or ""
        if not self.program:
            raise CradleError(
                message=f"{self.project.root} is described by cabal, which was not found ({self.settings.cabal}).",
                remedy="Install cabal-install (for example with ghcup or apt), or name it with the setting `cabal`.",
            )
        versions = self.settings.cache_dir / "cradles" / "cabals"
        self.version = await cabal_version.version_of(Path(self.program), versions, self._ask_version)
        root, file = self.project.root, self.project.file
        self.folder = await asyncio.to_thread(private_folder, self.settings, root, f"cabal {file}")
        self.descriptions = await asyncio.to_thread(find_descriptions, root, file)
        if not config_path().is_file():
            await self._go_offline()

    async def _ask_version(self) -> str:
        return (await self._call([self.program, "--numeric-version"])).stdout.strip()

    async def describe(self) -> Project:
        """The stored answer if it still holds, else a new one; the folder must be held."""
        toolchain = await probe(self.settings.ghc or await self._wanted_ghc(), self.settings.cache_dir)
        question = self._question(toolchain)
        answer = await asyncio.to_thread(answers.load, question)
        if answer is None:
            self.folder = await asyncio.to_thread(writable, self.folder)
            question = self._question(toolchain)
            answer = await asyncio.to_thread(self._of_another_checkout, question)
            if answer is None:
                answer = await self._ask(toolchain)
                await asyncio.to_thread(self._keep, question, answer)
            await asyncio.to_thread(answers.store, question, answer)
        return await asyncio.to_thread(
            answers.to_project,
            answer,
            root=self.project.root,
            cradle="cabal",
            ghc=toolchain.ghc,
            watched=self._watched(),
        )

    def _of_another_checkout(self, question: Question) -> Answer | None:
        """The answer that cabal gave for another checkout of the same content, if it would be the same here."""
        checkout = self._checkout(question)
        found = portable_answers.find(checkout) if checkout else None
        if found is None:
            return None
        # Which modules need a preprocessor depends on what files there are.
        preprocessed = sorted(set(cabal_plan.preprocessed(found.answer.components, self.folder / "build")))
        return found.answer if tuple(preprocessed) == found.answer.inputs and portable_answers.restore(found) else None

    def _keep(self, question: Question, answer: Answer) -> None:
        """Keep an answer for other checkouts, if they would get the same."""
        checkout = self._checkout(question)
        plan = cabal_plan.read_plan(self.folder / "build")
        texts = _read_texts(self.descriptions)
        if checkout and not self.fell_back and cabal_portable.may_be_kept(answer, plan, texts, self.project.root):
            portable_answers.keep(checkout, answer)

    def _checkout(self, question: Question) -> Checkout | None:
        around = cabal_portable.surroundings(self.project.file)
        if around is None:
            return None
        shared = self.settings.cache_dir / "cradles" / "shared"
        root = self.project.root
        return Checkout(question=question, root=root, shared=shared, surroundings=around, store=self.store)

    def _watched(self) -> list[Path]:
        file = self.project.file
        names = [file.name, f"{file.name}.local", f"{file.name}.freeze"]
        return [*self.descriptions, *map(file.with_name, names), *self.project.dependencies]

    def _question(self, toolchain: Toolchain) -> Question:
        return Question(
            folder=self.folder,
            files=tuple(dict.fromkeys([*self._watched(), config_path()])),
            # The path of the compiler counts, since the units' package databases depend on it.
            asked=("cabal", self.program, self.version, str(toolchain.ghc), toolchain.id),
        )

    async def _wanted_ghc(self) -> str:
        """The compiler that the project's or the user's configuration names, else `ghc`."""
        project_files = [path for path in self.descriptions if path.suffix not in {".cabal", ".hs", ".lhs"}]
        texts = await self._texts([*project_files, config_path()])
        if not re.search(r"^\s*(with-compiler|import)\s*:", "\n".join(texts.values()), re.MULTILINE):
            return "ghc"
        # Only cabal knows how imports and conditionals add up: its log shows the program that it runs.
        result = await self._run(["v2-build", "all", "--dry-run", "-v2", f"--builddir={self.folder / 'plan'}"])
        found = re.search(r"^Running: (.+) --numeric-version$", result.said, re.MULTILINE)
        return found[1] if found else "ghc"

    async def _ask(self, toolchain: Toolchain) -> Answer:
        self.say(f"Asking cabal {self.version} about {self.project.root.name}")
        try:
            installed = await asyncio.to_thread(shims.install, self.folder, toolchain)
            await asyncio.to_thread(_forget_built, installed)
        except OSError as error:
            raise unwritable(self.folder, error) from error
        stubs: set[Path] = set()
        try:
            result = await self._build(installed, stubs)
        finally:
            for stub in stubs:
                stub.unlink(missing_ok=True)
        texts = await self._texts(self.descriptions)
        return await asyncio.to_thread(self._read, installed, toolchain, result, texts)

    async def _build(self, installed: shims.Shims, stubs: set[Path]) -> Completed:
        """Build all that can be built; a module without a file has an empty one for the time being."""
        build = [
            "v2-build",
            *OPTIONS,
            f"--builddir={installed.build}",
            f"--with-compiler={installed.ghc}",
            f"--with-hc-pkg={installed.ghc_pkg}",
            f"--with-ar={installed.ar}",
        ]
        targets = list(EVERYTHING)
        result = await self._run_online([*build, *targets])
        if result.code and messages.is_solver_failure(result.said):
            result, targets = await self._without_unsolvable(build, result)
        for _ in range(STUB_ROUNDS):
            missing = set(messages.missing_sources(result.said, installed.build)) if result.code else set()
            if not missing:
                break
            stubs |= await asyncio.to_thread(_write_stubs, missing)
            result = await self._run([*build, *targets])
        return result

    async def _run_online(self, arguments: Sequence[str]) -> Completed:
        """Run cabal; and again without any repositories if it failed for want of the network."""
        result = await self._run(arguments)
        if not result.code or self.global_options or not messages.is_network_failure(result.said):
            return result
        self.say("Asking cabal again, without the network")
        self.fell_back = True
        await self._go_offline()
        offline = await self._run([*arguments, "--offline"])
        return offline if not offline.code or messages.is_solver_failure(offline.said) else result

    async def _go_offline(self) -> None:
        try:
            config = await asyncio.to_thread(lambda: write_offline(writable(self.folder)))
        except OSError as error:
            raise unwritable(self.folder, error) from error
        self.global_options = [f"--config-file={config}"]

    async def _without_unsolvable(self, build: Sequence[str], failed: Completed) -> tuple[Completed, list[str]]:
        """Build without the test suites and benchmarks whose dependencies cannot be met."""
        targets = ["all", "all:tests", "all:benchmarks"]
        result = await self._run([*build, *targets])
        while result.code and (refused := messages.unavailable_targets(result.said) & set(targets)):
            targets = [target for target in targets if target not in refused]
            result = await self._run([*build, *targets])
        texts = await self._texts(self.descriptions)
        unmet = messages.unmet_dependency(failed.said)
        if messages.is_solver_failure(result.said) or unmet is None:
            raise messages.cradle_error(failed.said, self.project.root, texts)
        fallback = next(iter(texts), self.project.file)
        self.diagnostics.append(messages.left_out(unmet, failed.said, texts, fallback))
        return result, targets

    def _read(self, installed: shims.Shims, toolchain: Toolchain, result: Completed, texts: dict[Path, str]) -> Answer:
        plan = cabal_plan.read_plan(installed.build)
        # Packages may lie outside the folder where cabal is run.
        elsewhere = set(cabal_plan.package_files(plan)) - texts.keys()
        texts = texts | _read_texts(elsewhere)
        matched = list(cabal_plan.match(plan, shims.read_calls(installed), installed.build))
        components = cabal_plan.closed(plan, (component for _, component in matched))
        if result.code and not components:
            raise messages.cradle_error(result.said, self.project.root, texts)
        if result.code:
            self.diagnostics += _not_prepared(plan, {component.name for component in components}, result.said, texts)
        databases = {Path(path) for entry in components for path in entry.call.package_dbs}
        return Answer(
            components=components,
            diagnostics=tuple(self.diagnostics),
            inputs=tuple(sorted({*elsewhere, *cabal_plan.preprocessed(components, installed.build)})),
            generated=tuple(sorted(set(cabal_plan.generated(components, installed.build)))),
            databases=(
                toolchain.libdir / "package.conf.d",
                *sorted(path for path in databases if not path.is_relative_to(installed.build)),
            ),
        )

    async def _texts(self, paths: Iterable[Path]) -> dict[Path, str]:
        return await asyncio.to_thread(_read_texts, tuple(paths))

    async def _run(self, arguments: Sequence[str]) -> Completed:
        file = self.project.project_file
        chosen = [f"--project-file={file}"] if file else []
        result = await self._call([self.program, *self.global_options, *arguments, *chosen])
        return attrs.evolve(result, stderr=messages.without_noise(result.stderr))

    async def _call(self, command: Sequence[str]) -> Completed:
        try:
            return await process.run(command, cwd=self.project.root, timeout=self.settings.cradle_timeout)
        except ThatchError as error:
            raise CradleError(
                message=error.message, remedy=error.remedy, detail=error.detail, path=self.project.file
            ) from error


def _forget_built(installed: shims.Shims) -> None:
    """Have cabal take every package for changed.

    It compiles nothing anew for flags that change no object code, such as warnings; but the calls are all that is
    wanted.  What the last answer's units still use, such as generated modules, stays until it is replaced.
    """
    shutil.rmtree(installed.calls)
    installed.calls.mkdir()
    for notes in installed.build.glob("build/*/*/**/cache"):
        shutil.rmtree(notes)


def _not_prepared(plan: Iterable[Planned], described: set[str], said: str, texts: dict[Path, str]) -> list[Diagnostic]:
    """One error for each component that cabal could not get ready, on its package's description."""
    found = []
    for entry in plan:
        absent = [name for name in entry.components if f"{entry.package}:{name}" not in described]
        own = [path for path in texts if path.suffix == ".cabal" and path.parent == entry.directory]
        found += [
            Diagnostic(
                path=own[0],
                span=None,
                severity=Severity.ERROR,
                message=messages.not_prepared(f"{entry.package}:{name}", said),
                context=(said.strip(),),
                source="cabal",
            )
            for name in absent
            if own
        ]
    return found


def _write_stubs(missing: Iterable[tuple[str, Path]]) -> set[Path]:
    stubs = {folder / f"{name}.hs" for name, folder in missing}
    for stub in stubs:
        stub.parent.mkdir(parents=True, exist_ok=True)
        stub.touch()
    return stubs


def _read_texts(paths: Iterable[Path]) -> dict[Path, str]:
    return {path: path.read_text("utf-8", "replace") for path in paths if path.is_file()}
