"""the residents' side

Revision: 0004
Follows: 0003
"""

import sqlalchemy as sa
from alembic import op

from portal.store.types import Instant

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

CASE_CHECKS = {
    "outcome_is_known": "outcome IN ('solved', 'answered', 'explained', 'passed_on')",
    "verdict_is_known": "verdict IN ('solved', 'partly', 'unsolved')",
    "heard_after_finished": "heard_at IS NULL OR (finished_at IS NOT NULL AND heard_at >= finished_at)",
    "reopened_after_finished": "(reopened_at IS NULL) = (first_finished_at IS NULL)",
    "reopened_later": "reopened_at IS NULL OR reopened_at >= first_finished_at",
}
APPEND_ONLY = {
    "sqlite": [
        f"CREATE TRIGGER county_entry_no_{verb} BEFORE {verb} ON county_entry"
        " BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END"
        for verb in ("UPDATE", "DELETE")
    ],
    "postgresql": [
        "CREATE TRIGGER county_entry_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON county_entry"
        " FOR EACH STATEMENT EXECUTE FUNCTION refuse_ledger_change()",
    ],
}


def upgrade() -> None:
    op.create_table(
        "county_entry",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("county_code", sa.String(length=6), nullable=False),
        sa.Column("report", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("actor", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("submission", sa.Text(), nullable=True),
        sa.CheckConstraint("length(county_code) = 6", name=op.f("ck_county_entry_code_has_6_digits")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_county_entry")),
        sa.UniqueConstraint("submission", name=op.f("uq_county_entry_submission")),
    )
    with op.batch_alter_table("county_entry", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_county_entry_county_code_day"), ["county_code", "day"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_county_entry_report"), ["report"], unique=False)

    op.create_table(
        "county_contact",
        sa.Column(
            "report",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("erase_on", sa.Date(), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("report", name=op.f("pk_county_contact")),
    )
    op.create_table(
        "voice_key",
        sa.Column("key", sa.String(length=43), nullable=False),
        sa.Column("voice", sa.String(length=43), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("township_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["township_id"], ["township.id"], name=op.f("fk_voice_key_township_id_township")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_voice_key")),
        sa.UniqueConstraint("township_id", "key", "voice", name=op.f("uq_voice_key_township_id_key_voice")),
    )
    op.create_table(
        "improvement",
        sa.Column("village_id", sa.Integer(), nullable=False),
        sa.Column("said", sa.Text(), nullable=False),
        sa.Column("done", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("published_on", sa.Date(), nullable=False),
        sa.Column("taken_down_on", sa.Date(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("township_id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "taken_down_on IS NULL OR taken_down_on >= published_on",
            name=op.f("ck_improvement_taken_down_later"),
        ),
        sa.ForeignKeyConstraint(
            ["township_id"], ["township.id"], name=op.f("fk_improvement_township_id_township")
        ),
        sa.ForeignKeyConstraint(
            ["village_id"], ["village.id"], name=op.f("fk_improvement_village_id_village")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_improvement")),
    )
    with op.batch_alter_table("improvement", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_improvement_township_id_village_id_day"),
            ["township_id", "village_id", "day"],
            unique=False,
        )

    op.create_table(
        "paper_form",
        sa.Column("village_id", sa.Integer(), nullable=False),
        sa.Column("serial", sa.String(length=8), nullable=False),
        sa.Column("batch", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("printed_on", sa.Date(), nullable=False),
        sa.Column("used_on", sa.Date(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("township_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("length(serial) = 8", name=op.f("ck_paper_form_serial_has_8_characters")),
        sa.CheckConstraint(
            "used_on IS NULL OR used_on >= printed_on", name=op.f("ck_paper_form_used_after_printed")
        ),
        sa.ForeignKeyConstraint(
            ["township_id"], ["township.id"], name=op.f("fk_paper_form_township_id_township")
        ),
        sa.ForeignKeyConstraint(
            ["village_id"], ["village.id"], name=op.f("fk_paper_form_village_id_village")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper_form")),
        sa.UniqueConstraint("serial", name=op.f("uq_paper_form_serial")),
    )
    with op.batch_alter_table("paper_form", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_paper_form_township_id_village_id_printed_on"),
            ["township_id", "village_id", "printed_on"],
            unique=False,
        )

    op.create_table(
        "case_step",
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "answered",
                "finished",
                "heard",
                "reopened",
                "contact_seen",
                "contact_erased",
                name="kind_is_known",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("township_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_case_step_account_id_account")),
        sa.ForeignKeyConstraint(
            ["case_id"], ["resident_case.id"], name=op.f("fk_case_step_case_id_resident_case")
        ),
        sa.ForeignKeyConstraint(
            ["township_id"], ["township.id"], name=op.f("fk_case_step_township_id_township")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_step")),
    )
    with op.batch_alter_table("case_step", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_case_step_township_id_case_id_at"), ["township_id", "case_id", "at"], unique=False
        )

    op.create_table(
        "entry_check",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("village_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "paper",
                "phone",
                "door",
                name="kind_is_known",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("sealed", sa.Text(), nullable=True),
        sa.Column("digest", sa.String(length=43), nullable=True),
        sa.Column("entered_by_id", sa.Integer(), nullable=False),
        sa.Column("entered_on", sa.Date(), nullable=False),
        sa.Column("checked_by_id", sa.Integer(), nullable=True),
        sa.Column("checked_on", sa.Date(), nullable=True),
        sa.Column(
            "result",
            sa.Enum(
                "agrees",
                "differs",
                "not_found",
                name="result_is_known",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=True,
        ),
        sa.Column("township_id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(checked_on IS NULL) = (result IS NULL)", name=op.f("ck_entry_check_checked_with_a_result")
        ),
        sa.CheckConstraint(
            "checked_by_id IS NULL OR checked_by_id <> entered_by_id",
            name=op.f("ck_entry_check_two_accounts"),
        ),
        sa.CheckConstraint(
            "result IS NULL OR sealed IS NULL", name=op.f("ck_entry_check_forgotten_once_checked")
        ),
        sa.ForeignKeyConstraint(
            ["checked_by_id"], ["account.id"], name=op.f("fk_entry_check_checked_by_id_account")
        ),
        sa.ForeignKeyConstraint(
            ["entered_by_id"], ["account.id"], name=op.f("fk_entry_check_entered_by_id_account")
        ),
        sa.ForeignKeyConstraint(
            ["township_id"], ["township.id"], name=op.f("fk_entry_check_township_id_township")
        ),
        sa.ForeignKeyConstraint(
            ["village_id"], ["village.id"], name=op.f("fk_entry_check_village_id_village")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entry_check")),
    )
    with op.batch_alter_table("entry_check", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_entry_check_township_id_entered_on"), ["township_id", "entered_on"], unique=False
        )

    with op.batch_alter_table("period", schema=None) as batch_op:
        batch_op.add_column(sa.Column("edition_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_period_edition_id_form_edition"), "form_edition", ["edition_id"], ["id"]
        )

    with op.batch_alter_table("poster", schema=None) as batch_op:
        batch_op.add_column(sa.Column("place", sa.Text(), server_default="", nullable=False))
        batch_op.add_column(sa.Column("scanned_on", sa.Date(), nullable=True))

    with op.batch_alter_table("quarter_secret", schema=None) as batch_op:
        batch_op.add_column(sa.Column("deleted_on", sa.Date(), nullable=True))
        batch_op.alter_column("secret", existing_type=sa.LargeBinary(length=32), nullable=True)
        batch_op.create_check_constraint(
            batch_op.f("ck_quarter_secret_there_or_deleted"), "(secret IS NULL) = (deleted_on IS NOT NULL)"
        )

    with op.batch_alter_table("rating", schema=None) as batch_op:
        batch_op.add_column(sa.Column("withdrawn", sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.create_check_constraint(
            batch_op.f("ck_rating_withdrawn_on_a_day"), "NOT withdrawn OR replaced_on IS NOT NULL"
        )

    with op.batch_alter_table("resident_case", schema=None) as batch_op:
        batch_op.add_column(sa.Column("words", sa.Text(), server_default="", nullable=False))
        batch_op.add_column(sa.Column("contact", sa.Text(), nullable=True))
        batch_op.add_column(
            sa.Column("not_for_team", sa.Boolean(), server_default=sa.false(), nullable=False)
        )
        batch_op.add_column(sa.Column("receipt", sa.String(length=43), nullable=True))
        batch_op.add_column(sa.Column("submission", sa.String(length=43), nullable=True))
        batch_op.add_column(sa.Column("outcome", sa.String(length=24), nullable=True))
        batch_op.add_column(sa.Column("verdict", sa.String(length=24), nullable=True))
        batch_op.add_column(sa.Column("heard_at", Instant(), nullable=True))
        batch_op.add_column(sa.Column("first_finished_at", Instant(), nullable=True))
        batch_op.add_column(sa.Column("reopened_at", Instant(), nullable=True))
        for name, check in CASE_CHECKS.items():
            batch_op.create_check_constraint(batch_op.f(f"ck_resident_case_{name}"), check)
        batch_op.create_unique_constraint(batch_op.f("uq_resident_case_receipt"), ["receipt"])
        batch_op.create_unique_constraint(
            batch_op.f("uq_resident_case_township_id_submission"), ["township_id", "submission"]
        )

    for statement in APPEND_ONLY[op.get_bind().dialect.name]:
        op.execute(statement)


def downgrade() -> None:
    with op.batch_alter_table("resident_case", schema=None) as batch_op:
        for name in CASE_CHECKS:
            batch_op.drop_constraint(batch_op.f(f"ck_resident_case_{name}"), type_="check")
        batch_op.drop_constraint(batch_op.f("uq_resident_case_township_id_submission"), type_="unique")
        batch_op.drop_constraint(batch_op.f("uq_resident_case_receipt"), type_="unique")
        batch_op.drop_column("reopened_at")
        batch_op.drop_column("first_finished_at")
        batch_op.drop_column("heard_at")
        batch_op.drop_column("verdict")
        batch_op.drop_column("outcome")
        batch_op.drop_column("submission")
        batch_op.drop_column("receipt")
        batch_op.drop_column("not_for_team")
        batch_op.drop_column("contact")
        batch_op.drop_column("words")

    with op.batch_alter_table("rating", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_rating_withdrawn_on_a_day"), type_="check")
        batch_op.drop_column("withdrawn")

    op.execute("DELETE FROM quarter_secret WHERE secret IS NULL")
    with op.batch_alter_table("quarter_secret", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_quarter_secret_there_or_deleted"), type_="check")
        batch_op.alter_column("secret", existing_type=sa.LargeBinary(length=32), nullable=False)
        batch_op.drop_column("deleted_on")

    with op.batch_alter_table("poster", schema=None) as batch_op:
        batch_op.drop_column("scanned_on")
        batch_op.drop_column("place")

    with op.batch_alter_table("period", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_period_edition_id_form_edition"), type_="foreignkey")
        batch_op.drop_column("edition_id")

    with op.batch_alter_table("entry_check", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_entry_check_township_id_entered_on"))

    op.drop_table("entry_check")
    with op.batch_alter_table("case_step", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_case_step_township_id_case_id_at"))

    op.drop_table("case_step")
    with op.batch_alter_table("paper_form", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_paper_form_township_id_village_id_printed_on"))

    op.drop_table("paper_form")
    with op.batch_alter_table("improvement", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_improvement_township_id_village_id_day"))

    op.drop_table("improvement")
    op.drop_table("voice_key")
    op.drop_table("county_contact")
    with op.batch_alter_table("county_entry", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_county_entry_report"))
        batch_op.drop_index(batch_op.f("ix_county_entry_county_code_day"))

    op.drop_table("county_entry")
