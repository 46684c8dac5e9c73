// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {KeyManagement} from "../libraries/KeyManagement.sol";
import {Keys} from "../libraries/Keys.sol";
import {AccountState} from "../types/AccountState.sol";
import {Key, Role} from "../types/Key.sol";
import {Settings} from "./Settings.sol";

/// @dev Accounts, their handles and their keys: who may do what.
abstract contract Accounts is Settings, EIP712("Laurel", "1") {
    using Keys for Keys.Book;
    using KeyManagement for Keys.Book;

    Keys.Book internal _book;

    // ---------------------------------------------------------------- actions

    function register(
        Registration calldata r,
        bytes calldata ownerSignature,
        bytes calldata postingSignature
    ) external returns (uint40 account) {
        return
            _book.register(_domainSeparatorV4(), msg.sender, r, ownerSignature, postingSignature);
    }

    function addKey(KeyGrant calldata g, bytes calldata proof) external {
        _book.addKey(_domainSeparatorV4(), msg.sender, g, proof);
    }

    function revokeKey(uint40 account, address key) external {
        _book.revokeKey(msg.sender, account, key);
    }

    // ---------------------------------------------------------------- views

    function accountCount() external view returns (uint40) {
        return _book.count;
    }

    function accountOf(bytes32 handle) external view returns (uint40) {
        return _book.accountOf[handle];
    }

    function identityOf(uint40 account) external view returns (bytes32 handle, uint40 recovery) {
        bytes32 identity = _book.identity[account];
        return (bytes32(bytes16(identity)), uint40(uint256(identity)));
    }

    function keyOf(address key) external view returns (Key) {
        return _book.keyOf[key];
    }

    function accountState(uint40 account) external view returns (AccountState) {
        return _book.state[account];
    }

    // ---------------------------------------------------------------- checks

    function _authorize(
        address signer,
        uint40 account,
        Role needs
    ) internal view returns (AccountState) {
        return _book.authorize(signer, account, needs);
    }

    function _checkExists(uint40 account) internal view {
        if (account == 0 || account > _book.count) revert UnknownAccount(account);
    }
}
