"""The shapes of the parts of an interface that are walked over without being decoded, one line a type.

Drawn from the `Binary` instances of GHC 9.6.6, 9.10.3 and, for 9.8, of the revision at which its branch began
(`compiler/GHC/Iface/{Syntax,Type}.hs`, `GHC/Types/*`, `GHC/Core/*`).  Notation:

    Type: A B          a value of A, then one of B
    Type: 0 A | 1 | 3 B   a tag byte, then what belongs to it
    [A]                a length and that many A
    A?                 a byte 0, or a byte 1 and an A
    byte               one byte: a tag without more, a truth value, a role
    word               a number of any kind or sign, a string of the table, a name
    binder             a name that is declared here
    blob               a length and that many bytes
    lazy               a pointer and what lies before the place it points to
"""

COMMON = """
    Exports: [Export]
    Decls: [HashedDecl]
    HashedDecl: Fingerprint Decl
    Fingerprint: word word
    Decl: 0 binder lazy | 2 Data | 3 Synonym | 4 Family | 5 Class | 6 Axiom | 7 PatternSynonym | 8 AbstractClass
    Data: binder [TyConBinder] Type CType? [byte] [Type] Constructors byte Parent
    Synonym: binder [byte] [TyConBinder] Type Type
    Family: binder word? [TyConBinder] Type FamilyFlavour Injectivity
    Class: [Type] binder [byte] [TyConBinder] [FunDep] [AssociatedType] [Method] Formula
    Axiom: binder TyCon byte [AxiomBranch]
    PatternSynonym: binder byte Builder Builder? [SpecBinder] [SpecBinder] [Type] [Type] [Type] Type [FieldLabel]
    AbstractClass: binder [byte] [TyConBinder] [FunDep]

    CType: SourceText Header? SourceText word
    Header: SourceText word
    Constructors: 0 | 1 [Constructor] | 2 [Constructor] | 3 Constructor
    Constructor: binder byte byte [Binder] [SpecBinder] [Equality] [Type] [Argument] [FieldLabel] [Bang] [SourceBang]
    Equality: word Type
    Argument: Type Type
    Bang: 0 | 1 | 2 | 3 Coercion
    SourceBang: byte byte
    Parent: 0 | 1 word TyCon Arguments
    FamilyFlavour: 0 | 1 | 2 ClosedFamily? | 3
    ClosedFamily: word [AxiomBranch]
    Injectivity: 0 | 1 [byte]
    FunDep: [word] [word]
    AssociatedType: Decl Type?
    Method: binder Type DefaultMethod?
    DefaultMethod: 0 | 1 Type
    Formula: 0 word | 1 [Formula] | 2 [Formula] | 3 Formula
    AxiomBranch: [TypeBinder] [TypeBinder] [IdBinder] Arguments [byte] Type [word]
    Builder: word byte

    Binder: 0 IdBinder | 1 TypeBinder
    IdBinder: Type word Type
    TypeBinder: word Type
    SpecBinder: Binder byte
    Type: 0 Binder byte Type | 1 word | 2 Type Arguments | 3 byte Type Type Type | 5 TyCon Arguments | 6 Type Coercion \
        | 7 Coercion | 8 byte byte Arguments | 9 TypeLiteral
    TypeLiteral: 1 Integer | 2 word | 3 word
    TyCon: word byte TyConSort
    TyConSort: 0 | 1 word byte | 2 word | 3
    Arguments: 0 Type byte Arguments | 1
    OptionalCoercion: 1 | 2 Coercion
    CoercionPart: 0 word byte | 1 | 2 | 3 | 4

    ExtraDecls: 0 | 1 [TopBinding]
    TopBinding: 0 TopRight | 1 [TopRight]
    TopRight: TopBinder RightSide
    TopBinder: 0 word Type [IdInfo] IdDetails | 1 word
    RightSide: 0 | 1 Expr
    DeclOrTyCon: 0 TyCon | 1 Decl
    IdInfo: 0 word | 1 byte [Demand] | 2 byte Unfolding | 3 Inline | 4 | 6 word Cpr | 7 LambdaForm | 8 TagInfo
    Demand: 0 | 1 SubDemand | 2 SubDemand | 3 SubDemand | 4 SubDemand | 5
    SubDemand: 0 byte byte | 1 byte SubDemand | 2 byte [Demand]
    Unfolding: 0 byte byte Guidance Expr | 1 [Binder] [Expr]
    Guidance: 0 | 1 word byte byte
    Inline: SourceText InlineSpec word? Activation byte
    InlineSpec: 0 | 1 SourceText | 2 SourceText | 3 SourceText | 4 SourceText
    Activation: 0 | 1 | 2 | 3 SourceText word | 4 SourceText word
    Cpr: 0 | 1 | 2 word | 3 word [Cpr]
    LambdaForm: 0 word | 1 byte byte | 2 word | 3 byte | 4
    TagInfo: 1 | 2 [TagInfo] | 3 | 4

    Expr: 0 word | 1 Type | 2 Coercion | 3 byte [Expr] | 4 Binder byte Expr | 5 Expr Expr | 6 Expr word [Alternative] \
        | 7 Binding Expr | 8 Tick Expr | 9 Literal | 10 CallTarget byte byte Type | 11 word | 12 Expr Coercion \
        | 13 Expr Type | 14 Type | 15 Type
    Alternative: Pattern [word] Expr
    Pattern: 0 | 1 word | 2 Literal
    Binding: 0 LocalBinding | 1 [LocalBinding]
    LocalBinding: word Type [IdInfo] word? Expr
    CostCentre: 0 CostFlavour word Module | 1 Module
    CostFlavour: 0 | 1 word word
    CallTarget: 0 SourceText word Unit? byte | 1
    Literal: 0 word | 1 blob | 2 | 3 Rational | 4 Rational | 5 word word? byte | 6 byte Integer
    Rational: Integer Integer
    Integer: 0 word | 1 [byte] | 2 [byte]

    Unit: 0 word | 1 word [Filled] | 2
    Filled: word Module
    Module: Unit word

    Instances: [Instance]
    FamilyInstances: [FamilyInstance]
    FamilyInstance: word [TyCon?] word Orphan
    Orphan: 0 | 1 OccName
    CompleteMatches: [CompleteMatch]
    CompleteMatch: [word] TyCon?
    String: [word]
"""

