"""The relay's queue and the faucet's grants."""

import sqlalchemy as sa
from alembic import op

import indexer.schema

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "faucet_grants",
        sa.Column("register", sa.Integer(), nullable=False),
        sa.Column("account", sa.BigInteger(), nullable=False),
        sa.Column("ticket", sa.String(length=24), nullable=False),
        sa.PrimaryKeyConstraint("register", name=op.f("pk_faucet_grants")),
    )
    op.create_table(
        "relay_status",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("address", sa.String(length=42), nullable=False),
        sa.Column("empty", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_relay_status")),
    )
    op.create_table(
        "relay_tickets",
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("id", sa.String(length=24), nullable=False),
        sa.Column("kind", sa.Integer(), nullable=False),
        sa.Column("action", sa.LargeBinary(), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.Column("account", sa.BigInteger(), nullable=True),
        sa.Column("address", sa.String(length=45), nullable=False),
        sa.Column("slot", sa.String(length=128), nullable=False),
        sa.Column("deadline", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("created", sa.Float(), nullable=False),
        sa.Column("transaction", sa.Integer(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=True),
        sa.Column("block", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_relay_tickets")),
        sa.UniqueConstraint("id", name=op.f("uq_relay_tickets_id")),
    )
    op.create_index(op.f("ix_relay_tickets_slot"), "relay_tickets", ["slot"], unique=False)
    op.create_index("ix_relay_tickets_state_seq", "relay_tickets", ["state", "seq"], unique=False)
    op.create_index(
        op.f("ix_relay_tickets_transaction"), "relay_tickets", ["transaction"], unique=False
    )
    op.create_table(
        "relay_transactions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("nonce", sa.BigInteger(), nullable=False),
        sa.Column("purpose", sa.String(length=12), nullable=False),
        sa.Column("to", sa.String(length=42), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.Column("gas", sa.BigInteger(), nullable=False),
        sa.Column("max_fee", indexer.schema.Wei(length=78), nullable=False),
        sa.Column("tip", indexer.schema.Wei(length=78), nullable=False),
        sa.Column("hash", sa.String(length=66), nullable=False),
        sa.Column("raw", sa.LargeBinary(), nullable=False),
        sa.Column("earlier", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("sent_at", sa.Float(), nullable=False),
        sa.Column("block", sa.BigInteger(), nullable=True),
        sa.Column("block_hash", sa.String(length=66), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_relay_transactions")),
    )
    op.create_index(
        op.f("ix_relay_transactions_nonce"), "relay_transactions", ["nonce"], unique=False
    )
    op.create_index(
        op.f("ix_relay_transactions_state"), "relay_transactions", ["state"], unique=False
    )
    op.create_table(
        "relay_uses",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("bucket", sa.String(length=80), nullable=False),
        sa.Column("at", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_relay_uses")),
    )
    op.create_index("ix_relay_uses_bucket_at", "relay_uses", ["bucket", "at"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_relay_uses_bucket_at", table_name="relay_uses")
    op.drop_table("relay_uses")
    op.drop_index(op.f("ix_relay_transactions_state"), table_name="relay_transactions")
    op.drop_index(op.f("ix_relay_transactions_nonce"), table_name="relay_transactions")
    op.drop_table("relay_transactions")
    op.drop_index(op.f("ix_relay_tickets_transaction"), table_name="relay_tickets")
    op.drop_index("ix_relay_tickets_state_seq", table_name="relay_tickets")
    op.drop_index(op.f("ix_relay_tickets_slot"), table_name="relay_tickets")
    op.drop_table("relay_tickets")
    op.drop_table("relay_status")
    op.drop_table("faucet_grants")
