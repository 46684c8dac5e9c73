import { index, onchainTable, primaryKey } from "ponder";

export const accounts = onchainTable("accounts", (t) => ({
  id: t.int8({ mode: "number" }).primaryKey(),
  handle: t.text().notNull(),
  registeredAt: t.int8({ mode: "number" }).notNull(),
  recovery: t.int8({ mode: "number" }).notNull(),
  effective: t.int8({ mode: "bigint" }).notNull(),
  mana: t.int8({ mode: "bigint" }).notNull(),
  downMana: t.int8({ mode: "bigint" }).notNull(),
  updatedAt: t.int8({ mode: "number" }).notNull(),
  keyEpoch: t.integer().notNull(),
}));

export const keys = onchainTable(
  "keys",
  (t) => ({
    address: t.hex().primaryKey(),
    account: t.int8({ mode: "number" }).notNull(),
    role: t.integer().notNull(),
    expiry: t.int8({ mode: "number" }).notNull(),
    addedAt: t.int8({ mode: "number" }).notNull(),
  }),
  (table) => ({ account: index().on(table.account) }),
);

export const posts = onchainTable(
  "posts",
  (t) => ({
    id: t.hex().primaryKey(),
    account: t.int8({ mode: "number" }).notNull(),
    digest: t.hex().notNull(),
    community: t.int8({ mode: "number" }).notNull(),
    seq: t.int8({ mode: "bigint" }).notNull(),
    createdAt: t.int8({ mode: "number" }).notNull(),
    netRshares: t.int8({ mode: "bigint" }).notNull(),
    weight: t.int8({ mode: "bigint" }).notNull(),
    votes: t.integer().notNull(),
  }),
  (table) => ({ account: index().on(table.account, table.seq) }),
);

export const votes = onchainTable(
  "votes",
  (t) => ({
    post: t.hex().notNull(),
    account: t.int8({ mode: "number" }).notNull(),
    rshares: t.int8({ mode: "bigint" }).notNull(),
    weight: t.int8({ mode: "bigint" }).notNull(),
    signedAt: t.int8({ mode: "number" }).notNull(),
    bps: t.integer().notNull(),
    claimed: t.boolean().notNull(),
    vests: t.int8({ mode: "bigint" }).notNull(),
  }),
  (table) => ({
    pk: primaryKey({ columns: [table.post, table.account] }),
    account: index().on(table.account, table.claimed),
  }),
);

export const follows = onchainTable(
  "follows",
  (t) => ({
    account: t.int8({ mode: "number" }).notNull(),
    target: t.int8({ mode: "number" }).notNull(),
    seq: t.int8({ mode: "bigint" }).notNull(),
  }),
  (table) => ({
    pk: primaryKey({ columns: [table.account, table.target] }),
    target: index().on(table.target),
  }),
);

export const entries = onchainTable(
  "entries",
  (t) => ({
    seq: t.int8({ mode: "bigint" }).notNull(),
    account: t.int8({ mode: "number" }).notNull(),
    vests: t.int8({ mode: "bigint" }).notNull(),
    post: t.hex().notNull(),
    time: t.int8({ mode: "number" }).notNull(),
  }),
  (table) => ({
    pk: primaryKey({ columns: [table.seq, table.account] }),
    account: index().on(table.account, table.seq),
  }),
);
