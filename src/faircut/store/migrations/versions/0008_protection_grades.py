"""How well each element stood up to attacks is kept."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "protection_grades",
        sa.Column("element_id", sa.String(length=64), nullable=False),
        sa.Column("letter", sa.String(length=1), nullable=False),
        sa.Column("attacks", sa.Integer(), nullable=False),
        sa.Column("reviewed", sa.Integer(), nullable=False),
        sa.Column("passed", sa.Integer(), nullable=False),
        sa.Column("at_most", sa.Float(), nullable=False),
        sa.Column("passed_by", sa.JSON(), nullable=False),
        sa.Column("advice", sa.JSON(), nullable=False),
        sa.Column("registered", sa.String(length=32), nullable=False),
        sa.Column("guard", sa.String(length=200), nullable=False),
        sa.Column("measured_at", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("element_id", name=op.f("pk_protection_grades")),
    )


def downgrade() -> None:
    op.drop_table("protection_grades")
