"""What GHC knows of names, laid over what their text tells."""

from tests.conftest import Ghc
from tests.support.compiled import CompileOnce
from tests.support.markers import Label, annotate
from thatch.core.documents import Document
from thatch.core.navigation.meanings import meanings
from thatch.core.navigation.modules import Modules
from thatch.core.structure.semantic_tokens import Modifier

MODULE = """
    -- /A.hs
    {-# LANGUAGE RecordWildCards, NamedFieldPuns #-}
    module A where
    import qualified Data.Map as M
    data R a = R { size :: Int, inner :: M.Map Int a }
    class Measured t where measure :: t -> Int
    instance Measured (R a) where measure R{size} = size
    total :: (Measured t, Foldable f) => f t -> Int
    total things = sum (map measure list) where list = foldr (:) [] things
    grow r = r { size = M.size (inner r) }
"""

EXPECTED = """\
data R a = R { size :: Int, inner :: M.Map Int a }
     ^ type declaration
       ^ typeParameter declaration
           ^ enumMember declaration
               ^^^^ property declaration
                       ^^^ type
                            ^^^^^ property declaration
                                       ^^^ type
                                           ^^^ type
                                               ^ typeParameter
class Measured t where measure :: t -> Int
      ^^^^^^^^ class declaration
               ^ typeParameter declaration
                                  ^ typeParameter
                                       ^^^ type
instance Measured (R a) where measure R{size} = size
         ^^^^^^^^ class
                   ^ type
                     ^ typeParameter
                              ^^^^^^^ method declaration
                                      ^ enumMember
                                        ^^^^ property
                                                ^^^^ variable
total :: (Measured t, Foldable f) => f t -> Int
          ^^^^^^^^ class
                   ^ typeParameter
                      ^^^^^^^^ class
                               ^ typeParameter
                                     ^ typeParameter
                                       ^ typeParameter
                                            ^^^ type
"""


async def test_names_are_told_apart(ghc: Ghc, compile_once: CompileOnce) -> None:
    files = compile_once(ghc, MODULE)
    modules = Modules(lambda: [files])
    path = files.source("A")
    seen = await modules.seen(path, {})
    assert seen
    found = meanings(seen)
    labels = []
    for start, meaning in found.items():
        line = seen.lines.line_of(start)
        column = start - seen.lines.ghc_offset(line + 1, 1)
        word = seen.lines.text[start:].split(maxsplit=1)[0]
        length = next((at for at, character in enumerate(word) if not character.isalnum()), len(word)) or 1
        text = meaning.kind.value + (" declaration" if Modifier.DECLARATION in meaning.modifiers else "")
        labels.append(Label(line, column, column + length, False, text))
    assert EXPECTED in annotate(seen.lines.text, labels)

    changed = seen.lines.text.replace("total things", "totals things")
    seen = await modules.seen(path, {path: Document(path, changed, 1)})
    assert seen
    again = meanings(seen)
    assert changed.index("totals") not in again
    assert again[changed.index("foldr")] == found[changed.index("foldr") - 1]
