"""the ground

Revision: 0001
Follows:
"""

import sqlalchemy as sa
from alembic import op

from portal.store.types import Exact, Instant

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

LEDGER_SQLITE = """
CREATE TRIGGER ledger_entry_no_{verb} BEFORE {verb} ON ledger_entry
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END
"""
LINKS_SQLITE = """
CREATE TRIGGER team_link_no_overlap_{verb} BEFORE {verb} ON team_link
WHEN EXISTS (
    SELECT 1 FROM team_link AS other
    WHERE other.township_id = NEW.township_id AND other.village_id = NEW.village_id AND other.id IS NOT NEW.id
      AND other.first_day <= NEW.last_day AND other.last_day >= NEW.first_day
)
BEGIN SELECT RAISE(ABORT, 'a village has at most one team on a day'); END
"""
LEDGER_POSTGRESQL = """
CREATE FUNCTION refuse_ledger_change() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'the ledger is append-only' USING ERRCODE = 'integrity_constraint_violation'; END $$
"""
LINKS_POSTGRESQL = """
CREATE FUNCTION refuse_link_overlap() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN
  PERFORM 1 FROM village WHERE id = NEW.village_id FOR UPDATE;
  IF EXISTS (
      SELECT 1 FROM team_link AS other
      WHERE other.township_id = NEW.township_id AND other.village_id = NEW.village_id AND other.id <> NEW.id
        AND other.first_day <= NEW.last_day AND other.last_day >= NEW.first_day
  ) THEN
    RAISE EXCEPTION 'a village has at most one team on a day' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$
"""
# What UNIQUE and CHECK can't say: the ledger only grows, and links of one village never share a day.
TRIGGERS = {
    "sqlite": [
        LEDGER_SQLITE.format(verb="UPDATE"),
        LEDGER_SQLITE.format(verb="DELETE"),
        LINKS_SQLITE.format(verb="INSERT"),
        LINKS_SQLITE.format(verb="UPDATE"),
    ],
    "postgresql": [
        LEDGER_POSTGRESQL,
        "CREATE TRIGGER ledger_entry_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_entry"
        " FOR EACH STATEMENT EXECUTE FUNCTION refuse_ledger_change()",
        LINKS_POSTGRESQL,
        "CREATE TRIGGER team_link_no_overlap BEFORE INSERT OR UPDATE ON team_link"
        " FOR EACH ROW EXECUTE FUNCTION refuse_link_overlap()",
    ],
}


