"""The whole rules: stake delegated, leaving and returning, options, edits, recovery, and the graph.

They come with new contracts, not the ones mirrored so far, so the mirror is emptied and begins anew.
"""

import logging

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

MIRRORED = (
    *("accounts", "blocks", "contents", "cursor", "days", "entries", "keys", "posts", "undo"),
    "votes",
)


def upgrade() -> None:
    if op.get_bind().scalar(sa.select(sa.func.count()).select_from(sa.table("cursor"))):
        logging.getLogger("laurel.migrations").warning(
            "The mirror in this database is of an earlier version, which kept less of the chain. It is "
            "emptied, and `laurel index` fills it again from the first block."
        )
    for table in MIRRORED:
        op.execute(sa.delete(sa.table(table)))
    _accounts_and_keys()
    _posts()
    _money()
    _graph()


def downgrade() -> None:
    for table in ("tip_balances", "tips", "reblogs", "mutes", "follows", "delegations", "pool"):
        op.drop_table(table)
    op.drop_table("beneficiaries")
    for table in MIRRORED:
        op.execute(sa.delete(sa.table(table)))
    with op.batch_alter_table("posts", recreate="always") as batch_op:
        for column in ("current", "edited_at", "removed", "replied", "max_accepted_payout"):
            batch_op.drop_column(column)
        for column in ("liquid_bps", "allow_votes", "allow_curation_rewards", "returned"):
            batch_op.drop_column(column)
        batch_op.drop_column("curation")
    with op.batch_alter_table("posts", recreate="always") as batch_op:
        batch_op.add_column(sa.Column("curation", sa.String(length=78), nullable=False))
    with op.batch_alter_table("keys", recreate="always") as batch_op:
        batch_op.drop_column("revoked_at")
        batch_op.add_column(sa.Column("revoked", sa.Boolean(), nullable=False))
    with op.batch_alter_table("entries", recreate="always") as batch_op:
        batch_op.drop_column("other")
        batch_op.drop_column("memo")
        batch_op.alter_column("kind", type_=sa.String(length=16), existing_nullable=False)
    with op.batch_alter_table("days", recreate="always") as batch_op:
        batch_op.drop_column("index")
    with op.batch_alter_table("contents", recreate="always") as batch_op:
        batch_op.drop_column("profile")
    with op.batch_alter_table("accounts", recreate="always") as batch_op:
        for column in ("own", "accrued", "index", "delegated", "returning", "return_at"):
            batch_op.drop_column(column)
        for column in ("leaving", "part", "due_at", "next_recovery", "recovery_at"):
            batch_op.drop_column(column)
        for column in ("request_owner", "request_ready_at", "profile"):
            batch_op.drop_column(column)


def _accounts_and_keys() -> None:
    with op.batch_alter_table("accounts", recreate="always") as batch_op:
        batch_op.add_column(sa.Column("own", sa.BigInteger(), nullable=False))
        batch_op.add_column(sa.Column("accrued", sa.BigInteger(), nullable=False))
        batch_op.add_column(sa.Column("index", sa.String(length=78), nullable=False))
        batch_op.add_column(sa.Column("delegated", sa.BigInteger(), nullable=False))
        batch_op.add_column(sa.Column("returning", sa.BigInteger(), nullable=False, quote=True))
        batch_op.add_column(sa.Column("return_at", sa.BigInteger(), nullable=False))
        batch_op.add_column(sa.Column("leaving", sa.BigInteger(), nullable=False))
        batch_op.add_column(sa.Column("part", sa.BigInteger(), nullable=False))
        batch_op.add_column(sa.Column("due_at", sa.BigInteger(), nullable=False))
        batch_op.add_column(sa.Column("next_recovery", sa.BigInteger(), nullable=False))
        batch_op.add_column(sa.Column("recovery_at", sa.BigInteger(), nullable=False))
        batch_op.add_column(sa.Column("request_owner", sa.String(length=42), nullable=True))
        batch_op.add_column(sa.Column("request_ready_at", sa.BigInteger(), nullable=False))
        batch_op.add_column(sa.Column("profile", sa.LargeBinary(length=32), nullable=True))
    with op.batch_alter_table("keys", recreate="always") as batch_op:
        batch_op.drop_column("revoked")
        batch_op.add_column(sa.Column("revoked_at", sa.BigInteger(), nullable=False))


