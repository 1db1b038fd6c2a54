"""Fingerprints have their own order, references know their extractor, and what was judged is remembered."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("references", schema=None) as batch_op:
        batch_op.add_column(sa.Column("extractor", sa.String(length=500), nullable=True))
    with op.batch_alter_table("fingerprints", schema=None) as batch_op:
        batch_op.add_column(sa.Column("seq", sa.Integer(), nullable=True))
    op.execute(
        'UPDATE fingerprints SET seq = (SELECT seq FROM "references" WHERE "references".id = fingerprints.reference_id)'
    )
    with op.batch_alter_table("fingerprints", schema=None) as batch_op:
        batch_op.alter_column("seq", existing_type=sa.Integer(), nullable=False)
        batch_op.create_index(batch_op.f("ix_fingerprints_seq"), ["seq"], unique=False)
    op.create_table(
        "seen",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("algorithm", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("codes", sa.LargeBinary(), nullable=False),
        sa.Column("times", sa.LargeBinary(), nullable=False),
        sa.Column("quality", sa.LargeBinary(), nullable=False),
        sa.Column("duration", sa.Float(), nullable=False),
        sa.Column("created_at", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("digest", "algorithm", name=op.f("pk_seen")),
    )


def downgrade() -> None:
    op.drop_table("seen")
    with op.batch_alter_table("fingerprints", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_fingerprints_seq"))
        batch_op.drop_column("seq")
    with op.batch_alter_table("references", schema=None) as batch_op:
        batch_op.drop_column("extractor")
