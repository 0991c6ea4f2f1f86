"""The overlay: after any changes it holds what it would hold if it were made anew."""

import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from thatch.core.ghc.overlay import Overlay
from thatch.core.project.model import Module, Unit

FILES = (
    "src/Lib.hs",
    "src/Lib.hs-boot",
    "src/Deep/Er.hs",
    "app/Main.hs",
    "src/tool.hs",
    "other/tool.hs",
    "nowhere/Lost.hs",
)


def make_units(root: Path) -> list[Unit]:
    """A library in `src` and an executable over `app` and `src`; both tools are named by file."""
    tools = (Module("Main", root / "src/tool.hs"), Module("Main", root / "other/tool.hs"))
    library = (Module("Lib", root / "src/Lib.hs"), Module("Deep.Er", root / "src/Deep/Er.hs"))
    main = (Module("Main", root / "app/Main.hs"), Module("Lib", root / "src/Lib.hs"))
    return [
        Unit(id="l", component="l", directory=root, flags=(), source_dirs=(root / "src",), modules=library + tools),
        Unit(id="e", component="e", directory=root, flags=(), source_dirs=(root / "app", root / "src"), modules=main),
    ]


PLACES = {
    "src/Lib.hs": ("0/Lib.hs", "1/Lib.hs"),
    "src/Lib.hs-boot": ("0/Lib.hs-boot", "1/Lib.hs-boot"),
    "src/Deep/Er.hs": ("0/Deep/Er.hs", "1/Deep/Er.hs"),
    "app/Main.hs": ("1/Main.hs",),
    "src/tool.hs": ("0-files/tool.hs", "0/tool.hs", "1/tool.hs"),
    "other/tool.hs": ("0-files/1/tool.hs",),
    "nowhere/Lost.hs": (),
}
"""Where each file's text goes."""

ALWAYS = {"0-files/tool.hs": "src/tool.hs", "0-files/1/tool.hs": "other/tool.hs"}
"""The links to what is named by file."""

PAIR = {"src/Lib.hs": "src/Lib.hs-boot", "src/Lib.hs-boot": "src/Lib.hs"}


class Edits(RuleBasedStateMachine):
    """Buffers are opened, changed and closed, files come and go; `write` is told of the buffers only."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.root = self.folder / "project"
        self.texts: dict[str, str] = {}
        for name in FILES:
            self._save(name, f"disk {name}")

    @initialize()
    def make(self) -> None:
        self.overlay = Overlay(self.folder / "overlay", make_units(self.root), cwd=self.root)

    @rule(changes=st.dictionaries(st.sampled_from(FILES), st.one_of(st.none(), st.text(max_size=3)), max_size=4))
    def write(self, changes: dict[str, str | None]) -> None:
        for name, text in changes.items():
            if text is None:
                self.texts.pop(name, None)
            else:
                self.texts[name] = text
        self._write()

    @rule()
    def close_all(self) -> None:
        self.texts.clear()
        self._write()

    @rule(name=st.sampled_from(sorted(PAIR)), exists=st.booleans())
    def file_comes_or_goes(self, name: str, exists: bool) -> None:
        if exists:
            self._save(name, f"disk {name}")
        else:
            (self.root / name).unlink(missing_ok=True)
        self._write()

    @invariant()
    def holds_just_the_wanted(self) -> None:
        overlay = self.folder / "overlay"
        found = {str(file.relative_to(overlay)): file.read_bytes() for file in overlay.rglob("*") if not file.is_dir()}
        assert found == {place: text.encode() for place, (_, text) in self._expected().items()}

    @invariant()
    def every_file_is_the_users(self) -> None:
        for place, (name, _) in self._expected().items():
            assert self.overlay.user_path(str(self.folder / "overlay" / place)) == self.root / name

    def teardown(self) -> None:
        shutil.rmtree(self.folder)

    def _write(self) -> None:
        self.overlay.write({self.root / name: text for name, text in self.texts.items()})

    def _save(self, name: str, text: str) -> None:
        (self.root / name).parent.mkdir(parents=True, exist_ok=True)
        (self.root / name).write_text(text)

    def _expected(self) -> dict[str, tuple[str, str]]:
        """By place, the user's file and the text."""
        expected = {place: (name, f"disk {name}") for place, name in ALWAYS.items()}
        for name in self.texts:
            other = PAIR.get(name)
            if other and (self.root / other).exists():
                expected |= dict.fromkeys(PLACES[other], (other, f"disk {other}"))
        for name, text in self.texts.items():
            expected |= dict.fromkeys(PLACES[name], (name, text))
        return expected


TestEdits = Edits.TestCase
TestEdits.settings = settings(max_examples=60, stateful_step_count=15, deadline=None)


