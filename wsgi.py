"""The portal for a WSGI server (`wsgi:app`) and for `flask --app wsgi`, which knows the same commands as `portal`."""

import os
import secrets
from dataclasses import replace

from portal.cli import main
from portal.config import read_settings
from portal.web.app import create_app
from portal.web.scans import write_hourly

# Flask's own command line also loads this file, for commands that need no secret; a server must not start without one.
at_the_command_line = os.environ.get("FLASK_RUN_FROM_CLI") == "true"
settings = read_settings(os.environ, production=not at_the_command_line)
if not settings.secret_key:
    settings = replace(settings, secret_key=secrets.token_urlsafe(48))

app = create_app(settings)
write_hourly(app)
for name, command in main.commands.items():
    app.cli.add_command(command, name)
