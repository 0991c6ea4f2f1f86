"""What Haddock itself makes of comments: its pages have the places that we link to, its files say what we read."""

import re
import subprocess
from pathlib import Path

import pytest

from tests.conftest import require_ghc
from tests.support.projects import write
from tests.support.waiting import seconds
from thatch.core.haddock.interface_file import HaddockFile
from thatch.core.haddock.markdown import to_markdown
from thatch.core.hi.model import ModuleId, Name, Namespace, OccName
from thatch.core.packages.interfaces import InstalledInterfaces
from thatch.core.packages.lookup import PackageNames
from thatch.core.packages.sources import PackageSources
from thatch.core.source.outline import outline

UNIT = Path(__file__).parents[1] / "unit"
SOURCES = (UNIT / "haddock/samples/Markup.hs", UNIT / "source/samples/Documented.hs")
CONF = "name: sample\nversion: 1\nid: sample-1\nexposed-modules: Markup Documented\nhaddock-html: {0}\n"
PLACE = re.compile(r'id="([vt]:[^"]+)"')


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with what the Haddock that comes with GHC 9.6 makes of the samples."""
    folder = tmp_path_factory.mktemp("haddock")
    # The second GHC of the tests cannot run its Haddock; what that writes is tested with samples.
    haddock = require_ghc("9.6").path.with_name("haddock")
    flags = [
        "--optghc=-w",
        "--html",
        "--hyperlinked-source",
        f"--odir={folder}",
        f"--dump-interface={folder}/s.haddock",
    ]
    subprocess.run([haddock, *flags, *SOURCES], check=True, capture_output=True, timeout=seconds(120))
    return folder


async def test_links_lead_to_places_on_pages(made: Path, tmp_path: Path) -> None:
    write(tmp_path, {"db/sample-1.conf": CONF.format(made)})
    names = PackageNames(InstalledInterfaces([tmp_path / "db"], {}), PackageSources(tmp_path / "unpacked", [], []))
    for source in SOURCES:
        page = (made / f"{source.stem}.html").read_text("utf-8")
        code = (made / f"src/{source.stem}.html").read_text("utf-8")
        found = set()
        for each in outline(source.read_text("utf-8")).definitions:
            facts = await names.name(Name(ModuleId("sample-1", source.stem), OccName(each.name, each.namespace)))
            assert facts is not None
            url, _, place = facts.links.documentation.partition("#")
            assert url == (made / f"{source.stem}.html").as_uri()
            found.add(place)
            # Where labels need not be unique, Haddock 2.29 has fields in its sources by what GHC makes of them.
            if each.namespace is not Namespace.FIELD or source.stem == "Markup":
                assert f'id="{facts.links.source.partition("#")[2]}"' in code
        places = set(PLACE.findall(page))
        assert len(found & places) > 15
        assert places - found <= {"t:Maybe", "v:Just", "v:Nothing", "v:-36-sel:here:Two", "v:-36-sel:there:Two"}


def test_files_are_read_as_the_samples(made: Path) -> None:
    now = HaddockFile((made / "s.haddock").read_bytes()).modules["Markup"].read()[0]
    sample = HaddockFile((UNIT / "haddock/samples/9.6/Markup.haddock").read_bytes()).modules["Markup"].read()[0]
    assert {name.occ: to_markdown(each) for name, each in now.items()} == {
        name.occ: to_markdown(each) for name, each in sample.items()
    }
