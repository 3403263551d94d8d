"""What a page may do with a script, if the browser runs any: small, inlined, allowed by its hash for this answer alone."""

from __future__ import annotations

import re
from base64 import b64encode
from hashlib import sha256
from pathlib import Path

from markupsafe import Markup

from portal.config import ROOT
from portal.web import unit

AS_OPENED = re.compile(r"^// \[as opened\n.*?^// as opened\]\n", re.MULTILINE | re.DOTALL)
NOT_SENT = re.compile(r"^\s*//.*\n|^\s+", re.MULTILINE)  # whole-line comments and indentation cost bytes


class Script:
    """A file of static/, as a page carries it; one that came `back` goes without what is for a page as it was opened."""

    def __init__(self, file: Path, *, back: bool = False) -> None:
        text = file.read_text(encoding="utf-8")
        self.text = Markup(NOT_SENT.sub("", AS_OPENED.sub("", text) if back else text))  # noqa: S704 — our own file
        self._source = f"'sha256-{b64encode(sha256(self.text.encode()).digest()).decode()}'"

    def allowed(self) -> Markup:
        """The script's text; from now on this answer's policy lets it run, and ask this site."""
        unit.allow("script-src", self._source)
        unit.allow("connect-src", "'self'")
        return self.text


FORM = Script(ROOT / "static" / "form.js")
FORM_BACK = Script(ROOT / "static" / "form.js", back=True)
THANKS = Script(ROOT / "static" / "thanks.js")
