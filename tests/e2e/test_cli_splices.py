"""`thatch expand` and `thatch splices` on real projects, as users run them: what comes out compiles without splices."""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.conftest import Ghc
from tests.support.check import REPOSITORY, Checked, Checker, write_files
from tests.support.projects import write_program
from tests.support.waiting import seconds

LETTERS = REPOSITORY / "examples" / "letters"

MAKE = """\
{-# LANGUAGE TemplateHaskell #-}
module Make where

import Language.Haskell.TH
import Language.Haskell.TH.Quote
import Language.Haskell.TH.Syntax

-- | A function with several lines.
define :: String -> Q [Dec]
define name = do
  x <- newName "x"
  let branch n = match (litP (integerL n)) (normalB (doE [noBindS [|pure $(lift n)|]])) []
      body = caseE (varE x) [branch 1, branch 2, match wildP (normalB [|Nothing|]) []]
  function <- funD (mkName name) [clause [varP x] (normalB body) []]
  signature <- sigD (mkName name) [t|Integer -> Maybe Integer|]
  pure [signature, function]

twice :: Q Exp -> Q Exp
twice e = [|let t = $e; u = $e in t + u|]

one :: Q Exp
one = [|\\n -> case n of { 0 -> "zero"; _ -> show (n :: Integer) }|]

nothing :: Q [Dec]
nothing = pure []

plus :: Int -> Code Q Int -> Code Q Int
plus n more = [||n + $$more||]

fresh :: Q [Dec]
fresh = [d|
  other :: Int
  other = helper + 1
  helper :: Int
  helper = 2
  data Kind = Kind { size :: Int, letters :: String } deriving (Show)
  |]

bound :: String -> Q Pat
bound name = newName name >>= varP

chars :: String -> Q Exp
chars = listE . map (litE . charL)

q :: QuasiQuoter
q =
  QuasiQuoter
    { quoteExp = \\s -> [|concat [s, "\\n\\"{-"]|]
    , quotePat = litP . stringL
    , quoteType = \\s -> [t|Maybe $(conT (mkName s))|]
    , quoteDec = define
    }
"""

