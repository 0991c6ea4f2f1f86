"""Renaming what all modules know: every file that names it, or could do so without GHC telling."""

import asyncio
from collections.abc import Collection, Mapping
from pathlib import Path

from attrs import frozen

from thatch.core.errors import ThatchError
from thatch.core.hi.model import Namespace
from thatch.core.index import queries
from thatch.core.index.model import Definition, IndexedModule, Kind
from thatch.core.navigation.code import Code
from thatch.core.navigation.seen import Seen
from thatch.core.navigation.texts import Text
from thatch.core.project.resolve import boot_path
from thatch.core.rename.boot import boot_edits
from thatch.core.rename.capture import captured
from thatch.core.rename.file_edits import FileEdits, sorted_out, stop
from thatch.core.rename.made import check_made
from thatch.core.rename.places import edits, qualifier
from thatch.core.rename.thing import Thing, sight
from thatch.core.rename.top_level import TopLevel, exports_modules
from thatch.core.rename.unseen import Known, unseen
from thatch.core.rename.words import find_words
from thatch.core.splices.inline_head import Edit
from thatch.core.syntax import is_literate


@frozen(eq=False)
class _Survey:
    """What the index knows that concerns a renaming."""

    modules: Mapping[Path, IndexedModule]
    mentioned: Collection[Path]
    """Where the thing is named."""

    rivals: Collection[Path]
    """Where something is named that is called as the thing will be."""

    labelled: Collection[Definition]
    """Everything that is called as the thing is."""


async def everywhere(code: Code, thing: Thing) -> list[FileEdits]:
    """The edits of all files.  Raises `ThatchError`; may be cancelled at any time."""
    if missing := await code.index.incomplete():
        raise ThatchError(message=f"`{thing.label}` cannot be renamed yet: {missing}.", remedy="Try again in a while.")
    survey = await _survey(code, thing)
    paths = {*survey.modules, *code.index.declared()}
    texts = await asyncio.to_thread(code.texts.current, {*paths, *map(boot_path, paths)}, code.documents)
    concerned = await asyncio.to_thread(_concerned, paths, texts, thing, survey)
    changed = [await _in_file(code, path, texts[path], thing, survey) for path in concerned]
    made = next((each for each in changed if each.edits and code.index.is_made(each.path)), None)
    if made:
        raise stop(made.path, made.lines, made.edits[0].start, "the build tool makes this file")
    boots = {path: texts[path] for path in map(boot_path, paths) if path in texts}
    changed += await asyncio.to_thread(boot_edits, boots, thing, survey.labelled)
    return [each for each in changed if each.edits]


async def _survey(code: Code, thing: Thing) -> _Survey:
    index = code.index
    modules = {module.path: module for module, _ in await index.ask(queries.every_module)}
    mentions = await index.ask(lambda view: queries.mentions(view, thing.keys))
    rivals = await index.ask(lambda view: queries.mentioning(view, thing.new))
    labelled = await index.ask(lambda view: queries.labelled(view, thing.label))
    await check_made(code, thing)
    return _Survey(
        modules,
        {module.path for module, _ in mentions},
        {module.path for module, _ in rivals},
        [one for _, one in labelled],
    )


def _concerned(paths: Collection[Path], texts: Mapping[Path, Text], thing: Thing, survey: _Survey) -> list[Path]:
    """The files that must be looked at closely."""
    return [path for path in sorted(paths) if path in texts and _concerns(path, texts[path], thing, survey)]


def _concerns(path: Path, text: Text, thing: Thing, survey: _Survey) -> bool:
    if path in survey.mentioned or path in survey.rivals or exports_modules(text.lines.text):
        return True
    if thing.label not in text.lines.text:
        return False
    module = survey.modules.get(path)
    return module is None or module.text != text.stamp or _may_hide(text.lines.text, thing)


def _may_hide(text: str, thing: Thing) -> bool:
    """Whether a text that GHC read may name a thing without GHC telling."""
    marks = ["'", *([".", "#"] if thing.is_field else [])]
    return "\n#" in text or text.startswith("#") or any(f"{mark}{thing.label}" in text for mark in marks)


async def _in_file(code: Code, path: Path, text: Text, thing: Thing, survey: _Survey) -> FileEdits:
    seen = await code.modules.seen(path, code.documents)
    if seen is None:
        found = list(find_words(text.lines.text, thing.label, literate=is_literate(path)))
        if found:
            raise stop(path, text.lines, found[0].start, "GHC has not compiled this module")
        return FileEdits(path, text.lines, ())
    exports = await seen.exports()
    return await asyncio.to_thread(_look_into, seen, TopLevel(seen, exports), thing, survey)


def _look_into(seen: Seen, top: TopLevel, thing: Thing, survey: _Survey) -> FileEdits:
    sighting = sight(seen.facts, thing)
    found = list(edits(seen, thing, sighting))
    changed = {at for each in found if isinstance(each, Edit) for at in range(each.start, each.end)}
    fields = {one.key for one in survey.labelled if one.kind is Kind.FIELD}
    known = Known(
        lambda behind: top.means(thing, behind),
        is_sole_field=thing.is_field and fields <= thing.keys,
        is_also_type=any(one.key.namespace == Namespace.TYPE.value for one in survey.labelled),
    )
    found += unseen(seen, thing, known, changed)
    result = sorted_out(seen.path, seen.lines, thing.label, found)
    _check_clashes(seen, top, thing, result)
    return result


def _check_clashes(seen: Seen, top: TopLevel, thing: Thing, result: FileEdits) -> None:
    sighting = sight(seen.facts, thing)
    if span := captured(seen.facts, thing, sighting):
        at = seen.nearest(span)[0]
        raise stop(seen.path, seen.lines, at, f"`{thing.new}` would mean another thing here")
    text, lines = seen.facts.text, seen.facts.lines
    used = {qualifier(text[slice(*lines.offsets(one.span))], thing.label) for one in sighting.occurrences}
    first = result.edits[0].start if result.edits else 0
    if clash := top.clash(thing, used):
        raise stop(seen.path, seen.lines, first, f"`{clash}` would mean two things in this module")
    if result.edits and top.hides(thing):
        raise stop(seen.path, seen.lines, first, f"an import of this module hides `{thing.new}`")
    if top.exports_both(thing):
        raise stop(seen.path, seen.lines, 0, f"this module would export two things called `{thing.new}`")
