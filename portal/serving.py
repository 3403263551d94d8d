"""Starting the web server: the configured portal, or the demo on a database of its own."""

from __future__ import annotations

import json
import os
import secrets
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

from portal.actions.demo import make_demo
from portal.actions.passwords import strong_hasher
from portal.clock import local_day, system_clock
from portal.config import ROOT
from portal.demo import NOTICE
from portal.demo.generator import demo_years
from portal.files.township_out import township_workbook
from portal.store import migrate
from portal.store.engine import Database

Say = Callable[[str], None]
HOST = "127.0.0.1"
DATABASE, TOLD, WORKBOOK = "demo.db", "demo.json", "demo-township.xlsx"
THREADS = 4  # pages wait for the database more than they work


class CannotServe(RuntimeError):
    """The server can't start; the message says why and what to do."""


def serve(host: str, port: int, workers: int) -> None:
    """Serve `wsgi:app` until told to stop. Raises CannotServe when the port is taken."""
    # only a server needs it, and it takes longer to load than most commands to run
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    _check_port(host, port)
    Granian(
        "wsgi:app",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        websockets=False,
        log_level=LogLevels.warning,
        workers=workers,
        blocking_threads=THREADS,
        respawn_failed_workers=True,
        log_access=False,  # no address and no time of a resident's visit is written anywhere
        working_dir=ROOT,
    ).serve()


def serve_demo(port: int, say: Say) -> None:
    """Make the demo database if there is none, say where everything is, and serve it."""
    _check_port(HOST, port)
    folder = ROOT / "instance"
    folder.mkdir(exist_ok=True)
    demo = read_demo(folder) or make_demo_files(folder, say)
    base_url = f"http://{HOST}:{port}"
    for line in demo_sheet(demo, base_url):
        say(line)
    os.environ.update(
        PORTAL_DATABASE_URL=f"sqlite:///{folder / DATABASE}",
        PORTAL_SECRET_KEY=str(demo["secret_key"]),
        PORTAL_BASE_URL=base_url,
        PORTAL_DEMO="1",
    )
    serve(HOST, port, workers=1)


def read_demo(folder: Path) -> dict[str, Any] | None:
    """What a demo made earlier has to tell; None when there is none, or one of an older structure."""
    if not (folder / DATABASE).exists() or not (folder / TOLD).exists():
        return None
    database = Database(f"sqlite:///{folder / DATABASE}")
    with database.reading() as session:
        newest = migrate.is_newest(session.connection())
    database.dispose()
    told: dict[str, Any] = json.loads((folder / TOLD).read_text(encoding="utf-8"))
    return told if newest else None


def make_demo_files(folder: Path, say: Say) -> dict[str, Any]:
    """A new demo database beside the old one, put in its place when it is whole."""
    say("正在建演示乡镇……")
    unfinished = folder / "demo-unfinished.db"
    _clear(folder, "demo-unfinished.db*")
    database = Database(f"sqlite:///{unfinished}")
    migrate.upgrade(database.engine)
    now = system_clock()
    with database.writing() as session:
        demo = make_demo(session, now, strong_hasher(), say).plain()
    database.dispose()
    (folder / WORKBOOK).write_bytes(township_workbook(demo_years(local_day(now))[-1].book))
    told = {**demo, "secret_key": secrets.token_urlsafe(48)}
    (folder / TOLD).touch(mode=0o600)
    (folder / TOLD).write_text(json.dumps(told, ensure_ascii=False, indent=1), encoding="utf-8")
    _clear(folder, f"{DATABASE}*")
    unfinished.rename(folder / DATABASE)
    return told


def _clear(folder: Path, pattern: str) -> None:
    for leftover in folder.glob(pattern):
        leftover.unlink()


def demo_sheet(demo: dict[str, Any], base_url: str) -> list[str]:
    """Addresses and log-ins, as they are printed."""
    token = demo["token"]
    lines = [
        "",
        f"村民的评价页    {base_url}/v/{token}   （{demo['village']}；也可以打开 {base_url}/ 输入 {token}）",
        f"干部登录        {base_url}/login",
    ]
    for login in demo["logins"]:
        lines.append(
            f"  {login['face']}：用户名 {login['username']}  密码 {login['password']}  （{login['name']}）"
        )
    lines += ["", f"乡镇的工作簿（Excel，可以打开看看）  instance/{WORKBOOK}"]
    return [*lines, "", NOTICE, "按 Ctrl+C 停下；要重新建，删掉 instance/demo.db 再运行。", ""]


def _check_port(host: str, port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise CannotServe(
                f"打不开 {host}:{port}（{error.strerror}）。换一个端口再试：make demo PORT={port + 1}，或者 portal serve --bind {host}:{port + 1}"
            ) from error
