CREATE TABLE public.accounts (
    id bigint NOT NULL,
    handle character varying(16) NOT NULL,
    recovery bigint NOT NULL,
    registered_at bigint NOT NULL,
    balance character varying(78) NOT NULL,
    effective bigint NOT NULL,
    mana bigint NOT NULL,
    down_mana bigint NOT NULL,
    updated_at bigint NOT NULL,
    key_epoch integer NOT NULL,
    posts integer NOT NULL
);
CREATE TABLE public.blocks (
    number bigint NOT NULL,
    hash bytea NOT NULL,
    "timestamp" bigint NOT NULL
);
CREATE SEQUENCE public.blocks_number_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.blocks_number_seq OWNED BY public.blocks.number;
CREATE TABLE public.contents (
    digest bytea NOT NULL,
    state character varying(12) NOT NULL,
    tries integer NOT NULL,
    next_try double precision NOT NULL,
    error text,
    parent bytea,
    title text NOT NULL,
    summary text NOT NULL,
    html text NOT NULL,
    tags json NOT NULL,
    picture character varying(80),
    lang character varying(35),
    sensitive boolean NOT NULL
);
CREATE TABLE public.cursor (
    id integer NOT NULL,
    chain_id bigint NOT NULL,
    core character varying(42) NOT NULL,
    block bigint NOT NULL,
    hash bytea NOT NULL,
    "timestamp" bigint NOT NULL
);
CREATE SEQUENCE public.cursor_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.cursor_id_seq OWNED BY public.cursor.id;
CREATE TABLE public.days (
    day bigint NOT NULL,
    claims character varying(78) NOT NULL,
    paid character varying(78) NOT NULL,
    pool character varying(78) NOT NULL,
    recent character varying(78) NOT NULL
);
CREATE TABLE public.entries (
    seq bigint NOT NULL,
    account bigint NOT NULL,
    kind character varying(16) NOT NULL,
    wei character varying(78) NOT NULL,
    vests bigint NOT NULL,
    post bytea,
    "time" bigint NOT NULL
);
CREATE TABLE public.keys (
    address character varying(42) NOT NULL,
    account bigint NOT NULL,
    role integer NOT NULL,
    expiry bigint NOT NULL,
    epoch integer NOT NULL,
    revoked boolean NOT NULL,
    added_at bigint NOT NULL
);
CREATE TABLE public.mirror_version (
    version_num character varying(32) NOT NULL
);
CREATE TABLE public.posts (
    id bytea NOT NULL,
    account bigint NOT NULL,
    digest bytea NOT NULL,
    parent bytea,
    root bytea NOT NULL,
    depth integer NOT NULL,
    community bigint NOT NULL,
    seq bigint NOT NULL,
    tx bytea NOT NULL,
    created_at bigint NOT NULL,
    cashout_at bigint NOT NULL,
    net_rshares bigint NOT NULL,
    weight bigint NOT NULL,
    votes integer NOT NULL,
    children integer NOT NULL,
    hot double precision NOT NULL,
    trending double precision NOT NULL,
    settled boolean NOT NULL,
    liquid character varying(78) NOT NULL,
    vests bigint NOT NULL,
    curation character varying(78) NOT NULL
);
CREATE TABLE public.undo (
    block bigint NOT NULL,
    "table" character varying(32) NOT NULL,
    key text NOT NULL,
    old json
);
CREATE TABLE public.votes (
    post bytea NOT NULL,
    account bigint NOT NULL,
    rshares bigint NOT NULL,
    weight bigint NOT NULL,
    signed_at bigint NOT NULL,
    bps integer NOT NULL,
    claimed boolean NOT NULL,
    vests bigint NOT NULL,
    seq bigint NOT NULL
);
CREATE TABLE public.writer (
    id integer NOT NULL,
    owner character varying(64) NOT NULL,
    until double precision NOT NULL
);
CREATE SEQUENCE public.writer_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.writer_id_seq OWNED BY public.writer.id;
ALTER TABLE ONLY public.blocks ALTER COLUMN number SET DEFAULT nextval('public.blocks_number_seq'::regclass);
ALTER TABLE ONLY public.cursor ALTER COLUMN id SET DEFAULT nextval('public.cursor_id_seq'::regclass);
ALTER TABLE ONLY public.writer ALTER COLUMN id SET DEFAULT nextval('public.writer_id_seq'::regclass);
INSERT INTO public.accounts VALUES (1, 'alice', 2, 1700000008, '9000000000000000000', 7700000000000, 7451388888888, 1925000000000, 1702678470, 0, 2);
INSERT INTO public.accounts VALUES (2, 'bob', 0, 1700000008, '9000000000000000000', 10700000000000, 10700000000000, 2675000000000, 1702678470, 0, 1);
INSERT INTO public.accounts VALUES (3, 'carol', 0, 1700000009, '10000000000000000000', 301000000000, 300000000000, 75000000000, 1702678470, 0, 0);
INSERT INTO public.blocks VALUES (0, '\xc56b8342e33b57477139f45874ae699b6fe1ca1a65d089b78c34dabc3206e07b', 1700000000);
INSERT INTO public.blocks VALUES (1, '\x14642c624110ef0cedc3339ae3e84363e6e2e597829890be33d3c72ea6f551f1', 1700000008);
INSERT INTO public.blocks VALUES (2, '\x5a5cbfbd1518291137b40116f3e292e575ef543c35b847b31ce38b725e3fd8c9', 1700000008);
INSERT INTO public.blocks VALUES (3, '\x28a416478167fb7a10725688c1410ce38cbb6fd44f620793b3b77498a46e44eb', 1700000008);
INSERT INTO public.blocks VALUES (4, '\xb43eb488defec32a9904b3dcd05fa57cff35972b6dfe0c54a50cd0284a1b4cc4', 1700000008);
INSERT INTO public.blocks VALUES (5, '\xedcdf4cdb4112f150a63d4c01605d1430bd06afe562ce7771d2ca8a6601f77d3', 1700000009);
INSERT INTO public.blocks VALUES (6, '\x01b17ab68d6ba38cf47c5efb30c69a7f9f31d3f97982008c84055724413d895b', 1700000009);
INSERT INTO public.blocks VALUES (7, '\x3a97e271e6004d4c2041e8d71b0c3db21020f58851e7d954cf98d616069e5d02', 1700000009);
INSERT INTO public.blocks VALUES (8, '\xf142e38da7ef83101ff5edbdc8e943b9e66545b2a16900c1e6381f745aa21ecb', 1700000009);
INSERT INTO public.blocks VALUES (9, '\xc6ee7b01fb03d53ecf075f0cda4eab9509875672943d4052b3bd737b4168417f', 1700000009);
INSERT INTO public.blocks VALUES (10, '\x7de77b61773bba096dd706fd649bf2e27ea9df21f412aee1fca879bdbe4acdcd', 1700000009);
INSERT INTO public.blocks VALUES (11, '\x61203ab93529536c65a2f22f00763c4f9a14548c1ca09988501b9c987f17f1f5', 1700000009);
INSERT INTO public.blocks VALUES (12, '\xd2306db4daa0c73b664c3d9206a62668014c3b5787b7d360f82c559ea5fdbf5a', 1700000009);
INSERT INTO public.blocks VALUES (13, '\x219b8e178a68a6cc699d1ed6bd81775714b4a29976c62fb4810f83f55c47e743', 1700000009);
INSERT INTO public.blocks VALUES (14, '\xc66da7939bfbdc7b58cefc1f52d4d53e7815f895731d9a2213fdc757fc817f62', 1700000009);
INSERT INTO public.blocks VALUES (15, '\xd018e51b5b1a9346b6d956f5a4960c9db82eda4150415a4b4de3eb5f5e1298dd', 1700000009);
INSERT INTO public.blocks VALUES (16, '\xaa5870df26704a8eaae97681aa33e4fd4aa2a8cf25bea385069bba322e3f19e8', 1700000009);
INSERT INTO public.blocks VALUES (17, '\x575937b31841e4fdc5375a8a5dea83260d0ba4c97de3e76d1cfbd019e600ba00', 1702678409);
INSERT INTO public.blocks VALUES (18, '\x6c76f24835c214cd3af019ddf3a586c8a7d81a2b6f399751cc0ad66d093f14c6', 1702678409);
INSERT INTO public.blocks VALUES (19, '\x6fc433c0c79a06d3d481ae69b42810af58885b9275c2459c27b3d064f5867c87', 1702678410);
INSERT INTO public.blocks VALUES (20, '\xa5a11fba3172b0c56b525e149acc38ef35c8baa9d7a2cded0928451e045b910a', 1702678470);
INSERT INTO public.blocks VALUES (21, '\x24b616206cc8ff4051cf276e84513144920a31a59c38a535acfbe3b6bfbd480a', 1702678470);
INSERT INTO public.blocks VALUES (22, '\x805e1de240e2f2d21518d8dd92d1dc11c2dbfabfff4fdb06eb4312ace8897ff0', 1702678470);
INSERT INTO public.blocks VALUES (23, '\x922fc9e027fd8760a3eb451ed3d539f817906ce062bbea3f1d23663c4c0d82db', 1702678470);
INSERT INTO public.blocks VALUES (24, '\x4f184e576864911578048ede037a009f16d58232ebce70f0a952332f3237a760', 1702678471);
INSERT INTO public.contents VALUES ('\xdf93167d88d5eef97cb35318931c72087fda84bfae77a4578a56504f3070e0df', 'ready', 0, 0, NULL, NULL, 'First', 'Words.', '<p>Words.</p>
', '[]', NULL, NULL, false);
INSERT INTO public.contents VALUES ('\x60c9d5d8447fd043a42679132a5ffebcb468a0d8b068c9335afd8317a1651a81', 'ready', 0, 0, NULL, NULL, 'Second', 'Words.', '<p>Words.</p>
', '[]', NULL, NULL, false);
INSERT INTO public.contents VALUES ('\x8df6abfe07a10a0aaa894fec4c01ad07fe2784df168b10d7f423bb4f37b7c408', 'missing', 0, 0, NULL, NULL, '', '', '', '[]', NULL, NULL, false);
INSERT INTO public.cursor VALUES (1, 31337, '0x5FbDB2315678afecb367f032d93F642f64180aa3', 24, '\x4f184e576864911578048ede037a009f16d58232ebce70f0a952332f3237a760', 1702678471);
INSERT INTO public.days VALUES (19675, '0', '0', '16917808219178082191780', '1000000000000000000');
INSERT INTO public.days VALUES (19676, '0', '0', '33837933403463087782625', '1000000000000000000');
INSERT INTO public.days VALUES (19677, '0', '0', '50760375070015420277400', '1000000000000000000');
INSERT INTO public.days VALUES (19678, '0', '0', '67685132735646814777241', '1000000000000000000');
INSERT INTO public.days VALUES (19679, '0', '0', '84612205916820309071259', '1000000000000000000');
INSERT INTO public.days VALUES (19680, '0', '0', '101541594129650215489696', '1000000000000000000');
INSERT INTO public.days VALUES (19681, '0', '0', '118473296889902091736240', '1000000000000000000');
INSERT INTO public.days VALUES (19682, '0', '0', '135407313712992712303223', '1000000000000000000');
INSERT INTO public.days VALUES (19683, '0', '0', '152343644113990040470707', '1000000000000000000');
INSERT INTO public.days VALUES (19684, '0', '0', '169282287607613199283949', '1000000000000000000');
INSERT INTO public.days VALUES (19685, '0', '0', '186223243708232443292769', '1000000000000000000');
INSERT INTO public.days VALUES (19686, '0', '0', '203166511929869129982592', '1000000000000000000');
INSERT INTO public.days VALUES (19687, '0', '0', '220112091786195691968362', '1000000000000000000');
INSERT INTO public.days VALUES (19688, '0', '0', '237059982790535608165793', '1000000000000000000');
INSERT INTO public.days VALUES (19689, '0', '0', '254010184455863375546610', '1000000000000000000');
INSERT INTO public.days VALUES (19690, '0', '0', '270962696294804481478771', '1000000000000000000');
INSERT INTO public.days VALUES (19691, '0', '0', '287917517819635375043254', '1000000000000000000');
INSERT INTO public.days VALUES (19692, '0', '0', '304874648542283439114166', '1000000000000000000');
INSERT INTO public.days VALUES (19693, '0', '0', '321834087974326962130006', '1000000000000000000');
INSERT INTO public.days VALUES (19694, '0', '0', '338795835626995110629229', '1000000000000000000');
INSERT INTO public.days VALUES (19695, '0', '0', '355759891011167900761315', '1000000000000000000');
INSERT INTO public.days VALUES (19696, '0', '0', '372726253637376170382939', '1000000000000000000');
INSERT INTO public.days VALUES (19697, '0', '0', '389694923015801551740221', '1000000000000000000');
INSERT INTO public.days VALUES (19698, '0', '0', '406665898656276443125709', '1000000000000000000');
INSERT INTO public.days VALUES (19699, '0', '0', '423639180068283981300124', '1000000000000000000');
INSERT INTO public.days VALUES (19700, '0', '0', '440614766760958013604726', '1000000000000000000');
INSERT INTO public.days VALUES (19701, '0', '0', '457592658243083070839408', '1000000000000000000');
INSERT INTO public.days VALUES (19702, '0', '0', '474572854023094339114476', '1000000000000000000');
INSERT INTO public.days VALUES (19703, '0', '0', '491555353609077632288624', '1000000000000000000');
INSERT INTO public.days VALUES (19704, '0', '0', '508540156508769364994096', '1000000000000000000');
INSERT INTO public.days VALUES (19705, '0', '0', '509613171623614789219800', '1000000000000000000');
INSERT INTO public.entries VALUES (7340032, 1, 'deposit', '10000000000000000000000', 0, NULL, 1700000009);
INSERT INTO public.entries VALUES (8388608, 1, 'power-up', '-10000000000000000000000', 10000000000000, NULL, 1700000009);
INSERT INTO public.entries VALUES (10485760, 2, 'deposit', '10000000000000000000000', 0, NULL, 1700000009);
INSERT INTO public.entries VALUES (11534336, 2, 'power-up', '-10000000000000000000000', 10000000000000, NULL, 1700000009);
INSERT INTO public.entries VALUES (13631488, 1, 'deposit', '10000000000000000000', 0, NULL, 1700000009);
INSERT INTO public.entries VALUES (14680064, 2, 'deposit', '10000000000000000000', 0, NULL, 1700000009);
INSERT INTO public.entries VALUES (15728640, 3, 'deposit', '10000000000000000000', 0, NULL, 1700000009);
INSERT INTO public.entries VALUES (22020100, 2, 'transfer-out', '-1000000000000000000', 0, NULL, 1702678470);
INSERT INTO public.entries VALUES (22020100, 3, 'transfer-in', '1000000000000000000', 0, NULL, 1702678470);
INSERT INTO public.entries VALUES (22020101, 1, 'power-up', '-1000000000000000000', 0, NULL, 1702678470);
INSERT INTO public.entries VALUES (22020101, 3, 'power-up', '0', 1000000000, NULL, 1702678470);
INSERT INTO public.entries VALUES (22020103, 3, 'withdraw', '-1000000000000000000', 0, NULL, 1702678470);
INSERT INTO public.keys VALUES ('0x0A5e35DffAD0E1D8b9966D5dE17D7dfc85fbe3A0', 1, 3, 0, 0, false, 1700000008);
INSERT INTO public.keys VALUES ('0x2C61427c3Bfc7C3A01F55a40154652281e86Fa88', 2, 3, 0, 0, false, 1700000008);
INSERT INTO public.keys VALUES ('0x68eFd95C028fec3cC688bE9bfFcB3839e21e4dbC', 3, 3, 0, 0, false, 1700000009);
INSERT INTO public.keys VALUES ('0xc973ff2FC9AC91AF414DdBdbd013a5b2AB26Fd01', 2, 2, 1702764809, 0, true, 1702678410);
INSERT INTO public.mirror_version VALUES ('0001');
INSERT INTO public.posts VALUES ('\x0000000001df93167d88d5eef97cb35318931c72087fda84bfae77a4578a5650', 1, '\xdf93167d88d5eef97cb35318931c72087fda84bfae77a4578a56504f3070e0df', NULL, '\x0000000001df93167d88d5eef97cb35318931c72087fda84bfae77a4578a5650', 0, 0, 19922944, '\x25761ec531dd4fb8441e7381c617247d096c9566f0d63d5c94a913e92f1582cb', 1702678410, 1703283210, 399900000000, 399900000000, 2, 0, 170272.4429514041, 7099.095326404134, false, '0', 0, '0');
INSERT INTO public.posts VALUES ('\x000000000160c9d5d8447fd043a42679132a5ffebcb468a0d8b068c9335afd83', 1, '\x60c9d5d8447fd043a42679132a5ffebcb468a0d8b068c9335afd8317a1651a81', NULL, '\x000000000160c9d5d8447fd043a42679132a5ffebcb468a0d8b068c9335afd83', 0, 0, 19922946, '\x25761ec531dd4fb8441e7381c617247d096c9566f0d63d5c94a913e92f1582cb', 1702678410, 1703283210, -99950000000, 0, 1, 0, 170263.84121720152, 7090.493592201546, false, '0', 0, '0');
INSERT INTO public.posts VALUES ('\x00000000028df6abfe07a10a0aaa894fec4c01ad07fe2784df168b10d7f423bb', 2, '\x8df6abfe07a10a0aaa894fec4c01ad07fe2784df168b10d7f423bb4f37b7c408', '\x0000000001df93167d88d5eef97cb35318931c72087fda84bfae77a4578a5650', '\x0000000001df93167d88d5eef97cb35318931c72087fda84bfae77a4578a5650', 1, 0, 19922947, '\x25761ec531dd4fb8441e7381c617247d096c9566f0d63d5c94a913e92f1582cb', 1702678410, 1703283210, 0, 0, 0, 0, 170267.841, 7094.493375, false, '0', 0, '0');
INSERT INTO public.posts VALUES ('\x0000000002df93167d88d5eef97cb35318931c72087fda84bfae77a4578a5650', 2, '\xdf93167d88d5eef97cb35318931c72087fda84bfae77a4578a56504f3070e0df', NULL, '\x0000000002df93167d88d5eef97cb35318931c72087fda84bfae77a4578a5650', 0, 0, 19922948, '\x25761ec531dd4fb8441e7381c617247d096c9566f0d63d5c94a913e92f1582cb', 1702678410, 1703283210, 0, 0, 0, 0, 170267.841, 7094.493375, false, '0', 0, '0');
INSERT INTO public.votes VALUES ('\x0000000001df93167d88d5eef97cb35318931c72087fda84bfae77a4578a5650', 2, 199950000000, 199950000000, 1702678409, 10000, false, 0, 19922950);
INSERT INTO public.votes VALUES ('\x000000000160c9d5d8447fd043a42679132a5ffebcb468a0d8b068c9335afd83', 2, -99950000000, 0, 1702678409, -5000, false, 0, 19922951);
INSERT INTO public.votes VALUES ('\x0000000001df93167d88d5eef97cb35318931c72087fda84bfae77a4578a5650', 1, 199950000000, 199950000000, 1702678409, 10000, false, 0, 19922952);
INSERT INTO public.votes VALUES ('\x000000000160c9d5d8447fd043a42679132a5ffebcb468a0d8b068c9335afd83', 1, 0, 0, 1702678470, 0, false, 0, 22020098);
SELECT pg_catalog.setval('public.blocks_number_seq', 1, false);
SELECT pg_catalog.setval('public.cursor_id_seq', 1, false);
SELECT pg_catalog.setval('public.writer_id_seq', 1, false);
ALTER TABLE ONLY public.mirror_version
    ADD CONSTRAINT mirror_version_pkc PRIMARY KEY (version_num);
ALTER TABLE ONLY public.accounts
    ADD CONSTRAINT pk_accounts PRIMARY KEY (id);
ALTER TABLE ONLY public.blocks
    ADD CONSTRAINT pk_blocks PRIMARY KEY (number);
ALTER TABLE ONLY public.contents
    ADD CONSTRAINT pk_contents PRIMARY KEY (digest);
ALTER TABLE ONLY public.cursor
    ADD CONSTRAINT pk_cursor PRIMARY KEY (id);
ALTER TABLE ONLY public.days
    ADD CONSTRAINT pk_days PRIMARY KEY (day);
ALTER TABLE ONLY public.entries
    ADD CONSTRAINT pk_entries PRIMARY KEY (seq, account);
ALTER TABLE ONLY public.keys
    ADD CONSTRAINT pk_keys PRIMARY KEY (address);
ALTER TABLE ONLY public.posts
    ADD CONSTRAINT pk_posts PRIMARY KEY (id);
ALTER TABLE ONLY public.undo
    ADD CONSTRAINT pk_undo PRIMARY KEY (block, "table", key);
ALTER TABLE ONLY public.votes
    ADD CONSTRAINT pk_votes PRIMARY KEY (post, account);
ALTER TABLE ONLY public.writer
    ADD CONSTRAINT pk_writer PRIMARY KEY (id);
ALTER TABLE ONLY public.accounts
    ADD CONSTRAINT uq_accounts_handle UNIQUE (handle);
ALTER TABLE ONLY public.posts
    ADD CONSTRAINT uq_posts_seq UNIQUE (seq);
CREATE INDEX ix_contents_state_next_try ON public.contents USING btree (state, next_try);
CREATE INDEX ix_entries_account_seq ON public.entries USING btree (account, seq);
CREATE INDEX ix_keys_account ON public.keys USING btree (account);
CREATE INDEX ix_posts_account_seq ON public.posts USING btree (account, seq);
CREATE INDEX ix_posts_depth_hot ON public.posts USING btree (depth, hot, seq);
CREATE INDEX ix_posts_depth_seq ON public.posts USING btree (depth, seq);
CREATE INDEX ix_posts_depth_trending ON public.posts USING btree (depth, trending, seq);
CREATE INDEX ix_posts_digest ON public.posts USING btree (digest);
CREATE INDEX ix_posts_root ON public.posts USING btree (root);
CREATE INDEX ix_posts_settled_cashout ON public.posts USING btree (settled, cashout_at);
CREATE INDEX ix_votes_account_claimed ON public.votes USING btree (account, claimed);
