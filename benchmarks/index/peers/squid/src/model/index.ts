import {
  BigIntColumn,
  BooleanColumn,
  Entity,
  Index,
  IntColumn,
  PrimaryColumn,
  StringColumn,
} from "@subsquid/typeorm-store";

@Entity("accounts")
export class Account {
  constructor(props?: Partial<Account>) {
    Object.assign(this, props);
  }
  @PrimaryColumn() id: string;
  @StringColumn() handle: string;
  @BigIntColumn() registeredAt: bigint;
  @BigIntColumn() recovery: bigint;
  @BigIntColumn() effective: bigint;
  @BigIntColumn() mana: bigint;
  @BigIntColumn() downMana: bigint;
  @BigIntColumn() updatedAt: bigint;
  @IntColumn() keyEpoch: number;
}

@Entity("keys")
export class Key {
  constructor(props?: Partial<Key>) {
    Object.assign(this, props);
  }
  @PrimaryColumn() id: string; // the address
  @Index()
  @StringColumn()
  account: string;
  @IntColumn() role: number;
  @BigIntColumn() expiry: bigint;
  @BigIntColumn() addedAt: bigint;
}

@Entity("posts")
@Index(["account", "seq"])
export class Post {
  constructor(props?: Partial<Post>) {
    Object.assign(this, props);
  }
  @PrimaryColumn() id: string;
  @StringColumn() account: string;
  @StringColumn() digest: string;
  @BigIntColumn() community: bigint;
  @BigIntColumn() seq: bigint;
  @BigIntColumn() createdAt: bigint;
  @BigIntColumn() netRshares: bigint;
  @BigIntColumn() weight: bigint;
  @IntColumn() votes: number;
}

@Entity("votes")
@Index(["account", "claimed"])
export class Vote {
  constructor(props?: Partial<Vote>) {
    Object.assign(this, props);
  }
  @PrimaryColumn() id: string; // post-account
  @StringColumn() post: string;
  @StringColumn() account: string;
  @BigIntColumn() rshares: bigint;
  @BigIntColumn() weight: bigint;
  @BigIntColumn() signedAt: bigint;
  @IntColumn() bps: number;
  @BooleanColumn() claimed: boolean;
  @BigIntColumn() vests: bigint;
}

@Entity("follows")
export class Follow {
  constructor(props?: Partial<Follow>) {
    Object.assign(this, props);
  }
  @PrimaryColumn() id: string; // account-target
  @StringColumn() account: string;
  @Index()
  @StringColumn()
  target: string;
  @BigIntColumn() seq: bigint;
}

@Entity("entries")
@Index(["account", "seq"])
export class Entry {
  constructor(props?: Partial<Entry>) {
    Object.assign(this, props);
  }
  @PrimaryColumn() id: string; // seq-account
  @BigIntColumn() seq: bigint;
  @StringColumn() account: string;
  @BigIntColumn() vests: bigint;
  @StringColumn() post: string;
  @BigIntColumn() time: bigint;
}