ODD = {
    "hie.yaml": (
        "cradle:\n  direct:\n    arguments: [-isrc, -Wall, Make, Plain, Bird, Tex, Cpp, Semi, Braces, Windows, Fresh]\n"
    ),
    "src/Make.hs": MAKE,
    "src/Plain.hs": """\
{-# LANGUAGE TemplateHaskell, QuasiQuotes #-}
module Plain (module Plain) where
import Language.Haskell.TH (conP, mkName, varP)
import Make (define, twice, one, nothing, plus, q)
import qualified Data.List as L (sort)

define "a"
$(nothing)
[q|b|]
$(concat <$> traverse define
    [ "c", "d" ])

list :: [Int]
list = L.sort [$(twice [|3 :: Int|]), $$(plus 2 [||4||]), $(twice [|$(twice [|1|]) * 2|])]

name :: Integer -> String
name n = show
  $ length ($(one) n)

typed :: [q|Int|]
     -> $([t|Int -> Int|])
typed $(conP 'Just [varP (mkName "x")]) y = do
  x + y
typed _ y = y

text :: String -> [String]
text [q|x|] = [[q|a
 b|]]
text other = [o | o <- [other, $([|"z"|])], o /= [q||] ]

tupled :: Maybe (Maybe Integer)
tupled = do
  let x = $(twice [|2|])
      y = 1
  $([|Just (a (x + y))|])
""",
    "src/Bird.lhs": """\
A literate module.

> {-# LANGUAGE TemplateHaskell #-}
> module Bird (e, f, five) where
> import Make (define, twice)

> $(concat <$> traverse define ["e", "f"])
>
> five :: Int
> five = 1 + $(twice [|2|])

The end of $(it).
""",
    "src/Tex.lhs": """\
A literate module.
\\begin{code}
{-# LANGUAGE TemplateHaskell #-}
module Tex (g) where
import Make (define)
$(define "g")
\\end{code}
""",
    "src/Cpp.hs": """\
{-# LANGUAGE CPP #-}
{-# LANGUAGE TemplateHaskell #-}
module Cpp (i, h, two) where
import Make
  ( define
#if 1
  , twice
#endif
  )
#define MACRO 1
#if MACRO
define "h"
#else
define 17
#endif

#if 0
define 18
#endif
i :: Int
i = $(twice [|MACRO|])

two :: Int
two = $(twice [|1|])
""",
    "src/Semi.hs": """\
{-# LANGUAGE TemplateHaskell #-}
module Semi where import Make (define); j :: Int; j = 1; $(define "k"); l :: Int; l = 2
""",
    "src/Braces.hs": """\
{-# LANGUAGE TemplateHaskell #-}
module Braces (m, n) where {
import Make (define);
$(define "m");
n :: Int;
n = 1 }
""",
    "src/Fresh.hs": """\
{-# LANGUAGE TemplateHaskell #-}
module Fresh (mine, again, text, Kind (..), other) where
import Make (bound, chars, define, fresh)

define "before"
fresh

-- | What the splices define has its plain name here: x, other, helper.
mine :: Int -> Int
mine $(bound "x") = x + other + helper + maybe 0 fromInteger (before 1 >>= const (Just 3))

again :: Int -> Kind
again $(bound "x") = Kind { size = x, letters = text }

text :: String
text = $(chars "a\\"b")
""",
    "src/Windows.hs": (
        "{-# LANGUAGE TemplateHaskell #-}\r\nmodule Windows where\r\n\r\nimport Make (define, twice)\r\n\r\n"
        'define "o"\r\n\r\np :: Int\r\np =\t$(twice [|3|])\r\n'
    ),
}
"""Every place that a splice can stand in, and every kind of file."""


class Thatch:
    """The command line on a copy of a project, with a cache of the test's own."""

    def __init__(self, folder: Path, ghc: Ghc) -> None:
        self.checker = Checker(folder)
        # The sandbox would hide the compiler's log.
        self.checker.environment["THATCH_SANDBOX"] = "off"
        self.ghc = ghc
        self.project = folder / "project"

    def run(self, *arguments: object, ghc: Path | None = None, env: Mapping[str, str] | None = None) -> Checked:
        command = [sys.executable, "-m", "thatch.cli.main", *map(str, arguments), "--ghc", str(ghc or self.ghc.path)]
        done = subprocess.run(
            command,
            cwd=self.project,
            env={**self.checker.environment, **(env or {})},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=seconds(180),
        )
        return Checked(done.returncode, done.stdout.decode(), done.stderr.decode())

    def compile(self, *arguments: str, folder: Path) -> str:
        """What the plain compiler says to the project's sources; code is made of them, so that all is looked at."""
        command = [str(self.ghc.path), "--make", "-v0", "-isrc", "-outputdir", str(folder), *arguments]
        done = subprocess.run(
            command, cwd=self.project, capture_output=True, text=True, encoding="utf-8", timeout=seconds(120)
        )
        return done.stdout + done.stderr if done.returncode == 0 else f"{command}\n{done.stdout}{done.stderr}"

    def said(self) -> list[tuple[str, str, str, str, str]]:
        """What a check says, without lines and columns."""
        checked = self.run("check", "--format", "concise")
        return sorted((one.path, one.severity, one.code, one.flag, one.message) for one in checked.entries)


@pytest.fixture
def letters(tmp_path: Path, ghc: Ghc) -> Thatch:
    thatch = Thatch(tmp_path, ghc)
    shutil.copytree(LETTERS, thatch.project)
    return thatch


@pytest.fixture
def odd(tmp_path: Path, ghc: Ghc) -> Thatch:
    thatch = Thatch(tmp_path, ghc)
    write_files(thatch.project, {name: text for name, text in ODD.items() if name != "src/Windows.hs"})
    (thatch.project / "src/Windows.hs").write_bytes(ODD["src/Windows.hs"].encode())
    return thatch


