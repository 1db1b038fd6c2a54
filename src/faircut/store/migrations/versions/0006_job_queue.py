"""Jobs are admitted one after another, in turn between their owners."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("jobs", sa.Column("priority", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("jobs", sa.Column("admission", sa.Integer(), nullable=True))
    op.create_index("ix_jobs_owner_admission", "jobs", ["owner", "admission"])
    op.execute("UPDATE jobs SET admission = 0 WHERE state != 'queued'")


def downgrade() -> None:
    with op.batch_alter_table("jobs", schema=None) as batch_op:
        batch_op.drop_index("ix_jobs_owner_admission")
        batch_op.drop_column("admission")
        batch_op.drop_column("priority")
