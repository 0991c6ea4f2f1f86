"""What GHCi is told to evaluate an example; pure."""

import itertools
import re
from collections.abc import Iterable, Iterator, Sequence

from attrs import frozen

from thatch.core.evaluation.model import Example, Prompt

LANGUAGES = ("-XGHC2021", "-XHaskell2010", "-XHaskell98", "-XGHC2024")
"""The languages, that first which GHC takes where none is named (9.2 and later)."""

ALWAYS = frozenset({"-XExtendedDefaultRules", "-XNoMonomorphismRestriction"})
"""What GHCi switches on and off for what is typed."""

PROPERTY_NAME = "thatch_property"


@frozen
class Refusal:
    """Why something is not evaluated."""

    reason: str


def statement(code: str) -> str | Refusal:
    """What GHCi is told for what stands behind a `>>>`; empty for nothing.

    Flags are set for what is evaluated, not for modules: those are not to be compiled again.
    """
    if code == ":{":
        return Refusal("There is no `:}` for this `:{`.")
    if not code.startswith(":") or code.startswith(":{"):
        return code
    command, _, rest = code.partition(" ")
    name = command.removeprefix(":").rstrip("!")
    words = rest.split()
    if name and any(full.startswith(name) and len(name) >= shortest for full, shortest in _REFUSED):
        return Refusal(f"`{command}` is not for examples.")
    if not name or not ("set".startswith(name) or name == "seti") or not words:
        return code
    if words[0] == "+m" or words[0] in _OPTIONS:
        return Refusal(f"`{command} {words[0]}` is not for examples.")
    return f":seti {rest}" if all(word.startswith(("-X", "-f", "-W", "-w")) for word in words) else code


def imported(examples: Iterable[Example]) -> Iterator[str]:
    """The names of the modules that examples import."""
    for example in examples:
        for line in example.code.split("\n"):
            if found := _IMPORT.match(line.strip()):
                yield found[1]


def property_type(code: str) -> str:
    """What asks GHCi which variables of a property are not in scope."""
    return f":type ({_one_line(code)})"


def free_variables(said: Iterable[str]) -> list[str]:
    """The variables that are not in scope by what GHC says, each once."""
    return list(dict.fromkeys(name for line in said for name in _NOT_IN_SCOPE.findall(line)))


def property_statements(code: str, variables: Iterable[str]) -> list[str]:
    """What has QuickCheck try a property whose type variables, if it has some, are integers."""
    names = "".join(f"{name} " for name in variables)
    body = _one_line(code)
    function = f"\\{names}-> ({body})" if names else body
    return [
        "import Test.QuickCheck ((==>))",
        "import qualified Test.QuickCheck.All",
        ":seti -XTemplateHaskell -XNoMonomorphismRestriction",
        f"let {PROPERTY_NAME} = {function}",
        f"$(Test.QuickCheck.All.polyQuickCheck '{PROPERTY_NAME})",
    ]


def missing_code(said: Sequence[str]) -> str:
    """The name of a binding whose code GHC did not find in an interface, as it stands there; empty if it found all.

    9.6.6 cannot link what it makes of some interfaces with Core, such as that of a module with `mk = N` for a newtype's
    constructor; 9.10.3 can.  It panics in `nameModule`, at a name that is no module's.
    """
    if not any("nameModule" in line for line in said):
        return ""
    return next((found[1] for line in said if (found := _INTERNAL.match(line))), "")


def leaves_traces(examples: Iterable[Example], *, several_units: bool) -> bool:
    """Whether examples do what nothing undoes: set options, or import where GHCi cannot forget that again."""
    for example in examples:
        for line in map(str.strip, example.code.split("\n")):
            told = statement(line)
            if isinstance(told, str) and told.startswith(":se") and not told.startswith(":seti -X"):
                return True
            if several_units and line.startswith("import "):
                return True
    return False


def extension_flags(extensions: Iterable[str], shown: Iterable[str]) -> list[str]:
    """What GHCi is told, line by line, to have just these language extensions where it evaluates, given as `-X` flags.

    `shown` is what it says to `:showi language`: a language that is set anew leaves the others as they were.  Those
    that it always has stay (`interactiveUI` in ghc/GHCi/UI.hs, 9.6).
    """
    given = list(extensions)
    language = next((flag for flag in reversed(given) if flag in LANGUAGES), LANGUAGES[0])
    set_now = [line.strip() for line in shown if line.strip().startswith("-X")]
    undone = [_undone(flag) for flag in set_now if flag not in ALWAYS]
    return [f":seti {flag}" for flag in (*undone, language, *(flag for flag in given if flag not in LANGUAGES))]


def _undone(flag: str) -> str:
    name = flag.removeprefix("-X")
    return f"-X{name.removeprefix('No')}" if name.startswith("No") else f"-XNo{name}"


def tidied(said: Sequence[str]) -> list[str]:
    """What was printed without the blank lines that GHC puts around its messages (9.6 before, 9.10 behind them)."""
    pairs = itertools.pairwise((*said, ""))
    lines = [line for line, following in pairs if line or not _MESSAGE.match(following)]
    if any(map(_MESSAGE.match, lines)):
        while lines and not lines[-1]:
            lines.pop()
    return lines


def has_properties(examples: Iterable[Example]) -> bool:
    """Whether QuickCheck is needed."""
    return any(example.prompt is Prompt.PROPERTY for example in examples)


def _one_line(code: str) -> str:
    return code.removeprefix(":{\n").removesuffix("\n:}")


_REFUSED = (
    ("quit", 1),
    ("load", 1),
    ("add", 1),
    ("unadd", 2),
    ("reload", 1),
    ("edit", 1),
    ("script", 2),
    ("def", 3),
    ("undef", 3),
    ("cmd", 3),
    ("cd", 2),
)
"""Commands that would make the session another one, and how many letters GHCi knows them by.

(`ghciCommands` in ghc/GHCi/UI.hs, 9.6.)
"""
_OPTIONS = frozenset({"prompt", "prompt-function", "prompt-cont", "prompt-cont-function", "editor", "stop"})
_IMPORT = re.compile(r"import\s+(?:safe\s+)?(?:qualified\s+)?(?:\"[^\"]*\"\s+)?([A-Z][\w.']*)")
_MESSAGE = re.compile(r"<interactive>:\S+ error:|<no location info>: error:")
_INTERNAL = re.compile(r"\s*internal (\S+)_\w+$")
_NOT_IN_SCOPE = re.compile(r"Variable not in scope:\s+([a-z_][\w']*)")
