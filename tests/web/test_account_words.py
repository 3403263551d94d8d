"""What waits for a second person about an account, in a sentence."""

from __future__ import annotations

from typing import Any

import pytest

from portal.web.account_words import proposal_words

DEPUTY = {"role": "approver", "first_day": "2026-11-22", "last_day": "2026-12-31", "stands_for_id": 7}


@pytest.mark.parametrize(
    ("payload", "words"),
    [
        ({"what": "roles", "before": [], "roles": ["clerk"]}, "王某的角色：从“没有”改成“经办人”"),
        ({"what": "deputy", **DEPUTY}, "王某代理李某当党委，2026年11月22日到2026年12月31日"),
        ({"what": "reopen"}, "重新启用王某的账号"),
        ({}, "给王某重发一次性密码"),
    ],
)
def test_every_act_has_its_sentence(payload: dict[str, Any], words: str) -> None:
    assert proposal_words({"holder": "王某", **payload}, {7: "李某"}) == words
