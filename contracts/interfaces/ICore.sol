// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AccountState} from "../types/AccountState.sol";
import {Key, Role} from "../types/Key.sol";
import {PostState} from "../types/PostState.sol";
import {VoteState} from "../types/VoteState.sol";

/// @notice Constructor arguments of the core.
/// @param day seconds in a DAY; every period is a multiple of it
/// @param curveConstant s of the reward curve, in rshares; 0 is linear
/// @param seed the least that recent claims fall to, in claims
/// @param genesisSupply wei minted to `genesisRecipient` at deployment
/// @param treasury receives a fifth of the emission
struct Parameters {
    uint32 day;
    uint128 curveConstant;
    uint128 seed;
    uint96 genesisSupply;
    address genesisRecipient;
    address treasury;
}

/// @notice One signed action for `relay`. contracts/actions.json lists kinds and their EIP-712 fields.
/// @param kind a constant of `Kinds`
/// @param action the fields of the struct, one word each, in order; for Register and AddKey, then the
///        proof of possession: the new key's signature over the same struct (none where it is the owner key)
/// @param signature 65 bytes r, s, v of secp256k1, or 128 bytes r, s, x, y of P-256
struct Signed {
    uint8 kind;
    bytes action;
    bytes signature;
}

/// @title Laurel's core: accounts, keys, relay, posts, votes, the reward pool and stake.
/// @notice Amounts: wei of LRL; stake, mana and rshares: micro-vests (1 LRL = 10^9 micro-vests); times: seconds.
///         A direct call acts for the account whose key is the caller.
interface ICore {
    // ---------------------------------------------------------------- accounts and keys

    event Registered(uint40 indexed account, bytes32 indexed handle, uint40 recovery);
    event KeyAdded(uint40 indexed account, address indexed key, Role role, uint40 expiry);
    event KeyRevoked(uint40 indexed account, address indexed key);

    error MalformedHandle(bytes32 handle);
    error HandleTaken(bytes32 handle);
    error UnknownAccount(uint40 account);
    error UnknownKey(address key);
    error KeyTaken(address key);
    /// @dev revoked, expired or of an older epoch
    error KeyVoid(address key);
    error NotPossessed(address key);
    error BadExpiry(uint40 expiry);
    error BadRole(uint8 role);
    error RoleTooLow(address key, Role has, Role needs);

    /// @notice Makes an account. Both keys prove possession; the caller needs to sign nothing.
    /// @param handle left-aligned ASCII
    /// @param postingKey 0 for none
    /// @param postingExpiry seconds; 0 = never
    /// @param recovery account that may restore this one; 0 for none
    /// @param maxFee the most, in wei, that the registration may cost (it is free)
    struct Registration {
        bytes32 handle;
        address ownerKey;
        address postingKey;
        uint40 postingExpiry;
        uint40 recovery;
        uint256 maxFee;
        uint40 deadline;
    }

    function register(
        Registration calldata r,
        bytes calldata ownerSignature,
        bytes calldata postingSignature
    ) external returns (uint40 account);

    /// @param expiry seconds; 0 = never
    struct KeyGrant {
        uint40 account;
        address key;
        Role role;
        uint40 expiry;
        uint40 deadline;
    }

    /// @param proof the new key's signature over AddKey, whose fields are those of `g`
    function addKey(KeyGrant calldata g, bytes calldata proof) external;

    /// @notice An owner key revokes any key of its account; any key revokes itself.
    function revokeKey(uint40 account, address key) external;

    function accountCount() external view returns (uint40);

    function accountOf(bytes32 handle) external view returns (uint40);

    /// @return handle left-aligned ASCII
    /// @return recovery the recovery account, or 0
    function identityOf(uint40 account) external view returns (bytes32 handle, uint40 recovery);

    function keyOf(address key) external view returns (Key);

    // ---------------------------------------------------------------- relay

    /// @notice Item `index` of the batch failed with `reason` (an error selector of this interface) and changed nothing.
    event Skipped(uint256 indexed index, bytes4 reason);

    error OnlySelf();
    error TooLittleGas(uint256 index);
    error UnknownKind(uint8 kind);
    error MalformedAction();
    error MalformedSignature();
    error InvalidSignature();
    error Expired(uint256 deadline);
    error DeadlineTooFar(uint256 deadline);
    error NonceUsed(uint40 account, uint256 nonce);

    /// @notice Performs each signed action; skips, with an event, one that fails.
    function relay(Signed[] calldata batch) external;

    function nonceUsed(uint40 account, uint256 nonce) external view returns (bool);

    // ---------------------------------------------------------------- posts

