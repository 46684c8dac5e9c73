"""What replayed posts were on Steem, and how their replay went."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "steem_pieces",
        sa.Column("post", sa.LargeBinary(length=32), nullable=False),
        sa.Column("author", sa.String(length=16), nullable=False),
        sa.Column("permlink", sa.String(length=256), nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.Column("net_rshares", sa.BigInteger(), nullable=True),
        sa.Column("payout_mills", sa.BigInteger(), nullable=True),
        sa.Column("curator_mills", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("post", name=op.f("pk_steem_pieces")),
    )
    op.create_table(
        "steem_steps",
        sa.Column("at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("seconds", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("at", name=op.f("pk_steem_steps")),
    )
    op.create_table(
        "steem_runs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("began", sa.BigInteger(), nullable=False),
        sa.Column("ended", sa.BigInteger(), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("gas", sa.BigInteger(), nullable=False),
        sa.Column("seconds", sa.Float(), nullable=False),
        sa.Column("rate", sa.Float(), nullable=False),
        sa.Column("spearman", sa.Float(), nullable=True),
        sa.Column("sizes", sa.JSON(), nullable=False),
        sa.Column("verified", sa.Boolean(), nullable=True),
        sa.Column("verification", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_steem_runs")),
    )


def downgrade() -> None:
    op.drop_table("steem_runs")
    op.drop_table("steem_steps")
    op.drop_table("steem_pieces")