def test_targets_are_names_or_files(tmp_path: Path) -> None:
    overlay = Overlay(tmp_path / "o", make_units(tmp_path), cwd=tmp_path)
    files = (str(tmp_path / "o/0-files/tool.hs"), str(tmp_path / "o/0-files/1/tool.hs"))
    assert overlay.targets(0) == ("Lib", "Deep.Er", *files)
    assert overlay.targets(1) == ("Main", "Lib")
    assert overlay.user_path(files[1]) == tmp_path / "other/tool.hs"
    assert overlay.user_path("/else/where.hs") == Path("/else/where.hs")


def test_a_name_that_ghc_would_take_for_a_file_is_given_as_a_file(tmp_path: Path) -> None:
    """GHC looks for `Lib.hs` in its current folder before it thinks of modules."""
    units = make_units(tmp_path)
    for name in ("Lib.hs", "Lib.hs-boot"):
        (tmp_path / "src" / name).parent.mkdir(exist_ok=True)
        (tmp_path / "src" / name).write_text(f"disk {name}")
    overlay = Overlay(tmp_path / "o", units, cwd=tmp_path / "src")
    place = tmp_path / "o/0/Lib.hs"
    assert overlay.targets(0)[0] == str(place)
    assert overlay.targets(1) == ("Main", str(tmp_path / "o/1/Lib.hs"))
    assert place.read_text() == "disk Lib.hs"
    assert place.with_name("Lib.hs-boot").read_text() == "disk Lib.hs-boot"
    overlay.write({tmp_path / "src/Lib.hs": "buffer"})
    assert place.read_text() == "buffer"
    overlay.write({})
    assert place.read_text() == "disk Lib.hs"
    assert overlay.user_path(str(place)) == tmp_path / "src/Lib.hs"


def test_unchanged_texts_are_not_written_again(tmp_path: Path) -> None:
    overlay = Overlay(tmp_path / "o", make_units(tmp_path), cwd=tmp_path)
    overlay.write({tmp_path / "src/Lib.hs": "text"})
    place = tmp_path / "o/0/Lib.hs"
    before = place.stat()
    overlay.write({tmp_path / "src/Lib.hs": "text", tmp_path / "app/Main.hs": "main"})
    assert (place.stat().st_mtime_ns, place.stat().st_ino) == (before.st_mtime_ns, before.st_ino)


def test_a_lone_surrogate_does_not_fail(tmp_path: Path) -> None:
    """GHC will complain about it, as it does of any bytes that are not UTF-8."""
    overlay = Overlay(tmp_path / "o", make_units(tmp_path), cwd=tmp_path)
    overlay.write({tmp_path / "src/Lib.hs": "\ud800"})
    assert (tmp_path / "o/0/Lib.hs").read_bytes() == b"\xed\xa0\x80"


def test_a_failed_write_is_made_good_later(tmp_path: Path) -> None:
    overlay = Overlay(tmp_path / "o", make_units(tmp_path), cwd=tmp_path)
    obstacle = tmp_path / "o/0/Deep"
    obstacle.write_text("")
    texts = {tmp_path / "src/Lib.hs": "lib", tmp_path / "src/Deep/Er.hs": "deep"}
    with pytest.raises(OSError, match="Deep"):
        overlay.write(texts)
    obstacle.unlink()
    overlay.write(texts)
    assert (tmp_path / "o/0/Lib.hs").read_text() == "lib"
    assert (tmp_path / "o/0/Deep/Er.hs").read_text() == "deep"


@pytest.mark.parametrize(
    ("text", "file"),
    [
        ("/cache/run/77-abc/0/session-3/overlay/0/Deep/Er.hs", "src/Deep/Er.hs"),
        ("/elsewhere/run/77-abc/1/edits/sessions/2/overlay/0/Lib.hs", "src/Lib.hs"),
        ("/cache/run/77-abc/0/session-3/overlay/1/Main.hs", "app/Main.hs"),
        ("/cache/run/77-abc/0/session-3/overlay/0-files/tool.hs", "src/tool.hs"),
        ("/cache/run/77-abc/0/session-3/overlay/0/Gone.hs", None),
        ("/cache/run/77-abc/0/session-3/overlay/7/Lib.hs", None),
        ("/elsewhere/run/77-abc/overlay/0/Lib.hs", None),
    ],
)
def test_code_names_the_overlay_of_the_session_that_compiled_it(tmp_path: Path, text: str, file: str | None) -> None:
    root = tmp_path / "project"
    for name in FILES:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).touch()
    overlay = Overlay(tmp_path / "overlay", make_units(root), cwd=root)
    assert overlay.user_path(text) == (Path(text) if file is None else root / file)
