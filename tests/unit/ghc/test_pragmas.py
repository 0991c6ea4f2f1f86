"""The `OPTIONS_GHC` pragmas of files and buffers, and deferred errors that they would silence."""

import os
from pathlib import Path

import pytest

from thatch.core.ghc.pragmas import VOICE, Pragmas, voiced

SILENT = "{-# OPTIONS_GHC -w #-}\nmodule A where\n"


def test_only_files_with_pragmas_are_told(tmp_path: Path) -> None:
    silent, plain = tmp_path / "A.hs", tmp_path / "B.hs"
    silent.write_text(SILENT)
    plain.write_text("module B where\n")
    found = Pragmas().options([silent, plain, tmp_path / "Missing.hs"], {})
    assert found == {silent: ("-w",)}


def test_a_buffer_counts_instead_of_its_file(tmp_path: Path) -> None:
    path = tmp_path / "A.hs"
    path.write_text(SILENT)
    assert Pragmas().options([path], {path: "module A where\n"}) == {}


def test_a_changed_file_is_read_again(tmp_path: Path) -> None:
    path = tmp_path / "A.hs"
    path.write_text("{-# OPTIONS_GHC -w #-}\n")
    pragmas = Pragmas()
    assert pragmas.options([path], {}) == {path: ("-w",)}
    path.write_text("{-# OPTIONS_GHC -W #-}\n")
    stamp = path.stat().st_mtime_ns + 1_000_000
    os.utime(path, ns=(stamp, stamp))
    assert pragmas.options([path], {}) == {path: ("-W",)}


def test_literate_files_have_pragmas_too(tmp_path: Path) -> None:
    path = tmp_path / "A.lhs"
    path.write_text("Words.\n\n> {-# OPTIONS_GHC -Wno-everything #-}\n> module A where\n")
    assert Pragmas().options([path], {}) == {path: ("-Wno-everything",)}


@pytest.mark.parametrize("options", [(), ("-Wall",), ("-fno-warn-orphans",)])
def test_a_text_whose_errors_are_heard_is_left_alone(options: tuple[str, ...]) -> None:
    assert voiced(SILENT, options) is None


def test_errors_are_heard_again_and_no_line_moves() -> None:
    comment, pragma = "-- {-# OPTIONS_GHC -w #-}", "{-# options_ghc\n  -w #-}"
    rest = " {-# LANGUAGE CPP #-}\nmodule A where\n"
    assert voiced(f"{comment}\n{pragma}{rest}", ("-w",)) == f"{comment}{VOICE}\n{pragma}{VOICE}{rest}"
