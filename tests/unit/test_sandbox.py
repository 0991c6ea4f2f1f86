"""The sandbox's command line, what it hides and how it explains itself; GHCs in real ones are in `tests/e2e`."""

import os
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.projects import write, write_program
from thatch.core.diagnostics import Diagnostic, Severity
from thatch.core.errors import SessionError, ThatchError
from thatch.core.ghc.session_files import named_paths
from thatch.core.sandbox import bubblewrap
from thatch.core.sandbox.bubblewrap import Unusable, Usable, open_sandbox, survey, try_out
from thatch.core.sandbox.command import Limits, Room, Surroundings, command_line
from thatch.core.sandbox.explain import explain
from thatch.core.sandbox.mode import SandboxMode
from thatch.core.sandbox.secrets import is_secret_variable
from thatch.core.settings import Settings

TMP = Path("/tmp")
HOME = Path("/home/u")
ROOM = Room(cwd=HOME / "project", writable=(HOME / ".cache/run/1",))
AROUND = Surroundings(private=(TMP,), hidden_folders=(HOME / ".ssh", Path("/run")), hidden_files=(HOME / ".netrc",))


def line(room: Room = ROOM, around: Surroundings = AROUND, limits: Limits | None = None) -> str:
    return " ".join(command_line(Path("/bin/bwrap"), ["ghc", "-v"], room, around, limits or Limits(), {"LANG": "C"}))


def test_the_command_line() -> None:
    said = line()
    for part in (
        "--unshare-net --unshare-pid",
        "--die-with-parent --cap-drop ALL",
        "--ro-bind / / --dev /dev",
        "--size 1073741824 --tmpfs /tmp",
        "--bind /home/u/.cache/run/1 /home/u/.cache/run/1",
        "--ro-bind /dev/null /home/u/.netrc --perms 0000 --tmpfs /home/u/.ssh",
        "--remount-ro /dev --remount-ro /home/u/.ssh --remount-ro /run",
        "--setenv LANG C --chdir /home/u/project -- /bin/sh -c",
        'exec "$@" sh ghc -v',
    ):
        assert part in said


def test_secret_variables_are_gone_before_bubblewrap_starts() -> None:
    around = Surroundings(private=(), secret_variables=("A_TOKEN", "B_KEY"))
    assert line(around=around).startswith("env -u A_TOKEN -u B_KEY /bin/bwrap ")


def test_a_project_below_a_private_or_hidden_folder_is_there() -> None:
    for parent in (TMP, Path("/run")):
        room = Room(cwd=parent / "a/project", writable=(parent / "a/out",), visible=(TMP / "lib", HOME / ".ssh/x"))
        said = line(room)
        assert said.index(f"--tmpfs {parent} ") < said.index(f"--ro-bind {parent}/a/project {parent}/a/project")
        assert f"--bind {parent}/a/out {parent}/a/out" in said
        assert "--ro-bind /tmp/lib /tmp/lib" in said
        # No flag of a project uncovers a secret.
        assert "/home/u/.ssh/x" not in said
    assert "--perms 0555 --tmpfs /run" in said


def test_a_secret_below_the_project_stays_hidden() -> None:
    said = line(
        Room(cwd=TMP, writable=(), visible=(TMP / "home",)),
        Surroundings(private=(TMP,), hidden_folders=(TMP / "home/.ssh",), hidden_files=(TMP / "home/.netrc",)),
    )
    assert said.index("--ro-bind /tmp/home /tmp/home") < said.index("--tmpfs /tmp/home/.ssh")
    assert said.index("--ro-bind /tmp/home /tmp/home") < said.index("/tmp/home/.netrc")


def test_limits_are_set_inside() -> None:
    assert "ulimit -f 2;" in line(limits=Limits(file_bytes=1024))
    assert "ulimit -u" not in line()
    assert "ulimit -u 99 2>/dev/null || ulimit -p 99;" in line(limits=Limits(tasks=99))


