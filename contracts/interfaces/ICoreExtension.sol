// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {LaurelToken} from "../LaurelToken.sol";
import {Away} from "../types/Away.sol";
import {StakeState} from "../types/StakeState.sol";
import {ICoreBase} from "./ICoreBase.sol";

/// @title What the core has its extension do: recovery, options of posts, balance and stake.
interface ICoreExtension is ICoreBase {
    /// @notice What deployment fixed for ever: the constructor's `Parameters`, and
    /// @return token LRL, an ERC-20 with Permit
    /// @return treasury receives a fifth of the emission
    /// @return day seconds
    /// @return genesisDay the first day of the reward pool (days since 1970)
    /// @return curveConstant rshares
    /// @return seed claims
    /// @return handleFee wei
    function settings()
        external
        view
        returns (
            LaurelToken token,
            address treasury,
            uint256 day,
            uint256 genesisDay,
            uint256 curveConstant,
            uint256 seed,
            uint256 handleFee
        );

    // ---------------------------------------------------------------- accounts and keys

    /// @return left-aligned ASCII
    function handleOf(uint40 account) external view returns (bytes32);

    // ---------------------------------------------------------------- recovery

    /// @notice Names the recovery account (0 for none); takes effect after 30 DAY.
    function setRecovery(uint40 account, uint40 recovery) external;

    /// @notice Lost key: an owner key of the recovery account asks for a new owner key. After 3 DAY anyone completes it.
    /// @param proof the new key's signature over RequestRecovery(account, newOwner, nonce, deadline)
    function requestRecovery(
        uint40 account,
        address newOwner,
        uint256 nonce,
        uint40 deadline,
        bytes calldata proof
    ) external;

    /// @notice An owner key of the account refuses the request.
    function cancelRecovery(uint40 account) external;

    function completeRecovery(uint40 account) external;

    /// @notice Stolen key: a key that was owner in the last 30 DAY and an owner key of the recovery account
    ///         put a new owner key in at once. All three sign Restore(account, newOwner, deadline);
    ///         for the caller itself an empty signature will do.
    /// @param signatures of the former owner key, the recovery account's, the new owner key
    function restore(
        uint40 account,
        address newOwner,
        uint40 deadline,
        bytes[3] calldata signatures
    ) external;

    /// @return recovery the account that may recover this one now, or 0
    /// @return next the account that may from `effectiveAt` on
    /// @return effectiveAt seconds; 0 when no change is under way
    function recoveryOf(
        uint40 account
    ) external view returns (uint40 recovery, uint40 next, uint40 effectiveAt);

    /// @return newOwner 0 when nothing was requested
    function recoveryRequestOf(
        uint40 account
    ) external view returns (address newOwner, uint40 readyAt);

    // ---------------------------------------------------------------- posts

    function postWithOptions(
        uint40 account,
        bytes32 digest,
        bytes32 parent,
        uint40 community,
        Options calldata options
    ) external returns (bytes32 id);

    /// @notice The post now shows the document of `digest`. Its id stays.
    function edit(uint40 account, bytes32 id, bytes32 digest) external;

    /// @notice Takes back a post that nobody has voted for or replied to. The id stays occupied.
    function remove(uint40 account, bytes32 id) external;

    /// @notice The options of a post; the plain ones when it was made without.
    function optionsOf(bytes32 id) external view returns (Options memory);

    // ---------------------------------------------------------------- the reward pool

    /// @return wei that the post earned, before maxAcceptedPayout; reverts with DayOpen before its cashout day is closed
    function payoutOf(bytes32 id) external view returns (uint256);

    // ---------------------------------------------------------------- balance and stake

    /// @notice Takes `amount` of the caller's ERC-20 into an account's balance. Needs an allowance.
    function deposit(uint40 account, uint256 amount) external;

    function withdraw(uint40 account, address to, uint256 amount) external;

    /// @param memo digest of a document, or 0
    function transfer(uint40 account, uint40 to, uint256 amount, bytes32 memo) external;

    /// @notice Stakes balance of `account` for `to` (itself or another). What is under a micro-vest stays liquid.
    function powerUp(uint40 account, uint40 to, uint256 amount) external;

    /// @notice All of `vests` stops voting now and leaves in 13 parts, one each 7 DAY. Replaces an earlier
    ///         power down, whose due parts are paid first; 0 stops it.
    function powerDown(uint40 account, uint64 vests) external;

    /// @notice Pays the parts of a power down that are due into the account's balance. Anyone may call.
    function releasePowerDown(uint40 account) external;

    /// @notice Sets what `account` delegates to `to`. More takes mana along; less comes back after 5 DAY.
    function delegate(uint40 account, uint40 to, uint64 vests) external;

    /// @notice Gives an account its returning stake, once due, with full mana. Anyone may call.
    function completeReturn(uint40 account) external;

    /// @notice Pays the account's part of the stakers' emission into its balance. Anyone may call.
    function claimStakeReward(uint40 account) external;

    function stakeState(uint40 account) external view returns (StakeState);

    /// @return wei that `claimStakeReward` would pay now: up to the last closed day
    function stakeRewardOf(uint40 account) external view returns (uint256);

    function delegationOf(uint40 from, uint40 to) external view returns (uint64 vests);

    /// @notice What of the account's own stake is delegated, returning or powering down.
    function awayOf(uint40 account) external view returns (Away memory);
}
