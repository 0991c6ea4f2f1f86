"""The packages whose own tests use Template Haskell, with what their modules are compiled with; for `fidelity.py`."""

from attrs import frozen


@frozen
class Corpus:
    """Modules of a package's source that are compiled together, against the installed package."""

    package: str

    sources: str
    """The folder of the modules, below that of the package."""

    modules: tuple[str, ...]
    """The files with splices."""

    flags: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """What it is called in tables."""
        return f"{self.package}, {self.sources}/{self.modules[0]}"


CORPUS = (
    Corpus("th-desugar", "Test", ("Run.hs", "Splices.hs", "Dec.hs", "DsDec.hs"), ("-XTemplateHaskell",)),
    Corpus("th-abstraction", "test", ("Main.hs",)),
    Corpus("th-lift", "t", ("Test.hs",)),
    Corpus("th-expand-syns", "testing", ("Main.hs",)),
    Corpus("th-reify-many", "tests", ("Main.hs",)),
    Corpus("file-embed", "test", ("main.hs",)),
    Corpus("microlens-th", "test", ("templates.hs",), ("-XTypeOperators",)),
    Corpus("lens", "tests", ("templates.hs",)),
    Corpus("generic-deriving", "tests", ("ExampleSpec.hs", "EmptyCaseSpec.hs", "TypeInTypeSpec.hs", "T68Spec.hs")),
    Corpus("bifunctors", "tests", ("BifunctorSpec.hs", "T89Spec.hs")),
    Corpus("shakespeare", "test", ("Text/CssSpec.hs", "Text/HamletSpec.hs", "Text/JuliusSpec.hs")),
)