def test_an_expanded_module_compiles_without_thatch(letters: Thatch, tmp_path: Path) -> None:
    file = letters.project / "src/Letters.hs"
    before = file.read_text("utf-8")
    expanded = letters.run("expand", file)
    assert (expanded.code, expanded.err) == (0, "thatch: src/Letters.hs: 7 splices replaced; +20 -16 lines.\n")
    assert file.read_text("utf-8") == before
    without = "".join(line for line in expanded.out.splitlines(keepends=True) if not line.startswith("{-# LANGUAGE"))
    assert "$(" not in without
    file.write_text(without, "utf-8")
    # Without the extensions no splice could be left, and with -Werror no import is needless.
    assert letters.compile("-XGHC2021", "-Wall", "-Werror", "src/Letters.hs", folder=tmp_path / "out") == ""


def test_what_a_check_says_stays_the_same(letters: Thatch) -> None:
    file = letters.project / "src/Letters.hs"
    file.write_text(file.read_text("utf-8").replace("isReply _", "isReply other"), "utf-8")
    before = letters.said()
    assert [flag for *_, flag, _ in before] == ["-Wunused-matches"]
    expanded = letters.run("expand", "--in-place", file)
    assert (expanded.code, expanded.out) == (0, "")
    assert "$(fields" not in file.read_text("utf-8")
    assert letters.said() == before
    assert letters.run("expand", file).err == "thatch: src/Letters.hs: there are no splices.\n"


def test_splices_are_listed_and_known_afterwards(letters: Thatch, tmp_path: Path) -> None:
    log = tmp_path / "starts"
    ghc = logged(letters.ghc, tmp_path, log)
    first = letters.run("splices", "--json", "--sort", "questions", ghc=ghc)
    assert (first.code, first.err) == (0, "")
    assert "--interactive" in log.read_text()
    found = json.loads(first.out)
    counts = {one["kind"]: 0 for one in found["splices"]}
    for one in found["splices"]:
        counts[one["kind"]] += 1
        assert one["milliseconds"] > 0
        assert one["memory"] > 10**6
        assert one["expansion"] and one["n_bytes"] == len(one["expansion"].encode())
        assert (one["module"], one["failure"], one["stopped"]) == ("Letters", None, False)
    assert counts == {"declarations": 1, "expression": 3, "pattern": 2, "type": 1}
    top = found["splices"][0]
    assert (top["line"], top["column"], top["kind"]) == (31, 1, "declarations")
    assert {"Reify", "NewName"} <= {one["name"] for one in top["questions"]}
    assert sum(one["n"] for one in top["questions"]) == top["n_questions"]
    (reading,) = [one for one in found["splices"] if one["dependent_files"]]
    assert reading["dependent_files"] == [str(letters.project / "data/places.txt")]
    assert found["total"]["n_splices"] == found["modules"][0]["n_splices"] == 7

    # From now on no compiler is started but to ask what it is.
    log.write_text("")
    assert letters.run("splices", "--json", "--sort", "questions", ghc=ghc) == first
    assert letters.run("expand", "src/Letters.hs", ghc=ghc).code == 0
    shown = letters.run("splices", "--html", tmp_path / "report.html", ghc=ghc)
    assert (shown.code, shown.out) == (0, "")
    started = set(log.read_text().splitlines())
    assert {line for line in started if not re.fullmatch(r"--[\w-]+", line)} == set()
    page = (tmp_path / "report.html").read_text("utf-8")
    assert page.count("<tr id=") == 7
    assert "Letters:31:1" not in page
    assert "src/Letters.hs:31:1" in page


def test_one_splice_alone(letters: Thatch, tmp_path: Path) -> None:
    file = letters.project / "src/Letters.hs"
    expanded = letters.run("expand", file, "--splice", "58:8", "-i")
    assert expanded.code == 0
    text = file.read_text("utf-8")
    assert "cube = \\n -> n * (n * (n * 1))\n" in text
    assert text.count("$(") == 3
    assert letters.compile("-XGHC2021", "-Wall", "-Werror", "src/Letters.hs", folder=tmp_path / "out") == ""


