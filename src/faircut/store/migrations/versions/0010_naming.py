"""How far answers may name a work or an element."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table in ("works", "elements"):
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.add_column(sa.Column("naming", sa.String(length=16), server_default="full", nullable=False))


def downgrade() -> None:
    for table in ("works", "elements"):
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.drop_column("naming")
