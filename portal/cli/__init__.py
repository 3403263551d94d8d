"""The `portal` command: the portal's verbs by another door.

Exit status: 0 done; 1 the input is bad (each fault on a line, nothing changed); 2 wrong usage.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

import click
from sqlalchemy.orm import Session

from portal import divisions, serving, worker
from portal.actions import accounts, results
from portal.actions.import_township import import_township
from portal.actions.import_work import ImportRefused, SheetOutcome
from portal.actions.install_township import NewTownship, add_township
from portal.actions.ledger import OPERATOR, Act
from portal.actions.passwords import strong_hasher
from portal.actions.ratings import QuarterSealed, import_ratings
from portal.actions.slips import reset_from_above
from portal.cli.rating_files import rating_lines, read_rating_rows
from portal.clock import local_day, system_clock
from portal.config import Settings, Unconfigured, read_settings
from portal.core import form
from portal.core.book import Book, Known, PeriodRow, Role, VillageKind
from portal.core.periods import NoSuchPeriod
from portal.core.score import BeforePeriod
from portal.files.faults import UnreadableFile, fault_line
from portal.files.posters import Poster, make_posters
from portal.files.ratings_out import ratings_csv
from portal.files.results_out import ResultSheet, results_csv, results_json, results_xlsx
from portal.files.township_in import read_township
from portal.ready import open_database, ready_database, refuse
from portal.store import accounts as stored_accounts
from portal.store import editions, migrate, roster, townships
from portal.store import ratings as stored_ratings
from portal.store.engine import Database
from portal.store.organisation import Township

WRITERS: dict[str, Callable[[ResultSheet], bytes]] = {
    "json": lambda sheet: results_json(sheet).encode(),
    "csv": results_csv,
    "xlsx": results_xlsx,
}
A_FILE = click.Path(path_type=Path, dir_okay=False)
of_township = click.option("--township", "code", required=True, metavar="CODE", help="乡镇代码（9 位）。")


class _PreviewOnly(Exception):
    """Takes back what a --dry-run did."""


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """“四维”考评门户。配置来自 PORTAL_… 环境变量，见 README。"""


@main.group("db")
def database_group() -> None:
    """数据库。"""


@main.group("user")
def user_group() -> None:
    """账号。"""


@database_group.command("upgrade")
def db_upgrade() -> None:
    """把数据库升级到最新的结构。"""
    with open_database(_settings()) as database:
        migrate.upgrade(database.engine)
    click.echo("数据库已是最新。")


@main.command("demo")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
def demo(port: int) -> None:
    """建一个演示乡镇（SQLite，在 instance/ 里）并打开门户。"""
    try:
        serving.serve_demo(port, click.echo)
    except serving.CannotServe as refusal:
        refuse(str(refusal))


@main.command("serve")
@click.option("--bind", default="127.0.0.1:8000", show_default=True, metavar="HOST:PORT")
@click.option("--workers", default=2, show_default=True, type=click.IntRange(1, 64))
def serve(bind: str, workers: int) -> None:
    """用配置好的数据库提供服务（生产设置）。"""
    host, colon, port = bind.rpartition(":")
    if not (colon and port.isascii() and port.isdigit() and 1 <= int(port) <= 65535):
        raise click.BadParameter("要写成 地址:端口，例如 127.0.0.1:8000", param_hint="--bind")
    try:
        settings = read_settings(os.environ, production=True)
        with ready_database(settings):
            pass
        serving.serve(host, int(port), workers)
    except (Unconfigured, serving.CannotServe) as refusal:
        refuse(str(refusal))


main.add_command(worker.command)


@main.command("import-township")
@click.argument("workbook", type=A_FILE, metavar="FILE.xlsx")
@click.option("--dry-run", is_flag=True, help="只说会新增、修改什么，不保存。")
def import_township_command(workbook: Path, dry_run: bool) -> None:
    """导入乡镇的工作簿。有一处错，就什么也不导入。"""
    with ready_database(_settings(), make_new=True) as database:
        book = _read_book(database, workbook)
        outcomes: list[SheetOutcome] = []
        try:
            with database.writing() as session:
                _, outcomes = import_township(session, book, _act(None))
                if dry_run:
                    raise _PreviewOnly
        except _PreviewOnly:
            click.echo("只是预览，没有保存：")
        except ImportRefused as refusal:
            refuse(str(refusal))
    for line in outcomes:
        click.echo(f"{line.sheet}：新增 {line.added}，修改 {line.changed}，不变 {line.unchanged}")


@main.command("import-ratings")
@click.argument("file", type=A_FILE, metavar="FILE.csv")
@of_township
def import_ratings_command(file: Path, code: str) -> None:
    """导入群众评价（ratings.csv）。有一处错，就什么也不导入。"""
    with ready_database(_settings()) as database:
        with database.reading() as session:
            township = _township(session, code)
            township_id, villages = township.id, roster.ids(session, township.id, "villages")
            forms = editions.in_force(session, township.id)
        rows = read_rating_rows(file, villages, forms)
        bar = click.progressbar(length=len(rows), label="导入评价", file=sys.stderr)
        with database.writing() as session, bar:
            try:
                outcome = import_ratings(
                    session, township_id, rows, form.STANDARD, _act(township_id), bar.update
                )
            except QuarterSealed as refusal:
                refuse(*refusal.sentences, "什么也没有导入。")
    click.echo(f"评价：新增 {outcome.added}，已有 {outcome.known}")


@main.command("results")
@of_township
@click.option("--period", metavar="NAME", help="考评周期的名称；不写就是 --as-of 那天所在的周期。")
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), metavar="YYYY-MM-DD", help="算到哪一天为止。")
@click.option("--format", "kind", type=click.Choice(list(WRITERS)), default="json", show_default=True)
@click.option("--out", type=A_FILE, metavar="FILE", help="写到文件；不写就输出到屏幕。")
def results_command(
    code: str, period: str | None, as_of: datetime | None, kind: str, out: Path | None
) -> None:
    """四维考评结果：收到的评价全部计入，当场算出。"""
    day = None if as_of is None else as_of.date()
    with ready_database(_settings()) as database, database.reading() as session:
        township = _township(session, code)
        try:
            found = results.exact_results(session, township, period, day, system_clock())
        except NoSuchPeriod as refusal:
            refuse(f"没有这个考评周期，或者到这一天还没有开始的周期：{refusal}")
        except BeforePeriod as refusal:
            refuse(f"{refusal} 在考评周期开始之前，还没有可以算的。")
        sheet = ResultSheet(township.name, township.code, found.period.name, found.result)
        _deliver(WRITERS[kind](sheet), out)


@main.command("villages")
@of_township
@click.option("--format", "kind", type=click.Choice(["text", "json"]), default="text", show_default=True)
def villages_command(code: str, kind: str) -> None:
    """每个村社的代码、名称、类型、户数、海报上的码和网址。"""
    settings = _settings()
    with ready_database(settings) as database, database.reading() as session:
        township = _township(session, code)
        rows = _village_rows(session, township, settings.base_url)
    if kind == "json":
        click.echo(json.dumps(rows, ensure_ascii=False, indent=1))
        return
    for row in rows:
        click.echo("\t".join(str(value) for value in row.values()))


@main.command("export-ratings")
@of_township
@click.option("--all", "everything", is_flag=True, help="被替换的和不计的也一起导出，多一列“状态”。")
@click.option("--out", type=A_FILE, metavar="FILE.csv")
def export_ratings_command(code: str, everything: bool, out: Path | None) -> None:
    """导出计入的评价，格式同 ratings.csv。"""
    with ready_database(_settings()) as database, database.reading() as session:
        township = _township(session, code)
        stored = stored_ratings.all_stored(session, township.id)
        forms = editions.in_force(session, township.id)
    today = local_day(system_clock())
    lines = rating_lines(stored, everything, today)
    _deliver(ratings_csv(lines, forms, today, everything), out)


@main.command("posters")
@of_township
@click.option("--out", type=A_FILE, required=True, metavar="FILE.pdf")
@click.option(
    "--base-url", metavar="URL", help="海报上的网址，例如 https://pj.example.cn；不写就用 PORTAL_BASE_URL。"
)
def posters_command(code: str, out: Path, base_url: str | None) -> None:
    """每个村社一张 A4 海报。"""
    settings = _settings()
    address = (base_url or settings.base_url).rstrip("/")
    with ready_database(settings) as database, database.reading() as session:
        township = _township(session, code)
        rows = _village_rows(session, township, address)
        posters = [_poster(row, township) for row in rows]
    if not posters:
        refuse("这个乡镇还没有村社，没有海报可做。")
    try:
        document = make_posters(posters, local_day(system_clock()))
    except ValueError as refusal:
        refuse(f"海报没有做成：{refusal}")
    _deliver(document, out)
    click.echo(f"{len(posters)} 张海报，写到 {out}")


@user_group.command("create")
@click.option("--username", required=True, help="用户名。")
@click.option("--role", "roles", required=True, multiple=True, help="角色；有几个就写几个 --role。")
@click.option("--township", "code", metavar="CODE", help="乡镇代码（9 位）。")
@click.option("--county", metavar="CODE", help="县市区代码（6 位）。")
@click.option("--cadre", metavar="工号", help="账号是谁的：干部的工号。")
# the only way there is: a password on the command line would stand in the shell's history
@click.option("--password-stdin", is_flag=True, required=True, expose_value=False, help="从标准输入读密码。")
def create_user(
    username: str,
    roles: Sequence[str],
    code: str | None,
    county: str | None,
    cadre: str | None,
) -> None:
    """新建账号；密码从标准输入读，没有默认密码。"""
    if code and county:
        raise click.UsageError("--township 和 --county 只能写一个。")
    password = _password()
    try:
        found = accounts.parse_roles(roles)
        password_hash = accounts.hashed(password, (username, cadre or ""), strong_hasher())
        with ready_database(_settings(), make_new=True) as database, database.writing() as session:
            township = _township(session, code, founding=Role.TOWNSHIP_ADMIN in found) if code else None
            township_id = None if township is None else township.id
            wanted = accounts.NewAccount(username, "", found, township_id, county, cadre)
            accounts.add_account(session, wanted, _act(township_id), password_hash)
    except accounts.AccountRefused as refusal:
        refuse(str(refusal))
    click.echo(f"账号“{username}”已建好。")


@user_group.command("reset")
@click.option("--username", required=True, help="用户名。")
@click.option("--password-stdin", is_flag=True, required=True, expose_value=False, help="从标准输入读密码。")
def reset_user(username: str) -> None:
    """找回账号：换上新密码，去掉手机验证码，退出所有登录；停用的也重新启用。"""
    password = _password()
    try:
        password_hash = accounts.hashed(password, (username,), strong_hasher())
        with ready_database(_settings()) as database, database.writing() as session:
            account = (
                stored_accounts.by_username(session, username, lock=True) if username.isprintable() else None
            )
            if account is None:
                raise accounts.AccountRefused(f"没有用户名为“{username}”的账号。")
            act = _act(account.township_id)
            reset_from_above(session, account, password_hash, None, act, "portal user reset")
    except accounts.AccountRefused as refusal:
        refuse(str(refusal))
    click.echo(f"账号“{username}”已换上新密码；手机验证码已去掉，所有登录已退出。")


def _settings() -> Settings:
    return read_settings(os.environ, production=False)


def _act(township_id: int | None) -> Act:
    return Act(OPERATOR, datetime.now(UTC), township_id)


def _password() -> str:
    try:
        return sys.stdin.buffer.readline().decode("utf-8").rstrip("\r\n")
    except UnicodeDecodeError:
        refuse("密码要是 UTF-8 文字。")


def _township(session: Session, code: str, *, founding: bool = False) -> Township:
    """The township; its first administrator may found one that the list of divisions knows."""
    township = townships.by_code(session, code) if code.isprintable() else None
    if township is not None:
        return township
    known = divisions.township(code)
    if known is None:
        refuse(f"没有代码为“{code}”的乡镇；请先用 portal import-township 导入它。")
    if not founding:
        way = "先给它建管理员（--role township_admin），或用 portal import-township 导入它"
        refuse(f"{known.name}（{code}）还没有进门户；请{way}。")
    return add_township(session, NewTownship(code, known.name, known.county), _act(None))


def _read_book(database: Database, workbook: Path) -> Book:
    """The workbook's book; what the township has already may be named in it without being listed."""

    def known(period: PeriodRow) -> Known:
        with database.reading() as session:
            return roster.known_to(session, period.township_code, period.name)

    try:
        reading = read_township(workbook, known)
    except UnreadableFile as refusal:
        refuse(str(refusal))
    if reading.book is None:
        refuse(*(fault_line(fault) for fault in reading.faults), "有错，什么也没有导入。")
    for ignored in reading.ignored:
        click.echo(f"没有读：{ignored}（不在模板里）", err=True)
    return reading.book


def _village_rows(session: Session, township: Township, base_url: str) -> list[dict[str, str | int]]:
    hanging = townships.posters_in_use(session, township.id)
    return [
        {
            "code": village.code,
            "name": village.name,
            "kind": village.kind.value,
            "households": village.households,
            "token": hanging[village.id].token,
            "address": f"{base_url}/v/{hanging[village.id].token}",
        }
        for village in townships.villages(session, township.id)
        if village.id in hanging
    ]


def _poster(row: dict[str, str | int], township: Township) -> Poster:
    return Poster(
        village=str(row["name"]),
        kind=VillageKind(str(row["kind"])),
        township=township.name,
        county=township.county,
        address=str(row["address"]),
        token=str(row["token"]),
    )


def _deliver(content: bytes, out: Path | None) -> None:
    if out is None:
        sys.stdout.buffer.write(content)
        return
    try:
        out.write_bytes(content)
    except OSError as error:
        refuse(f"写不了 {out}：{error.strerror}")
