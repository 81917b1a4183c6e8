"""when each account was last looked for"""

import sqlalchemy as sa
from alembic import op

import storage.tables.base

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    with op.batch_alter_table("handle", schema=None) as batch_op:
        batch_op.add_column(sa.Column("checked_at", storage.tables.base.UTCDateTime(timezone=True), nullable=True))
        batch_op.create_index(batch_op.f("ix_handle_checked_at"), ["checked_at"], unique=False)


def downgrade() -> None:
    """Undo the change."""
    with op.batch_alter_table("handle", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_handle_checked_at"))
        batch_op.drop_column("checked_at")
