// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Kinds} from "../libraries/Kinds.sol";
import {Signatures} from "../libraries/Signatures.sol";
import {Authoring} from "./Authoring.sol";
import {Recovery} from "./Recovery.sol";
import {Stake} from "./Stake.sol";

/// @dev The kinds of signed action that the extension performs, each read and handed to what the direct call
///      ends in.
abstract contract ExtendedActions is Recovery, Authoring, Stake {
    uint256 private constant REQUEST_RECOVERY_WORDS = 4;
    uint256 private constant RESTORE_WORDS = 3;
    uint256 private constant OPTIONS_WORDS = 10;

    // slither-disable-next-line cyclomatic-complexity -- one branch for each kind
    function _perform(
        uint8 kind,
        bytes calldata action,
        bytes calldata signature,
        address
    ) internal override {
        if (kind == Kinds.POWER_UP) {
            (uint40 account, uint40 to, uint256 amount) = abi.decode(
                action,
                (uint40, uint40, uint256)
            );
            _powerUp(
                _signerOnce(action, signature, Kinds.POWER_UP_TYPEHASH, 5),
                account,
                to,
                amount
            );
        } else if (kind == Kinds.WITHDRAW) {
            (uint40 account, address to, uint256 amount) = abi.decode(
                action,
                (uint40, address, uint256)
            );
            _withdraw(
                _signerOnce(action, signature, Kinds.WITHDRAW_TYPEHASH, 5),
                account,
                to,
                amount
            );
        } else if (kind == Kinds.TRANSFER) {
            (uint40 account, uint40 to, uint256 amount, bytes32 memo) = abi.decode(
                action,
                (uint40, uint40, uint256, bytes32)
            );
            _transfer(
                _signerOnce(action, signature, Kinds.TRANSFER_TYPEHASH, 6),
                account,
                to,
                amount,
                memo
            );
        } else if (kind == Kinds.POWER_DOWN) {
            (uint40 account, uint64 vests) = abi.decode(action, (uint40, uint64));
            _powerDown(
                _signerOnce(action, signature, Kinds.POWER_DOWN_TYPEHASH, 4),
                account,
                vests
            );
        } else if (kind == Kinds.DELEGATE) {
            (uint40 account, uint40 to, uint64 vests) = abi.decode(
                action,
                (uint40, uint40, uint64)
            );
            _delegate(
                _signerOnce(action, signature, Kinds.DELEGATE_TYPEHASH, 5),
                account,
                to,
                vests
            );
        } else if (kind == Kinds.POST_WITH_OPTIONS) {
            _postWithOptionsSigned(action, signature);
        } else if (kind == Kinds.EDIT) {
            (uint40 account, bytes32 id, bytes32 digest) = abi.decode(
                action,
                (uint40, bytes32, bytes32)
            );
            _edit(_signerOnce(action, signature, Kinds.EDIT_TYPEHASH, 5), account, id, digest);
        } else if (kind == Kinds.REMOVE) {
            (uint40 account, bytes32 id) = abi.decode(action, (uint40, bytes32));
            _remove(_signerInTime(action, signature, Kinds.REMOVE_TYPEHASH, 3), account, id);
        } else if (kind == Kinds.SET_RECOVERY) {
            (uint40 account, uint40 recovery) = abi.decode(action, (uint40, uint40));
            _setRecovery(
                _signerOnce(action, signature, Kinds.SET_RECOVERY_TYPEHASH, 4),
                account,
                recovery
            );
        } else if (kind == Kinds.REQUEST_RECOVERY) {
            _requestRecoverySigned(action, signature);
        } else if (kind == Kinds.CANCEL_RECOVERY) {
            uint40 account = abi.decode(action, (uint40));
            _cancelRecovery(
                _signerOnce(action, signature, Kinds.CANCEL_RECOVERY_TYPEHASH, 3),
                account
            );
        } else if (kind == Kinds.RESTORE) {
            _restoreSigned(action, signature);
        } else {
            revert UnknownKind(kind);
        }
    }

    function _requestRecoverySigned(bytes calldata action, bytes calldata signature) private {
        (bytes calldata words, bytes calldata proof) = _split(action, REQUEST_RECOVERY_WORDS);
        (uint40 account, address newOwner, uint256 nonce, uint40 deadline) = abi.decode(
            words,
            (uint40, address, uint256, uint40)
        );
        bytes32 structHash = _hash(Kinds.REQUEST_RECOVERY_TYPEHASH, words);
        address signer = _signerOf(structHash, signature);
        _requestRecovery(signer, account, newOwner, nonce, deadline, structHash, proof);
    }

    function _restoreSigned(bytes calldata action, bytes calldata signature) private {
        (bytes calldata words, bytes calldata proofs) = _split(action, RESTORE_WORDS);
        (uint40 account, address newOwner, uint40 deadline) = abi.decode(
            words,
            (uint40, address, uint40)
        );
        // Behind abi.encode's one word of offset. Reading from it is checked against the calldata's end.
        bytes[3] calldata signatures;
        assembly ("memory-safe") {
            signatures := add(proofs.offset, 32)
        }
        _restore(address(0), account, newOwner, deadline, signatures);
    }

    function _postWithOptionsSigned(bytes calldata action, bytes calldata signature) private {
        (bytes calldata elements, uint256 n) = _elements(action, OPTIONS_WORDS, 8, 2);
        Beneficiary[] calldata beneficiaries;
        assembly ("memory-safe") {
            beneficiaries.offset := elements.offset
            beneficiaries.length := n
        }
        Options memory o;
        uint40 account;
        bytes32 digest;
        bytes32 parent;
        uint40 community;
        uint40 deadline;
        (
            account,
            digest,
            parent,
            community,
            o.maxAcceptedPayout,
            o.liquidBps,
            o.allowVotes,
            o.allowCurationRewards,
            ,
            deadline
        ) = abi.decode(
            action,
            (uint40, bytes32, bytes32, uint40, uint96, uint16, bool, bool, uint256, uint40)
        );
        o.beneficiaries = beneficiaries;
        Signatures.checkDeadline(deadline);
        bytes32[] memory hashes = new bytes32[](o.beneficiaries.length);
        for (uint256 i = 0; i < hashes.length; ++i) {
            hashes[i] = keccak256(abi.encode(Kinds.BENEFICIARY_TYPEHASH, o.beneficiaries[i]));
        }
        bytes32 structHash = keccak256(
            abi.encode(
                Kinds.POST_WITH_OPTIONS_TYPEHASH,
                account,
                digest,
                parent,
                community,
                o.maxAcceptedPayout,
                o.liquidBps,
                o.allowVotes,
                o.allowCurationRewards,
                keccak256(abi.encodePacked(hashes)),
                deadline
            )
        );
        address signer = _signerOf(structHash, signature);
        _postWithOptions(signer, account, digest, parent, community, o);
    }
}