    /// @param digest sha-256 of the document
    /// @param parent the post this one comments on, or 0
    /// @param community account of a community, or 0
    event Posted(
        bytes32 indexed post,
        uint40 indexed account,
        bytes32 indexed parent,
        bytes32 digest,
        uint40 community
    );

    error PostExists(bytes32 post);
    error UnknownPost(bytes32 post);
    error UnknownParent(bytes32 parent);

    /// @return id account (40 bits), then the first 216 bits of the digest
    function post(
        uint40 account,
        bytes32 digest,
        bytes32 parent,
        uint40 community
    ) external returns (bytes32 id);

    function postState(bytes32 id) external view returns (PostState);

    // ---------------------------------------------------------------- votes

    /// @param vote the slot as written
    /// @param state the voter's slot as written
    event Voted(bytes32 indexed post, uint40 indexed account, VoteState vote, AccountState state);

    error BadWeight(int16 bps);
    error NothingToTakeBack(bytes32 post);
    error StaleVote(uint256 signedAt, uint256 last);
    error VoteFromFuture(uint256 signedAt);
    error VotingClosed(bytes32 post);
    error VoteLocked(bytes32 post);
    error NotEnoughMana(uint256 used, uint256 mana);

    /// @param bps -10000..10000; 0 takes an earlier vote back
    function vote(uint40 account, bytes32 id, int16 bps) external;

    function voteState(bytes32 id, uint40 account) external view returns (VoteState);

    // ---------------------------------------------------------------- the reward pool

    /// @param claims sum of the claims of the posts that cashed out on `day`
    /// @param paid wei that the day pays
    /// @param pool wei left afterwards
    /// @param recent recent claims afterwards
    event DayClosed(
        uint256 indexed day,
        uint256 claims,
        uint256 paid,
        uint256 pool,
        uint256 recent
    );
    /// @param liquid wei to the author's balance
    /// @param vests micro-vests to the author's stake
    /// @param curation wei set aside for the curators
    event Settled(
        bytes32 indexed post,
        uint40 indexed account,
        uint256 liquid,
        uint256 vests,
        uint256 curation
    );
    event CurationClaimed(bytes32 indexed post, uint40 indexed account, uint256 vests);

    error DayOpen(uint256 day);
    error NotSettled(bytes32 post);

    /// @notice Closes up to `n` days that are over, in order.
    /// @return closed how many
    function close(uint256 n) external returns (uint256 closed);

    /// @notice Pays the authors of posts whose cashout day is closed. Passes over those already settled.
    function settle(bytes32[] calldata ids) external;

    /// @notice Pays one voter's curation rewards on settled posts. Passes over what is already paid.
    function claimAsVoter(uint40 account, bytes32[] calldata ids) external;

    /// @notice Pays the curation rewards of many voters of one settled post.
    function claimOfPost(bytes32 id, uint40[] calldata accounts) external;

    /// @return pool wei
    /// @return recent recent claims
    /// @return nextDay the first day that is not closed (days since 1970)
    /// @return virtualSupply wei; what the supply would be had all emission been minted
    function poolState()
        external
        view
        returns (uint96 pool, uint128 recent, uint32 nextDay, uint128 virtualSupply);

    /// @return claims of the posts that cash out on `day`
    /// @return paid wei; 0 until the day is closed
    function dayState(uint256 day) external view returns (uint128 claims, uint128 paid);

    /// @return wei that the post pays in all; reverts with DayOpen before its cashout day is closed
    function payoutOf(bytes32 id) external view returns (uint256);

    // ---------------------------------------------------------------- stake and balance

    event Deposited(uint40 indexed account, address indexed from, uint256 amount);
    event Withdrawn(uint40 indexed account, address indexed to, uint256 amount);
    event PoweredUp(uint40 indexed from, uint40 indexed to, uint256 vests);
    /// @notice The hot slot of an account after a change of stake.
    event StakeChanged(uint40 indexed account, AccountState state);

    error NotEnoughBalance(uint256 amount, uint256 balance);
    error AmountTooSmall(uint256 amount);
    error BadRecipient(address to);

    /// @notice Takes `amount` of the caller's ERC-20 into an account's balance. Needs an allowance.
    function deposit(uint40 account, uint256 amount) external;

    function withdraw(uint40 account, address to, uint256 amount) external;

    /// @notice Stakes balance of `account` for `to` (itself or another). What is under a micro-vest stays liquid.
    function powerUp(uint40 account, uint40 to, uint256 amount) external;

    function balanceOf(uint40 account) external view returns (uint256);

    function accountState(uint40 account) external view returns (AccountState);

    /// @return voting and downvote mana as of now, in micro-vests
    function manaOf(uint40 account) external view returns (uint256 voting, uint256 downvote);

    error BadParameter(bytes32 name);
}
