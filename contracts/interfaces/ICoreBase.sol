// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AccountState} from "../types/AccountState.sol";
import {Role} from "../types/Key.sol";
import {StakeState} from "../types/StakeState.sol";
import {VoteState} from "../types/VoteState.sol";
import {IRelayErrors} from "./IRelay.sol";

/// @notice Constructor arguments of the core; each has bounds, see Settings.sol.
/// @param day seconds in a DAY; every period is a multiple of it
/// @param curveConstant s of the reward curve, in rshares; 0 is linear
/// @param seed the least that recent claims fall to, in claims
/// @param genesisSupply wei minted to `genesisRecipient` at deployment
/// @param handleFee wei burned by each registration
/// @param treasury receives a fifth of the emission
struct Parameters {
    uint32 day;
    uint128 curveConstant;
    uint128 seed;
    uint96 genesisSupply;
    uint96 handleFee;
    address genesisRecipient;
    address treasury;
}

/// @title The structs, events and errors of Laurel's core.
/// @notice Amounts: wei of LRL; stake, mana and rshares: micro-vests (1 LRL = 10^9 micro-vests); times: seconds.
interface ICoreBase is IRelayErrors {
    error BadParameter(bytes32 name);

    // ---------------------------------------------------------------- accounts and keys

    event Registered(uint40 indexed account, bytes32 indexed handle, uint40 recovery);
    event KeyAdded(uint40 indexed account, address indexed key, Role role, uint40 expiry);
    event KeyRevoked(uint40 indexed account, address indexed key);

    error MalformedHandle(bytes32 handle);
    error HandleTaken(bytes32 handle);
    error FeeTooHigh(uint256 fee, uint256 maxFee);
    error UnknownAccount(uint40 account);
    error UnknownKey(address key);
    error KeyTaken(address key);
    /// @dev revoked, expired or of an older epoch
    error KeyVoid(address key);
    error NotPossessed(address key);
    error BadExpiry(uint40 expiry);
    error BadRole(uint8 role);
    error RoleTooLow(address key, Role has, Role needs);

    /// @param handle left-aligned ASCII
    /// @param postingKey 0 for none
    /// @param postingExpiry seconds; 0 = never
    /// @param recovery account that may restore this one; 0 for none
    /// @param maxFee the most, in wei, that the registration may cost
    struct Registration {
        bytes32 handle;
        address ownerKey;
        address postingKey;
        uint40 postingExpiry;
        uint40 recovery;
        uint256 maxFee;
        uint40 deadline;
    }

    /// @param expiry seconds; 0 = never
    struct KeyGrant {
        uint40 account;
        address key;
        Role role;
        uint40 expiry;
        uint40 deadline;
    }

    // ---------------------------------------------------------------- recovery

    event RecoverySet(uint40 indexed account, uint40 recovery, uint40 effectiveAt);
    event RecoveryRequested(uint40 indexed account, address newOwner, uint40 readyAt);
    event RecoveryCancelled(uint40 indexed account);
    /// @notice Every key of an epoch before `keyEpoch` is void.
    event Recovered(uint40 indexed account, address newOwner, uint16 keyEpoch);

    /// @dev it has no recovery account
    error NoRecovery(uint40 account);
    error NoRequest(uint40 account);
    error TooEarly(uint256 readyAt);
    /// @dev not an owner key of the account in the last 30 DAY
    error NotFormerOwner(address key);

    // ---------------------------------------------------------------- posts

    /// @notice The post's id is account (40 bits) || the first 216 bits of the digest.
    /// @param digest sha-256 of the document
    /// @param parent the post this one comments on, or 0
    /// @param community account of a community, or 0
    event Posted(
        uint40 indexed account,
        bytes32 indexed digest,
        bytes32 indexed parent,
        uint40 community
    );
    /// @notice Follows Posted when a post has options.
    event OptionsSet(bytes32 indexed post, Options options);
    event Edited(bytes32 indexed post, bytes32 digest);
    event Removed(bytes32 indexed post);

    error PostExists(bytes32 post);
    error UnknownPost(bytes32 post);
    error UnknownParent(bytes32 parent);
    error PostRemoved(bytes32 post);
    error NotAuthor(bytes32 post, uint40 account);
    /// @dev it has a vote in favour or a reply, or its voting is over
    error NotRemovable(bytes32 post);
    error BadOptions(bytes32 field);

