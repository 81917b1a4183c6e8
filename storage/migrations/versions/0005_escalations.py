"""escalations"""

import sqlalchemy as sa
from alembic import op

import storage.tables.base

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        "escalation",
        sa.Column("org_id", sa.String(), server_default="org", nullable=False),
        sa.Column(
            "created_at",
            storage.tables.base.UTCDateTime(timezone=True),
            server_default=sa.text("(CURRENT_TIMESTAMP)"),
            nullable=True,
        ),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("ladder", sa.String(), nullable=False),
        sa.Column("initiative_id", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("cause", sa.String(), nullable=False),
        sa.Column("raised_at", storage.tables.base.UTCDateTime(timezone=True), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("level_at", storage.tables.base.UTCDateTime(timezone=True), nullable=False),
        sa.Column("person_id", sa.String(), nullable=True),
        sa.Column("started_on", sa.Date(), nullable=True),
        sa.Column("through", sa.String(), nullable=False),
        sa.Column("missed", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("policy_version", sa.Integer(), nullable=False),
        sa.Column("ladder_version", sa.Integer(), nullable=False),
        sa.Column("acked_at", storage.tables.base.UTCDateTime(timezone=True), nullable=True),
        sa.Column("acked_by", sa.String(), nullable=True),
        sa.Column("plan", sa.String(), nullable=False),
        sa.Column("plan_due", sa.Date(), nullable=True),
        sa.Column("pauses", sa.Integer(), nullable=False),
        sa.Column("resolved_at", storage.tables.base.UTCDateTime(timezone=True), nullable=True),
        sa.Column("resolution", sa.String(), nullable=True),
        sa.CheckConstraint(
            "role = 'business_sponsor' OR role = 'technical_lead' OR role = 'operations_leader' OR role = 'governance_reviewer' OR role = 'finance_partner' OR role = 'gatekeeper'",
            name=op.f("ck_escalation_role_known"),
        ),
        sa.CheckConstraint(
            "state = 'raised' OR state = 'acked' OR state = 'resolved'", name=op.f("ck_escalation_state_known")
        ),
        sa.ForeignKeyConstraint(["initiative_id"], ["initiative.id"], name=op.f("fk_escalation_initiative_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_escalation")),
    )
    with op.batch_alter_table("escalation", schema=None) as batch_op:
        batch_op.create_index("ix_escalation_about", ["initiative_id", "role", "ladder"], unique=False)
        batch_op.create_index(
            "uq_escalation_open",
            ["ladder", "initiative_id", "role"],
            unique=True,
            sqlite_where=sa.text("resolved_at IS NULL"),
            postgresql_where=sa.text("resolved_at IS NULL"),
        )

    op.create_table(
        "escalation_notice",
        sa.Column("org_id", sa.String(), server_default="org", nullable=False),
        sa.Column(
            "created_at",
            storage.tables.base.UTCDateTime(timezone=True),
            server_default=sa.text("(CURRENT_TIMESTAMP)"),
            nullable=True,
        ),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("escalation_id", sa.String(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("party", sa.String(), nullable=False),
        sa.Column("planned_at", storage.tables.base.UTCDateTime(timezone=True), nullable=False),
        sa.Column("carrier", sa.String(), nullable=False),
        sa.Column("told_at", storage.tables.base.UTCDateTime(timezone=True), nullable=True),
        sa.Column("failed", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["escalation_id"], ["escalation.id"], name=op.f("fk_escalation_notice_escalation_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_escalation_notice_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_escalation_notice")),
        sa.UniqueConstraint(
            "escalation_id", "level", "person_id", name=op.f("uq_escalation_notice_escalation_id_level_person_id")
        ),
    )
    with op.batch_alter_table("escalation_notice", schema=None) as batch_op:
        batch_op.create_index("ix_escalation_notice_carrier", ["carrier"], unique=False)


def downgrade() -> None:
    """Undo the change."""
    with op.batch_alter_table("escalation_notice", schema=None) as batch_op:
        batch_op.drop_index("ix_escalation_notice_carrier")

    op.drop_table("escalation_notice")
    with op.batch_alter_table("escalation", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_escalation_open",
            sqlite_where=sa.text("resolved_at IS NULL"),
            postgresql_where=sa.text("resolved_at IS NULL"),
        )
        batch_op.drop_index("ix_escalation_about")

    op.drop_table("escalation")
