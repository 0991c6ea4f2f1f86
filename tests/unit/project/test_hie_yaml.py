"""Reading `hie.yaml`."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thatch.core.errors import CradleError
from thatch.core.project.hie_yaml import (
    Bios,
    Cabal,
    Cradle,
    Default,
    Direct,
    HieYaml,
    NoCradle,
    Stack,
    parse,
)

ROOT = Path("/w")
FILE = ROOT / "hie.yaml"


def read(text: str) -> HieYaml:
    return parse(FILE, text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("cradle: {cabal: }", [(".", Cabal())]),
        ("cradle: cabal", [(".", Cabal())]),
        ('cradle: {cabal: {component: "lib:p"}}', [(".", Cabal())]),
        ("cradle: {cabal: {cabalProject: sub/cabal.project}}", [(".", Cabal(project_file=ROOT / "sub/cabal.project"))]),
        (
            "cradle: {cabal: [{path: ./src, component: 'lib:p'}, {path: test, component: 'p:t'}]}",
            [("src", Cabal()), ("test", Cabal())],
        ),
        (
            """
            cradle: {cabal: {cabalProject: c.project, components: [
              {path: src, component: p}, {path: t, component: t, cabalProject: d.project}]}}
            """,
            [("src", Cabal(project_file=ROOT / "c.project")), ("t", Cabal(project_file=ROOT / "d.project"))],
        ),
        ("cradle: {stack: {}}", [(".", Stack())]),
        ("cradle: {stack: {stackYaml: s.yaml, component: 'p:lib'}}", [(".", Stack(stack_yaml=ROOT / "s.yaml"))]),
        ("cradle: {stack: [{path: src, component: 'p:lib'}]}", [("src", Stack())]),
        ("cradle: {direct: {arguments: [-isrc, -Wall, 1]}}", [(".", Direct(arguments=("-isrc", "-Wall", "1")))]),
        ("cradle: {bios: {program: ./flags.sh}}", [(".", Bios(command=("/w/flags.sh",)))]),
        (
            "cradle: {bios: {shell: 'echo hi', dependency-program: deps, with-ghc: ghc-9.6}}",
            [
                (
                    ".",
                    Bios(command=("/bin/sh", "-c", "echo hi"), dependency_command=("/w/deps",), with_ghc="ghc-9.6"),
                )
            ],
        ),
        ("cradle: {none: }", [(".", NoCradle())]),
        ("cradle: none", [(".", NoCradle())]),
        ("cradle: {default: }", [(".", Default())]),
    ],
)
def test_cradles(text: str, expected: list[tuple[str, Cradle]]) -> None:
    described = read(text)

    assert [(entry.prefix, entry.cradle) for entry in described.entries] == [
        (ROOT / prefix, cradle) for prefix, cradle in expected
    ]
    assert described.diagnostics == ()


MULTI = """
cradle:
  multi:
    - path: ./
      config: {cradle: {cabal: [{path: src, component: a}, {path: tests, component: b}]}, dependencies: [x]}
    - path: ./tests/data
      config: {cradle: {none: }}
    - path: tools
      config:
        cradle:
          multi:
            - path: tools/one
              config: {cradle: {direct: {arguments: [A]}}}
dependencies: [y]
"""


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("src/A.hs", Cabal()),
        ("tests/B.hs", Cabal()),
        ("tests/data/C.hs", NoCradle()),
        ("tests/database.hs", Cabal()),
        ("tools/one/D.hs", Direct(arguments=("A",))),
        ("other/E.hs", None),
    ],
)
def test_the_longest_prefix_wins(path: str, expected: Cradle | None) -> None:
    described = read(MULTI)

    entry = described.entry_for(ROOT / path)

    assert described.multi
    assert (entry.cradle if entry else None) == expected


def test_dependencies_add_up() -> None:
    entry = read(MULTI).entry_for(ROOT / "src/A.hs")

    assert entry is not None
    assert entry.dependencies == (ROOT / "y", ROOT / "x")


def test_unknown_keys_are_warned_about() -> None:
    described = read("cradle:\n  cabal:\n    component: lib:p\n    colour: red\nextra: 1\n")

    assert [(told.span.start_line if told.span else 0, told.message.split()[0]) for told in described.diagnostics] == [
        (5, "extra"),
        (4, "colour"),
    ]


@pytest.mark.parametrize(
    ("text", "line", "part"),
    [
        ("", 1, "is empty"),
        ("# only a comment\n", 1, "is empty"),
        ("cabal:\n", 1, "no key `cradle`"),
        ("\ncradle:\n  cabbage: {}\n", 3, "one kind of cradle: bios, cabal"),
        ("cradle:\n  cabal: {}\n  stack: {}\n", 2, "one kind of cradle"),
        ("cradle: [cabal]\n", 1, "one kind of cradle"),
        ("cradle:\n  cabal:\n    - component: x\n", 3, "no key `path`"),
        ("cradle:\n  cabal:\n    - path: x\n", 3, "no key `component`"),
        ("cradle:\n  cabal: []\n", 2, "at least one component"),
        ("cradle:\n  cabal: 3\n", 2, "a list of components"),
        ("cradle:\n  direct:\n    arguments: -Wall\n", 3, "a list of arguments"),
        ("cradle:\n  direct:\n", 1, "`arguments`"),
        ("cradle:\n  bios:\n    with-ghc: x\n", 3, "`program` or `shell`"),
        ("cradle:\n  multi:\n    path: x\n", 3, "a list of `path` and `config`"),
        ("cradle:\n  multi:\n    - path: x\n", 3, "no key `config`"),
        ("cradle:\n  multi:\n    - {path: [x], config: {cradle: none}}\n", 3, "a text as `path`"),
        ("cradle: {cabal: }\ndependencies: x\n", 2, "a list of files"),
        ("cradle:\n  - }\n", 2, "is not YAML"),
        ("cradle: {cabal: \x01}\n", 1, "is not YAML"),
        ("cradle: *nowhere\n", 1, "is not YAML"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(text: str, line: int, part: str) -> None:
    with pytest.raises(CradleError) as caught:
        read(text)

    assert (caught.value.path, caught.value.line) == (FILE, line)
    assert part in caught.value.message


def test_deep_nesting_ends() -> None:
    text = "{cradle: none}"
    for _ in range(40):
        text = f"{{cradle: {{multi: [{{path: x, config: {text}}}]}}}}"

    with pytest.raises(CradleError, match="deep"):
        read(text)


@given(st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    for candidate in (text, f"cradle: {text}", f"cradle: {{cabal: {text}}}"):
        try:
            described = read(candidate)
        except CradleError:
            continue
        assert described.entries
