"""Several relayers on one queue, their leases and their costs."""

import sqlalchemy as sa
from alembic import op

import indexer.schema

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("relay_transactions") as table:
        table.add_column(
            sa.Column("sender", sa.String(length=42), nullable=False, server_default="")
        )
        table.add_column(sa.Column("shares", sa.JSON(), nullable=False, server_default="{}"))
        table.add_column(sa.Column("gas_used", sa.BigInteger(), nullable=True))
        table.add_column(sa.Column("price", indexer.schema.Wei(length=78), nullable=True))
        table.add_column(sa.Column("data_fee", indexer.schema.Wei(length=78), nullable=True))
        table.add_column(sa.Column("concluded", sa.Float(), nullable=True))
    op.execute(
        "UPDATE relay_transactions SET sender = coalesce((SELECT address FROM relay_status), '')"
    )
    with op.batch_alter_table("relay_transactions") as table:
        table.alter_column("sender", server_default=None)
        table.alter_column("shares", server_default=None)
    op.drop_index("ix_relay_transactions_nonce", table_name="relay_transactions")
    for column in ("nonce", "id"):
        name = f"ix_relay_transactions_sender_{column}"
        op.create_index(name, "relay_transactions", ["sender", column])
    op.drop_table("relay_status")  # a running relay fills it again
    op.create_table(
        "relay_status",
        sa.Column("address", sa.String(length=42), nullable=False),
        sa.Column("empty", sa.Boolean(), nullable=False),
        sa.Column("dear", sa.Boolean(), nullable=False),
        sa.Column("keeps", sa.Boolean(), nullable=False),
        sa.Column("balance", indexer.schema.Wei(length=78), nullable=False),
        sa.Column("fee", indexer.schema.Wei(length=78), nullable=False),
        sa.Column("most", indexer.schema.Wei(length=78), nullable=True),
        sa.Column("seen", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("address", name=op.f("pk_relay_status")),
    )
    op.create_table(
        "relay_leases",
        sa.Column("id", sa.String(length=42), nullable=False),
        sa.Column("owner", sa.String(length=64), nullable=False),
        sa.Column("until", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_relay_leases")),
    )
    op.create_table(
        "relay_costs",
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("what", sa.String(length=24), nullable=False),
        sa.Column("actions", sa.BigInteger(), nullable=False),
        sa.Column("gas", sa.Float(), nullable=False),
        sa.Column("wei", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("day", "what", name=op.f("pk_relay_costs")),
    )


def downgrade() -> None:
    op.drop_table("relay_costs")
    op.drop_table("relay_leases")
    op.drop_table("relay_status")
    op.create_table(
        "relay_status",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("address", sa.String(length=42), nullable=False),
        sa.Column("empty", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_relay_status")),
    )
    for column in ("nonce", "id"):
        op.drop_index(f"ix_relay_transactions_sender_{column}", table_name="relay_transactions")
    op.create_index("ix_relay_transactions_nonce", "relay_transactions", ["nonce"])
    with op.batch_alter_table("relay_transactions") as table:
        for name in ("sender", "shares", "gas_used", "price", "data_fee", "concluded"):
            table.drop_column(name)
