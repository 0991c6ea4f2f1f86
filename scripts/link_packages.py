#!/usr/bin/env python3
"""Let the editable installation follow the source folders, run with .venv's Python.

Setuptools' strict editable mode links every single file when it runs, so files
added later would be missing. This replaces those trees by one link per source
folder: ``thatch/core`` -> ``core`` and so on. New modules are then simply there.
"""

from __future__ import annotations

import shutil
import sys
import sysconfig
import tomllib
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent


def linked_root() -> Path:
    """Find the folder that the editable installation put on Python's path."""
    site_packages = Path(sysconfig.get_path("purelib"))
    for pth in site_packages.glob("__editable__.thatch-*.pth"):
        root = Path(pth.read_text(encoding="utf-8").strip())
        if root.is_dir():
            return root
    sys.exit(f"No strict editable installation of thatch was found in {site_packages}.")


def main() -> None:
    """Replace each tree of links by one link to its source folder."""
    root = linked_root()
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))
    for package, folder in project["tool"]["setuptools"]["package-dir"].items():
        link = root.joinpath(*package.split("."))
        if link.is_symlink():
            link.unlink()
        elif link.exists():
            shutil.rmtree(link)
        link.symlink_to(REPOSITORY / folder, target_is_directory=True)
    # "thatch" is a namespace without a folder of its own; without this marker
    # mypy would not take `-p thatch`.
    (root / "thatch" / "py.typed").touch()


if __name__ == "__main__":
    main()
