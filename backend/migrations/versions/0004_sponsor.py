"""Invitations, proofs of work, and what accounts have used of their quota."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "invitations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.LargeBinary(length=32), nullable=False),
        sa.Column("uses", sa.Integer(), nullable=False),
        sa.Column("created", sa.Float(), nullable=False),
        sa.Column("until", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitations")),
        sa.UniqueConstraint("code", name=op.f("uq_invitations_code")),
    )
    op.create_table(
        "admissions",
        sa.Column("ticket", sa.String(length=24), nullable=False),
        sa.Column("invitation", sa.Integer(), nullable=True),
        sa.Column("work", sa.String(length=32), nullable=True),
        sa.PrimaryKeyConstraint("ticket", name=op.f("pk_admissions")),
    )
    op.create_index(op.f("ix_admissions_invitation"), "admissions", ["invitation"])
    op.create_index(op.f("ix_admissions_work"), "admissions", ["work"])
    op.create_table(
        "works",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("handle", sa.String(length=16), nullable=False),
        sa.Column("bits", sa.Integer(), nullable=False),
        sa.Column("until", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_works")),
    )
    op.create_index(op.f("ix_works_until"), "works", ["until"])
    op.create_table(
        "quota_used",
        sa.Column("account", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("gas", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("account", name=op.f("pk_quota_used")),
    )


def downgrade() -> None:
    op.drop_table("quota_used")
    op.drop_table("works")
    op.drop_table("admissions")
    op.drop_table("invitations")