def upgrade() -> None:
    op.create_table(
        "township",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=9), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("county", sa.Text(), nullable=False),
        sa.CheckConstraint("length(code) = 9", name=op.f("ck_township_code_has_9_digits")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_township")),
        sa.UniqueConstraint("code", name=op.f("uq_township_code")),
    )
    op.create_table(
        "cadre",
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("township_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["township_id"], ["township.id"], name=op.f("fk_cadre_township_id_township")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cadre")),
        sa.UniqueConstraint("township_id", "number", name=op.f("uq_cadre_township_id_number")),
    )
    op.create_table(
        "form_edition",
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("definition", sa.JSON(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("township_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["township_id"], ["township.id"], name=op.f("fk_form_edition_township_id_township")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_form_edition")),
        sa.UniqueConstraint("township_id", "key", name=op.f("uq_form_edition_township_id_key")),
    )
    op.create_table(
        "ledger_entry",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("township_id", sa.Integer(), nullable=True),
        sa.Column("act", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", Instant(timezone=True), nullable=False),
        sa.Column("actor", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("row_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("before", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("after", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["township_id"], ["township.id"], name=op.f("fk_ledger_entry_township_id_township")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_entry")),
    )
    with op.batch_alter_table("ledger_entry", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_ledger_entry_township_id_act"), ["township_id", "act"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_ledger_entry_township_id_at"), ["township_id", "at"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_ledger_entry_township_id_kind_subject"),
            ["township_id", "kind", "subject"],
            unique=False,
        )

    op.create_table(
        "module",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("township_id", sa.Integer(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "last_day IS NULL OR last_day >= first_day", name=op.f("ck_module_ends_after_start")
        ),
        sa.ForeignKeyConstraint(
            ["township_id"], ["township.id"], name=op.f("fk_module_township_id_township")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_module")),
        sa.UniqueConstraint("township_id", "name", name=op.f("uq_module_township_id_name")),
    )
    op.create_table(
        "period",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("township_id", sa.Integer(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.CheckConstraint(
            "last_day IS NULL OR last_day >= first_day", name=op.f("ck_period_ends_after_start")
        ),
        sa.ForeignKeyConstraint(
            ["township_id"], ["township.id"], name=op.f("fk_period_township_id_township")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_period")),
        sa.UniqueConstraint("township_id", "name", name=op.f("uq_period_township_id_name")),
    )
    op.create_table(
        "post",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("township_id", sa.Integer(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "last_day IS NULL OR last_day >= first_day", name=op.f("ck_post_ends_after_start")
        ),
        sa.ForeignKeyConstraint(["township_id"], ["township.id"], name=op.f("fk_post_township_id_township")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_post")),
        sa.UniqueConstraint("township_id", "name", name=op.f("uq_post_township_id_name")),
    )
    op.create_table(
        "quarter_secret",
        sa.Column("quarter", sa.String(length=6), nullable=False),
        sa.Column("secret", sa.LargeBinary(length=32), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("township_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["township_id"], ["township.id"], name=op.f("fk_quarter_secret_township_id_township")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quarter_secret")),
        sa.UniqueConstraint("township_id", "quarter", name=op.f("uq_quarter_secret_township_id_quarter")),
    )
    op.create_table(
        "team",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("township_id", sa.Integer(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "last_day IS NULL OR last_day >= first_day", name=op.f("ck_team_ends_after_start")
        ),
        sa.ForeignKeyConstraint(["township_id"], ["township.id"], name=op.f("fk_team_township_id_township")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_team")),
        sa.UniqueConstraint("township_id", "name", name=op.f("uq_team_township_id_name")),
    )
    op.create_table(
        "village",
        sa.Column("code", sa.String(length=12), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "village",
                "community",
                name="kind_is_known",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("households", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("township_id", sa.Integer(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.CheckConstraint("households >= 1", name=op.f("ck_village_has_households")),
        sa.CheckConstraint(
            "last_day IS NULL OR last_day >= first_day", name=op.f("ck_village_ends_after_start")
        ),
        sa.CheckConstraint("length(code) = 12", name=op.f("ck_village_code_has_12_digits")),
        sa.ForeignKeyConstraint(
            ["township_id"], ["township.id"], name=op.f("fk_village_township_id_township")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_village")),
        sa.UniqueConstraint("township_id", "code", name=op.f("uq_village_township_id_code")),
    )
    op.create_table(
        "account",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("township_id", sa.Integer(), nullable=True),
        sa.Column("county_code", sa.String(length=6), nullable=True),
        sa.Column("cadre_id", sa.Integer(), nullable=True),
        sa.Column("username", sa.String(length=80), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("locked_until", Instant(timezone=True), nullable=True),
        sa.CheckConstraint(
            "cadre_id IS NULL OR township_id IS NOT NULL", name=op.f("ck_account_cadre_has_township")
        ),
        sa.CheckConstraint("township_id IS NULL OR county_code IS NULL", name=op.f("ck_account_one_scope")),
        sa.ForeignKeyConstraint(["cadre_id"], ["cadre.id"], name=op.f("fk_account_cadre_id_cadre")),
        sa.ForeignKeyConstraint(
            ["township_id"], ["township.id"], name=op.f("fk_account_township_id_township")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
        sa.UniqueConstraint("username", name=op.f("uq_account_username")),
    )
    with op.batch_alter_table("account", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_account_township_id_cadre_id"), ["township_id", "cadre_id"], unique=False
        )

    op.create_table(
        "contest",
        sa.Column("period_id", sa.Integer(), nullable=False),
        sa.Column("module_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("points", Exact(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("township_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["module_id"], ["module.id"], name=op.f("fk_contest_module_id_module")),
        sa.ForeignKeyConstraint(["period_id"], ["period.id"], name=op.f("fk_contest_period_id_period")),
        sa.ForeignKeyConstraint(
            ["township_id"], ["township.id"], name=op.f("fk_contest_township_id_township")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contest")),
    )
    with op.batch_alter_table("contest", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_contest_township_id_period_id"), ["township_id", "period_id"], unique=False
        )

    op.create_table(
        "extra_post",
        sa.Column("cadre_id", sa.Integer(), nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("township_id", sa.Integer(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.CheckConstraint(
            "last_day IS NULL OR last_day >= first_day", name=op.f("ck_extra_post_ends_after_start")
        ),
        sa.ForeignKeyConstraint(["cadre_id"], ["cadre.id"], name=op.f("fk_extra_post_cadre_id_cadre")),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name=op.f("fk_extra_post_post_id_post")),
        sa.ForeignKeyConstraint(
            ["township_id"], ["township.id"], name=op.f("fk_extra_post_township_id_township")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_extra_post")),
    )
    with op.batch_alter_table("extra_post", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_extra_post_township_id_cadre_id"), ["township_id", "cadre_id"], unique=False
        )

    op.create_table(
        "governance_mark",
        sa.Column("period_id", sa.Integer(), nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=False),
        sa.Column("item", sa.Text(), nullable=False),
        sa.Column("weight", Exact(), nullable=False),
        sa.Column("mark", Exact(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("township_id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "CAST(mark AS DOUBLE PRECISION) >= 0 AND CAST(mark AS DOUBLE PRECISION) <= 100",
            name=op.f("ck_governance_mark_mark_in_bounds"),
        ),
        sa.CheckConstraint(
            "CAST(weight AS DOUBLE PRECISION) > 0", name=op.f("ck_governance_mark_weight_above_0")
        ),
        sa.ForeignKeyConstraint(
            ["period_id"], ["period.id"], name=op.f("fk_governance_mark_period_id_period")
        ),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_governance_mark_team_id_team")),
        sa.ForeignKeyConstraint(
            ["township_id"], ["township.id"], name=op.f("fk_governance_mark_township_id_township")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_governance_mark")),
    )
    with op.batch_alter_table("governance_mark", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_governance_mark_township_id_period_id_team_id"),
            ["township_id", "period_id", "team_id"],
            unique=False,
        )

    op.create_table(
        "module_mark",
        sa.Column("period_id", sa.Integer(), nullable=False),
        sa.Column("cadre_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "daily",
                "stage",
                "annual",
                name="kind_is_known",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("mark", Exact(), nullable=True),
        sa.Column("marker_id", sa.Integer(), nullable=True),
        sa.Column("by_committee", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("township_id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "CAST(mark AS DOUBLE PRECISION) >= 0 AND CAST(mark AS DOUBLE PRECISION) <= 100",
            name=op.f("ck_module_mark_mark_in_bounds"),
        ),
        sa.CheckConstraint("marker_id IS NULL OR NOT by_committee", name=op.f("ck_module_mark_one_marker")),
        sa.CheckConstraint(
            "marker_id IS NULL OR marker_id <> cadre_id", name=op.f("ck_module_mark_nobody_marks_himself")
        ),
        sa.ForeignKeyConstraint(["cadre_id"], ["cadre.id"], name=op.f("fk_module_mark_cadre_id_cadre")),
        sa.ForeignKeyConstraint(["marker_id"], ["cadre.id"], name=op.f("fk_module_mark_marker_id_cadre")),
        sa.ForeignKeyConstraint(["period_id"], ["period.id"], name=op.f("fk_module_mark_period_id_period")),
        sa.ForeignKeyConstraint(
            ["township_id"], ["township.id"], name=op.f("fk_module_mark_township_id_township")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_module_mark")),
    )
    with op.batch_alter_table("module_mark", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_module_mark_township_id_period_id_cadre_id"),
            ["township_id", "period_id", "cadre_id"],
            unique=False,
        )

    op.create_table(
        "move",
        sa.Column("cadre_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=True),
        sa.Column("module_id", sa.Integer(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("township_id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "post_id IS NOT NULL OR module_id IS NOT NULL", name=op.f("ck_move_moves_something")
        ),
        sa.ForeignKeyConstraint(["cadre_id"], ["cadre.id"], name=op.f("fk_move_cadre_id_cadre")),
        sa.ForeignKeyConstraint(["module_id"], ["module.id"], name=op.f("fk_move_module_id_module")),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name=op.f("fk_move_post_id_post")),
        sa.ForeignKeyConstraint(["township_id"], ["township.id"], name=op.f("fk_move_township_id_township")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_move")),
    )
    with op.batch_alter_table("move", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_move_township_id_cadre_id_day"), ["township_id", "cadre_id", "day"], unique=False
        )

    op.create_table(
        "period_post",
        sa.Column("period_id", sa.Integer(), nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("coefficient", Exact(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("township_id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "CAST(coefficient AS DOUBLE PRECISION) >= 0.8 AND CAST(coefficient AS DOUBLE PRECISION) <= 1.4",
            name=op.f("ck_period_post_coefficient_in_bounds"),
        ),
        sa.ForeignKeyConstraint(["period_id"], ["period.id"], name=op.f("fk_period_post_period_id_period")),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name=op.f("fk_period_post_post_id_post")),
        sa.ForeignKeyConstraint(
            ["township_id"], ["township.id"], name=op.f("fk_period_post_township_id_township")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_period_post")),
        sa.UniqueConstraint(
            "township_id", "period_id", "post_id", name=op.f("uq_period_post_township_id_period_id_post_id")
        ),
    )
    op.create_table(
        "period_village",
        sa.Column("period_id", sa.Integer(), nullable=False),
        sa.Column("village_id", sa.Integer(), nullable=False),
        sa.Column("households", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("township_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("households >= 1", name=op.f("ck_period_village_has_households")),
        sa.ForeignKeyConstraint(
            ["period_id"], ["period.id"], name=op.f("fk_period_village_period_id_period")
        ),
        sa.ForeignKeyConstraint(
            ["village_id"], ["village.id"], name=op.f("fk_period_village_village_id_village")
        ),
        sa.ForeignKeyConstraint(
            ["township_id"], ["township.id"], name=op.f("fk_period_village_township_id_township")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_period_village")),
        sa.UniqueConstraint(
            "township_id",
            "period_id",
            "village_id",
            name=op.f("uq_period_village_township_id_period_id_village_id"),
        ),
    )
    op.create_table(
        "plan_version",
        sa.Column("period_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("parameters", sa.JSON(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("made_at", Instant(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("township_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["period_id"], ["period.id"], name=op.f("fk_plan_version_period_id_period")),
        sa.ForeignKeyConstraint(
            ["township_id"], ["township.id"], name=op.f("fk_plan_version_township_id_township")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_version")),
        sa.UniqueConstraint(
            "township_id", "period_id", "number", name=op.f("uq_plan_version_township_id_period_id_number")
        ),
    )
    op.create_table(
        "poster",
        sa.Column("village_id", sa.Integer(), nullable=False),
        sa.Column("token", sa.String(length=6), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("retired_on", sa.Date(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("township_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("length(token) = 6", name=op.f("ck_poster_token_has_6_characters")),
        sa.ForeignKeyConstraint(
            ["township_id"], ["township.id"], name=op.f("fk_poster_township_id_township")
        ),
        sa.ForeignKeyConstraint(["village_id"], ["village.id"], name=op.f("fk_poster_village_id_village")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_poster")),
        sa.UniqueConstraint("token", name=op.f("uq_poster_token")),
    )
    with op.batch_alter_table("poster", schema=None) as batch_op:
        batch_op.create_index(
            "uq_poster_one_in_use",
            ["township_id", "village_id"],
            unique=True,
            sqlite_where=sa.text("retired_on IS NULL"),
            postgresql_where=sa.text("retired_on IS NULL"),
        )

    op.create_table(
        "rating",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("village_id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("voice", sa.String(length=43), nullable=False),
        sa.Column(
            "way",
            sa.Enum(
                "wechat",
                "anonymous",
                "paper",
                name="way_is_known",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("answers", sa.Text(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("valued", sa.Boolean(), nullable=False),
        sa.Column("first", sa.Boolean(), nullable=False),
        sa.Column("replaced_on", sa.Date(), nullable=True),
        sa.Column(
            "standing",
            sa.Enum(
                "counted",
                "doubted",
                "set_aside",
                name="standing_is_known",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("submission", sa.String(length=43), nullable=False),
        sa.Column("township_id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "replaced_on IS NULL OR replaced_on >= day", name=op.f("ck_rating_replaced_later")
        ),
        sa.CheckConstraint(
            "valued OR (replaced_on IS NULL AND NOT first)", name=op.f("ck_rating_only_voices_are_replaced")
        ),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["form_edition.id"], name=op.f("fk_rating_edition_id_form_edition")
        ),
        sa.ForeignKeyConstraint(
            ["township_id"], ["township.id"], name=op.f("fk_rating_township_id_township")
        ),
        sa.ForeignKeyConstraint(["village_id"], ["village.id"], name=op.f("fk_rating_village_id_village")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rating")),
        sa.UniqueConstraint("township_id", "submission", name=op.f("uq_rating_township_id_submission")),
    )
    with op.batch_alter_table("rating", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_rating_township_id_village_id_day"),
            ["township_id", "village_id", "day"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_rating_township_id_voice_day"), ["township_id", "voice", "day"], unique=False
        )
        batch_op.create_index(
            "uq_rating_one_voice",
            ["township_id", "voice"],
            unique=True,
            sqlite_where=sa.text("valued AND replaced_on IS NULL"),
            postgresql_where=sa.text("valued AND replaced_on IS NULL"),
        )

    op.create_table(
        "resident_case",
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("village_id", sa.Integer(), nullable=False),
        sa.Column("opened_at", Instant(timezone=True), nullable=False),
        sa.Column("answered_at", Instant(timezone=True), nullable=True),
        sa.Column("finished_at", Instant(timezone=True), nullable=True),
        sa.Column("confirmed", sa.Boolean(), nullable=True),
        sa.Column("level", sa.Integer(), nullable=True),
        sa.Column("not_counted", sa.Boolean(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("township_id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "answered_at IS NULL OR answered_at >= opened_at",
            name=op.f("ck_resident_case_answered_after_opened"),
        ),
        sa.CheckConstraint(
            "finished_at IS NULL OR finished_at >= opened_at",
            name=op.f("ck_resident_case_finished_after_opened"),
        ),
        sa.CheckConstraint(
            "level IS NULL OR level BETWEEN 1 AND 5", name=op.f("ck_resident_case_level_is_known")
        ),
        sa.ForeignKeyConstraint(
            ["township_id"], ["township.id"], name=op.f("fk_resident_case_township_id_township")
        ),
        sa.ForeignKeyConstraint(
            ["village_id"], ["village.id"], name=op.f("fk_resident_case_village_id_village")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_resident_case")),
        sa.UniqueConstraint("township_id", "number", name=op.f("uq_resident_case_township_id_number")),
    )
    with op.batch_alter_table("resident_case", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_resident_case_township_id_village_id_opened_at"),
            ["township_id", "village_id", "opened_at"],
            unique=False,
        )

    op.create_table(
        "service",
        sa.Column("cadre_id", sa.Integer(), nullable=False),
        sa.Column("group_name", sa.Text(), nullable=False),
        sa.Column("staffing", sa.Text(), nullable=False),
        sa.Column("exempt", sa.Boolean(), nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=True),
        sa.Column("module_id", sa.Integer(), nullable=True),
        sa.Column("roles", sa.JSON(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("township_id", sa.Integer(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.CheckConstraint(
            "last_day IS NULL OR last_day >= first_day", name=op.f("ck_service_ends_after_start")
        ),
        sa.ForeignKeyConstraint(["cadre_id"], ["cadre.id"], name=op.f("fk_service_cadre_id_cadre")),
        sa.ForeignKeyConstraint(["module_id"], ["module.id"], name=op.f("fk_service_module_id_module")),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name=op.f("fk_service_post_id_post")),
        sa.ForeignKeyConstraint(
            ["township_id"], ["township.id"], name=op.f("fk_service_township_id_township")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service")),
        sa.UniqueConstraint(
            "township_id", "cadre_id", "first_day", name=op.f("uq_service_township_id_cadre_id_first_day")
        ),
    )
    op.create_table(
        "task",
        sa.Column("period_id", sa.Integer(), nullable=False),
        sa.Column("cadre_id", sa.Integer(), nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("weight", Exact(), nullable=False),
        sa.Column("mark", Exact(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("township_id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "CAST(mark AS DOUBLE PRECISION) >= 0 AND CAST(mark AS DOUBLE PRECISION) <= 100",
            name=op.f("ck_task_mark_in_bounds"),
        ),
        sa.CheckConstraint("CAST(weight AS DOUBLE PRECISION) > 0", name=op.f("ck_task_weight_above_0")),
        sa.ForeignKeyConstraint(["cadre_id"], ["cadre.id"], name=op.f("fk_task_cadre_id_cadre")),
        sa.ForeignKeyConstraint(["period_id"], ["period.id"], name=op.f("fk_task_period_id_period")),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name=op.f("fk_task_post_id_post")),
        sa.ForeignKeyConstraint(["township_id"], ["township.id"], name=op.f("fk_task_township_id_township")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_task")),
    )
    with op.batch_alter_table("task", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_task_township_id_period_id_cadre_id"),
            ["township_id", "period_id", "cadre_id"],
            unique=False,
        )

    op.create_table(
        "task_force",
        sa.Column("period_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("leader_id", sa.Integer(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("township_id", sa.Integer(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.CheckConstraint(
            "last_day IS NULL OR last_day >= first_day", name=op.f("ck_task_force_ends_after_start")
        ),
        sa.ForeignKeyConstraint(["leader_id"], ["cadre.id"], name=op.f("fk_task_force_leader_id_cadre")),
        sa.ForeignKeyConstraint(["period_id"], ["period.id"], name=op.f("fk_task_force_period_id_period")),
        sa.ForeignKeyConstraint(
            ["township_id"], ["township.id"], name=op.f("fk_task_force_township_id_township")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_task_force")),
        sa.UniqueConstraint(
            "township_id", "period_id", "name", name=op.f("uq_task_force_township_id_period_id_name")
        ),
    )
    op.create_table(
        "team_leader",
        sa.Column("team_id", sa.Integer(), nullable=False),
        sa.Column("cadre_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("township_id", sa.Integer(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.CheckConstraint(
            "last_day IS NULL OR last_day >= first_day", name=op.f("ck_team_leader_ends_after_start")
        ),
        sa.ForeignKeyConstraint(["cadre_id"], ["cadre.id"], name=op.f("fk_team_leader_cadre_id_cadre")),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_team_leader_team_id_team")),
        sa.ForeignKeyConstraint(
            ["township_id"], ["township.id"], name=op.f("fk_team_leader_township_id_township")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_team_leader")),
        sa.UniqueConstraint(
            "township_id", "team_id", "first_day", name=op.f("uq_team_leader_township_id_team_id_first_day")
        ),
    )
    op.create_table(
        "team_link",
        sa.Column("team_id", sa.Integer(), nullable=False),
        sa.Column("village_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("township_id", sa.Integer(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.CheckConstraint(
            "last_day IS NULL OR last_day >= first_day", name=op.f("ck_team_link_ends_after_start")
        ),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_team_link_team_id_team")),
        sa.ForeignKeyConstraint(
            ["township_id"], ["township.id"], name=op.f("fk_team_link_township_id_township")
        ),
        sa.ForeignKeyConstraint(["village_id"], ["village.id"], name=op.f("fk_team_link_village_id_village")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_team_link")),
        sa.UniqueConstraint(
            "township_id",
            "village_id",
            "first_day",
            name=op.f("uq_team_link_township_id_village_id_first_day"),
        ),
    )
    op.create_table(
        "team_membership",
        sa.Column("team_id", sa.Integer(), nullable=False),
        sa.Column("cadre_id", sa.Integer(), nullable=False),
        sa.Column("factor", Exact(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("township_id", sa.Integer(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.CheckConstraint(
            "CAST(factor AS DOUBLE PRECISION) >= 0.9 AND CAST(factor AS DOUBLE PRECISION) <= 1.1",
            name=op.f("ck_team_membership_factor_in_bounds"),
        ),
        sa.CheckConstraint(
            "last_day IS NULL OR last_day >= first_day", name=op.f("ck_team_membership_ends_after_start")
        ),
        sa.ForeignKeyConstraint(["cadre_id"], ["cadre.id"], name=op.f("fk_team_membership_cadre_id_cadre")),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_team_membership_team_id_team")),
        sa.ForeignKeyConstraint(
            ["township_id"], ["township.id"], name=op.f("fk_team_membership_township_id_township")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_team_membership")),
    )
    with op.batch_alter_table("team_membership", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_team_membership_township_id_team_id_cadre_id"),
            ["township_id", "team_id", "cadre_id"],
            unique=False,
        )

    op.create_table(
        "account_role",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "cadre",
                "module_leader",
                "team_leader",
                "clerk",
                "township_admin",
                "approver",
                "county_reviewer",
                "city_reviewer",
                "system_admin",
                "auditor",
                name="role_is_known",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_account_role_account_id_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_role")),
        sa.UniqueConstraint("account_id", "role", name=op.f("uq_account_role_account_id_role")),
    )
    op.create_table(
        "bonus",
        sa.Column("period_id", sa.Integer(), nullable=False),
        sa.Column("task_force_id", sa.Integer(), nullable=False),
        sa.Column("cadre_id", sa.Integer(), nullable=False),
        sa.Column("points", Exact(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("township_id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "CAST(points AS DOUBLE PRECISION) >= 0 AND CAST(points AS DOUBLE PRECISION) <= 5",
            name=op.f("ck_bonus_points_in_bounds"),
        ),
        sa.ForeignKeyConstraint(["cadre_id"], ["cadre.id"], name=op.f("fk_bonus_cadre_id_cadre")),
        sa.ForeignKeyConstraint(["period_id"], ["period.id"], name=op.f("fk_bonus_period_id_period")),
        sa.ForeignKeyConstraint(
            ["task_force_id"], ["task_force.id"], name=op.f("fk_bonus_task_force_id_task_force")
        ),
        sa.ForeignKeyConstraint(["township_id"], ["township.id"], name=op.f("fk_bonus_township_id_township")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bonus")),
    )
    with op.batch_alter_table("bonus", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_bonus_township_id_period_id_cadre_id"),
            ["township_id", "period_id", "cadre_id"],
            unique=False,
        )

    op.create_table(
        "staff_session",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("token_digest", sa.String(length=64), nullable=False),
        sa.Column("begun_at", Instant(timezone=True), nullable=False),
        sa.Column("ends_at", Instant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_staff_session_account_id_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_session")),
        sa.UniqueConstraint("token_digest", name=op.f("uq_staff_session_token_digest")),
    )
    with op.batch_alter_table("staff_session", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_staff_session_account_id"), ["account_id"], unique=False)
    for statement in TRIGGERS[op.get_bind().dialect.name]:
        op.execute(statement)


def downgrade() -> None:
    with op.batch_alter_table("staff_session", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_staff_session_account_id"))

    op.drop_table("staff_session")
    with op.batch_alter_table("bonus", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_bonus_township_id_period_id_cadre_id"))

    op.drop_table("bonus")
    op.drop_table("account_role")
    with op.batch_alter_table("team_membership", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_team_membership_township_id_team_id_cadre_id"))

    op.drop_table("team_membership")
    op.drop_table("team_link")
    op.drop_table("team_leader")
    op.drop_table("task_force")
    with op.batch_alter_table("task", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_task_township_id_period_id_cadre_id"))

    op.drop_table("task")
    op.drop_table("service")
    with op.batch_alter_table("resident_case", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_resident_case_township_id_village_id_opened_at"))

    op.drop_table("resident_case")
    with op.batch_alter_table("rating", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_rating_one_voice",
            sqlite_where=sa.text("valued AND replaced_on IS NULL"),
            postgresql_where=sa.text("valued AND replaced_on IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_rating_township_id_voice_day"))
        batch_op.drop_index(batch_op.f("ix_rating_township_id_village_id_day"))

    op.drop_table("rating")
    with op.batch_alter_table("poster", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_poster_one_in_use",
            sqlite_where=sa.text("retired_on IS NULL"),
            postgresql_where=sa.text("retired_on IS NULL"),
        )

    op.drop_table("poster")
    op.drop_table("plan_version")
    op.drop_table("period_village")
    op.drop_table("period_post")
    with op.batch_alter_table("move", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_move_township_id_cadre_id_day"))

    op.drop_table("move")
    with op.batch_alter_table("module_mark", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_module_mark_township_id_period_id_cadre_id"))

    op.drop_table("module_mark")
    with op.batch_alter_table("governance_mark", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_governance_mark_township_id_period_id_team_id"))

    op.drop_table("governance_mark")
    with op.batch_alter_table("extra_post", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_extra_post_township_id_cadre_id"))

    op.drop_table("extra_post")
    with op.batch_alter_table("contest", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_contest_township_id_period_id"))

    op.drop_table("contest")
    with op.batch_alter_table("account", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_account_township_id_cadre_id"))

    op.drop_table("account")
    op.drop_table("village")
    op.drop_table("team")
    op.drop_table("quarter_secret")
    op.drop_table("post")
    op.drop_table("period")
    op.drop_table("module")
    with op.batch_alter_table("ledger_entry", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_ledger_entry_township_id_kind_subject"))
        batch_op.drop_index(batch_op.f("ix_ledger_entry_township_id_at"))
        batch_op.drop_index(batch_op.f("ix_ledger_entry_township_id_act"))

    op.drop_table("ledger_entry")
    op.drop_table("form_edition")
    op.drop_table("cadre")
    op.drop_table("township")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION refuse_ledger_change()")
        op.execute("DROP FUNCTION refuse_link_overlap()")
