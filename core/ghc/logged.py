"""One message as GHC logs it, from either JSON style or from plain text, before paths are mapped.

The layouts are drawn in `output`.
"""

import json
import re
from collections.abc import Iterator, Sequence

from attrs import evolve, frozen

from thatch.core.diagnostics import Severity, Span
from thatch.core.ghc.message import Parts, from_sections, split_text
from thatch.core.ghc.warning_flags import flag_of


@frozen(kw_only=True)
class Logged:
    """A message with or without a place."""

    severity: Severity
    fatal: bool
    """Whether GHC gave up on the module because of it."""

    parts: Parts
    file: str = ""
    """The file's name as GHC prints it; empty or in angle brackets when the message has no place in a file."""

    span: Span | None = None
    code: str = ""
    flag: str = ""


def find_objects(line: str) -> Iterator[Logged | str]:
    """The messages and the other text in a line, in order; text that GHC logs comes as it would be printed.

    Something else's output may stand before an object, for a splice need not end its output with a newline.
    """
    line = _mend_astral(line)
    taken = position = 0
    for _ in range(_MOST_OBJECTS):
        start = _OBJECT.search(line, position)
        if start is None:
            break
        try:
            value, position = _DECODER.raw_decode(line, start.start())
        except (ValueError, RecursionError):
            position = start.end()
            continue
        message = _decode(value)
        if message is None:
            continue
        if taken < start.start():
            yield line[taken : start.start()]
        yield message
        taken = position
    if taken < len(line):
        yield line[taken:]


def from_plain(file: str, span: Span | None, rest: str, body: Sequence[str]) -> Logged:
    """A message printed as plain text: its place, the rest of the first line (`error: [GHC-...]`), the other lines."""
    found = _TITLE.match(rest)
    if found is None:
        return Logged(severity=Severity.ERROR, fatal=True, parts=split_text("\n".join([rest, *body])))
    flag = f"-W{found['flag']}" if found["flag"] else ""
    text = "\n".join([found["text"], *_without_margin(body)]).strip("\n")
    error = found["severity"] == "error"
    return _judged(error, flag, found["code"] or "", file, span, split_text(text))


_MOST_OBJECTS = 8
"""A line holds one object; more attempts would let garbage cost much time."""

_DECODER = json.JSONDecoder()
_OBJECT = re.compile(r'\{"(?:span|version)":')
_CONSTRUCTOR = re.compile(r"\bOpt_\w{1,80}")
_CODE = re.compile(r"\bJust (GHC-\d{1,9})$")
_TITLE = re.compile(
    r"(?P<severity>error|warning):(?: \[(?P<code>GHC-\d{1,9})\])?"
    r"(?: \[-W(?:error\]|(?P<flag>[\w-]{1,80})[^\]]*\]))?\s*(?P<text>.*)"
)
_PREPROCESSOR = re.compile(r" ?(?P<severity>fatal error|error|warning|note): ")
_EXCERPT = re.compile(r" *\d* \|")
_DEFERRED = ("-Wdeferred-type-errors", "-Wdeferred-out-of-scope-variables", "-Wtyped-holes")
_ESCAPE = re.compile(r"\\(?:u(?P<astral>1(?:d[4-7]|f[0-9a])[0-9a-f]{2})|.)")


def _mend_astral(line: str) -> str:
    r"""Write astral characters as JSON wants them: GHC (9.6, 9.10) escapes U+1F600 as `\u1f600`.

    Five digits are also a character and a letter.  Only where emoji and mathematical letters are is the astral
    reading taken: the other one is a phonetic or ancient Greek letter before a digit or a letter up to `f`.
    """
    if "\\u1d" not in line and "\\u1f" not in line:
        return line
    return _ESCAPE.sub(lambda found: chr(int(found["astral"], 16)) if found["astral"] else found[0], line)


