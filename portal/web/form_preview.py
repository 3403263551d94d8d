"""The residents' form as another room may show it: the factory hands it over, and no audience imports another."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from flask import Flask, current_app

from portal.core.form import Edition
from portal.store.organisation import Township, Village

KEY = "form_preview"
Preview = Callable[[Village, Township, Edition], str]


def install(app: Flask, preview: Preview) -> None:
    """Let other rooms show the form by `preview`: as residents meet it, but nothing can be sent."""
    app.extensions[KEY] = preview


def preview(village: Village, township: Township, edition: Edition) -> str:
    return cast(Preview, current_app.extensions[KEY])(village, township, edition)