def _posts() -> None:
    with op.batch_alter_table("posts", recreate="always") as batch_op:
        batch_op.drop_column("curation")  # it was in wei
    with op.batch_alter_table("posts", recreate="always") as batch_op:
        batch_op.add_column(sa.Column("current", sa.LargeBinary(length=32), nullable=False))
        batch_op.add_column(sa.Column("edited_at", sa.BigInteger(), nullable=False))
        batch_op.add_column(sa.Column("removed", sa.Boolean(), nullable=False))
        batch_op.add_column(sa.Column("replied", sa.Boolean(), nullable=False))
        batch_op.add_column(sa.Column("max_accepted_payout", sa.String(length=78), nullable=False))
        batch_op.add_column(sa.Column("liquid_bps", sa.Integer(), nullable=False))
        batch_op.add_column(sa.Column("allow_votes", sa.Boolean(), nullable=False))
        batch_op.add_column(sa.Column("allow_curation_rewards", sa.Boolean(), nullable=False))
        batch_op.add_column(sa.Column("curation", sa.BigInteger(), nullable=False))
        batch_op.add_column(sa.Column("returned", sa.String(length=78), nullable=False))
    op.create_table(
        "beneficiaries",
        sa.Column("post", sa.LargeBinary(length=32), nullable=False),
        sa.Column("account", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("bps", sa.Integer(), nullable=False),
        sa.Column("liquid", sa.String(length=78), nullable=False),
        sa.Column("vests", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("post", "account", name=op.f("pk_beneficiaries")),
    )
    with op.batch_alter_table("contents", recreate="always") as batch_op:
        batch_op.add_column(sa.Column("profile", sa.JSON(), nullable=True))


def _money() -> None:
    with op.batch_alter_table("days", recreate="always") as batch_op:
        batch_op.add_column(sa.Column("index", sa.String(length=78), nullable=False))
    with op.batch_alter_table("entries", recreate="always") as batch_op:
        batch_op.alter_column("kind", type_=sa.String(length=20), existing_nullable=False)
        batch_op.add_column(sa.Column("other", sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column("memo", sa.LargeBinary(length=32), nullable=True))
    op.create_table(
        "pool",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("wei", sa.String(length=78), nullable=False),
        sa.Column("recent", sa.String(length=78), nullable=False),
        sa.Column("next_day", sa.BigInteger(), nullable=False),
        sa.Column("index", sa.String(length=78), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pool")),
    )
    op.create_table(
        "delegations",
        sa.Column("account", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("to", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("vests", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("account", "to", name=op.f("pk_delegations")),
    )
    op.create_index(op.f("ix_delegations_to"), "delegations", ["to"])


def _graph() -> None:
    for table in ("follows", "mutes"):
        op.create_table(
            table,
            sa.Column("account", sa.BigInteger(), autoincrement=False, nullable=False),
            sa.Column("target", sa.BigInteger(), autoincrement=False, nullable=False),
            sa.Column("seq", sa.BigInteger(), nullable=False),
            sa.PrimaryKeyConstraint("account", "target", name=op.f(f"pk_{table}")),
        )
    op.create_index(op.f("ix_follows_target"), "follows", ["target"])
    op.create_table(
        "reblogs",
        sa.Column("account", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("post", sa.LargeBinary(length=32), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("time", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("account", "post", name=op.f("pk_reblogs")),
    )
    op.create_index("ix_reblogs_account_seq", "reblogs", ["account", "seq"])
    op.create_index(op.f("ix_reblogs_post"), "reblogs", ["post"])
    op.create_table(
        "tips",
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("post", sa.LargeBinary(length=32), nullable=False),
        sa.Column("sender", sa.String(length=42), nullable=False),
        sa.Column("token", sa.String(length=42), nullable=False),
        sa.Column("amount", sa.String(length=78), nullable=False),
        sa.Column("time", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_tips")),
    )
    op.create_index(op.f("ix_tips_post"), "tips", ["post"])
    op.create_table(
        "tip_balances",
        sa.Column("account", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("token", sa.String(length=42), nullable=False),
        sa.Column("amount", sa.String(length=78), nullable=False),
        sa.PrimaryKeyConstraint("account", "token", name=op.f("pk_tip_balances")),
    )
