"""What GHC and its interpreter say to each other, by version of GHC: names, and how bodies and replies are encoded.

Part of the tap: standard library only.  Sources: libraries/ghci/GHCi/Message.hs and libraries/ghci/GHCi/TH/Binary.hs
of GHC 9.6.6 and 9.10.3; who speaks when is in libraries/libiserv/src/IServ.hs (9.6) and
libraries/ghci/GHCi/Server.hs (9.10).
"""

from .readers import BLOB, CODE, FIXED, LIST, NAMED, RECORD, SUM, TEXT, Type

UNIT: Type = (RECORD,)
BOOL: Type = (FIXED, 1)
ENUM: Type = (FIXED, 1)
INT: Type = (FIXED, 8)
STRING: Type = (TEXT,)
BYTES: Type = (BLOB,)
REF: Type = INT
"""A reference to something in the interpreter's memory, or a pointer."""


class Request:
    """One request that GHC may make."""

    __slots__ = ("at_least", "body", "name", "picks", "reply")

    def __init__(
        self,
        name: str,
        body: tuple[Type, ...],
        reply: Type | None = UNIT,
        picks: tuple[int, ...] = (),
        at_least: int = 0,
    ) -> None:
        self.name = name
        """The constructor of `Message`."""
        self.body = body
        """The types of its fields."""
        self.reply = reply
        """The type of the reply; None where it is not known, and then it lasts until GHC's next request."""
        self.picks = picks
        """Which constructor to take of each sum in an invented reply that says that all went well."""
        self.at_least = at_least
        """How long a list in an invented reply is when the request counts nothing."""


class Ask:
    """One question that a splice may ask."""

    __slots__ = ("answer", "body", "name")

    def __init__(self, name: str, body: tuple[Type, ...] | None, answer: Type | None) -> None:
        self.name = name
        """The constructor of `THMessage`."""
        self.body = body
        """The types of its fields; None where they are not known, and then it lasts until GHC answers."""
        self.answer = answer
        """What `THComplete` holds in GHC's answer; None for a message that gets no answer."""


class Protocol:
    """How one version of GHC speaks with its interpreter."""

    __slots__ = ("asks", "requests")

    def __init__(self, requests: dict[int, Request], asks: dict[int, Ask]) -> None:
        self.requests = requests
        """GHC's requests (`Message`) by their tag."""
        self.asks = asks
        """The questions of splices (`THMessage`) by their tag."""

    def ask_tag(self, name: str) -> int:
        """The tag of a question."""
        return next(tag for tag, ask in self.asks.items() if ask.name == name)


RUN_TH = "RunTH"
RUN_FINALIZERS = "RunModFinalizers"
SHUTDOWN = "Shutdown"
RUN_TH_DONE = "RunTHDone"
ADD_DEPENDENT_FILE = "AddDependentFile"
ADD_FINALIZER = "AddModFinalizer"
REPORT = "Report"


def _maybe(of: Type) -> Type:
    return (SUM, (), (of,))


def _list(of: Type) -> Type:
    return (LIST, of)


def _counted(of: Type) -> Type:
    return (LIST, of, True)


def _result(of: Type) -> Type:
    """`EvalResult`; the exceptions are an interrupt, an exit with its code, and any other as text."""
    return (SUM, ((SUM, (), ((SUM, (), (INT,)),), (STRING,)),), (of,))


_LOCATION = (RECORD, STRING, STRING, STRING, INT, INT, INT, INT)
_EXPRESSION = (NAMED, "EvalExpr")
_OPTIONS = (FIXED, 4)

NAMED_HERE: dict[str, Type] = {"EvalExpr": (SUM, (REF,), (_EXPRESSION, _EXPRESSION))}
"""The recursive types of requests."""


def q_result(of: Type) -> Type:
    """`QResult`: done, an exception, or what `fail` said."""
    return (SUM, (of,), (STRING,), (STRING,))


def th_result(of: Type) -> Type:
    """`THResult`: an exception, or the value."""
    return (SUM, (STRING,), (of,))