def _decode(value: object) -> Logged | str | None:
    """A decoded object as a message; None: it is not GHC's."""
    if not isinstance(value, dict):
        return None
    match value:
        case {"span": span, "doc": str(text), "messageClass": str(message_class)}:
            file, place = _place_of_dump(span)
            return _from_dump(text, message_class, file, place)
        case {
            "version": str(),
            "span": span,
            "severity": str(severity),
            "message": list(message),
            "hints": list(hints),
        }:
            sections = tuple(str(section) for section in message)
            parts = from_sections(sections, tuple(str(hint) for hint in hints))
            code, flag = value.get("code"), _flag_of_reason(value.get("reason"))
            code = f"GHC-{code:05d}" if isinstance(code, int) else ""
            return _judged(severity == "Error", flag, code, *_place_of_schema(span), parts)
        case _:
            return None


def _from_dump(text: str, message_class: str, file: str, span: Span | None) -> Logged | str:
    words = message_class.split(maxsplit=4)
    if words[:1] == ["MCFatal"]:
        return Logged(severity=Severity.ERROR, fatal=True, parts=split_text(text), file=file, span=span)
    if len(words) < 3 or words[0] != "MCDiagnostic":
        return text
    flag = ""
    if words[2] == "WarningWithCategory" and len(words) > 3:
        flag = f"-W{words[3]}"
    elif constructor := _CONSTRUCTOR.search(message_class):
        flag = flag_of(constructor[0])
    code = _CODE.search(message_class)
    return _judged(words[1] == "SevError", flag, code[1] if code else "", file, span, split_text(text))


def _judged(error: bool, flag: str, code: str, file: str, span: Span | None, parts: Parts) -> Logged:
    """A message with its severity as the user should see it."""
    severity = Severity.ERROR if error else Severity.WARNING
    said = Logged(severity=severity, fatal=error, parts=parts, file=file, span=span, code=code, flag=flag)
    if flag in _DEFERRED:
        # The session asked for the deferral; for the user these are plain errors.
        return evolve(said, severity=Severity.ERROR, flag="")
    if error and not flag and not code and (found := _PREPROCESSOR.match(parts.message)):
        # GHC logs whatever the C preprocessor prints as an error, with the excerpt that the preprocessor shows.
        lines = parts.message[found.end() :].split("\n")
        text = "\n".join(line for line in lines if not _EXCERPT.match(line))
        severity = _PREPROCESSOR_SEVERITY.get(found["severity"], Severity.ERROR)
        return evolve(said, severity=severity, fatal=severity is Severity.ERROR, parts=evolve(parts, message=text))
    return said


_PREPROCESSOR_SEVERITY = {"warning": Severity.WARNING, "note": Severity.INFORMATION}


def _without_margin(lines: Sequence[str]) -> list[str]:
    margin = min((len(line) - len(line.lstrip()) for line in lines if line.strip()), default=0)
    return [line[margin:] for line in lines]


def _flag_of_reason(reason: object) -> str:
    match reason:
        case {"flags": [str(name), *_]} | {"category": str(name)}:
            return f"-W{name}"
        case _:
            return ""


def _place_of_dump(span: object) -> tuple[str, Span | None]:
    match span:
        case {
            "file": str(file),
            "startLine": int(line),
            "startCol": int(column),
            "endLine": int(end_line),
            "endCol": int(end_column),
        }:
            return _place(file, line, column, end_line, end_column)
        case _:
            return "", None


def _place_of_schema(span: object) -> tuple[str, Span | None]:
    match span:
        case {
            "file": str(file),
            "start": {"line": int(line), "column": int(column)},
            "end": {"line": int(end_line), "column": int(end_column)},
        }:
            return _place(file, line, column, end_line, end_column)
        case _:
            return "", None


def _place(file: str, line: int, column: int, end_line: int, end_column: int) -> tuple[str, Span | None]:
    # The preprocessor's columns may be 0.
    return file, Span(max(line, 1), max(column, 1), max(end_line, 1), max(end_column, 1))
