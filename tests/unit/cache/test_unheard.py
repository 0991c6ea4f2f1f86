"""What a source says that GHC would miss."""

import pytest

from thatch.cache.unheard import loud, speaks, unheard


@pytest.mark.parametrize(
    ("text", "says", "may_say"),
    [
        (b"module A where\n-- WARNING: complete rubbish, deprecated\n", False, False),
        (b'{-# deprecated x "y" #-}', True, True),
        (b'{-#WARNING x "y" #-}', True, True),
        (b"{-# COMPLETE P #-}", True, True),
        (b'#include "x.h"\n', False, True),
        (b'  #include "x.h"\n', False, False),
        (b'# include "x.h"\n', False, True),
    ],
)
def test_what_may_be_missed(text: bytes, says: bool, may_say: bool) -> None:
    assert (speaks(text), loud(text)) == (says, may_say)


def test_what_the_abi_hash_leaves_out() -> None:
    assert unheard(b'{-# DEPRECATED x "y" #-}') == ""
    assert unheard(b"{-# COMPLETE P #-} a") == unheard(b"b {-# COMPLETE P #-}") != unheard(b"{-# COMPLETE P, Q #-}")
    assert unheard(b'instance {-# DEPRECATED "no" #-} Show A') != ""
