"""the processes that use the database"""

import sqlalchemy as sa
from alembic import op

import storage.tables.base

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    instant = storage.tables.base.UTCDateTime(timezone=True)
    op.create_table(
        "replica",
        sa.Column("org_id", sa.String(), server_default="org", nullable=False),
        sa.Column("created_at", instant, server_default=sa.text("(CURRENT_TIMESTAMP)"), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("host", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("started_at", instant, nullable=False),
        sa.Column("seen_at", instant, nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_replica")),
    )


def downgrade() -> None:
    """Undo the change."""
    op.drop_table("replica")
