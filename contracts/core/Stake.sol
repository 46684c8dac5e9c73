// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {RewardMath} from "../libraries/RewardMath.sol";
import {AccountState} from "../types/AccountState.sol";
import {Role} from "../types/Key.sol";
import {Accounts} from "./Accounts.sol";

/// @dev Balances held inside, stake and mana.
abstract contract Stake is Accounts {
    using SafeCast for uint256;

    uint256 internal constant WEI_PER_VEST = 1e9; // wei in a micro-vest: 1 LRL = 1,000 vests

    mapping(uint40 account => uint256) public balanceOf;

    // ---------------------------------------------------------------- actions

    function deposit(uint40 account, uint256 amount) external {
        _checkExists(account);
        balanceOf[account] += amount;
        emit Deposited(account, msg.sender, amount);
        TOKEN.transferFrom(msg.sender, address(this), amount);
    }

    function withdraw(uint40 account, address to, uint256 amount) external {
        _withdraw(msg.sender, account, to, amount);
    }

    function powerUp(uint40 account, uint40 to, uint256 amount) external {
        _powerUp(msg.sender, account, to, amount);
    }

    function manaOf(uint40 account) external view returns (uint256 voting, uint256 downvote) {
        return _regenerated(_book.state[account]);
    }

    // ---------------------------------------------------------------- what direct calls and the relay share

    function _withdraw(address signer, uint40 account, address to, uint256 amount) internal {
        if (to == address(0) || to == address(this)) revert BadRecipient(to);
        _authorize(signer, account, Role.Active);
        _debit(account, amount);
        emit Withdrawn(account, to, amount);
        TOKEN.transfer(to, amount);
    }

    function _powerUp(address signer, uint40 account, uint40 to, uint256 amount) internal {
        _authorize(signer, account, Role.Active);
        _checkExists(to);
        uint256 vests = _toVestsDown(amount);
        if (vests == 0) revert AmountTooSmall(amount);
        _debit(account, vests * WEI_PER_VEST);
        emit PoweredUp(account, to, vests);
        _addStake(to, vests);
    }

    // ---------------------------------------------------------------- for rewards

    function _toVestsDown(uint256 amount) internal pure returns (uint256) {
        return amount / WEI_PER_VEST;
    }

    /// @dev New stake arrives without mana.
    function _addStake(uint40 account, uint256 vests) internal {
        AccountState state = _book.state[account];
        (uint256 voting, uint256 downvote) = _regenerated(state);
        uint256 effective = (state.effective() + vests).toUint64();
        state = state.with(effective, voting, downvote, block.timestamp);
        _book.state[account] = state;
        emit StakeChanged(account, state);
    }

    function _regenerated(
        AccountState state
    ) internal view returns (uint256 voting, uint256 downvote) {
        uint256 full = state.effective();
        uint256 elapsed = block.timestamp - state.updatedAt();
        voting = RewardMath.manaDown(state.mana(), full, elapsed, DAY);
        full /= RewardMath.DOWNVOTE_DIVISOR;
        downvote = RewardMath.manaDown(state.downMana(), full, elapsed, DAY);
    }

    function _debit(uint40 account, uint256 amount) private {
        uint256 balance = balanceOf[account];
        if (amount > balance) revert NotEnoughBalance(amount, balance);
        balanceOf[account] = balance - amount;
    }
}
