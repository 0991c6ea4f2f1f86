"""Pragmas above the module that answer a message: extensions that the code needs, warnings that nobody wants."""

import re
from collections.abc import Iterator

from thatch.core.diagnostics import Diagnostic
from thatch.core.fixes.model import Fix
from thatch.core.fixes.source import Source
from thatch.core.fixes.words import plain
from thatch.core.splices.inline_head import Edit, Head, above_pragmas, file_pragmas, needed_edits
from thatch.core.splices.inline_lexer import line_end

EXTENSIONS = frozenset(
    """AllowAmbiguousTypes AlternativeLayoutRule ApplicativeDo Arrows BangPatterns BinaryLiterals BlockArguments
    CApiFFI CPP ConstrainedClassMethods ConstraintKinds DataKinds DeepSubsumption DefaultSignatures
    DeriveAnyClass DeriveDataTypeable DeriveFoldable DeriveFunctor DeriveGeneric DeriveLift DeriveTraversable
    DerivingStrategies DerivingVia DisambiguateRecordFields DuplicateRecordFields EmptyCase EmptyDataDecls
    EmptyDataDeriving ExistentialQuantification ExplicitForAll ExplicitNamespaces ExtendedDefaultRules
    ExtendedLiterals FieldSelectors FlexibleContexts FlexibleInstances ForeignFunctionInterface
    FunctionalDependencies GADTSyntax GADTs GHCForeignImportPrim GeneralizedNewtypeDeriving HexFloatLiterals
    ImplicitParams ImportQualifiedPost ImpredicativeTypes IncoherentInstances InstanceSigs InterruptibleFFI
    KindSignatures LambdaCase LexicalNegation LiberalTypeSynonyms LinearTypes ListTuplePuns MagicHash
    MonadComprehensions MonoLocalBinds MonomorphismRestriction MultiParamTypeClasses MultiWayIf
    MultilineStrings NPlusKPatterns NamedDefaults NamedFieldPuns NamedWildCards NegativeLiterals
    NondecreasingIndentation NullaryTypeClasses NumDecimals NumericUnderscores OrPatterns OverlappingInstances
    OverloadedLabels OverloadedLists OverloadedRecordDot OverloadedRecordUpdate OverloadedStrings
    PackageImports ParallelListComp PartialTypeSignatures PatternGuards PatternSynonyms PolyKinds
    PostfixOperators QualifiedDo QuantifiedConstraints QuasiQuotes RankNTypes RebindableSyntax RecordWildCards
    RecursiveDo RequiredTypeArguments RoleAnnotations ScopedTypeVariables StandaloneDeriving
    StandaloneKindSignatures StarIsType StaticPointers Strict StrictData TemplateHaskell TemplateHaskellQuotes
    TransformListComp TupleSections TypeAbstractions TypeApplications TypeData TypeFamilies
    TypeFamilyDependencies TypeInType TypeOperators TypeSynonymInstances UnboxedSums UnboxedTuples
    UndecidableInstances UndecidableSuperClasses UnicodeSyntax UnliftedDatatypes UnliftedNewtypes
    UnliftedFFITypes ViewPatterns""".split()
)
"""The extensions that GHC may ask for, by the names that it uses itself (9.6 to 9.12)."""

_ASKING = re.compile(
    r"(?:intended? to use|following extensions:|\b[Uu]se|\b[Ee]nable(?: the)?|You need|in patterns with|[Tt]ry)\s+"
    r"(?P<names>[A-Z]\w+(?:(?:,? or |, )[A-Z]\w+)*)"
)
"""The words with which GHC asks for extensions.  Until 9.8 some messages say it in their midst."""

_NAME = re.compile(r"[A-Z]\w+")


def enable(source: Source, diagnostic: Diagnostic) -> Iterator[Fix]:
    """Switch on an extension that GHC asks for, or one of several that would do."""
    names = asked_for(diagnostic)
    if not names and _is_string_of_another_type(source, diagnostic):
        names = ["OverloadedStrings"]
    for name in names:
        edits, _ = needed_edits(source.head, imports=(), extensions=[name])
        if edits:
            preferred = len(names) == 1 and name != "PartialTypeSignatures"
            yield Fix(title=f"Enable {name}", edits=tuple(edits), diagnostics=(diagnostic,), preferred=preferred)


def asked_for(diagnostic: Diagnostic) -> list[str]:
    """The extensions that a message asks for, in its order."""
    found: dict[str, None] = {}
    for text in (*diagnostic.hints, diagnostic.message, *diagnostic.context):
        for asking in _ASKING.finditer(plain(text)):
            found |= {name: None for name in _NAME.findall(asking["names"]) if name in EXTENSIONS}
    return list(found)


def silence(source: Source, diagnostic: Diagnostic) -> Iterator[Fix]:
    """Switch a warning off in the module."""
    if not diagnostic.flag or diagnostic.flag in source.head.header.options:
        return
    name = diagnostic.flag.removeprefix("-W")
    edit = _option(source.head, f"-Wno-{name}")
    yield Fix(title=f"Disable {diagnostic.flag} in this module", edits=(edit,), diagnostics=(diagnostic,))


def _option(head: Head, option: str) -> Edit:
    """A pragma with an option, below those that are there: a later one counts more."""
    pragmas = [] if head.branches else file_pragmas(head)
    if not pragmas:
        at = above_pragmas(head)
        return Edit(at, at, f"{head.bird(at)}{{-# OPTIONS_GHC {option} #-}}\n")
    at = line_end(head.code, pragmas[-1][1])
    bird = head.bird(pragmas[-1][0])
    return Edit(at, at, f"\n{bird}{{-# OPTIONS_GHC {option} #-}}")


_ACTUAL_STRING = re.compile(
    r"(?:Expected: (\S+) Actual:|expected type:? `?([^\s`]+)`? with actual type:?) `?(?:String|\[Char\])"
)
_MADE_OF_STRINGS = frozenset({"Text", "ByteString", "ShortByteString", "Builder"})


def _is_string_of_another_type(source: Source, diagnostic: Diagnostic) -> bool:
    """Whether a string literal stands where a type is expected that is known to be made from literals."""
    if not source.at(diagnostic.span).startswith('"'):
        return False
    found = _ACTUAL_STRING.search(plain(diagnostic.message))
    return found is not None and (found[1] or found[2]).rpartition(".")[2] in _MADE_OF_STRINGS
