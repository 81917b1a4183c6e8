"""the time zone each account told last"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    with op.batch_alter_table("handle", schema=None) as batch_op:
        batch_op.add_column(sa.Column("timezone", sa.String(), nullable=True))


def downgrade() -> None:
    """Undo the change."""
    with op.batch_alter_table("handle", schema=None) as batch_op:
        batch_op.drop_column("timezone")