def _requests(broken_off: tuple[Type, ...]) -> dict[int, Request]:
    """The requests of 9.6; `broken_off` are the fields of `EvalBreak`, which differ."""

    def status(of: Type) -> Type:
        return (SUM, (INT, _result(of)), broken_off)

    refs = _list(REF)
    return dict(
        enumerate(
            [
                Request(SHUTDOWN, ()),
                Request("InitLinker", ()),
                Request("LookupSymbol", (STRING,), _maybe(REF), (1,)),
                Request("LookupClosure", (STRING,), _maybe(REF), (1,)),
                Request("LoadDLL", (STRING,), _maybe(STRING), (0,)),
                Request("LoadArchive", (STRING,)),
                Request("LoadObj", (STRING,)),
                Request("UnloadObj", (STRING,)),
                Request("AddLibrarySearchPath", (STRING,), REF),
                Request("RemoveLibrarySearchPath", (REF,), BOOL),
                Request("ResolveObjs", (), BOOL),
                Request("FindSystemLibrary", (STRING,), _maybe(STRING), (0,)),
                Request("CreateBCOs", (_list((CODE,)),), refs),
                Request("FreeHValueRefs", (refs,)),
                Request("MallocData", (BYTES,), REF),
                Request("MallocStrings", (_counted(BYTES),), refs),
                Request("PrepFFI", (ENUM, _list(ENUM), ENUM), REF),
                Request("FreeFFI", (REF,)),
                Request("MkConInfoTable", (BOOL, INT, INT, INT, INT, BYTES), REF),
                Request("EvalStmt", (_OPTIONS, _EXPRESSION), status(refs), (0, 1), 1),
                Request("ResumeStmt", (_OPTIONS, REF), status(refs), (0, 1), 1),
                Request("AbandonStmt", (REF,)),
                Request("EvalString", (REF,), _result(STRING), (1,)),
                Request("EvalStringToString", (REF, STRING), _result(STRING), (1,)),
                Request("EvalIO", (REF,), _result(UNIT), (1,)),
                Request("MkCostCentres", (STRING, _counted((RECORD, STRING, STRING))), refs),
                Request("CostCentreStackInfo", (REF,), _list(STRING)),
                Request("NewBreakArray", (INT,), REF),
                Request("SetupBreakpoint", (REF, INT, INT)),
                Request("BreakpointStatus", (REF, INT), BOOL),
                Request("GetBreakpointVar", (REF, INT), _maybe(REF), (1,)),
                Request("StartTH", (), REF),
                Request(RUN_FINALIZERS, (REF, refs), q_result(UNIT)),
                Request("AddSptEntry", ((FIXED, 16), REF)),
                Request(RUN_TH, (REF, REF, ENUM, _maybe(_LOCATION)), q_result(BYTES)),
                Request("GetClosure", (REF,), None),
                Request("Seq", (REF,), status(UNIT), (0, 1)),
                Request("RtsRevertCAFs", ()),
                Request("ResumeSeq", (REF,), status(UNIT), (0, 1)),
            ]
        )
    )


def _th(name: str) -> Type:
    return (NAMED, name)


def _asks() -> dict[int, Ask]:
    name = _th("Name")
    file = STRING
    return dict(
        enumerate(
            [
                Ask("NewName", (STRING,), name),
                Ask(REPORT, (BOOL, STRING), UNIT),
                Ask("LookupName", (BOOL, STRING), _maybe(name)),
                Ask("Reify", (name,), _th("Info")),
                Ask("ReifyFixity", (name,), _maybe(_th("Fixity"))),
                Ask("ReifyInstances", (name, _list(_th("Type"))), _list(_th("Dec"))),
                Ask("ReifyRoles", (name,), _list(_th("Role"))),
                Ask("ReifyAnnotations", None, _list(BYTES)),
                Ask("ReifyModule", (_th("Module"),), _th("ModuleInfo")),
                Ask("ReifyConStrictness", (name,), _list(_th("DecidedStrictness"))),
                Ask(ADD_DEPENDENT_FILE, (file,), UNIT),
                Ask("AddTempFile", (STRING,), file),
                Ask("AddTopDecls", (_list(_th("Dec")),), UNIT),
                Ask("IsExtEnabled", (_th("Extension"),), BOOL),
                Ask("ExtsEnabled", (), _list(_th("Extension"))),
                Ask("StartRecover", (), None),
                Ask("EndRecover", (BOOL,), None),
                Ask("FailIfErrs", (), UNIT),
                Ask(RUN_TH_DONE, (), None),
                Ask(ADD_FINALIZER, (REF,), UNIT),
                Ask("AddForeignFilePath", (ENUM, file), UNIT),
                Ask("AddCorePlugin", (STRING,), UNIT),
                Ask("ReifyType", (name,), _th("Type")),
                Ask("PutDoc", (_th("DocLoc"), STRING), UNIT),
                Ask("GetDoc", (_th("DocLoc"),), _maybe(STRING)),
                Ask("GetPackageRoot", (), file),
            ]
        )
    )


def _protocol_9_6() -> Protocol:
    return Protocol(_requests((BOOL, REF, INT, INT, REF, REF)), _asks())


def _protocol_9_10() -> Protocol:
    breakpoint_info = _maybe((RECORD, STRING, INT, STRING, INT))
    requests = _requests((REF, breakpoint_info, REF, REF))
    requests[4] = Request("LoadDLL", (STRING,), (SUM, (STRING,), (REF,)), (1,))
    requests[39] = Request("NewBreakModule", (STRING,), REF)
    requests[40] = Request("LookupSymbolInDLL", (REF, STRING), _maybe(REF), (1,))
    return Protocol(requests, _asks())


_BY_SERIES = {"9.6": _protocol_9_6, "9.10": _protocol_9_10}

SERIES = tuple(_BY_SERIES)
"""The versions of GHC whose protocol is known, verified against real ones."""


def protocol_of(series: str) -> Protocol | None:
    """The protocol of a GHC such as `9.10`; None when it is not known."""
    make = _BY_SERIES.get(series)
    return make() if make else None
