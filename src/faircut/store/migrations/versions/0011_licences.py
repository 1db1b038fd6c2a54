"""Licences; and which remembered requests passed by one."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_SEARCHED = ("party_id", "work_id", "element_id", "licensee")


def upgrade() -> None:
    op.create_table(
        "licences",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("party_id", sa.String(length=64), nullable=False),
        sa.Column("work_id", sa.String(length=64), nullable=True),
        sa.Column("element_id", sa.String(length=64), nullable=True),
        sa.Column("licensee", sa.String(length=64), nullable=False),
        sa.Column("uses", sa.JSON(), nullable=False),
        sa.Column("since", sa.String(length=40), nullable=False),
        sa.Column("until", sa.String(length=40), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("granted_at", sa.String(length=40), nullable=False),
        sa.Column("granted_by", sa.String(length=200), nullable=False),
        sa.Column("revoked_at", sa.String(length=40), nullable=True),
        sa.Column("revoked_by", sa.String(length=200), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_licences")),
    )
    with op.batch_alter_table("licences", schema=None) as batch_op:
        for column in _SEARCHED:
            batch_op.create_index(batch_op.f(f"ix_licences_{column}"), [column], unique=False)
    with op.batch_alter_table("recent_requests", schema=None) as batch_op:
        batch_op.add_column(sa.Column("licensed", sa.Boolean(), server_default=sa.false(), nullable=False))


def downgrade() -> None:
    with op.batch_alter_table("recent_requests", schema=None) as batch_op:
        batch_op.drop_column("licensed")
    op.drop_table("licences")
