"""The texts that loads see."""

from pathlib import Path

from thatch.core.documents import Document
from thatch.core.ghc.lane_buffers import LaneBuffers


async def test_a_buffer_counts_if_it_differs_from_its_file(tmp_path: Path) -> None:
    edited, emptied, same, closed = (tmp_path / name for name in ("A.hs", "B.hs", "C.hs", "D.hs"))
    for path in (edited, emptied, same, closed):
        path.write_text("file")
    buffers = LaneBuffers()
    texts = {edited: "buffer", emptied: "", same: "file"}
    await buffers.take({path: Document(path, text, 7) for path, text in texts.items()})
    assert buffers.unsaved == {edited: "buffer", emptied: ""}
    assert [buffers.text(path) for path in (edited, emptied, same, closed)] == ["buffer", "", "file", "file"]
    assert [buffers.version(path) for path in (same, closed)] == [7, None]
    assert buffers.text(tmp_path / "none.hs") == ""