@given(st.lists(st.sampled_from(["a", "b", ".ssh"]), max_size=4), st.lists(st.sampled_from(["a", "b"]), max_size=4))
def test_parents_are_mounted_before_what_lies_in_them(hidden: list[str], shown: list[str]) -> None:
    secret, writable = TMP.joinpath("h", *hidden), TMP.joinpath("w", *shown)
    around = Surroundings(private=(TMP,), hidden_folders=(secret,))
    said = command_line(Path("bwrap"), [], Room(cwd=secret.parent, writable=(writable,)), around, Limits())
    places = [Path(said[n + 1]) for n, part in enumerate(said) if part == "--tmpfs"]
    places += [Path(said[n + 2]) for n, part in enumerate(said) if part in ("--bind", "--ro-bind")]
    order = [said.index(str(place)) for place in places]
    for place, position in zip(places, order, strict=True):
        assert all(position > other for parent, other in zip(places, order, strict=True) if parent in place.parents)


SECRET = [
    "GITHUB_TOKEN", "HACKAGE_PASSWORD", "AWS_PROFILE", "SSH_AUTH_SOCK", "SSH_AGENT_PID", "DBUS_SESSION_BUS_ADDRESS",
    "DISPLAY", "WAYLAND_DISPLAY", "XDG_RUNTIME_DIR", "OPENAI_API_KEY", "STRIPE_KEY", "DB_PASS", "db_password", "MY_PWD",
    "TMUX", "CLIENT_SECRET", "ACTIONS_RUNTIME_URL", "KUBECONFIG", "VSCODE_IPC_HOOK", "GPG_TTY", "GITHUB_PAT",
]  # fmt: skip
HARMLESS = [
    "PATH", "HOME", "PWD", "OLDPWD", "LANG", "GITHUB_SHA", "GITHUB_REF", "CI", "BUILD_NUMBER", "GHC_PACKAGE_PATH",
    "KEYBOARD", "AUTHOR", "MONKEY", "CABAL_DIR", "NIX_PATH", "TERM", "USER", "PATTERN", "COMPASS", "XDG_CACHE_HOME",
]  # fmt: skip


@pytest.mark.parametrize("name", SECRET)
def test_secret_variables(name: str) -> None:
    assert is_secret_variable(name, "x")


@pytest.mark.parametrize("name", HARMLESS)
def test_harmless_variables(name: str) -> None:
    assert not is_secret_variable(name, "x")


def test_a_password_in_a_url_is_a_secret() -> None:
    assert is_secret_variable("MIRROR", "ftp://me:hunter2@mirror.example/x")
    assert not is_secret_variable("MIRROR", "ftp://mirror.example:21/x@y")


def test_what_is_hidden_here(tmp_path: Path) -> None:
    """The home folder holds the project; variables name more secrets, and one of them the home folder itself."""
    home = write(tmp_path / "home", {".ssh/key": "", ".npmrc": "", "elsewhere/netrc": "", "p/A.hs": "", ".aws/c": ""})
    (home / ".gnupg").symlink_to(home / "elsewhere")
    environment = {
        "HOME": str(home),
        "KUBECONFIG": f"{home}:{home / 'elsewhere/netrc'}",
        "NETRC": "relative",
        "GNUPGHOME": str(home / "missing"),
        "A_TOKEN": "x",
    }
    found = survey(Room(cwd=home, writable=()), environment)
    assert {home / ".ssh", home / ".aws", home / "elsewhere"} <= set(found.hidden_folders)
    assert home / ".npmrc" in found.hidden_files
    assert home not in found.hidden_folders
    assert found.secret_variables == ("A_TOKEN", "GNUPGHOME", "KUBECONFIG", "NETRC")
    # What lies in a private folder is not there anyway.
    assert home / ".ssh" not in survey(Room(cwd=tmp_path / "other", writable=()), environment).hidden_folders


def test_paths_in_flags() -> None:
    flags = [["-package-db", "/tmp/store/package.db", "-I/tmp/inc", "-XCPP", "-isrc"], ["-package-db=/tmp/pkgdb/x"]]
    found = {str(path) for path in named_paths(flags)}
    assert found == {"/tmp/store/package.db", "/tmp/store", "/tmp/inc", "/tmp/pkgdb/x", "/tmp"}


def failed(message: str, severity: Severity = Severity.ERROR) -> Diagnostic:
    return Diagnostic(path=Path("/p/A.hs"), span=None, severity=severity, message=message, hints=("first",))


