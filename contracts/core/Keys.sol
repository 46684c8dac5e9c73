// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AccountState} from "../types/AccountState.sol";
import {Key, KeyLib, Role} from "../types/Key.sol";
import {Storage} from "./Storage.sol";

/// @dev Who may do what.
abstract contract Keys is Storage {
    /// @dev A key that nobody has added has account 0 and no role, which is too low for anything.
    /// @return state of the account, so that its slot is read once
    function _authorize(
        address signer,
        uint40 account,
        Role needs
    ) internal view returns (AccountState state) {
        Key k = _keyOf[signer];
        if (k.account() != account) revert UnknownKey(signer);
        state = _state[account];
        if (k.isVoid(block.timestamp, state.keyEpoch())) revert KeyVoid(signer);
        if (!k.mayAct(needs)) revert RoleTooLow(signer, k.role(), needs);
    }

    function _checkExists(uint40 account) internal view {
        if (account == 0 || account > _count) revert UnknownAccount(account);
    }

    function _checkPossession(
        address key,
        bytes32 structHash,
        bytes calldata signature
    ) internal view {
        if (_signerOf(structHash, signature) != key) revert NotPossessed(key);
    }

    /// @param expiry seconds; 0 = never
    function _putKey(uint40 account, address key, Role role, uint40 expiry) internal {
        if (expiry != 0 && expiry <= block.timestamp) revert BadExpiry(expiry);
        if (Key.unwrap(_keyOf[key]) != 0) revert KeyTaken(key);
        _keyOf[key] = KeyLib.pack(account, role, expiry, _state[account].keyEpoch());
        emit KeyAdded(account, key, role, expiry);
    }
}
