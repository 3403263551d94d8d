"""a township keeps itself

Revision: 0002
Follows: 0001
"""

import sqlalchemy as sa
from alembic import op

from portal.store.types import Instant

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

ONLY_THE_FIRST_OF_EACH_PERIOD = """
DELETE FROM period_village WHERE EXISTS (
    SELECT 1 FROM period_village AS earlier
    WHERE earlier.period_id = period_village.period_id AND earlier.village_id = period_village.village_id
      AND earlier.first_day < period_village.first_day
)
"""
FROM_THE_PERIODS_FIRST_DAY = """
UPDATE period_village SET first_day = (SELECT period.first_day FROM period WHERE period.id = period_village.period_id)
"""


def upgrade() -> None:
    op.create_table(
        "former_name",
        sa.Column(
            "kind",
            sa.Enum(
                "village",
                "module",
                "post",
                "team",
                name="kind_is_known",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("row_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("code", sa.String(length=12), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("township_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["township_id"], ["township.id"], name=op.f("fk_former_name_township_id_township")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_former_name")),
        sa.UniqueConstraint(
            "township_id",
            "kind",
            "row_id",
            "last_day",
            name=op.f("uq_former_name_township_id_kind_row_id_last_day"),
        ),
    )
    op.create_table(
        "absence",
        sa.Column("cadre_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "maternity",
                "sick",
                "lent",
                "posted_away",
                "other",
                name="kind_is_known",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("township_id", sa.Integer(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.CheckConstraint(
            "last_day IS NULL OR last_day >= first_day", name=op.f("ck_absence_ends_after_start")
        ),
        sa.ForeignKeyConstraint(["cadre_id"], ["cadre.id"], name=op.f("fk_absence_cadre_id_cadre")),
        sa.ForeignKeyConstraint(
            ["township_id"], ["township.id"], name=op.f("fk_absence_township_id_township")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_absence")),
    )
    with op.batch_alter_table("absence", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_absence_township_id_cadre_id"), ["township_id", "cadre_id"], unique=False
        )

    op.create_table(
        "import_file",
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("uploaded_at", Instant(), nullable=False),
        sa.Column("act", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("confirmed_at", Instant(), nullable=True),
        sa.Column("undone_act", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("undone_at", Instant(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("township_id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(act IS NULL) = (confirmed_at IS NULL)", name=op.f("ck_import_file_confirmed_by_an_act")
        ),
        sa.CheckConstraint(
            "(undone_act IS NULL) = (undone_at IS NULL)", name=op.f("ck_import_file_undone_by_an_act")
        ),
        sa.CheckConstraint(
            "undone_at IS NULL OR confirmed_at IS NOT NULL",
            name=op.f("ck_import_file_undone_after_confirmed"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_import_file_account_id_account")
        ),
        sa.ForeignKeyConstraint(
            ["township_id"], ["township.id"], name=op.f("fk_import_file_township_id_township")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_file")),
    )
    with op.batch_alter_table("import_file", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_import_file_township_id_uploaded_at"), ["township_id", "uploaded_at"], unique=False
        )

    op.create_table(
        "proposal",
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("moves_cadres", sa.JSON(), nullable=False),
        sa.Column("moves_teams", sa.JSON(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("proposer_id", sa.Integer(), nullable=False),
        sa.Column("proposer_cadre_id", sa.Integer(), nullable=True),
        sa.Column("proposed_at", Instant(), nullable=False),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "waiting",
                "approved",
                "refused",
                "withdrawn",
                "expired",
                name="state_is_known",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("decider_id", sa.Integer(), nullable=True),
        sa.Column("decider_cadre_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", Instant(), nullable=True),
        sa.Column("decision_reason", sa.Text(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("township_id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state = 'waiting') = (decided_at IS NULL)", name=op.f("ck_proposal_decided_once")
        ),
        sa.CheckConstraint(
            "state NOT IN ('approved', 'refused') OR decider_id <> proposer_id",
            name=op.f("ck_proposal_two_accounts"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('approved', 'refused') OR decider_id IS NOT NULL",
            name=op.f("ck_proposal_has_decider"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('approved', 'refused') OR proposer_cadre_id IS NULL OR decider_cadre_id IS NULL OR decider_cadre_id <> proposer_cadre_id",
            name=op.f("ck_proposal_two_persons"),
        ),
        sa.CheckConstraint("expires_at > proposed_at", name=op.f("ck_proposal_expires_later")),
        sa.ForeignKeyConstraint(
            ["decider_cadre_id"], ["cadre.id"], name=op.f("fk_proposal_decider_cadre_id_cadre")
        ),
        sa.ForeignKeyConstraint(["decider_id"], ["account.id"], name=op.f("fk_proposal_decider_id_account")),
        sa.ForeignKeyConstraint(
            ["proposer_cadre_id"], ["cadre.id"], name=op.f("fk_proposal_proposer_cadre_id_cadre")
        ),
        sa.ForeignKeyConstraint(
            ["proposer_id"], ["account.id"], name=op.f("fk_proposal_proposer_id_account")
        ),
        sa.ForeignKeyConstraint(
            ["township_id"], ["township.id"], name=op.f("fk_proposal_township_id_township")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposal")),
    )
    with op.batch_alter_table("proposal", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_proposal_township_id_state_proposed_at"),
            ["township_id", "state", "proposed_at"],
            unique=False,
        )

    with op.batch_alter_table("account", schema=None) as batch_op:
        batch_op.add_column(sa.Column("holder", sa.Text(), server_default="", nullable=False))
        batch_op.add_column(sa.Column("one_time_until", Instant(), nullable=True))
        batch_op.add_column(sa.Column("second_secret", sa.String(length=200), nullable=True))
        batch_op.add_column(
            sa.Column("second_step", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True)
        )
        batch_op.add_column(sa.Column("closed_at", Instant(), nullable=True))

    with op.batch_alter_table("account_role", schema=None) as batch_op:
        batch_op.add_column(sa.Column("first_day", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("last_day", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("stands_for_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_account_role_stands_for_id_account"), "account", ["stands_for_id"], ["id"]
        )
        batch_op.create_check_constraint(
            batch_op.f("ck_account_role_deputy_has_an_end"), "stands_for_id IS NULL OR last_day IS NOT NULL"
        )
        batch_op.create_check_constraint(
            batch_op.f("ck_account_role_end_has_a_start"), "last_day IS NULL OR first_day IS NOT NULL"
        )
        batch_op.create_check_constraint(
            batch_op.f("ck_account_role_ends_after_start"), "last_day IS NULL OR last_day >= first_day"
        )

    with op.batch_alter_table("period", schema=None) as batch_op:
        batch_op.add_column(sa.Column("opened_at", Instant(), nullable=True))
        batch_op.add_column(sa.Column("published_at", Instant(), nullable=True))

    with op.batch_alter_table("period_village", schema=None) as batch_op:
        batch_op.add_column(sa.Column("first_day", sa.Date(), nullable=True))
    op.execute(FROM_THE_PERIODS_FIRST_DAY)
    with op.batch_alter_table("period_village", schema=None) as batch_op:
        batch_op.alter_column("first_day", existing_type=sa.Date(), nullable=False)
        batch_op.drop_constraint(
            batch_op.f("uq_period_village_township_id_period_id_village_id"), type_="unique"
        )
        batch_op.create_unique_constraint(
            batch_op.f("uq_period_village_township_id_period_id_village_id_first_day"),
            ["township_id", "period_id", "village_id", "first_day"],
        )

    with op.batch_alter_table("service", schema=None) as batch_op:
        batch_op.add_column(sa.Column("secondment", sa.String(length=24), nullable=True))
        batch_op.create_check_constraint(
            batch_op.f("ck_service_secondment_is_known"), "secondment IN ('borrowed', 'posted')"
        )

    with op.batch_alter_table("staff_session", schema=None) as batch_op:
        batch_op.add_column(sa.Column("device", sa.String(length=80), server_default="", nullable=False))
        batch_op.add_column(
            sa.Column("second_passed", sa.Boolean(), server_default=sa.false(), nullable=False)
        )

    with op.batch_alter_table("village", schema=None) as batch_op:
        batch_op.add_column(sa.Column("merged_into_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_village_merged_into_id_village"), "village", ["merged_into_id"], ["id"]
        )
        batch_op.create_check_constraint(
            batch_op.f("ck_village_merged_is_over"), "merged_into_id IS NULL OR last_day IS NOT NULL"
        )
        batch_op.create_check_constraint(
            batch_op.f("ck_village_merged_into_another"), "merged_into_id IS NULL OR merged_into_id <> id"
        )


def downgrade() -> None:
    with op.batch_alter_table("village", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_village_merged_is_over"), type_="check")
        batch_op.drop_constraint(batch_op.f("ck_village_merged_into_another"), type_="check")
        batch_op.drop_constraint(batch_op.f("fk_village_merged_into_id_village"), type_="foreignkey")
        batch_op.drop_column("merged_into_id")

    with op.batch_alter_table("staff_session", schema=None) as batch_op:
        batch_op.drop_column("second_passed")
        batch_op.drop_column("device")

    with op.batch_alter_table("service", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_service_secondment_is_known"), type_="check")
        batch_op.drop_column("secondment")

    op.execute(ONLY_THE_FIRST_OF_EACH_PERIOD)
    with op.batch_alter_table("period_village", schema=None) as batch_op:
        batch_op.drop_constraint(
            batch_op.f("uq_period_village_township_id_period_id_village_id_first_day"), type_="unique"
        )
        batch_op.create_unique_constraint(
            batch_op.f("uq_period_village_township_id_period_id_village_id"),
            ["township_id", "period_id", "village_id"],
        )
        batch_op.drop_column("first_day")

    with op.batch_alter_table("period", schema=None) as batch_op:
        batch_op.drop_column("published_at")
        batch_op.drop_column("opened_at")

    with op.batch_alter_table("account_role", schema=None) as batch_op:
        for name in ("deputy_has_an_end", "end_has_a_start", "ends_after_start"):
            batch_op.drop_constraint(batch_op.f(f"ck_account_role_{name}"), type_="check")
        batch_op.drop_constraint(batch_op.f("fk_account_role_stands_for_id_account"), type_="foreignkey")
        batch_op.drop_column("stands_for_id")
        batch_op.drop_column("last_day")
        batch_op.drop_column("first_day")

    with op.batch_alter_table("account", schema=None) as batch_op:
        batch_op.drop_column("closed_at")
        batch_op.drop_column("second_step")
        batch_op.drop_column("second_secret")
        batch_op.drop_column("one_time_until")
        batch_op.drop_column("holder")

    with op.batch_alter_table("proposal", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_proposal_township_id_state_proposed_at"))

    op.drop_table("proposal")
    with op.batch_alter_table("import_file", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_import_file_township_id_uploaded_at"))

    op.drop_table("import_file")
    with op.batch_alter_table("absence", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_absence_township_id_cadre_id"))

    op.drop_table("absence")
    op.drop_table("former_name")
