"""A page takes as many statements for a large township as for a small one."""

from __future__ import annotations

import pytest

from portal.core.book import Role
from tests.web.conftest import Portal
from tests.web.filling import STREET, TASHI, user


@pytest.mark.parametrize(
    "address",
    [
        "/admin",
        "/admin/cadres",
        "/admin/teams",
        "/admin/villages",
        "/admin/organisation",
        "/admin/modules",
        "/admin/posts",
        "/admin/posters",
        "/admin/posters/places",
        "/admin/voices",
        "/admin/improvements",
        "/admin/papers",
        "/admin/papers/print",
        "/admin/papers/enter",
        "/admin/papers/checks",
    ],
)
def test_the_number_of_statements_does_not_grow_with_the_township(portal: Portal, address: str) -> None:
    taken = []
    for place in (STREET, TASHI):
        client = portal.staff(user(Role.CLERK, place))
        client.page(address)
        taken.append(len(client.watch.statements))
    assert taken[0] == taken[1] <= 40