ONLY_9_6 = """
    Export: 0 ExportedPart | 1 word [ExportedPart]
    ExportedPart: 0 word | 1 FieldLabel
    SourceText: 0 | 1 String
    OccName: byte word
    FieldLabel: word byte byte word
    TyConBinder: Binder TyConVisibility
    TyConVisibility: 0 byte | 1 byte
    IdDetails: 0 | 1 DeclOrTyCon byte | 2 [byte] | 3
    SpanTick: word word word word word String
"""

SINCE_9_8 = """
    Export: 0 word | 1 word [word]
    SourceText: 0 | 1 word
    OccName: Namespace word
    Namespace: 0 | 1 | 2 | 3 | 4 word
    FieldLabel: byte byte word
    TyConBinder: Binder TyConVisibility
    TyConVisibility: 0 | 1 byte
    IdDetails: 0 | 1 DeclOrTyCon word byte FieldLabel | 2 [byte] | 3
    SpanTick: word word word word word word
"""

UNTIL_9_8 = """
    Coercion: 1 Type | 2 byte Type OptionalCoercion | 3 byte Coercion Coercion Coercion | 4 byte TyCon [Coercion] \
        | 5 Coercion Coercion | 6 Binder Coercion Coercion | 7 word | 8 word word [Coercion] \
        | 9 Provenance byte Type Type | 10 Coercion | 11 Coercion Coercion | 12 CoercionPart Coercion \
        | 13 byte Coercion | 14 Coercion Coercion | 15 Coercion | 16 Coercion | 17 word [Coercion]
    Provenance: 1 Coercion | 2 Coercion | 3 String | 4 byte
    Tick: 0 Module word | 1 CostCentre byte byte | 2 SpanTick
    Instance: word [TyCon?] word OverlapMode byte Orphan
    OverlapMode: 0 SourceText | 1 SourceText | 2 SourceText | 3 SourceText | 4 SourceText
"""

SINCE_9_10 = """
    Coercion: 1 Type | 2 byte Type OptionalCoercion | 3 byte Coercion Coercion Coercion | 4 byte TyCon [Coercion] \
        | 5 Coercion Coercion | 6 Binder byte byte Coercion Coercion | 7 word | 8 word word [Coercion] \
        | 9 Provenance byte Type Type | 10 Coercion | 11 Coercion Coercion | 12 CoercionPart Coercion \
        | 13 byte Coercion | 14 Coercion Coercion | 15 Coercion | 16 Coercion | 17 word [Coercion]
    Provenance: 1 Coercion | 2 Coercion | 3 String
    Tick: 0 Module word | 1 CostCentre byte byte | 2 SpanTick | 3 word [Expr] Module
    Instance: word [TyCon?] word OverlapMode byte Orphan WarningText?
    OverlapMode: 0 SourceText | 1 SourceText | 2 SourceText | 3 SourceText | 4 SourceText | 5 SourceText
    WarningText: 0 word? SourceText [WarningLine] | 1 SourceText [WarningLine]
    WarningLine: SourceText word [word]
"""
