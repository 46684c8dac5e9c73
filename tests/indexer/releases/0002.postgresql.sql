CREATE TABLE public.accounts (
    id bigint CONSTRAINT _alembic_tmp_accounts_id_not_null NOT NULL,
    handle character varying(16) CONSTRAINT _alembic_tmp_accounts_handle_not_null NOT NULL,
    recovery bigint CONSTRAINT _alembic_tmp_accounts_recovery_not_null NOT NULL,
    registered_at bigint CONSTRAINT _alembic_tmp_accounts_registered_at_not_null NOT NULL,
    balance character varying(78) CONSTRAINT _alembic_tmp_accounts_balance_not_null NOT NULL,
    effective bigint CONSTRAINT _alembic_tmp_accounts_effective_not_null NOT NULL,
    mana bigint CONSTRAINT _alembic_tmp_accounts_mana_not_null NOT NULL,
    down_mana bigint CONSTRAINT _alembic_tmp_accounts_down_mana_not_null NOT NULL,
    updated_at bigint CONSTRAINT _alembic_tmp_accounts_updated_at_not_null NOT NULL,
    key_epoch integer CONSTRAINT _alembic_tmp_accounts_key_epoch_not_null NOT NULL,
    posts integer CONSTRAINT _alembic_tmp_accounts_posts_not_null NOT NULL,
    own bigint CONSTRAINT _alembic_tmp_accounts_own_not_null NOT NULL,
    accrued bigint CONSTRAINT _alembic_tmp_accounts_accrued_not_null NOT NULL,
    index character varying(78) CONSTRAINT _alembic_tmp_accounts_index_not_null NOT NULL,
    delegated bigint CONSTRAINT _alembic_tmp_accounts_delegated_not_null NOT NULL,
    "returning" bigint CONSTRAINT _alembic_tmp_accounts_returning_not_null NOT NULL,
    return_at bigint CONSTRAINT _alembic_tmp_accounts_return_at_not_null NOT NULL,
    leaving bigint CONSTRAINT _alembic_tmp_accounts_leaving_not_null NOT NULL,
    part bigint CONSTRAINT _alembic_tmp_accounts_part_not_null NOT NULL,
    due_at bigint CONSTRAINT _alembic_tmp_accounts_due_at_not_null NOT NULL,
    next_recovery bigint CONSTRAINT _alembic_tmp_accounts_next_recovery_not_null NOT NULL,
    recovery_at bigint CONSTRAINT _alembic_tmp_accounts_recovery_at_not_null NOT NULL,
    request_owner character varying(42),
    request_ready_at bigint CONSTRAINT _alembic_tmp_accounts_request_ready_at_not_null NOT NULL,
    profile bytea
);
CREATE TABLE public.beneficiaries (
    post bytea NOT NULL,
    account bigint NOT NULL,
    bps integer NOT NULL,
    liquid character varying(78) NOT NULL,
    vests bigint NOT NULL
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
    digest bytea CONSTRAINT _alembic_tmp_contents_digest_not_null NOT NULL,
    state character varying(12) CONSTRAINT _alembic_tmp_contents_state_not_null NOT NULL,
    tries integer CONSTRAINT _alembic_tmp_contents_tries_not_null NOT NULL,
    next_try double precision CONSTRAINT _alembic_tmp_contents_next_try_not_null NOT NULL,
    error text,
    parent bytea,
    title text CONSTRAINT _alembic_tmp_contents_title_not_null NOT NULL,
    summary text CONSTRAINT _alembic_tmp_contents_summary_not_null NOT NULL,
    html text CONSTRAINT _alembic_tmp_contents_html_not_null NOT NULL,
    tags json CONSTRAINT _alembic_tmp_contents_tags_not_null NOT NULL,
    picture character varying(80),
    lang character varying(35),
    sensitive boolean CONSTRAINT _alembic_tmp_contents_sensitive_not_null NOT NULL,
    profile json
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
    day bigint CONSTRAINT _alembic_tmp_days_day_not_null NOT NULL,
    claims character varying(78) CONSTRAINT _alembic_tmp_days_claims_not_null NOT NULL,
    paid character varying(78) CONSTRAINT _alembic_tmp_days_paid_not_null NOT NULL,
    pool character varying(78) CONSTRAINT _alembic_tmp_days_pool_not_null NOT NULL,
    recent character varying(78) CONSTRAINT _alembic_tmp_days_recent_not_null NOT NULL,
    index character varying(78) CONSTRAINT _alembic_tmp_days_index_not_null NOT NULL
);
CREATE TABLE public.delegations (
    account bigint NOT NULL,
    "to" bigint NOT NULL,
    vests bigint NOT NULL
);
CREATE TABLE public.entries (
    seq bigint CONSTRAINT _alembic_tmp_entries_seq_not_null NOT NULL,
    account bigint CONSTRAINT _alembic_tmp_entries_account_not_null NOT NULL,
    kind character varying(20) CONSTRAINT _alembic_tmp_entries_kind_not_null NOT NULL,
    wei character varying(78) CONSTRAINT _alembic_tmp_entries_wei_not_null NOT NULL,
    vests bigint CONSTRAINT _alembic_tmp_entries_vests_not_null NOT NULL,
    post bytea,
    "time" bigint CONSTRAINT _alembic_tmp_entries_time_not_null NOT NULL,
    other bigint,
    memo bytea
);
CREATE TABLE public.follows (
    account bigint NOT NULL,
    target bigint NOT NULL,
    seq bigint NOT NULL
);
CREATE TABLE public.keys (
    address character varying(42) CONSTRAINT _alembic_tmp_keys_address_not_null NOT NULL,
    account bigint CONSTRAINT _alembic_tmp_keys_account_not_null NOT NULL,
    role integer CONSTRAINT _alembic_tmp_keys_role_not_null NOT NULL,
    expiry bigint CONSTRAINT _alembic_tmp_keys_expiry_not_null NOT NULL,
    epoch integer CONSTRAINT _alembic_tmp_keys_epoch_not_null NOT NULL,
    added_at bigint CONSTRAINT _alembic_tmp_keys_added_at_not_null NOT NULL,
    revoked_at bigint CONSTRAINT _alembic_tmp_keys_revoked_at_not_null NOT NULL
);
CREATE TABLE public.mirror_version (
    version_num character varying(32) NOT NULL
);
CREATE TABLE public.mutes (
    account bigint NOT NULL,
    target bigint NOT NULL,
    seq bigint NOT NULL
);
CREATE TABLE public.pool (
    id integer NOT NULL,
    wei character varying(78) NOT NULL,
    recent character varying(78) NOT NULL,
    next_day bigint NOT NULL,
    index character varying(78) NOT NULL
);
CREATE SEQUENCE public.pool_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.pool_id_seq OWNED BY public.pool.id;
CREATE TABLE public.posts (
    id bytea CONSTRAINT _alembic_tmp_posts_id_not_null1 NOT NULL,
    account bigint CONSTRAINT _alembic_tmp_posts_account_not_null1 NOT NULL,
    digest bytea CONSTRAINT _alembic_tmp_posts_digest_not_null1 NOT NULL,
    parent bytea,
    root bytea CONSTRAINT _alembic_tmp_posts_root_not_null1 NOT NULL,
    depth integer CONSTRAINT _alembic_tmp_posts_depth_not_null1 NOT NULL,
    community bigint CONSTRAINT _alembic_tmp_posts_community_not_null1 NOT NULL,
    seq bigint CONSTRAINT _alembic_tmp_posts_seq_not_null1 NOT NULL,
    tx bytea CONSTRAINT _alembic_tmp_posts_tx_not_null1 NOT NULL,
    created_at bigint CONSTRAINT _alembic_tmp_posts_created_at_not_null1 NOT NULL,
    cashout_at bigint CONSTRAINT _alembic_tmp_posts_cashout_at_not_null1 NOT NULL,
    net_rshares bigint CONSTRAINT _alembic_tmp_posts_net_rshares_not_null1 NOT NULL,
    weight bigint CONSTRAINT _alembic_tmp_posts_weight_not_null1 NOT NULL,
    votes integer CONSTRAINT _alembic_tmp_posts_votes_not_null1 NOT NULL,
    children integer CONSTRAINT _alembic_tmp_posts_children_not_null1 NOT NULL,
    hot double precision CONSTRAINT _alembic_tmp_posts_hot_not_null1 NOT NULL,
    trending double precision CONSTRAINT _alembic_tmp_posts_trending_not_null1 NOT NULL,
    settled boolean CONSTRAINT _alembic_tmp_posts_settled_not_null1 NOT NULL,
    liquid character varying(78) CONSTRAINT _alembic_tmp_posts_liquid_not_null1 NOT NULL,
    vests bigint CONSTRAINT _alembic_tmp_posts_vests_not_null1 NOT NULL,
    current bytea CONSTRAINT _alembic_tmp_posts_current_not_null NOT NULL,
    edited_at bigint CONSTRAINT _alembic_tmp_posts_edited_at_not_null NOT NULL,
    removed boolean CONSTRAINT _alembic_tmp_posts_removed_not_null NOT NULL,
    replied boolean CONSTRAINT _alembic_tmp_posts_replied_not_null NOT NULL,
    max_accepted_payout character varying(78) CONSTRAINT _alembic_tmp_posts_max_accepted_payout_not_null NOT NULL,
    liquid_bps integer CONSTRAINT _alembic_tmp_posts_liquid_bps_not_null NOT NULL,
    allow_votes boolean CONSTRAINT _alembic_tmp_posts_allow_votes_not_null NOT NULL,
    allow_curation_rewards boolean CONSTRAINT _alembic_tmp_posts_allow_curation_rewards_not_null NOT NULL,
    curation bigint CONSTRAINT _alembic_tmp_posts_curation_not_null NOT NULL,
    returned character varying(78) CONSTRAINT _alembic_tmp_posts_returned_not_null NOT NULL
);
CREATE TABLE public.reblogs (
    account bigint NOT NULL,
    post bytea NOT NULL,
    seq bigint NOT NULL,
    "time" bigint NOT NULL
);
CREATE TABLE public.tip_balances (
    account bigint NOT NULL,
    token character varying(42) NOT NULL,
    amount character varying(78) NOT NULL
);
CREATE TABLE public.tips (
    seq bigint NOT NULL,
    post bytea NOT NULL,
    sender character varying(42) NOT NULL,
    token character varying(42) NOT NULL,
    amount character varying(78) NOT NULL,
    "time" bigint NOT NULL
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
ALTER TABLE ONLY public.pool ALTER COLUMN id SET DEFAULT nextval('public.pool_id_seq'::regclass);
ALTER TABLE ONLY public.writer ALTER COLUMN id SET DEFAULT nextval('public.writer_id_seq'::regclass);
INSERT INTO public.accounts VALUES (1, 'alice', 2, 1700000008, '9000000000000000000', 7700000000000, 7451388888888, 1925000000000, 1702678470, 0, 2, 10000000000000, 0, '0', 2300000000000, 0, 0, 0, 0, 0, 3, 1705270470, NULL, 0, '\x67d974bb0c8fea12c7bc8a4cc0bac3f1211c2faf9624848cf0bf3f4766f3cc9a');
INSERT INTO public.accounts VALUES (2, 'bob', 0, 1700000008, '9000000000000000000', 10700000000000, 10700000000000, 2675000000000, 1702678470, 0, 1, 10000000000000, 0, '0', 0, 0, 0, 1300000000000, 100000000000, 1703283270, 0, 0, NULL, 0, NULL);
INSERT INTO public.accounts VALUES (3, 'carol', 0, 1700000009, '10000000000000000000', 301000000000, 300000000000, 75000000000, 1702678470, 0, 0, 1000000000, 0, '111856925885822673384', 0, 0, 0, 0, 0, 0, 2, 1702592009, '0x189946dF5569F085c6A31640873eaa6DeFd28903', 1702937670, NULL);
INSERT INTO public.beneficiaries VALUES ('\x0000000001df93167d88d5eef97cb35318931c72087fda84bfae77a4578a5650', 2, 1000, '0', 0);
INSERT INTO public.beneficiaries VALUES ('\x0000000001df93167d88d5eef97cb35318931c72087fda84bfae77a4578a5650', 3, 500, '0', 0);
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
', '[]', NULL, NULL, false, NULL);
INSERT INTO public.contents VALUES ('\x60c9d5d8447fd043a42679132a5ffebcb468a0d8b068c9335afd8317a1651a81', 'ready', 0, 0, NULL, NULL, 'Second', 'Words.', '<p>Words.</p>
', '[]', NULL, NULL, false, NULL);
INSERT INTO public.contents VALUES ('\x8df6abfe07a10a0aaa894fec4c01ad07fe2784df168b10d7f423bb4f37b7c408', 'missing', 0, 0, NULL, NULL, '', '', '', '[]', NULL, NULL, false, NULL);
INSERT INTO public.contents VALUES ('\x67d974bb0c8fea12c7bc8a4cc0bac3f1211c2faf9624848cf0bf3f4766f3cc9a', 'ready', 0, 0, NULL, NULL, '', '', '', '[]', NULL, NULL, false, '{"name": "Alice", "about": "", "location": "", "website": null, "picture": null, "cover": null}');
INSERT INTO public.cursor VALUES (1, 31337, '0x5FbDB2315678afecb367f032d93F642f64180aa3', 24, '\x4f184e576864911578048ede037a009f16d58232ebce70f0a952332f3237a760', 1702678471);
INSERT INTO public.days VALUES (19675, '0', '0', '16917808219178082191780', '1000000000000000000', '3600905521237734988');
INSERT INTO public.days VALUES (19676, '0', '0', '33837933403463087782625', '1000000000000000000', '7202304201656081329');
INSERT INTO public.days VALUES (19677, '0', '0', '50760375070015420277400', '1000000000000000000', '10804195938484538439');
INSERT INTO public.days VALUES (19678, '0', '0', '67685132735646814777241', '1000000000000000000', '14406580628877896422');
INSERT INTO public.days VALUES (19679, '0', '0', '84612205916820309071259', '1000000000000000000', '18009458169916236067');
INSERT INTO public.days VALUES (19680, '0', '0', '101541594129650215489696', '1000000000000000000', '21612828458606773524');
INSERT INTO public.days VALUES (19681, '0', '0', '118473296889902091736240', '1000000000000000000', '25216691391881093293');
INSERT INTO public.days VALUES (19682, '0', '0', '135407313712992712303223', '1000000000000000000', '28821046866596992898');
INSERT INTO public.days VALUES (19683, '0', '0', '152343644113990040470707', '1000000000000000000', '32425894779538482886');
INSERT INTO public.days VALUES (19684, '0', '0', '169282287607613199283949', '1000000000000000000', '36031235027414864490');
INSERT INTO public.days VALUES (19685, '0', '0', '186223243708232443292769', '1000000000000000000', '39637067506861651968');
INSERT INTO public.days VALUES (19686, '0', '0', '203166511929869129982592', '1000000000000000000', '43243392114438727927');
INSERT INTO public.days VALUES (19687, '0', '0', '220112091786195691968362', '1000000000000000000', '46850208746634032671');
INSERT INTO public.days VALUES (19688, '0', '0', '237059982790535608165793', '1000000000000000000', '50457517299858952517');
INSERT INTO public.days VALUES (19689, '0', '0', '254010184455863375546610', '1000000000000000000', '54065317670452009143');
INSERT INTO public.days VALUES (19690, '0', '0', '270962696294804481478771', '1000000000000000000', '57673609754676092577');
INSERT INTO public.days VALUES (19691, '0', '0', '287917517819635375043254', '1000000000000000000', '61282393448721228206');
INSERT INTO public.days VALUES (19692, '0', '0', '304874648542283439114166', '1000000000000000000', '64891668648702732104');
INSERT INTO public.days VALUES (19693, '0', '0', '321834087974326962130006', '1000000000000000000', '68501435250662133370');
INSERT INTO public.days VALUES (19694, '0', '0', '338795835626995110629229', '1000000000000000000', '72111693150565329451');
INSERT INTO public.days VALUES (19695, '0', '0', '355759891011167900761315', '1000000000000000000', '75722442244304430819');
INSERT INTO public.days VALUES (19696, '0', '0', '372726253637376170382939', '1000000000000000000', '79333682427696838631');
INSERT INTO public.days VALUES (19697, '0', '0', '389694923015801551740221', '1000000000000000000', '82945413596487089406');
INSERT INTO public.days VALUES (19698, '0', '0', '406665898656276443125709', '1000000000000000000', '86557635646344088012');
INSERT INTO public.days VALUES (19699, '0', '0', '423639180068283981300124', '1000000000000000000', '90170348472862952340');
INSERT INTO public.days VALUES (19700, '0', '0', '440614766760958013604726', '1000000000000000000', '93783551971564090968');
INSERT INTO public.days VALUES (19701, '0', '0', '457592658243083070839408', '1000000000000000000', '97397246037894125499');
INSERT INTO public.days VALUES (19702, '0', '0', '474572854023094339114476', '1000000000000000000', '101011430567224968220');
INSERT INTO public.days VALUES (19703, '0', '0', '491555353609077632288624', '1000000000000000000', '104626105454853822107');
INSERT INTO public.days VALUES (19704, '0', '0', '508540156508769364994096', '1000000000000000000', '108241270596003180821');
INSERT INTO public.days VALUES (19705, '0', '0', '509613171623614789219800', '1000000000000000000', '111856925885822673384');
INSERT INTO public.delegations VALUES (1, 2, 2000000000000);
INSERT INTO public.delegations VALUES (1, 3, 300000000000);
INSERT INTO public.entries VALUES (7340032, 1, 'deposit', '10000000000000000000000', 0, NULL, 1700000009, NULL, NULL);
INSERT INTO public.entries VALUES (8388608, 1, 'power-up', '-10000000000000000000000', 10000000000000, NULL, 1700000009, NULL, NULL);
INSERT INTO public.entries VALUES (10485760, 2, 'deposit', '10000000000000000000000', 0, NULL, 1700000009, NULL, NULL);
INSERT INTO public.entries VALUES (11534336, 2, 'power-up', '-10000000000000000000000', 10000000000000, NULL, 1700000009, NULL, NULL);
INSERT INTO public.entries VALUES (13631488, 1, 'deposit', '10000000000000000000', 0, NULL, 1700000009, NULL, NULL);
INSERT INTO public.entries VALUES (14680064, 2, 'deposit', '10000000000000000000', 0, NULL, 1700000009, NULL, NULL);
INSERT INTO public.entries VALUES (15728640, 3, 'deposit', '10000000000000000000', 0, NULL, 1700000009, NULL, NULL);
INSERT INTO public.entries VALUES (22020100, 2, 'transfer-out', '-1000000000000000000', 0, NULL, 1702678470, 3, '\x9c225a950b92172f8c2afe8b682b7b86ce8f835578b546f9b8070cba309ad314');
INSERT INTO public.entries VALUES (22020100, 3, 'transfer-in', '1000000000000000000', 0, NULL, 1702678470, 2, '\x9c225a950b92172f8c2afe8b682b7b86ce8f835578b546f9b8070cba309ad314');
INSERT INTO public.entries VALUES (22020101, 1, 'power-up', '-1000000000000000000', 0, NULL, 1702678470, 3, NULL);
INSERT INTO public.entries VALUES (22020101, 3, 'power-up', '0', 1000000000, NULL, 1702678470, 1, NULL);
INSERT INTO public.entries VALUES (22020103, 3, 'withdraw', '-1000000000000000000', 0, NULL, 1702678470, NULL, NULL);
INSERT INTO public.follows VALUES (1, 2, 23068672);
INSERT INTO public.follows VALUES (1, 3, 23068673);
INSERT INTO public.keys VALUES ('0x0A5e35DffAD0E1D8b9966D5dE17D7dfc85fbe3A0', 1, 3, 0, 0, 1700000008, 0);
INSERT INTO public.keys VALUES ('0x2C61427c3Bfc7C3A01F55a40154652281e86Fa88', 2, 3, 0, 0, 1700000008, 0);
INSERT INTO public.keys VALUES ('0x68eFd95C028fec3cC688bE9bfFcB3839e21e4dbC', 3, 3, 0, 0, 1700000009, 0);
INSERT INTO public.keys VALUES ('0xc973ff2FC9AC91AF414DdBdbd013a5b2AB26Fd01', 2, 2, 1702764809, 0, 1702678410, 1702678470);
INSERT INTO public.mirror_version VALUES ('0002');
INSERT INTO public.mutes VALUES (2, 3, 23068674);
INSERT INTO public.pool VALUES (1, '509613171623614789219800', '1000000000000000000', 19706, '111856925885822673384');
INSERT INTO public.posts VALUES ('\x0000000001df93167d88d5eef97cb35318931c72087fda84bfae77a4578a5650', 1, '\xdf93167d88d5eef97cb35318931c72087fda84bfae77a4578a56504f3070e0df', NULL, '\x0000000001df93167d88d5eef97cb35318931c72087fda84bfae77a4578a5650', 0, 0, 19922944, '\x25761ec531dd4fb8441e7381c617247d096c9566f0d63d5c94a913e92f1582cb', 1702678410, 1703283210, 399900000000, 399900000000, 2, 0, 170272.4429514041, 7099.095326404134, false, '0', 0, '\xdf93167d88d5eef97cb35318931c72087fda84bfae77a4578a56504f3070e0df', 0, false, true, '79228162514264337593543950335', 5000, true, true, 0, '0');
INSERT INTO public.posts VALUES ('\x000000000160c9d5d8447fd043a42679132a5ffebcb468a0d8b068c9335afd83', 1, '\x60c9d5d8447fd043a42679132a5ffebcb468a0d8b068c9335afd8317a1651a81', NULL, '\x000000000160c9d5d8447fd043a42679132a5ffebcb468a0d8b068c9335afd83', 0, 0, 19922946, '\x25761ec531dd4fb8441e7381c617247d096c9566f0d63d5c94a913e92f1582cb', 1702678410, 1703283210, -99950000000, 0, 1, 0, 170263.84121720152, 7090.493592201546, false, '0', 0, '\xdf93167d88d5eef97cb35318931c72087fda84bfae77a4578a56504f3070e0df', 1702678470, false, false, '79228162514264337593543950335', 5000, true, true, 0, '0');
INSERT INTO public.posts VALUES ('\x00000000028df6abfe07a10a0aaa894fec4c01ad07fe2784df168b10d7f423bb', 2, '\x8df6abfe07a10a0aaa894fec4c01ad07fe2784df168b10d7f423bb4f37b7c408', '\x0000000001df93167d88d5eef97cb35318931c72087fda84bfae77a4578a5650', '\x0000000001df93167d88d5eef97cb35318931c72087fda84bfae77a4578a5650', 1, 0, 19922947, '\x25761ec531dd4fb8441e7381c617247d096c9566f0d63d5c94a913e92f1582cb', 1702678410, 1703283210, 0, 0, 0, 0, 170267.841, 7094.493375, false, '0', 0, '\x8df6abfe07a10a0aaa894fec4c01ad07fe2784df168b10d7f423bb4f37b7c408', 0, true, false, '79228162514264337593543950335', 5000, true, true, 0, '0');
INSERT INTO public.posts VALUES ('\x0000000002df93167d88d5eef97cb35318931c72087fda84bfae77a4578a5650', 2, '\xdf93167d88d5eef97cb35318931c72087fda84bfae77a4578a56504f3070e0df', NULL, '\x0000000002df93167d88d5eef97cb35318931c72087fda84bfae77a4578a5650', 0, 0, 19922948, '\x25761ec531dd4fb8441e7381c617247d096c9566f0d63d5c94a913e92f1582cb', 1702678410, 1703283210, 0, 0, 0, 0, 170267.841, 7094.493375, false, '0', 0, '\xdf93167d88d5eef97cb35318931c72087fda84bfae77a4578a56504f3070e0df', 0, false, false, '79228162514264337593543950335', 5000, false, true, 0, '0');
INSERT INTO public.reblogs VALUES (3, '\x0000000001df93167d88d5eef97cb35318931c72087fda84bfae77a4578a5650', 23068675, 1702678470);
INSERT INTO public.tip_balances VALUES (1, '0xa16E02E87b7454126E5E10d957A927A7F5B5d2be', '100');
INSERT INTO public.tips VALUES (25165825, '\x0000000001df93167d88d5eef97cb35318931c72087fda84bfae77a4578a5650', '0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266', '0xa16E02E87b7454126E5E10d957A927A7F5B5d2be', '100', 1702678471);
INSERT INTO public.undo VALUES (3, 'accounts', '[1]', 'null');
INSERT INTO public.undo VALUES (3, 'keys', '["0x0A5e35DffAD0E1D8b9966D5dE17D7dfc85fbe3A0"]', 'null');
INSERT INTO public.undo VALUES (4, 'accounts', '[2]', 'null');
INSERT INTO public.undo VALUES (4, 'keys', '["0x2C61427c3Bfc7C3A01F55a40154652281e86Fa88"]', 'null');
INSERT INTO public.undo VALUES (5, 'accounts', '[3]', 'null');
INSERT INTO public.undo VALUES (5, 'keys', '["0x68eFd95C028fec3cC688bE9bfFcB3839e21e4dbC"]', 'null');
INSERT INTO public.undo VALUES (7, 'accounts', '[1]', '{"id": 1, "handle": "alice", "registered_at": 1700000008, "balance": 0, "own": 0, "accrued": 0, "index": 0, "effective": 0, "mana": 0, "down_mana": 0, "updated_at": 0, "key_epoch": 0, "delegated": 0, "returning": 0, "return_at": 0, "leaving": 0, "part": 0, "due_at": 0, "recovery": 0, "next_recovery": 0, "recovery_at": 0, "request_owner": null, "request_ready_at": 0, "posts": 0, "profile": null}');
INSERT INTO public.undo VALUES (7, 'entries', '[7340032, 1]', 'null');
INSERT INTO public.undo VALUES (8, 'accounts', '[1]', '{"id": 1, "handle": "alice", "registered_at": 1700000008, "balance": 10000000000000000000000, "own": 0, "accrued": 0, "index": 0, "effective": 0, "mana": 0, "down_mana": 0, "updated_at": 0, "key_epoch": 0, "delegated": 0, "returning": 0, "return_at": 0, "leaving": 0, "part": 0, "due_at": 0, "recovery": 0, "next_recovery": 0, "recovery_at": 0, "request_owner": null, "request_ready_at": 0, "posts": 0, "profile": null}');
INSERT INTO public.undo VALUES (8, 'entries', '[8388608, 1]', 'null');
INSERT INTO public.undo VALUES (10, 'accounts', '[2]', '{"id": 2, "handle": "bob", "registered_at": 1700000008, "balance": 0, "own": 0, "accrued": 0, "index": 0, "effective": 0, "mana": 0, "down_mana": 0, "updated_at": 0, "key_epoch": 0, "delegated": 0, "returning": 0, "return_at": 0, "leaving": 0, "part": 0, "due_at": 0, "recovery": 0, "next_recovery": 0, "recovery_at": 0, "request_owner": null, "request_ready_at": 0, "posts": 0, "profile": null}');
INSERT INTO public.undo VALUES (10, 'entries', '[10485760, 2]', 'null');
INSERT INTO public.undo VALUES (11, 'accounts', '[2]', '{"id": 2, "handle": "bob", "registered_at": 1700000008, "balance": 10000000000000000000000, "own": 0, "accrued": 0, "index": 0, "effective": 0, "mana": 0, "down_mana": 0, "updated_at": 0, "key_epoch": 0, "delegated": 0, "returning": 0, "return_at": 0, "leaving": 0, "part": 0, "due_at": 0, "recovery": 0, "next_recovery": 0, "recovery_at": 0, "request_owner": null, "request_ready_at": 0, "posts": 0, "profile": null}');
INSERT INTO public.undo VALUES (11, 'entries', '[11534336, 2]', 'null');
INSERT INTO public.undo VALUES (13, 'accounts', '[1]', '{"id": 1, "handle": "alice", "registered_at": 1700000008, "balance": 0, "own": 10000000000000, "accrued": 0, "index": 0, "effective": 10000000000000, "mana": 0, "down_mana": 0, "updated_at": 1700000009, "key_epoch": 0, "delegated": 0, "returning": 0, "return_at": 0, "leaving": 0, "part": 0, "due_at": 0, "recovery": 0, "next_recovery": 0, "recovery_at": 0, "request_owner": null, "request_ready_at": 0, "posts": 0, "profile": null}');
INSERT INTO public.undo VALUES (13, 'entries', '[13631488, 1]', 'null');
INSERT INTO public.undo VALUES (14, 'accounts', '[2]', '{"id": 2, "handle": "bob", "registered_at": 1700000008, "balance": 0, "own": 10000000000000, "accrued": 0, "index": 0, "effective": 10000000000000, "mana": 0, "down_mana": 0, "updated_at": 1700000009, "key_epoch": 0, "delegated": 0, "returning": 0, "return_at": 0, "leaving": 0, "part": 0, "due_at": 0, "recovery": 0, "next_recovery": 0, "recovery_at": 0, "request_owner": null, "request_ready_at": 0, "posts": 0, "profile": null}');
INSERT INTO public.undo VALUES (14, 'entries', '[14680064, 2]', 'null');
INSERT INTO public.undo VALUES (15, 'accounts', '[3]', '{"id": 3, "handle": "carol", "registered_at": 1700000009, "balance": 0, "own": 0, "accrued": 0, "index": 0, "effective": 0, "mana": 0, "down_mana": 0, "updated_at": 0, "key_epoch": 0, "delegated": 0, "returning": 0, "return_at": 0, "leaving": 0, "part": 0, "due_at": 0, "recovery": 0, "next_recovery": 0, "recovery_at": 0, "request_owner": null, "request_ready_at": 0, "posts": 0, "profile": null}');
INSERT INTO public.undo VALUES (15, 'entries', '[15728640, 3]', 'null');
INSERT INTO public.undo VALUES (16, 'accounts', '[3]', '{"id": 3, "handle": "carol", "registered_at": 1700000009, "balance": 10000000000000000000, "own": 0, "accrued": 0, "index": 0, "effective": 0, "mana": 0, "down_mana": 0, "updated_at": 0, "key_epoch": 0, "delegated": 0, "returning": 0, "return_at": 0, "leaving": 0, "part": 0, "due_at": 0, "recovery": 0, "next_recovery": 0, "recovery_at": 0, "request_owner": null, "request_ready_at": 0, "posts": 0, "profile": null}');
INSERT INTO public.undo VALUES (16, 'accounts', '[1]', '{"id": 1, "handle": "alice", "registered_at": 1700000008, "balance": 10000000000000000000, "own": 10000000000000, "accrued": 0, "index": 0, "effective": 10000000000000, "mana": 0, "down_mana": 0, "updated_at": 1700000009, "key_epoch": 0, "delegated": 0, "returning": 0, "return_at": 0, "leaving": 0, "part": 0, "due_at": 0, "recovery": 0, "next_recovery": 0, "recovery_at": 0, "request_owner": null, "request_ready_at": 0, "posts": 0, "profile": null}');
INSERT INTO public.undo VALUES (18, 'days', '[19675]', 'null');
INSERT INTO public.undo VALUES (18, 'pool', '[1]', 'null');
INSERT INTO public.undo VALUES (18, 'days', '[19676]', 'null');
INSERT INTO public.undo VALUES (18, 'days', '[19677]', 'null');
INSERT INTO public.undo VALUES (18, 'days', '[19678]', 'null');
INSERT INTO public.undo VALUES (18, 'days', '[19679]', 'null');
INSERT INTO public.undo VALUES (18, 'days', '[19680]', 'null');
INSERT INTO public.undo VALUES (18, 'days', '[19681]', 'null');
INSERT INTO public.undo VALUES (18, 'days', '[19682]', 'null');
INSERT INTO public.undo VALUES (18, 'days', '[19683]', 'null');
INSERT INTO public.undo VALUES (18, 'days', '[19684]', 'null');
INSERT INTO public.undo VALUES (18, 'days', '[19685]', 'null');
INSERT INTO public.undo VALUES (18, 'days', '[19686]', 'null');
INSERT INTO public.undo VALUES (18, 'days', '[19687]', 'null');
INSERT INTO public.undo VALUES (18, 'days', '[19688]', 'null');
INSERT INTO public.undo VALUES (18, 'days', '[19689]', 'null');
INSERT INTO public.undo VALUES (18, 'days', '[19690]', 'null');
INSERT INTO public.undo VALUES (18, 'days', '[19691]', 'null');
INSERT INTO public.undo VALUES (18, 'days', '[19692]', 'null');
INSERT INTO public.undo VALUES (18, 'days', '[19693]', 'null');
INSERT INTO public.undo VALUES (18, 'days', '[19694]', 'null');
INSERT INTO public.undo VALUES (18, 'days', '[19695]', 'null');
INSERT INTO public.undo VALUES (18, 'days', '[19696]', 'null');
INSERT INTO public.undo VALUES (18, 'days', '[19697]', 'null');
INSERT INTO public.undo VALUES (18, 'days', '[19698]', 'null');
INSERT INTO public.undo VALUES (18, 'days', '[19699]', 'null');
INSERT INTO public.undo VALUES (18, 'days', '[19700]', 'null');
INSERT INTO public.undo VALUES (18, 'days', '[19701]', 'null');
INSERT INTO public.undo VALUES (18, 'days', '[19702]', 'null');
INSERT INTO public.undo VALUES (18, 'days', '[19703]', 'null');
INSERT INTO public.undo VALUES (18, 'days', '[19704]', 'null');
INSERT INTO public.undo VALUES (18, 'days', '[19705]', 'null');
INSERT INTO public.undo VALUES (19, 'posts', '["0000000001df93167d88d5eef97cb35318931c72087fda84bfae77a4578a5650"]', 'null');
INSERT INTO public.undo VALUES (19, 'accounts', '[1]', '{"id": 1, "handle": "alice", "registered_at": 1700000008, "balance": 10000000000000000000, "own": 10000000000000, "accrued": 0, "index": 0, "effective": 10000000000000, "mana": 0, "down_mana": 0, "updated_at": 1700000009, "key_epoch": 0, "delegated": 0, "returning": 0, "return_at": 0, "leaving": 0, "part": 0, "due_at": 0, "recovery": 0, "next_recovery": 2, "recovery_at": 1702592009, "request_owner": null, "request_ready_at": 0, "posts": 0, "profile": null}');
INSERT INTO public.undo VALUES (19, 'contents', '["df93167d88d5eef97cb35318931c72087fda84bfae77a4578a56504f3070e0df"]', 'null');
INSERT INTO public.undo VALUES (19, 'beneficiaries', '["0000000001df93167d88d5eef97cb35318931c72087fda84bfae77a4578a5650", 2]', 'null');
INSERT INTO public.undo VALUES (19, 'beneficiaries', '["0000000001df93167d88d5eef97cb35318931c72087fda84bfae77a4578a5650", 3]', 'null');
INSERT INTO public.undo VALUES (19, 'posts', '["000000000160c9d5d8447fd043a42679132a5ffebcb468a0d8b068c9335afd83"]', 'null');
INSERT INTO public.undo VALUES (19, 'contents', '["60c9d5d8447fd043a42679132a5ffebcb468a0d8b068c9335afd8317a1651a81"]', 'null');
INSERT INTO public.undo VALUES (19, 'posts', '["00000000028df6abfe07a10a0aaa894fec4c01ad07fe2784df168b10d7f423bb"]', 'null');
INSERT INTO public.undo VALUES (19, 'accounts', '[2]', '{"id": 2, "handle": "bob", "registered_at": 1700000008, "balance": 10000000000000000000, "own": 10000000000000, "accrued": 0, "index": 0, "effective": 10000000000000, "mana": 0, "down_mana": 0, "updated_at": 1700000009, "key_epoch": 0, "delegated": 0, "returning": 0, "return_at": 0, "leaving": 0, "part": 0, "due_at": 0, "recovery": 0, "next_recovery": 0, "recovery_at": 0, "request_owner": null, "request_ready_at": 0, "posts": 0, "profile": null}');
INSERT INTO public.undo VALUES (19, 'contents', '["8df6abfe07a10a0aaa894fec4c01ad07fe2784df168b10d7f423bb4f37b7c408"]', 'null');
INSERT INTO public.undo VALUES (19, 'posts', '["0000000002df93167d88d5eef97cb35318931c72087fda84bfae77a4578a5650"]', 'null');
INSERT INTO public.undo VALUES (19, 'votes', '["0000000001df93167d88d5eef97cb35318931c72087fda84bfae77a4578a5650", 2]', 'null');
INSERT INTO public.undo VALUES (19, 'votes', '["000000000160c9d5d8447fd043a42679132a5ffebcb468a0d8b068c9335afd83", 2]', 'null');
INSERT INTO public.undo VALUES (19, 'votes', '["0000000001df93167d88d5eef97cb35318931c72087fda84bfae77a4578a5650", 1]', 'null');
INSERT INTO public.undo VALUES (19, 'votes', '["000000000160c9d5d8447fd043a42679132a5ffebcb468a0d8b068c9335afd83", 1]', 'null');
INSERT INTO public.undo VALUES (19, 'keys', '["0xc973ff2FC9AC91AF414DdBdbd013a5b2AB26Fd01"]', 'null');
INSERT INTO public.undo VALUES (21, 'posts', '["000000000160c9d5d8447fd043a42679132a5ffebcb468a0d8b068c9335afd83"]', '{"id": "000000000160c9d5d8447fd043a42679132a5ffebcb468a0d8b068c9335afd83", "account": 1, "digest": "60c9d5d8447fd043a42679132a5ffebcb468a0d8b068c9335afd8317a1651a81", "current": "60c9d5d8447fd043a42679132a5ffebcb468a0d8b068c9335afd8317a1651a81", "parent": null, "root": "000000000160c9d5d8447fd043a42679132a5ffebcb468a0d8b068c9335afd83", "depth": 0, "community": 0, "seq": 19922946, "tx": "25761ec531dd4fb8441e7381c617247d096c9566f0d63d5c94a913e92f1582cb", "created_at": 1702678410, "edited_at": 0, "cashout_at": 1703283210, "removed": false, "replied": false, "max_accepted_payout": 79228162514264337593543950335, "liquid_bps": 5000, "allow_votes": true, "allow_curation_rewards": true, "net_rshares": -50000000000, "weight": 49950000000, "votes": 2, "children": 0, "hot": 170264.14202999565, "trending": 7090.794404995664, "settled": false, "liquid": 0, "vests": 0, "curation": 0, "returned": 0}');
INSERT INTO public.undo VALUES (21, 'posts', '["00000000028df6abfe07a10a0aaa894fec4c01ad07fe2784df168b10d7f423bb"]', '{"id": "00000000028df6abfe07a10a0aaa894fec4c01ad07fe2784df168b10d7f423bb", "account": 2, "digest": "8df6abfe07a10a0aaa894fec4c01ad07fe2784df168b10d7f423bb4f37b7c408", "current": "8df6abfe07a10a0aaa894fec4c01ad07fe2784df168b10d7f423bb4f37b7c408", "parent": "0000000001df93167d88d5eef97cb35318931c72087fda84bfae77a4578a5650", "root": "0000000001df93167d88d5eef97cb35318931c72087fda84bfae77a4578a5650", "depth": 1, "community": 0, "seq": 19922947, "tx": "25761ec531dd4fb8441e7381c617247d096c9566f0d63d5c94a913e92f1582cb", "created_at": 1702678410, "edited_at": 0, "cashout_at": 1703283210, "removed": false, "replied": false, "max_accepted_payout": 79228162514264337593543950335, "liquid_bps": 5000, "allow_votes": true, "allow_curation_rewards": true, "net_rshares": 0, "weight": 0, "votes": 0, "children": 0, "hot": 170267.841, "trending": 7094.493375, "settled": false, "liquid": 0, "vests": 0, "curation": 0, "returned": 0}');
INSERT INTO public.undo VALUES (21, 'accounts', '[2]', '{"id": 2, "handle": "bob", "registered_at": 1700000008, "balance": 10000000000000000000, "own": 10000000000000, "accrued": 0, "index": 0, "effective": 10000000000000, "mana": 9800000000000, "down_mana": 2400000000000, "updated_at": 1702678410, "key_epoch": 0, "delegated": 0, "returning": 0, "return_at": 0, "leaving": 0, "part": 0, "due_at": 0, "recovery": 0, "next_recovery": 0, "recovery_at": 0, "request_owner": null, "request_ready_at": 0, "posts": 2, "profile": null}');
INSERT INTO public.undo VALUES (21, 'posts', '["0000000001df93167d88d5eef97cb35318931c72087fda84bfae77a4578a5650"]', '{"id": "0000000001df93167d88d5eef97cb35318931c72087fda84bfae77a4578a5650", "account": 1, "digest": "df93167d88d5eef97cb35318931c72087fda84bfae77a4578a56504f3070e0df", "current": "df93167d88d5eef97cb35318931c72087fda84bfae77a4578a56504f3070e0df", "parent": null, "root": "0000000001df93167d88d5eef97cb35318931c72087fda84bfae77a4578a5650", "depth": 0, "community": 0, "seq": 19922944, "tx": "25761ec531dd4fb8441e7381c617247d096c9566f0d63d5c94a913e92f1582cb", "created_at": 1702678410, "edited_at": 0, "cashout_at": 1703283210, "removed": false, "replied": true, "max_accepted_payout": 79228162514264337593543950335, "liquid_bps": 5000, "allow_votes": true, "allow_curation_rewards": true, "net_rshares": 399900000000, "weight": 399900000000, "votes": 2, "children": 1, "hot": 170272.4429514041, "trending": 7099.095326404134, "settled": false, "liquid": 0, "vests": 0, "curation": 0, "returned": 0}');
INSERT INTO public.undo VALUES (21, 'votes', '["000000000160c9d5d8447fd043a42679132a5ffebcb468a0d8b068c9335afd83", 1]', '{"post": "000000000160c9d5d8447fd043a42679132a5ffebcb468a0d8b068c9335afd83", "account": 1, "rshares": 49950000000, "weight": 49950000000, "signed_at": 1702678409, "bps": 2500, "claimed": false, "vests": 0, "seq": 19922953}');
INSERT INTO public.undo VALUES (21, 'accounts', '[1]', '{"id": 1, "handle": "alice", "registered_at": 1700000008, "balance": 10000000000000000000, "own": 10000000000000, "accrued": 0, "index": 0, "effective": 10000000000000, "mana": 9750000000000, "down_mana": 2500000000000, "updated_at": 1702678410, "key_epoch": 0, "delegated": 0, "returning": 0, "return_at": 0, "leaving": 0, "part": 0, "due_at": 0, "recovery": 0, "next_recovery": 2, "recovery_at": 1702592009, "request_owner": null, "request_ready_at": 0, "posts": 2, "profile": null}');
INSERT INTO public.undo VALUES (21, 'keys', '["0xc973ff2FC9AC91AF414DdBdbd013a5b2AB26Fd01"]', '{"address": "0xc973ff2FC9AC91AF414DdBdbd013a5b2AB26Fd01", "account": 2, "role": 2, "expiry": 1702764809, "epoch": 0, "revoked_at": 0, "added_at": 1702678410}');
INSERT INTO public.undo VALUES (21, 'accounts', '[3]', '{"id": 3, "handle": "carol", "registered_at": 1700000009, "balance": 10000000000000000000, "own": 0, "accrued": 0, "index": 0, "effective": 0, "mana": 0, "down_mana": 0, "updated_at": 0, "key_epoch": 0, "delegated": 0, "returning": 0, "return_at": 0, "leaving": 0, "part": 0, "due_at": 0, "recovery": 0, "next_recovery": 2, "recovery_at": 1702592009, "request_owner": null, "request_ready_at": 0, "posts": 0, "profile": null}');
INSERT INTO public.undo VALUES (21, 'entries', '[22020100, 2]', 'null');
INSERT INTO public.undo VALUES (21, 'entries', '[22020100, 3]', 'null');
INSERT INTO public.undo VALUES (21, 'entries', '[22020101, 1]', 'null');
INSERT INTO public.undo VALUES (21, 'entries', '[22020101, 3]', 'null');
INSERT INTO public.undo VALUES (21, 'entries', '[22020103, 3]', 'null');
INSERT INTO public.undo VALUES (21, 'delegations', '[1, 2]', 'null');
INSERT INTO public.undo VALUES (21, 'delegations', '[1, 3]', 'null');
INSERT INTO public.undo VALUES (22, 'follows', '[1, 2]', 'null');
INSERT INTO public.undo VALUES (22, 'follows', '[1, 3]', 'null');
INSERT INTO public.undo VALUES (22, 'mutes', '[2, 3]', 'null');
INSERT INTO public.undo VALUES (22, 'reblogs', '[3, "0000000001df93167d88d5eef97cb35318931c72087fda84bfae77a4578a5650"]', 'null');
INSERT INTO public.undo VALUES (22, 'accounts', '[1]', '{"id": 1, "handle": "alice", "registered_at": 1700000008, "balance": 9000000000000000000, "own": 10000000000000, "accrued": 0, "index": 0, "effective": 7700000000000, "mana": 7451388888888, "down_mana": 1925000000000, "updated_at": 1702678470, "key_epoch": 0, "delegated": 2300000000000, "returning": 0, "return_at": 0, "leaving": 0, "part": 0, "due_at": 0, "recovery": 2, "next_recovery": 3, "recovery_at": 1705270470, "request_owner": null, "request_ready_at": 0, "posts": 2, "profile": null}');
INSERT INTO public.undo VALUES (22, 'contents', '["67d974bb0c8fea12c7bc8a4cc0bac3f1211c2faf9624848cf0bf3f4766f3cc9a"]', 'null');
INSERT INTO public.undo VALUES (24, 'tips', '[25165825]', 'null');
INSERT INTO public.undo VALUES (24, 'tip_balances', '[1, "0xa16E02E87b7454126E5E10d957A927A7F5B5d2be"]', 'null');
INSERT INTO public.votes VALUES ('\x0000000001df93167d88d5eef97cb35318931c72087fda84bfae77a4578a5650', 2, 199950000000, 199950000000, 1702678409, 10000, false, 0, 19922950);
INSERT INTO public.votes VALUES ('\x000000000160c9d5d8447fd043a42679132a5ffebcb468a0d8b068c9335afd83', 2, -99950000000, 0, 1702678409, -5000, false, 0, 19922951);
INSERT INTO public.votes VALUES ('\x0000000001df93167d88d5eef97cb35318931c72087fda84bfae77a4578a5650', 1, 199950000000, 199950000000, 1702678409, 10000, false, 0, 19922952);
INSERT INTO public.votes VALUES ('\x000000000160c9d5d8447fd043a42679132a5ffebcb468a0d8b068c9335afd83', 1, 0, 0, 1702678470, 0, false, 0, 22020098);
SELECT pg_catalog.setval('public.blocks_number_seq', 1, false);
SELECT pg_catalog.setval('public.cursor_id_seq', 1, false);
SELECT pg_catalog.setval('public.pool_id_seq', 1, false);
SELECT pg_catalog.setval('public.writer_id_seq', 1, false);
ALTER TABLE ONLY public.mirror_version
    ADD CONSTRAINT mirror_version_pkc PRIMARY KEY (version_num);
ALTER TABLE ONLY public.accounts
    ADD CONSTRAINT pk_accounts PRIMARY KEY (id);
ALTER TABLE ONLY public.beneficiaries
    ADD CONSTRAINT pk_beneficiaries PRIMARY KEY (post, account);
ALTER TABLE ONLY public.blocks
    ADD CONSTRAINT pk_blocks PRIMARY KEY (number);
ALTER TABLE ONLY public.contents
    ADD CONSTRAINT pk_contents PRIMARY KEY (digest);
ALTER TABLE ONLY public.cursor
    ADD CONSTRAINT pk_cursor PRIMARY KEY (id);
ALTER TABLE ONLY public.days
    ADD CONSTRAINT pk_days PRIMARY KEY (day);
ALTER TABLE ONLY public.delegations
    ADD CONSTRAINT pk_delegations PRIMARY KEY (account, "to");
ALTER TABLE ONLY public.entries
    ADD CONSTRAINT pk_entries PRIMARY KEY (seq, account);
ALTER TABLE ONLY public.follows
    ADD CONSTRAINT pk_follows PRIMARY KEY (account, target);
ALTER TABLE ONLY public.keys
    ADD CONSTRAINT pk_keys PRIMARY KEY (address);
ALTER TABLE ONLY public.mutes
    ADD CONSTRAINT pk_mutes PRIMARY KEY (account, target);
ALTER TABLE ONLY public.pool
    ADD CONSTRAINT pk_pool PRIMARY KEY (id);
ALTER TABLE ONLY public.posts
    ADD CONSTRAINT pk_posts PRIMARY KEY (id);
ALTER TABLE ONLY public.reblogs
    ADD CONSTRAINT pk_reblogs PRIMARY KEY (account, post);
ALTER TABLE ONLY public.tip_balances
    ADD CONSTRAINT pk_tip_balances PRIMARY KEY (account, token);
ALTER TABLE ONLY public.tips
    ADD CONSTRAINT pk_tips PRIMARY KEY (seq);
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
CREATE INDEX ix_delegations_to ON public.delegations USING btree ("to");
CREATE INDEX ix_entries_account_seq ON public.entries USING btree (account, seq);
CREATE INDEX ix_follows_target ON public.follows USING btree (target);
CREATE INDEX ix_keys_account ON public.keys USING btree (account);
CREATE INDEX ix_posts_account_seq ON public.posts USING btree (account, seq);
CREATE INDEX ix_posts_depth_hot ON public.posts USING btree (depth, hot, seq);
CREATE INDEX ix_posts_depth_seq ON public.posts USING btree (depth, seq);
CREATE INDEX ix_posts_depth_trending ON public.posts USING btree (depth, trending, seq);
CREATE INDEX ix_posts_digest ON public.posts USING btree (digest);
CREATE INDEX ix_posts_root ON public.posts USING btree (root);
CREATE INDEX ix_posts_settled_cashout ON public.posts USING btree (settled, cashout_at);
CREATE INDEX ix_reblogs_account_seq ON public.reblogs USING btree (account, seq);
CREATE INDEX ix_reblogs_post ON public.reblogs USING btree (post);
CREATE INDEX ix_tips_post ON public.tips USING btree (post);
CREATE INDEX ix_votes_account_claimed ON public.votes USING btree (account, claimed);