RAN = "Exception when trying to run compile-time code:\n  {}"
EXPLAINED = {
    "/etc/x: withFile: permission denied (Read-only file system)": "in which files can be written",
    "/home/u/.ssh/id: openFile: permission denied (Permission denied)": "which hides keys",
    "Network.Socket.connect: <socket: 12>: does not exist (Network is unreachable)": "which has no network",
    "getAddrInfo: does not exist (Temporary failure in name resolution)": "which has no network",
    "/tmp/x: hPutBuf: resource exhausted (No space left on device)": "which limits how much",
    "bash: fork: Resource temporarily unavailable": "which limits the number of processes",
}


@pytest.mark.parametrize(("message", "explanation"), EXPLAINED.items())
def test_denials_are_explained(message: str, explanation: str) -> None:
    (found,) = explain([failed(RAN.format(message))], sandboxed=True)
    assert found.hints[0] == "first"
    assert explanation in found.hints[1]
    assert "setting `sandbox`" in found.hints[1]
    assert len(found.hints) == 2


@pytest.mark.parametrize(
    "said",
    [
        failed("Permission denied"),
        failed(RAN.format("Prelude.head: empty list")),
        failed(RAN.format("Permission denied"), Severity.WARNING),
    ],
)
def test_nothing_else_is_explained(said: Diagnostic) -> None:
    assert explain([said], sandboxed=True) == (said,)


def test_nothing_is_explained_without_a_sandbox() -> None:
    said = failed(RAN.format("Permission denied"))
    assert explain([said], sandboxed=False) == (said,)


@pytest.fixture
def forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bubblewrap, "_found", None)


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        ("raise SystemExit('bwrap: Creating new namespace failed: Operation not permitted')", "not permitted"),
        ("raise SystemExit('bwrap: Unknown option --size')", "Unknown option --size"),
        ("raise SystemExit(3)", "exit code 3"),
    ],
)
async def test_a_bubblewrap_that_does_not_work(tmp_path: Path, script: str, reason: str) -> None:
    found = await try_out(str(write_program(tmp_path / "bwrap", script)))
    assert isinstance(found, Unusable)
    assert reason in found.reason


async def test_no_bubblewrap() -> None:
    assert await try_out(None) == Unusable("bubblewrap (`bwrap`) is not installed.")


async def test_it_is_tried_once(
    forgotten: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    trace = tmp_path / "trace"
    write_program(tmp_path / "bwrap", f"open({str(trace)!r}, 'a').write('x')\nraise SystemExit('not here')")
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    assert await open_sandbox(SandboxMode.OFF, ROOM) is None
    assert not trace.exists()
    for _ in range(3):
        assert await open_sandbox(SandboxMode.AUTO, ROOM) is None
        with pytest.raises(SessionError, match="requires a sandbox") as raised:
            await open_sandbox(SandboxMode.REQUIRE, ROOM)
        assert "not here" in raised.value.message
        assert raised.value.by_itself
    assert trace.read_text() == "x"
    assert [record.message for record in caplog.records] == [
        "GHC runs without a sandbox. bubblewrap does not work here: not here"
    ]


async def test_what_works_is_remembered(forgotten: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    program = write_program(tmp_path / "bwrap", "")
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    assert await open_sandbox(SandboxMode.REQUIRE, ROOM) is not None
    assert bubblewrap._found == Usable(program)


def test_looking_at_what_is_gone() -> None:
    nobody = 2**22 + 1
    assert bubblewrap.children(nobody) == []
    assert bubblewrap.inner_pid(nobody) is None
    assert bubblewrap.n_processes(nobody) == 0


def test_python_and_thatch_are_visible(tmp_path: Path) -> None:
    """The interpreter's tap is a program of ours, wherever we are installed."""
    room = bubblewrap.real_room(Room(cwd=tmp_path, writable=(tmp_path,), visible=(tmp_path / "missing",)))
    assert Path(sys.prefix).resolve() in room.visible
    assert Path(bubblewrap.__file__).resolve().parents[2] in room.visible
    assert tmp_path / "missing" not in room.visible


def test_the_environment_chooses_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("THATCH_SANDBOX", raising=False)
    assert Settings().sandbox is SandboxMode.AUTO
    monkeypatch.setenv("THATCH_SANDBOX", "require")
    assert Settings().sandbox is SandboxMode.REQUIRE
    monkeypatch.setenv("THATCH_SANDBOX", "yes")
    with pytest.raises(ThatchError, match="choose one of auto, require, off"):
        Settings()
