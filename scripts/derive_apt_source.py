#!/usr/bin/env python3
"""Print an apt source for another Debian suite, derived from this machine's own.

The new source keeps the address and the signing key of the machine's entry for
its own release, so a company mirror or a proxy stays in use. Both notations of
apt are read: deb822 (``*.sources``) and one line per source (``*.list``).

Usage: derive_apt_source.py <wanted suite> <types> [etc/apt folder]

<types> is "deb", "deb-src" or both in one argument.
"""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from pathlib import Path

# The names under which a machine may follow Debian itself: a codename or a
# standing. Updates, security and backports have suites of their own.
RELEASES = {"bookworm", "trixie", "forky", "sid", "oldstable", "stable", "testing", "unstable"}


@dataclass(frozen=True)
class Source:
    uri: str
    suite: str
    options: tuple[tuple[str, str], ...]  # deb822 field names and values


def parse_deb822(text: str) -> list[Source]:
    """Read the stanzas of a ``.sources`` file."""
    found = []
    without_comments = re.sub(r"(?m)^#.*\n?", "", text)
    for stanza in re.split(r"\n[ \t]*\n", without_comments):
        fields: dict[str, str] = {}
        name = ""
        for line in stanza.splitlines():
            if line[:1] in (" ", "\t") and name:
                fields[name] += "\n" + line
            elif ":" in line:
                name, _, value = line.partition(":")
                name = name.strip().lower()
                fields[name] = value.strip()
        if "deb" not in fields.get("types", "").split():
            continue
        if fields.get("enabled", "yes").lower() in ("no", "false"):
            continue
        if "main" not in fields.get("components", "").split():
            continue
        options = tuple(
            (option, fields[option.lower()])
            for option in ("Signed-By", "Trusted", "Check-Valid-Until")
            if option.lower() in fields
        )
        for uri in fields.get("uris", "").split():
            found += [Source(uri, suite, options) for suite in fields.get("suites", "").split()]
    return found


def parse_one_line(text: str) -> list[Source]:
    """Read the ``deb`` lines of a ``.list`` file."""
    names = {
        "signed-by": "Signed-By",
        "trusted": "Trusted",
        "check-valid-until": "Check-Valid-Until",
    }
    found = []
    for raw in text.splitlines():
        line = raw.partition("#")[0].strip()
        match = re.match(r"deb\s+(?:\[(?P<options>[^]]*)\]\s+)?(?P<rest>.*)", line)
        if not match:
            continue
        words = match["rest"].split()
        if len(words) < 3 or "main" not in words[2:]:
            continue
        options = []
        for option in (match["options"] or "").split():
            name, _, value = option.partition("=")
            if name.lower() in names:
                options.append((names[name.lower()], value.replace(",", " ")))
        found.append(Source(words[0], words[1], tuple(options)))
    return found


def read_sources(apt_folder: Path) -> list[Source]:
    """Read every apt source of the machine, except the ones made by us."""
    parts = sorted((apt_folder / "sources.list.d").glob("*"))
    found = []
    for path in [apt_folder / "sources.list", *parts]:
        if path.name.startswith("thatch-") or not path.is_file():
            continue
        if path.suffix == ".sources":
            found += parse_deb822(path.read_text(encoding="utf-8"))
        elif path.suffix == ".list":
            found += parse_one_line(path.read_text(encoding="utf-8"))
    return found


def choose(sources: list[Source]) -> Source | None:
    """Pick an entry that stands for Debian itself.

    Its release does not matter: every release is at the same address. (What
    /etc/os-release says would be no help: it changes once the C library of a
    newer release is installed.)
    """
    # Third-party repositories name their suites like Debian's; Debian's own
    # address ends in "debian" by convention.
    by_convention = [source for source in sources if source.uri.rstrip("/").endswith("debian")]
    return next((source for source in by_convention + sources if source.suite in RELEASES), None)


def render(source: Source, suite: str, types: str) -> str:
    """Write the derived source in deb822."""
    lines = [
        "# Written by thatch's setup, derived from this machine's own Debian source.",
        "# Delete this file (and its namesake in preferences.d) to undo it.",
        f"Types: {types}",
        f"URIs: {source.uri}",
        f"Suites: {suite}",
        "Components: main",
    ]
    lines += [f"{name}: {value}" for name, value in source.options]
    return "\n".join(lines) + "\n"


def main(arguments: list[str]) -> int:
    """Print the derived source, or say what is missing."""
    if len(arguments) not in (2, 3):
        print(__doc__, file=sys.stderr)
        return 2
    suite, types = arguments[:2]
    apt_folder = Path(arguments[2] if len(arguments) == 3 else "/etc/apt")
    source = choose(read_sources(apt_folder))
    if source is None:
        print(
            f"No apt source for a Debian release was found under {apt_folder}; {suite}'s cannot be derived.",
            file=sys.stderr,
        )
        return 1
    sys.stdout.write(render(source, suite, types))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
