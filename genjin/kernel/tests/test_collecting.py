"""The search for garbage is put off, and goes on afterwards whatever happened."""

from __future__ import annotations

import gc

import pytest

from genjin.kernel.collecting import put_off


def test_garbage_is_searched_for_again_when_the_last_one_is_done() -> None:
    with put_off():
        with pytest.raises(ZeroDivisionError), put_off():
            _ = 1 / 0
        assert not gc.isenabled()
    assert gc.isenabled()
