"""Requests of the last hours are kept, to be judged together."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "recent_requests",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("owner", sa.String(length=64), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("files", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recent_requests")),
    )
    with op.batch_alter_table("recent_requests", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_recent_requests_owner"), ["owner"], unique=False)
        batch_op.create_index(batch_op.f("ix_recent_requests_created_at"), ["created_at"], unique=False)


def downgrade() -> None:
    op.drop_table("recent_requests")
