"""where a message was sent of which it is not known whether it arrived"""

import sqlalchemy as sa
from alembic import op

import storage.tables.base

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("delivery") as table:
        table.add_column(sa.Column("tried", storage.tables.base.Json(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("delivery") as table:
        table.drop_column("tried")
