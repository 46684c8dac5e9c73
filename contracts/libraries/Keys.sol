// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ICore} from "../interfaces/ICore.sol";
import {AccountState} from "../types/AccountState.sol";
import {Key, Role} from "../types/Key.sol";

/// @notice Accounts, handles and keys as the core stores them, and the check that every action makes.
library Keys {
    struct Book {
        uint40 count;
        mapping(bytes32 handle => uint40) accountOf;
        mapping(address key => Key) keyOf;
        mapping(uint40 account => AccountState) state;
        /// @dev handle (16 bytes, highest) | recovery account (40 bits, lowest)
        mapping(uint40 account => bytes32) identity;
    }

    uint256 internal constant MAX_DEADLINE = 1 hours;

    /// @return state of the account, so that its slot is read once
    function authorize(
        Book storage book,
        address signer,
        uint40 account,
        Role needs
    ) internal view returns (AccountState state) {
        Key k = book.keyOf[signer];
        if (k.account() != account || account == 0) revert ICore.UnknownKey(signer);
        state = book.state[account];
        bool expired = k.expiry() != 0 && block.timestamp >= k.expiry();
        if (k.revoked() || expired || k.epoch() < state.keyEpoch()) revert ICore.KeyVoid(signer);
        if (k.role() < needs) revert ICore.RoleTooLow(signer, k.role(), needs);
    }

    function checkDeadline(uint256 deadline) internal view {
        if (block.timestamp > deadline) revert ICore.Expired(deadline);
        if (deadline > block.timestamp + MAX_DEADLINE) revert ICore.DeadlineTooFar(deadline);
    }
}
