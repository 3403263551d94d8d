"""Links to other rooms: only to pages that there are, and written as addresses are."""

from __future__ import annotations

from portal.web.admin.links import link
from tests.web.conftest import Portal


def test_a_link_leads_only_to_a_page_that_there_is(portal: Portal) -> None:
    with portal.app.app_context():
        assert link("/admin/results?sort=post") == "/admin/results?sort=post"
        assert link("/admin/results/张三") == "/admin/results/%E5%BC%A0%E4%B8%89"
        assert link("/admin/no-such-page") == ""
        assert link("/logout") == ""  # it takes posts only