    /// @param bps share of the author's part of the payout
    struct Beneficiary {
        uint40 account;
        uint16 bps;
    }

    /// @param maxAcceptedPayout wei; what is above goes back to the pool
    /// @param liquidBps share of what author and beneficiaries get that is liquid, 0..5000; the rest is stake
    /// @param beneficiaries at most 8, by rising account, 10000 bps at most together
    struct Options {
        uint96 maxAcceptedPayout;
        uint16 liquidBps;
        bool allowVotes;
        bool allowCurationRewards;
        Beneficiary[] beneficiaries;
    }

    // ---------------------------------------------------------------- votes

    /// @param vote the slot as written
    /// @param state the voter's slot as written
    event Voted(bytes32 indexed post, uint40 indexed account, VoteState vote, AccountState state);

    /// @notice One of many votes was passed over; `reason` is the error that it would have met alone.
    event BallotSkipped(bytes32 indexed post, uint40 indexed account, bytes4 reason);

    error BadWeight(int16 bps);
    error NothingToTakeBack(bytes32 post);
    error StaleVote(uint256 signedAt, uint256 last);
    error VoteFromFuture(uint256 signedAt);
    error VotesDeclined(bytes32 post);
    error VotingClosed(bytes32 post);
    error VoteLocked(bytes32 post);
    error NotEnoughMana(uint256 used, uint256 mana);

    struct Ballot {
        bytes32 post;
        int16 weight;
    }

    // ---------------------------------------------------------------- the reward pool

    /// @param claims sum of the claims of the posts that cashed out on `day`
    /// @param paid wei that the day pays
    /// @param pool wei left afterwards
    /// @param recent recent claims afterwards
    /// @param index of the stakers' part, afterwards
    event DayClosed(
        uint256 indexed day,
        uint256 claims,
        uint256 paid,
        uint256 pool,
        uint256 recent,
        uint256 index
    );
    /// @param liquid wei to the author's balance
    /// @param vests micro-vests to the author's stake
    /// @param curation micro-vests set aside for the curators
    /// @param returned wei back to the pool
    event Settled(
        bytes32 indexed post,
        uint40 indexed account,
        uint256 liquid,
        uint256 vests,
        uint256 curation,
        uint256 returned
    );
    event BeneficiaryPaid(
        bytes32 indexed post,
        uint40 indexed account,
        uint256 liquid,
        uint256 vests
    );
    event CurationClaimed(bytes32 indexed post, uint40 indexed account, uint256 vests);

    error DayOpen(uint256 day);
    /// @dev call `close` first: more than 8 days are over and open
    error CloseFirst(uint256 open);
    error NotSettled(bytes32 post);

    // ---------------------------------------------------------------- balance and stake

    event Deposited(uint40 indexed account, address indexed from, uint256 amount);
    event Withdrawn(uint40 indexed account, address indexed to, uint256 amount);
    event Transferred(uint40 indexed from, uint40 indexed to, uint256 amount, bytes32 memo);
    event PoweredUp(uint40 indexed from, uint40 indexed to, uint256 vests);
    /// @param vests micro-vests that are leaving, in 13 parts from `dueAt` on; 0: stopped
    event PowerDownSet(uint40 indexed account, uint256 vests, uint256 dueAt);
    event PowerDownReleased(uint40 indexed account, uint256 vests);
    /// @param vests micro-vests delegated from now on
    /// @param returning micro-vests of `from` on their way back, in all
    /// @param returnAt seconds; when they may return
    event Delegated(
        uint40 indexed from,
        uint40 indexed to,
        uint256 vests,
        uint256 returning,
        uint256 returnAt
    );
    event Returned(uint40 indexed account, uint256 vests);
    event StakeRewardClaimed(uint40 indexed account, uint256 amount);
    /// @notice The hot slot and the stake slot of an account after a change of either's stake.
    event StakeChanged(uint40 indexed account, AccountState state, StakeState stake);

    error NotEnoughBalance(uint256 amount, uint256 balance);
    error NotEnoughStake(uint256 vests, uint256 free);
    error AmountTooSmall(uint256 amount);
    error BadRecipient(address to);
    error SelfDelegation(uint40 account);
    error NothingDue(uint40 account);
}
