import { type DataHandlerContext, EvmBatchProcessor } from "@subsquid/evm-processor";
import { type Store, TypeormDatabase } from "@subsquid/typeorm-store";
import { In } from "typeorm";

import * as abi from "./abi";
import { Account, Entry, Follow, Key, Post, Vote } from "./model";
import { accountOf, voteOf } from "./slots";

const core = "0x" + "c0".repeat(20);
const graph = "0x" + "9a".repeat(20);
const coreEvents = [abi.Registered, abi.KeyAdded, abi.Posted, abi.Voted, abi.CurationClaimed];

const processor = new EvmBatchProcessor()
  .setRpcEndpoint({ url: process.env.NODE_URL!, capacity: 10, maxBatchCallSize: 100 })
  .setFinalityConfirmation(30)
  .setBlockRange({ from: 1, to: Number(process.env.LAST_BLOCK) })
  .setFields({ block: { timestamp: true }, log: { address: true, topics: true, data: true } })
  .addLog({ address: [core], topic0: coreEvents.map(({ topic }) => topic) })
  .addLog({ address: [graph], topic0: [abi.Followed.topic] });

const voteId = (post: string, account: bigint) => `${post}-${account}`;
const followId = (account: bigint, target: bigint) => `${account}-${target}`;

/** All rows that a batch looks at, from four queries. */
async function read(store: Store, logs: { topics: string[]; data: string }[]) {
  const accounts = new Set<string>();
  const posts = new Set<string>();
  const votes = new Set<string>();
  const follows = new Set<string>();
  for (const log of logs) {
    if (log.topics[0] === abi.Voted.topic) {
      accounts.add(String(BigInt(log.topics[2]!)));
      posts.add(log.topics[1]!);
    }
    if (log.topics[0] === abi.Voted.topic || log.topics[0] === abi.CurationClaimed.topic) {
      votes.add(voteId(log.topics[1]!, BigInt(log.topics[2]!)));
    }
    if (log.topics[0] === abi.Followed.topic) {
      follows.add(followId(BigInt(log.topics[1]!), BigInt(log.data)));
    }
  }
  const [a, p, v, f] = await Promise.all([
    store.findBy(Account, { id: In([...accounts]) }),
    store.findBy(Post, { id: In([...posts]) }),
    store.findBy(Vote, { id: In([...votes]) }),
    store.findBy(Follow, { id: In([...follows]) }),
  ]);
  return {
    accounts: new Map(a.map((row) => [row.id, row])),
    posts: new Map(p.map((row) => [row.id, row])),
    votes: new Map(v.map((row) => [row.id, row])),
    followed: new Set(f.map((row) => row.id)),
  };
}

async function index(context: DataHandlerContext<Store>) {
  const { accounts, posts, votes, followed } = await read(
    context.store,
    context.blocks.flatMap((block) => block.logs),
  );
  const keys: Key[] = [];
  const entries: Entry[] = [];
  const follows: Follow[] = [];
  for (const { header, logs } of context.blocks) {
    const time = BigInt(header.timestamp / 1000);
    for (const log of logs) {
      const seq = (BigInt(header.height) << 20n) | BigInt(log.logIndex);
      switch (log.topics[0]) {
        case abi.Voted.topic: {
          const { post, account, vote, state } = abi.Voted.decode(log);
          const { signedAt, ...rest } = voteOf(vote);
          const id = voteId(post, account);
          const old = votes.get(id);
          const on = posts.get(post)!;
          on.netRshares += rest.rshares - (old?.rshares ?? 0n);
          on.weight += rest.weight - (old?.weight ?? 0n);
          on.votes += (rest.bps ? 1 : 0) - (old?.bps ? 1 : 0);
          const said = { ...rest, signedAt: BigInt(signedAt), claimed: false, vests: 0n };
          votes.set(id, new Vote({ id, post, account: String(account), ...said }));
          const { updatedAt, ...slot } = accountOf(state);
          Object.assign(accounts.get(String(account))!, slot, { updatedAt: BigInt(updatedAt) });
          break;
        }
        case abi.Posted.topic: {
          const { account, digest, community } = abi.Posted.decode(log);
          const id = "0x" + account.toString(16).padStart(10, "0") + digest.slice(2, 56);
          const post = { id, account: String(account), digest, community, seq };
          const counts = { createdAt: time, netRshares: 0n, weight: 0n, votes: 0 };
          posts.set(id, new Post({ ...post, ...counts }));
          break;
        }
        case abi.CurationClaimed.topic: {
          const { post, account, vests } = abi.CurationClaimed.decode(log);
          Object.assign(votes.get(voteId(post, account))!, { claimed: true, vests });
          const line = { seq, account: String(account), vests, post, time };
          entries.push(new Entry({ id: `${seq}-${account}`, ...line }));
          break;
        }
        case abi.Followed.topic: {
          const { account, target } = abi.Followed.decode(log);
          const id = followId(account, target);
          if (followed.has(id)) break; // as it was first said
          followed.add(id);
          const row = { id, account: String(account), target: String(target), seq };
          follows.push(new Follow(row));
          break;
        }
        case abi.Registered.topic: {
          const { account, handle, recovery } = abi.Registered.decode(log);
          const name = Buffer.from(handle.slice(2), "hex").toString().replace(/\0+$/, "");
          const row = { id: String(account), handle: name, registeredAt: time };
          const slot = { effective: 0n, mana: 0n, downMana: 0n, updatedAt: 0n, keyEpoch: 0 };
          const made = new Account({ ...row, ...slot, recovery });
          accounts.set(made.id, made);
          break;
        }
        case abi.KeyAdded.topic: {
          const { account, key, role, expiry } = abi.KeyAdded.decode(log);
          const row = { id: key, account: String(account), role, expiry };
          keys.push(new Key({ ...row, addedAt: time }));
          break;
        }
      }
    }
  }
  await context.store.upsert([...accounts.values()]);
  await context.store.upsert([...posts.values()]);
  await context.store.upsert([...votes.values()]);
    await context.store.insert(keys);
  await context.store.insert(follows);
  await context.store.insert(entries);
}

processor.run(new TypeormDatabase(), index);