def test_every_place_and_every_kind_of_file(odd: Thatch, tmp_path: Path) -> None:
    names = [name for name in ODD if name.startswith("src/") and name != "src/Make.hs"]
    warnings = ["-Wall", "-Wno-tabs", "-Wno-missing-signatures"]
    assert odd.compile(*warnings, *names, folder=tmp_path / "before") == ""
    for name in names:
        expanded = odd.run("expand", "--in-place", name)
        assert expanded.code == (1 if name == "src/Cpp.hs" else 0), expanded
        assert ("src/Cpp.hs:21:6: Its place in the file" in expanded.err) is (name == "src/Cpp.hs")
        text = (odd.project / name).read_bytes().decode()
        assert text.count("\r\n") == (text.count("\n") if name == "src/Windows.hs" else 0)
        assert ("$(" in text) is (name in {"src/Cpp.hs", "src/Bird.lhs"})
    # Import lists stay where the preprocessor could know more, and GHC is silent about shadowing in generated code.
    warnings += ["-Wno-unused-imports", "-Wno-name-shadowing"]
    assert odd.compile(*warnings, *names, folder=tmp_path / "after") == ""


SECRETS = {
    "hie.yaml": "cradle:\n  direct:\n    arguments: [-isrc, -Wall, Secret, Main]\n",
    "src/Secret.hs": """\
{-# LANGUAGE TemplateHaskell #-}
module Secret (Token, render, token, both) where

import Language.Haskell.TH

newtype Token = Token Int

render :: Token -> String
render (Token n) = show n

plus :: Token -> Token -> Token
plus (Token a) (Token b) = Token (a + b)

(<+>) :: Token -> Token -> Token
(<+>) = plus

token :: Integer -> Q Exp
token n = [|Token $(litE (integerL n))|]

both :: Q Exp
both = [|foldr plus (Token 0) [Token 1 <+> Token 2, (Token 3 <+>) (Token 4)]|]
""",
    "src/Main.hs": """\
{-# LANGUAGE TemplateHaskell #-}
module Main (main) where

import Secret

main :: IO ()
main = putStrLn (render $(token 5) ++ render $(both))
""",
}


def test_names_that_no_import_can_reach_may_stay_splices(tmp_path: Path, ghc: Ghc) -> None:
    thatch = Thatch(tmp_path, ghc)
    write_files(thatch.project, SECRETS)
    file = thatch.project / "src/Main.hs"
    refused = thatch.run("expand", "--in-place", file)
    assert "no module that it could import exports Secret.Token" in refused.err
    assert (refused.code, file.read_text()) == (3, SECRETS["src/Main.hs"])
    written = thatch.run("expand", "--in-place", "--name-splices", file)
    assert (written.code, written.out) == (0, "")
    text = file.read_text()
    assert "token" not in text and "both" not in text
    assert text.count('"Secret" "Token"') == 6
    assert thatch.compile("-Wall", "-Werror", "src/Main.hs", "-o", str(tmp_path / "use"), folder=tmp_path / "out") == ""
    assert subprocess.run([tmp_path / "use"], capture_output=True, check=True).stdout == b"510\n"
    assert [one for one in thatch.said() if one[1] == "error"] == []


def logged(ghc: Ghc, folder: Path, log: Path) -> Path:
    """A compiler that writes down each of its starts."""
    program = folder / "bin" / f"ghc-{ghc.series}"
    write_program(
        program,
        f"""
        import os, sys
        with open({str(log)!r}, "a") as log:
            log.write(" ".join(sys.argv[1:]) + "\\n")
        os.execv({str(ghc.path)!r}, [{str(ghc.path)!r}, *sys.argv[1:]])
        """,
    )
    return program
