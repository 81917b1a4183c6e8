"""since when a person cannot be reached"""

import sqlalchemy as sa
from alembic import op

import storage.tables.base

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    instant = storage.tables.base.UTCDateTime(timezone=True)
    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.add_column(sa.Column("unreachable_since", instant, nullable=True))


def downgrade() -> None:
    """Undo the change."""
    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.drop_column("unreachable_since")
