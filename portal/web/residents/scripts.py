"""What a page may do with a script, if the browser runs any: small, inlined, allowed by its hash for this answer alone."""

from __future__ import annotations

import re
from base64 import b64encode
from hashlib import sha256
from pathlib import Path

from markupsafe import Markup

from portal.config import ROOT
from portal.web import unit

NOT_SENT = re.compile(r"^\s*//.*\n|^\s+", re.MULTILINE)  # whole-line comments and indentation cost bytes


class Script:
    """A file of static/, as a page carries it."""

    def __init__(self, file: Path) -> None:
        self.text = Markup(NOT_SENT.sub("", file.read_text(encoding="utf-8")))  # noqa: S704 — our own file
        self._source = f"'sha256-{b64encode(sha256(self.text.encode()).digest()).decode()}'"

    def allowed(self) -> Markup:
        """The script's text; from now on this answer's policy lets it run, and ask this site."""
        unit.allow("script-src", self._source)
        unit.allow("connect-src", "'self'")
        return self.text


FORM = Script(ROOT / "static" / "form.js")
THANKS = Script(ROOT / "static" / "thanks.js")
