"""Language extensions: which ones a module has, so that only those are added that it lacks."""

from collections.abc import Iterable, Sequence

from thatch.core.syntax import Header

GHC2021 = frozenset(
    """BangPatterns BinaryLiterals ConstrainedClassMethods ConstraintKinds DeriveDataTypeable DeriveFoldable
    DeriveFunctor DeriveGeneric DeriveLift DeriveTraversable EmptyCase EmptyDataDeriving ExistentialQuantification
    ExplicitForAll FlexibleContexts FlexibleInstances GADTSyntax GeneralizedNewtypeDeriving HexFloatLiterals
    ImportQualifiedPost InstanceSigs KindSignatures MultiParamTypeClasses NamedFieldPuns NumericUnderscores
    PolyKinds PostfixOperators RankNTypes ScopedTypeVariables StandaloneDeriving StandaloneKindSignatures
    TupleSections TypeApplications TypeOperators TypeSynonymInstances ExplicitNamespaces""".split()
)

LANGUAGES = {
    "Haskell98": frozenset[str](),
    "Haskell2010": frozenset({"EmptyDataDecls", "ForeignFunctionInterface", "PatternGuards"}),
    "GHC2021": GHC2021,
    "GHC2024": GHC2021
    | {"DataKinds", "DerivingStrategies", "DisambiguateRecordFields", "GADTs", "LambdaCase", "RoleAnnotations"},
}
"""What the languages switch on; GHC's own choice is GHC2021."""

IMPLIES = {
    "DerivingVia": ("DerivingStrategies",),
    "ExistentialQuantification": ("ExplicitForAll",),
    "FunctionalDependencies": ("MultiParamTypeClasses",),
    "GADTs": ("GADTSyntax", "MonoLocalBinds"),
    "QuantifiedConstraints": ("ExplicitForAll",),
    "RankNTypes": ("ExplicitForAll",),
    "ScopedTypeVariables": ("ExplicitForAll",),
    "LiberalTypeSynonyms": ("ExplicitForAll",),
    "TemplateHaskell": ("TemplateHaskellQuotes",),
    "TypeFamilies": ("ExplicitNamespaces", "KindSignatures"),
    "TypeFamilyDependencies": ("TypeFamilies", "ExplicitNamespaces", "KindSignatures"),
    "TypeInType": ("DataKinds", "PolyKinds", "KindSignatures"),
    "PolyKinds": ("KindSignatures",),
    "TypeOperators": ("ExplicitNamespaces",),
    "UnboxedTuples": ("UnboxedSums",),
}


def enabled_extensions(header: Header, flags: Sequence[str] = ()) -> frozenset[str]:
    """The extensions that a module has by its pragmas and by its unit's flags."""
    named = [flag.removeprefix("-X") for flag in flags if flag.startswith("-X")]
    named += [option.removeprefix("-X") for option in header.options if option.startswith("-X")]
    named += header.extensions
    languages = [name for name in named if name in LANGUAGES]
    enabled = set(LANGUAGES[languages[-1] if languages else "GHC2021"])
    for name in named:
        if name.startswith("No") and name[2:3].isupper():
            enabled.discard(name[2:])
        else:
            enabled.update((name, *IMPLIES.get(name, ())))
    return frozenset(enabled)


def lacking(needed: Iterable[str], enabled: frozenset[str]) -> tuple[str, ...]:
    """Those of the needed extensions that a module must add."""
    missing = {name for name in needed if name not in enabled}
    implied = {each for name in missing for each in IMPLIES.get(name, ())}
    return tuple(sorted(missing - implied))
