"""The parts of the VS Code extension's `package.json` that are made from the server's settings."""

import json
from pathlib import Path
from typing import Any

from attrs import Attribute, Factory, fields

from tests.support.reference import SCHEMA_TYPES, attribute_docstrings, default_text
from thatch.core.sandbox.mode import SandboxMode
from thatch.core.settings import Settings
from thatch.core.settings_reading import SECTION, key_of, type_of

PLACES = {
    *("serverPath", "ghc", "cabal", "stack", "cacheDir", "cacheRemote", "sourceDirs", "formatter", "cabalFormatter"),
    "hlint",
}
"""Settings that name a program, a folder or a host: they differ between machines, and a project must not choose them
before it is trusted."""

RUNS_CODE = {"ghcOptions"}
"""Settings by which a project that is not trusted could have something of its own run."""

GUARDS = {"sandbox"}
"""Settings that no project may choose, trusted or not."""


def manifest(text: str) -> str:
    """A `package.json` with fresh settings for the server, in the group behind the extension's own."""
    found = json.loads(text)
    found["contributes"]["configuration"][1] = {"title": "Server", "properties": _properties()}
    keys = [f"{SECTION}.{key}" for key in sorted(PLACES | RUNS_CODE)]
    found["capabilities"]["untrustedWorkspaces"]["restrictedConfigurations"] = keys
    return json.dumps(found, indent=2, ensure_ascii=False) + "\n"


def _properties() -> dict[str, object]:
    meanings = attribute_docstrings()
    properties = {}
    for attribute in fields(Settings):
        schema = dict(SCHEMA_TYPES[type_of(attribute)])
        if type_of(attribute) is SandboxMode:
            schema["enum"] = [mode.value for mode in SandboxMode]
        meaning = " ".join(meanings[attribute.name].split())
        properties[f"{SECTION}.{key_of(attribute)}"] = {
            **schema,
            "default": _default(attribute),
            "scope": _scope(key_of(attribute)),
            "markdownDescription": meaning + _remark(attribute),
        }
    return properties


def _default(attribute: "Attribute[Any]") -> object:
    """What the editor shows as the default; the extension never sends it, because the server knows it better."""
    if isinstance(attribute.default, Factory):  # type: ignore[arg-type]
        return SandboxMode.AUTO.value if type_of(attribute) is SandboxMode else ""
    return list(attribute.default) if isinstance(attribute.default, tuple) else attribute.default


def _remark(attribute: "Attribute[Any]") -> str:
    depends = isinstance(attribute.default, Factory) and type_of(attribute) in (str, Path)  # type: ignore[arg-type]
    return f"  \nDefault: {default_text(attribute)}." if depends else ""


def _scope(key: str) -> str:
    if key in GUARDS:
        return "machine"
    return "machine-overridable" if key in PLACES else "window"
