// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Payout} from "../core/Payout.sol";
import {ICoreExtension} from "../interfaces/ICoreExtension.sol";
import {RewardMath} from "../libraries/RewardMath.sol";
import {Role} from "../types/Key.sol";
import {PostState} from "../types/PostState.sol";

/// @dev What only some posts have: options, edits, an end.
abstract contract Authoring is Payout, ICoreExtension {
    uint256 private constant MOST_BENEFICIARIES = 8;
    uint96 private constant NO_CAP = type(uint96).max;

    function postWithOptions(
        uint40 account,
        bytes32 digest,
        bytes32 parent,
        uint40 community,
        Options calldata options
    ) external returns (bytes32 id) {
        return _postWithOptions(msg.sender, account, digest, parent, community, options);
    }

    function edit(uint40 account, bytes32 id, bytes32 digest) external {
        _edit(msg.sender, account, id, digest);
    }

    function remove(uint40 account, bytes32 id) external {
        _remove(msg.sender, account, id);
    }

    // ---------------------------------------------------------------- views

    function optionsOf(bytes32 id) external view returns (Options memory o) {
        PostState p = _existing(id);
        (o.maxAcceptedPayout, o.liquidBps) = (NO_CAP, LIQUID_BPS);
        o.allowVotes = !p.votesDeclined();
        o.allowCurationRewards = !p.curationDeclined();
        if (!p.hasOptions()) return o;
        StoredOptions memory stored = _options[id];
        (o.maxAcceptedPayout, o.liquidBps) = (stored.maxAcceptedPayout, stored.liquidBps);
        o.beneficiaries = new Beneficiary[](stored.beneficiaries.length);
        for (uint256 i = 0; i < o.beneficiaries.length; ++i) {
            uint56 b = stored.beneficiaries[i];
            o.beneficiaries[i] = Beneficiary(uint40(b >> 16), uint16(b));
        }
    }

    function payoutOf(bytes32 id) external view returns (uint256) {
        return _payoutDown(_existing(id));
    }

    // ---------------------------------------------------------------- what direct calls and the relay share

    function _postWithOptions(
        address signer,
        uint40 account,
        bytes32 digest,
        bytes32 parent,
        uint40 community,
        Options memory o
    ) internal returns (bytes32 id) {
        _checkOptions(o);
        id = _post(signer, account, digest, parent, community);
        bool plain = o.maxAcceptedPayout == NO_CAP && o.liquidBps == LIQUID_BPS;
        plain = plain && o.beneficiaries.length == 0;
        _posts[id] = _posts[id].withOptions(o.allowVotes, o.allowCurationRewards, !plain);
        if (!plain) {
            StoredOptions storage stored = _options[id];
            stored.maxAcceptedPayout = o.maxAcceptedPayout;
            stored.liquidBps = o.liquidBps;
            for (uint256 i = 0; i < o.beneficiaries.length; ++i) {
                Beneficiary memory b = o.beneficiaries[i];
                stored.beneficiaries.push((uint56(b.account) << 16) | b.bps);
            }
        }
        emit OptionsSet(id, o);
    }

    function _edit(address signer, uint40 account, bytes32 id, bytes32 digest) internal {
        _existingOf(signer, account, id);
        emit Edited(id, digest);
    }

    function _remove(address signer, uint40 account, bytes32 id) internal {
        PostState p = _existingOf(signer, account, id);
        bool open = block.timestamp < _cashoutOf(p);
        if (!open || p.replied() || p.weight() != 0 || p.net() > 0) revert NotRemovable(id);
        _posts[id] = p.withRemoved();
        emit Removed(id);
    }

    function _existingOf(
        address signer,
        uint40 account,
        bytes32 id
    ) private view returns (PostState) {
        _authorize(signer, account, Role.Posting);
        if (_authorOf(id) != account) revert NotAuthor(id, account);
        return _existing(id);
    }

    function _checkOptions(Options memory o) private view {
        if (o.liquidBps > LIQUID_BPS) revert BadOptions("liquidBps");
        if (o.beneficiaries.length > MOST_BENEFICIARIES) revert BadOptions("beneficiaries");
        uint256 sum;
        uint40 last;
        for (uint256 i = 0; i < o.beneficiaries.length; ++i) {
            Beneficiary memory b = o.beneficiaries[i];
            _checkExists(b.account);
            if (b.account <= last || b.bps == 0) revert BadOptions("beneficiaries");
            last = b.account;
            sum += b.bps;
        }
        if (sum > RewardMath.BPS) revert BadOptions("beneficiaries");
    }
}
