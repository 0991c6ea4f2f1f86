"""Where pages about names are, as Haddock names them."""

from pathlib import Path

import pytest

from thatch.core.hi.model import Namespace, OccName
from thatch.core.packages.links import Links, anchor, local_links, site_links


@pytest.mark.parametrize(
    ("occ", "place"),
    [
        (OccName("map", Namespace.VARIABLE), "v:map"),
        (OccName("foldl'", Namespace.VARIABLE), "v:foldl-39-"),
        (OccName("!", Namespace.VARIABLE), "v:-33-"),
        (OccName(">>=", Namespace.VARIABLE), "v:-62--62--61-"),
        (OccName(".:", Namespace.VARIABLE), "v:.:"),
        (OccName("_x", Namespace.FIELD, "C"), "v:_x"),
        (OccName("$sel:size:Box", Namespace.VARIABLE), "v:size"),
        (OccName("Just", Namespace.CONSTRUCTOR), "v:Just"),
        (OccName(":|", Namespace.CONSTRUCTOR), "v::-124-"),
        (OccName("Maybe", Namespace.TYPE), "t:Maybe"),
        (OccName("~>", Namespace.TYPE), "t:-126--62-"),
        (OccName("naïve", Namespace.VARIABLE), "v:na-239-ve"),
    ],
)
def test_places_on_a_page(occ: OccName, place: str) -> None:
    assert anchor(occ) == place


def test_pages_of_a_site() -> None:
    occ = OccName(".:", Namespace.VARIABLE)
    assert site_links("aeson-2.1", "Data.Aeson", "Data.Aeson.Types.FromJSON", occ) == Links(
        "https://hackage.haskell.org/package/aeson-2.1/docs/Data-Aeson.html#v:.:",
        "https://hackage.haskell.org/package/aeson-2.1/docs/src/Data.Aeson.Types.FromJSON.html#.%3A",
    )
    assert site_links("aeson-2.1", "Data.Aeson", "Data.Aeson", None) == Links(
        "https://hackage.haskell.org/package/aeson-2.1/docs/Data-Aeson.html",
        "https://hackage.haskell.org/package/aeson-2.1/docs/src/Data.Aeson.html",
    )


def test_pages_in_a_folder() -> None:
    assert local_links(Path("/doc/a b"), "A.B", "C", OccName("x", Namespace.VARIABLE)) == Links(
        "file:///doc/a%20b/A-B.html#v:x", "file:///doc/a%20b/src/C.html#x"
    )


def test_slashes_in_operators_are_no_folders() -> None:
    assert site_links("base-1", "A", "A", OccName("/=", Namespace.VARIABLE)).source.endswith("/src/A.html#%2F%3D")
