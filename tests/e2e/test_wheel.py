"""The wheel that is released: what is in it, and that it works with nothing beside it but what it asks for."""

import os
import re
import shutil
import subprocess
import sys
import venv
import zipfile
from collections.abc import Iterator
from email.parser import HeaderParser
from importlib.metadata import distribution
from pathlib import Path, PurePosixPath

import pytest

from tests.conftest import REPOSITORY
from tests.support.check import clean_environment
from tests.support.waiting import seconds
from thatch.core.version import __version__

PACKAGES = ("core", "cache", "lsp", "cli")


def sources() -> list[PurePosixPath]:
    """All files of the repository, committed or about to be."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=REPOSITORY, check=True, capture_output=True, text=True).stdout
    return [PurePosixPath(name) for name in listed.split("\0") if name and (REPOSITORY / name).is_file()]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built as for a release, from a copy."""
    folder = tmp_path_factory.mktemp("release")
    for path in sources():
        (folder / "thatch" / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(REPOSITORY / path, folder / "thatch" / path)
    # The build backend is the locked one of this environment: a release would fetch its own.
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, folder / "thatch"]
    built = subprocess.run(command, capture_output=True, text=True, timeout=seconds(120))
    assert built.returncode == 0, built.stdout + built.stderr
    (found,) = folder.glob("*.whl")
    return found


def test_it_has_every_file_of_the_packages_and_no_other(wheel: Path) -> None:
    names = {
        name for name in zipfile.ZipFile(wheel).namelist() if not name.startswith(f"thatch-{__version__}.dist-info/")
    }
    wanted = {f"thatch/{path}" for path in sources() if path.parts[0] in PACKAGES}
    assert names == wanted


def test_what_it_says_of_itself(wheel: Path) -> None:
    archive, info = zipfile.ZipFile(wheel), f"thatch-{__version__}.dist-info"
    told = HeaderParser().parsestr(archive.read(f"{info}/METADATA").decode())
    assert (told["Name"], told["Version"], told["Requires-Python"]) == ("thatch", __version__, ">=3.11")
    assert archive.read(f"{info}/licenses/LICENSE")
    assert "thatch = thatch.cli.main:main" in archive.read(f"{info}/entry_points.txt").decode()
    asked = [one for one in told.get_all("Requires-Dist") or () if "extra ==" not in one]
    needed = {re.split(r"[<>=!; \[]", one)[0].lower() for one in asked}
    locked = set(runtime())
    assert needed <= locked


def runtime() -> Iterator[str]:
    """The names of the packages that thatch needs to run, and that these need."""
    for line in (REPOSITORY / "requirements/runtime.txt").read_text().splitlines():
        if line and not line.startswith("#"):
            yield line.partition("==")[0].lower()


@pytest.fixture(scope="module")
def python(wheel: Path) -> Path:
    """A Python that has the wheel, and the locked packages that it needs, and nothing else."""
    folder = wheel.parent / "alone"
    venv.create(folder / "venv", with_pip=False)
    zipfile.ZipFile(wheel).extractall(folder / "wheel")
    (folder / "needed").mkdir()
    for name in runtime():
        found = distribution(name)
        for top in {file.parts[0] for file in found.files or () if file.parts[0] != ".."}:
            link = folder / "needed" / top
            if not link.is_symlink():
                link.symlink_to(found.locate_file(top))
    (site,) = (folder / "venv").glob("lib/python*/site-packages")
    (site / "thatch.pth").write_text(f"{folder / 'wheel'}\n{folder / 'needed'}\n")
    return folder / "venv/bin/python"


def run(command: list[str | Path], folder: Path, cache: Path) -> subprocess.CompletedProcess[str]:
    env = {**clean_environment(), "THATCH_CACHE_DIR": str(cache)}
    # The path of this test run would bring in all that it has.
    del env["PYTHONPATH"]
    return subprocess.run(
        command, cwd=folder, env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=seconds(180)
    )


def check_that_it_works(thatch: list[str | Path], tmp_path: Path) -> None:
    """The commands that between them use most of what is installed."""
    project = Path(shutil.copytree(REPOSITORY / "examples/letters", tmp_path / "letters"))
    cache = tmp_path / "cache"
    version = run([*thatch, "--version"], project, cache)
    assert version.stdout == f"thatch {__version__}\n", version.stderr
    checked = run([*thatch, "check", "--format", "sarif"], project, cache)
    assert checked.returncode == 0, checked.stderr
    expanded = run([*thatch, "expand", "src/Letters.hs"], project, cache)
    assert expanded.returncode == 0, expanded.stderr
    assert "Lens" in expanded.stdout
    index = run([*thatch, "index", "export", "--scip"], project, cache)
    assert index.returncode == 0, index.stderr
    assert (project / "index.scip").stat().st_size > 1000
    doctor = run([*thatch, "doctor"], project, cache)
    assert doctor.returncode == 0, doctor.stdout + doctor.stderr
    # The server begins, and is told to end.
    served = run([*thatch, "lsp"], project, cache)
    assert (served.returncode, "Traceback" in served.stderr) == (1, False), "there was no editor"


def test_it_works_with_what_it_needs_alone(python: Path, tmp_path: Path) -> None:
    other = run([python, "-c", "import pytest"], tmp_path, tmp_path)
    assert "No module named 'pytest'" in other.stderr
    place = run([python, "-c", "import thatch.cli.main as main; print(main.__file__)"], tmp_path, tmp_path)
    assert place.stdout.startswith(str(python.parents[2] / "wheel"))
    check_that_it_works([python, "-m", "thatch.cli.main"], tmp_path)


@pytest.mark.slow
def test_it_works_as_pip_installs_it(wheel: Path, tmp_path: Path) -> None:
    """As `pipx install` does: a new environment, and the newest packages that its metadata allows."""
    venv.create(tmp_path / "venv", with_pip=True)
    program = tmp_path / "venv/bin"
    installed = subprocess.run([program / "python", "-m", "pip", "install", wheel], capture_output=True, text=True)
    assert installed.returncode == 0, installed.stderr
    consistent = subprocess.run([program / "python", "-m", "pip", "check"], capture_output=True, text=True)
    assert consistent.returncode == 0, consistent.stdout
    assert os.access(program / "thatch", os.X_OK)
    check_that_it_works([program / "thatch"], tmp_path)
