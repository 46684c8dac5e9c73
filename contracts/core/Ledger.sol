// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Mana} from "../libraries/Mana.sol";
import {AccountState} from "../types/AccountState.sol";
import {StakeState, StakeStateLib} from "../types/StakeState.sol";
import {Pool} from "./Pool.sol";

/// @dev What a payment does to balance and stake.
abstract contract Ledger is Pool {
    using Mana for AccountState;

    /// @dev Stake arrives without mana. The caller has closed the days that are over, and adds to totalVests.
    function _addStake(uint40 account, uint256 vests) internal {
        StakeState stake = _stakes[account];
        uint256 index = _reserve.index;
        stake = StakeStateLib.pack(stake.own() + vests, stake.accruedDown(index), index);
        _stakes[account] = stake;
        AccountState state = _state[account].grown(vests, DAY);
        _state[account] = state;
        emit StakeChanged(account, state, stake);
    }

    function _debit(uint40 account, uint256 amount) internal {
        uint256 balance = _balances[account];
        if (amount > balance) revert NotEnoughBalance(amount, balance);
        _balances[account] = balance - amount;
    }
}
