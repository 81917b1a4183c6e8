"""measurements"""

import sqlalchemy as sa
from alembic import op

import storage.tables.base

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        "metric",
        sa.Column("org_id", sa.String(), server_default="org", nullable=False),
        sa.Column(
            "created_at",
            storage.tables.base.UTCDateTime(timezone=True),
            server_default=sa.text("(CURRENT_TIMESTAMP)"),
            nullable=True,
        ),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("initiative_id", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("direction", sa.String(), nullable=False),
        sa.Column("frequency", sa.String(), nullable=False),
        sa.Column("aggregation", sa.String(), nullable=False),
        sa.Column("plausible_min", storage.tables.base.Exact(), nullable=True),
        sa.Column("plausible_max", storage.tables.base.Exact(), nullable=True),
        sa.Column("owner_role", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("pull", storage.tables.base.Json(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "aggregation = 'last' OR aggregation = 'mean' OR aggregation = 'median' OR aggregation = 'sum' OR aggregation = 'minimum' OR aggregation = 'maximum'",
            name=op.f("ck_metric_aggregation_known"),
        ),
        sa.CheckConstraint(
            "direction = 'up' OR direction = 'down' OR direction = 'range'", name=op.f("ck_metric_direction_known")
        ),
        sa.CheckConstraint("frequency = 'weekly' OR frequency = 'monthly'", name=op.f("ck_metric_frequency_known")),
        sa.CheckConstraint(
            "kind = 'accuracy' OR kind = 'drift' OR kind = 'adoption' OR kind = 'efficiency' OR kind = 'revenue' OR kind = 'cost' OR kind = 'reliability' OR kind = 'fairness' OR kind = 'safety' OR kind = 'volume'",
            name=op.f("ck_metric_kind_known"),
        ),
        sa.CheckConstraint(
            "owner_role = 'business_sponsor' OR owner_role = 'technical_lead' OR owner_role = 'operations_leader' OR owner_role = 'governance_reviewer' OR owner_role = 'finance_partner' OR owner_role = 'gatekeeper'",
            name=op.f("ck_metric_owner_role_known"),
        ),
        sa.CheckConstraint(
            "source = 'manual' OR source = 'webhook' OR source = 'csv' OR source = 'api'",
            name=op.f("ck_metric_source_known"),
        ),
        sa.ForeignKeyConstraint(["initiative_id"], ["initiative.id"], name=op.f("fk_metric_initiative_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_metric")),
        sa.UniqueConstraint("initiative_id", "key", name=op.f("uq_metric_initiative_id_key")),
    )
    op.create_table(
        "measurement",
        sa.Column("org_id", sa.String(), server_default="org", nullable=False),
        sa.Column(
            "created_at",
            storage.tables.base.UTCDateTime(timezone=True),
            server_default=sa.text("(CURRENT_TIMESTAMP)"),
            nullable=True,
        ),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("metric_id", sa.String(), nullable=False),
        sa.Column("initiative_id", sa.String(), nullable=False),
        sa.Column("period_start", sa.Date(), nullable=False),
        sa.Column("period_end", sa.Date(), nullable=False),
        sa.Column("value", storage.tables.base.Exact(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("recorded_at", storage.tables.base.UTCDateTime(timezone=True), nullable=False),
        sa.Column("numerator", storage.tables.base.Exact(), nullable=True),
        sa.Column("denominator", storage.tables.base.Exact(), nullable=True),
        sa.Column("sample_size", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("corrects_id", sa.String(), nullable=True),
        sa.Column("void_at", storage.tables.base.UTCDateTime(timezone=True), nullable=True),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("recorded_by", sa.String(), nullable=True),
        sa.Column("prompt_id", sa.String(), nullable=True),
        sa.CheckConstraint(
            "source = 'manual' OR source = 'webhook' OR source = 'csv' OR source = 'api'",
            name=op.f("ck_measurement_source_known"),
        ),
        sa.CheckConstraint(
            "state = 'provisional' OR state = 'confirmed' OR state = 'corrected' OR state = 'void'",
            name=op.f("ck_measurement_state_known"),
        ),
        sa.ForeignKeyConstraint(["initiative_id"], ["initiative.id"], name=op.f("fk_measurement_initiative_id")),
        sa.ForeignKeyConstraint(["metric_id"], ["metric.id"], name=op.f("fk_measurement_metric_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_measurement")),
    )
    with op.batch_alter_table("measurement", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_measurement_initiative_id"), ["initiative_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_measurement_metric_id"), ["metric_id"], unique=False)
        batch_op.create_index(
            "uq_measurement_counts",
            ["metric_id", "period_start"],
            unique=True,
            sqlite_where=sa.text("state != 'void'"),
            postgresql_where=sa.text("state != 'void'"),
        )

    op.create_table(
        "metric_attempt",
        sa.Column("org_id", sa.String(), server_default="org", nullable=False),
        sa.Column(
            "created_at",
            storage.tables.base.UTCDateTime(timezone=True),
            server_default=sa.text("(CURRENT_TIMESTAMP)"),
            nullable=True,
        ),
        sa.Column("metric_id", sa.String(), nullable=False),
        sa.Column("tried_at", storage.tables.base.UTCDateTime(timezone=True), nullable=False),
        sa.Column("gap", sa.String(), nullable=True),
        sa.CheckConstraint(
            "gap = 'not_allowed' OR gap = 'no_secret' OR gap = 'unreachable' OR gap = 'too_slow' OR gap = 'too_large' OR gap = 'refused' OR gap = 'redirected' OR gap = 'not_understood' OR gap = 'no_value' OR gap = 'several_values' OR gap = 'not_a_number' OR gap = 'implausible'",
            name=op.f("ck_metric_attempt_gap_known"),
        ),
        sa.ForeignKeyConstraint(["metric_id"], ["metric.id"], name=op.f("fk_metric_attempt_metric_id")),
        sa.PrimaryKeyConstraint("metric_id", name=op.f("pk_metric_attempt")),
    )


def downgrade() -> None:
    """Undo the change."""
    op.drop_table("metric_attempt")
    with op.batch_alter_table("measurement", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_measurement_counts",
            sqlite_where=sa.text("state != 'void'"),
            postgresql_where=sa.text("state != 'void'"),
        )
        batch_op.drop_index(batch_op.f("ix_measurement_metric_id"))
        batch_op.drop_index(batch_op.f("ix_measurement_initiative_id"))

    op.drop_table("measurement")
    op.drop_table("metric")
