// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {Ledger} from "../core/Ledger.sol";
import {ICoreExtension} from "../interfaces/ICoreExtension.sol";
import {Mana} from "../libraries/Mana.sol";
import {AccountState} from "../types/AccountState.sol";
import {Away} from "../types/Away.sol";
import {Role} from "../types/Key.sol";
import {StakeState, StakeStateLib} from "../types/StakeState.sol";

/// @dev Balance, and stake going in, out and to others.
abstract contract Stake is Ledger, ICoreExtension {
    using Mana for AccountState;
    using SafeCast for uint256;

    uint256 private constant PARTS = 13;
    uint256 private constant PART_DAYS = 7;
    uint256 private constant RETURN_DAYS = 5; // in which a spent bar is full again

    // ---------------------------------------------------------------- balance

    function deposit(uint40 account, uint256 amount) external {
        _checkExists(account);
        _balances[account] += amount;
        emit Deposited(account, msg.sender, amount);
        // slither-disable-next-line unchecked-transfer -- LRL reverts where it fails
        TOKEN.transferFrom(msg.sender, address(this), amount);
    }

    function withdraw(uint40 account, address to, uint256 amount) external {
        _withdraw(msg.sender, account, to, amount);
    }

    function transfer(uint40 account, uint40 to, uint256 amount, bytes32 memo) external {
        _transfer(msg.sender, account, to, amount, memo);
    }

    // ---------------------------------------------------------------- stake

    function powerUp(uint40 account, uint40 to, uint256 amount) external {
        _powerUp(msg.sender, account, to, amount);
    }

    function powerDown(uint40 account, uint64 vests) external {
        _powerDown(msg.sender, account, vests);
    }

    function releasePowerDown(uint40 account) external {
        _closeElapsed();
        if (_release(account) == 0) revert NothingDue(account);
        _put(account, _state[account]);
    }

    function delegate(uint40 account, uint40 to, uint64 vests) external {
        _delegate(msg.sender, account, to, vests);
    }

    function completeReturn(uint40 account) external {
        if (!_completeReturn(account)) revert NothingDue(account);
    }

    function claimStakeReward(uint40 account) external {
        StakeState stake = _stakes[account];
        uint256 index = _reserve.index;
        uint256 amount = stake.accruedDown(index) * WEI_PER_VEST;
        if (amount == 0) revert NothingDue(account);
        _stakes[account] = StakeStateLib.pack(stake.own(), 0, index);
        _balances[account] += amount;
        emit StakeRewardClaimed(account, amount);
        _put(account, _state[account]);
    }

    // ---------------------------------------------------------------- views

    function stakeState(uint40 account) external view returns (StakeState) {
        return _stakes[account];
    }

    function stakeRewardOf(uint40 account) external view returns (uint256) {
        return _stakes[account].accruedDown(_reserve.index) * WEI_PER_VEST;
    }

    function delegationOf(uint40 from, uint40 to) external view returns (uint64) {
        return _delegations[from][to];
    }

    function awayOf(uint40 account) external view returns (Away memory) {
        return _away[account];
    }

    // ---------------------------------------------------------------- what direct calls and the relay share

    function _withdraw(address signer, uint40 account, address to, uint256 amount) internal {
        if (to == address(0) || to == address(this)) revert BadRecipient(to);
        _authorize(signer, account, Role.Active);
        _debit(account, amount);
        emit Withdrawn(account, to, amount);
        // slither-disable-next-line unchecked-transfer -- LRL reverts where it fails
        TOKEN.transfer(to, amount);
    }

    function _transfer(
        address signer,
        uint40 account,
        uint40 to,
        uint256 amount,
        bytes32 memo
    ) internal {
        _authorize(signer, account, Role.Active);
        _checkExists(to);
        if (amount == 0) revert AmountTooSmall(amount);
        _debit(account, amount);
        _balances[to] += amount;
        emit Transferred(account, to, amount, memo);
    }

    function _powerUp(address signer, uint40 account, uint40 to, uint256 amount) internal {
        _authorize(signer, account, Role.Active);
        _checkExists(to);
        uint256 vests = _toVestsDown(amount);
        if (vests == 0) revert AmountTooSmall(amount);
        _closeElapsed();
        _debit(account, vests * WEI_PER_VEST);
        emit PoweredUp(account, to, vests);
        _addStake(to, vests);
        _reserve.totalVests += vests.toUint64();
    }

    function _powerDown(address signer, uint40 account, uint64 vests) internal {
        _authorize(signer, account, Role.Active);
        _closeElapsed();
        _release(account);
        Away storage away = _away[account];
        AccountState state = _state[account].grown(away.leaving, DAY);
        away.leaving = 0;
        _checkFree(account, vests);
        away.leaving = vests;
        away.part = Math.ceilDiv(vests, PARTS).toUint64();
        away.dueAt = vests == 0 ? 0 : (block.timestamp + PART_DAYS * DAY).toUint40();
        emit PowerDownSet(account, vests, away.dueAt);
        _put(account, state.shrunk(vests, DAY));
    }

    function _delegate(address signer, uint40 account, uint40 to, uint64 vests) internal {
        _authorize(signer, account, Role.Active);
        _checkExists(to);
        if (account == to) revert SelfDelegation(account);
        uint64 before = _delegations[account][to];
        _delegations[account][to] = vests;
        if (vests > before) _lend(account, to, vests - before);
        if (vests < before) _takeBack(account, to, before - vests);
        Away memory away = _away[account];
        emit Delegated(account, to, vests, away.returning, away.returnAt);
    }

    // ---------------------------------------------------------------- steps

    /// @dev The caller has closed the days that are over, and puts the stake.
    /// @return released micro-vests
    function _release(uint40 account) private returns (uint256 released) {
        Away storage away = _away[account];
        if (away.leaving == 0 || block.timestamp < away.dueAt) return 0;
        uint256 parts = (block.timestamp - away.dueAt) / (PART_DAYS * DAY) + 1;
        released = Math.min(parts * away.part, away.leaving);
        away.leaving -= uint64(released);
        away.dueAt += (parts * PART_DAYS * DAY).toUint40();

        StakeState stake = _stakes[account];
        uint256 index = _reserve.index;
        uint256 accrued = stake.accruedDown(index);
        _stakes[account] = StakeStateLib.pack(stake.own() - released, accrued, index);
        _reserve.totalVests -= uint64(released);
        _balances[account] += released * WEI_PER_VEST;
        emit PowerDownReleased(account, released);
    }

    /// @dev The stake takes its mana along, so that it does not vote twice.
    function _lend(uint40 from, uint40 to, uint64 vests) private {
        _checkFree(from, vests);
        _away[from].delegated += vests;
        _put(from, _state[from].shrunkFull(vests, DAY));
        _put(to, _state[to].grownFull(vests, DAY));
    }

    /// @dev The stake is back after a bar's regeneration, whatever the other has spent of it. What was on its
    ///      way before waits with it.
    function _takeBack(uint40 from, uint40 to, uint64 vests) private {
        _completeReturn(from);
        Away storage away = _away[from];
        away.delegated -= vests;
        away.returning += vests;
        away.returnAt = (block.timestamp + RETURN_DAYS * DAY).toUint40();
        _put(to, _state[to].shrunk(vests, DAY));
    }

    /// @return whether anything was due
    function _completeReturn(uint40 account) private returns (bool) {
        Away storage away = _away[account];
        uint256 vests = away.returning;
        if (vests == 0 || block.timestamp < away.returnAt) return false;
        (away.returning, away.returnAt) = (0, 0);
        emit Returned(account, vests);
        _put(account, _state[account].grownFull(vests, DAY));
        return true;
    }

    function _checkFree(uint40 account, uint256 vests) private view {
        Away memory away = _away[account];
        uint256 own = _stakes[account].own();
        uint256 free = own - away.delegated - away.returning - away.leaving;
        if (vests > free) revert NotEnoughStake(vests, free);
    }

    function _put(uint40 account, AccountState state) private {
        _state[account] = state;
        emit StakeChanged(account, state, _stakes[account]);
    }
}
