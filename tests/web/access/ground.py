"""What residents, cadres and the office could open from the start: forms, log-in, scores, results."""

from __future__ import annotations

from tests.web.access.expected import OFFICE, READERS, SCORED, Addresses, Table, everybody, only, staff

ACCESS: Table = {
    ("/", "GET"): everybody(200),
    ("/v/<token>", "GET"): everybody(200),
    ("/v/<token>", "POST"): everybody(303),
    ("/v/<token>/thanks", "GET"): everybody(200),
    ("/size/<int:px>", "GET"): everybody(303),
    ("/static/<path:filename>", "GET"): everybody(200),
    ("/healthz", "GET"): everybody(200),
    ("/readyz", "GET"): everybody(200),
    ("/login", "GET"): staff(302, nobody=200),
    ("/login", "POST"): everybody(422),  # an empty one
    ("/logout", "POST"): staff(303, nobody=400),  # who is not logged in has no page with a key to post
    ("/home", "GET"): everybody(302),
    ("/account", "GET"): staff(200, nobody=302),
    ("/account", "POST"): staff(422, nobody=400),  # an empty one
    ("/me", "GET"): only(SCORED),
    ("/admin/results", "GET"): only(READERS),
    ("/admin/results.<kind>", "GET"): only(OFFICE),
    ("/admin/results/<path:number>", "GET"): only(READERS),
}
ADDRESSES: Addresses = {"/size/<int:px>": lambda _: "/size/24"}
