"""The floor for requests per second: a WSGI application that does nothing, under the portal's own server settings.

`python -m bench.bare PORT WORKERS`; BENCH_PAGE_BYTES says how many bytes a GET answers with.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

import granian

from portal import serving

PAGE = os.urandom(int(os.environ.get("BENCH_PAGE_BYTES", "4096")))
StartResponse = Callable[[str, list[tuple[str, str]]], Any]


def app(environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
    """A page for a GET; a POST is read and answered with 303."""
    if environ["REQUEST_METHOD"] == "POST":
        environ["wsgi.input"].read()
        start_response("303 See Other", [("Location", "/"), ("Content-Length", "0")])
        return [b""]
    start_response("200 OK", [("Content-Type", "text/html"), ("Content-Length", str(len(PAGE)))])
    return [PAGE]


def main() -> None:
    real = granian.Granian
    settings_of_the_portal = partial(_with_this_app, real)
    granian.Granian = settings_of_the_portal  # type: ignore[assignment]
    serving.serve(serving.HOST, int(sys.argv[1]), int(sys.argv[2]))


def _with_this_app(real: Callable[..., Any], target: str, **settings: Any) -> Any:
    del target
    return real("bench.bare:app", **settings)


if __name__ == "__main__":
    main()
