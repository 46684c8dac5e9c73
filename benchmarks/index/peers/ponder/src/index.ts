import { ponder } from "ponder:registry";
import { accounts, entries, follows, keys, posts, votes } from "ponder:schema";
import { type Hex, hexToString, numberToHex } from "viem";

import { accountOf, voteOf } from "../slots";

type At = { block: { number: bigint; timestamp: bigint }; log: { logIndex: number } };

const seqOf = ({ block, log }: At) => (block.number << 20n) | BigInt(log.logIndex);
const timeOf = ({ block }: At) => Number(block.timestamp);

ponder.on("Laurel:Registered", async ({ event, context }) => {
  await context.db.insert(accounts).values({
    id: event.args.account,
    handle: hexToString(event.args.handle, { size: 32 }),
    registeredAt: timeOf(event),
    recovery: event.args.recovery,
    effective: 0n,
    mana: 0n,
    downMana: 0n,
    updatedAt: 0,
    keyEpoch: 0,
  });
});

ponder.on("Laurel:KeyAdded", async ({ event, context }) => {
  await context.db.insert(keys).values({
    address: event.args.key,
    account: event.args.account,
    role: event.args.role,
    expiry: event.args.expiry,
    addedAt: timeOf(event),
  });
});

ponder.on("Laurel:Posted", async ({ event, context }) => {
  const { account, digest, community } = event.args;
  await context.db.insert(posts).values({
    id: (numberToHex(account, { size: 5 }) + digest.slice(2, 56)) as Hex,
    account,
    digest,
    community,
    seq: seqOf(event),
    createdAt: timeOf(event),
    netRshares: 0n,
    weight: 0n,
    votes: 0,
  });
});

ponder.on("Laurel:Voted", async ({ event, context }) => {
  const { post, account } = event.args;
  const vote = voteOf(event.args.vote);
  const old = await context.db.find(votes, { post, account });
  await context.db.update(posts, { id: post }).set((row) => ({
    netRshares: row.netRshares - (old?.rshares ?? 0n) + vote.rshares,
    weight: row.weight - (old?.weight ?? 0n) + vote.weight,
    votes: row.votes - (old?.bps ? 1 : 0) + (vote.bps ? 1 : 0),
  }));
  const row = { ...vote, claimed: false, vests: 0n };
  await context.db.insert(votes).values({ post, account, ...row }).onConflictDoUpdate(row);
  await context.db.update(accounts, { id: account }).set(accountOf(event.args.state));
});

ponder.on("Laurel:CurationClaimed", async ({ event, context }) => {
  const { post, account, vests } = event.args;
  await context.db.update(votes, { post, account }).set({ claimed: true, vests });
  const seq = seqOf(event);
  await context.db.insert(entries).values({ seq, account, vests, post, time: timeOf(event) });
});

ponder.on("Laurel:Followed", async ({ event, context }) => {
  const { account, target } = event.args;
  await context.db
    .insert(follows)
    .values({ account, target, seq: seqOf(event) })
    .onConflictDoNothing();
});
