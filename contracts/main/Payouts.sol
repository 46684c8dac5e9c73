// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {ICoreMain} from "../interfaces/ICoreMain.sol";
import {RewardMath} from "../libraries/RewardMath.sol";
import {PostState} from "../types/PostState.sol";
import {VoteState} from "../types/VoteState.sol";
import {Payout} from "../core/Payout.sol";
import {Ledger} from "../core/Ledger.sol";

/// @dev What a closed day pays: to authors and beneficiaries when a post is settled, then to curators vote by
///      vote. All of it is stake or balance inside the core, minted once per call.
abstract contract Payouts is Payout, Ledger, ICoreMain {
    function close(uint256 n) external returns (uint256 closed) {
        return _close(Math.min(n, _openDays()));
    }

    // ---------------------------------------------------------------- settling

    function settle(bytes32[] calldata ids) external {
        _closeElapsed();
        uint256 liquid;
        uint256 vests;
        for (uint256 i = 0; i < ids.length; ++i) {
            (uint256 l, uint256 v) = _settle(ids[i]);
            (liquid, vests) = (liquid + l, vests + v);
        }
        _mint(liquid, vests);
    }

    /// @return liquid wei to balances; rounding dust stays unminted
    /// @return vests micro-vests to stakes
    function _settle(bytes32 id) private returns (uint256 liquid, uint256 vests) {
        PostState p = _existing(id);
        if (p.settled()) return (0, 0);
        uint256 earned = _payoutDown(p);
        uint256 payout = earned;
        if (p.hasOptions()) payout = Math.min(earned, _options[id].maxAcceptedPayout);

        uint256 curation = payout / 2;
        uint256 author = payout - curation;
        uint256 returned = earned - payout;
        if (p.weight() == 0 || p.curationDeclined()) {
            returned += curation;
            curation = 0;
        }
        if (returned != 0) _reserve.pool += uint96(returned);
        curation = _toVestsDown(curation);
        _posts[id] = p.withSettled(uint64(curation));

        uint40 account = _authorOf(id);
        uint256 liquidBps = LIQUID_BPS;
        if (p.hasOptions()) {
            liquidBps = _options[id].liquidBps;
            (author, liquid, vests) = _payBeneficiaries(id, author, liquidBps);
        }
        (uint256 l, uint256 v) = _pay(account, author, liquidBps);
        emit Settled(id, account, l, v, curation, returned);
        return (liquid + l, vests + v);
    }

    /// @param author wei that author and beneficiaries share
    /// @return rest wei left to the author
    function _payBeneficiaries(
        bytes32 id,
        uint256 author,
        uint256 liquidBps
    ) private returns (uint256 rest, uint256 liquid, uint256 vests) {
        uint56[] memory beneficiaries = _options[id].beneficiaries;
        rest = author;
        for (uint256 i = 0; i < beneficiaries.length; ++i) {
            uint40 account = uint40(beneficiaries[i] >> 16);
            uint256 share = (author * uint16(beneficiaries[i])) / RewardMath.BPS;
            (uint256 l, uint256 v) = _pay(account, share, liquidBps);
            emit BeneficiaryPaid(id, account, l, v);
            (rest, liquid, vests) = (rest - share, liquid + l, vests + v);
        }
    }

    function _pay(
        uint40 account,
        uint256 amount,
        uint256 liquidBps
    ) private returns (uint256 liquid, uint256 vests) {
        if (amount == 0) return (0, 0);
        liquid = (amount * liquidBps) / RewardMath.BPS;
        vests = _toVestsDown(amount - liquid);
        if (liquid != 0) _balances[account] += liquid;
        _addStake(account, vests);
    }

    // ---------------------------------------------------------------- curation

    function claimAsVoter(uint40 account, bytes32[] calldata ids) external {
        _closeElapsed();
        uint256 vests;
        for (uint256 i = 0; i < ids.length; ++i) vests += _claim(ids[i], account, _settled(ids[i]));
        if (vests == 0) return;
        _addStake(account, vests);
        _mint(0, vests);
    }

    function claimOfPost(bytes32 id, uint40[] calldata accounts) external {
        _closeElapsed();
        PostState p = _settled(id);
        uint256 sum;
        for (uint256 i = 0; i < accounts.length; ++i) {
            uint256 vests = _claim(id, accounts[i], p);
            if (vests == 0) continue;
            _addStake(accounts[i], vests);
            sum += vests;
        }
        _mint(0, sum);
    }

    /// @return vests micro-vests of one vote's curation reward; 0 if there is none or it has been paid
    function _claim(bytes32 id, uint40 account, PostState p) private returns (uint256 vests) {
        uint256 weight = _votes[id][account].weight();
        if (weight == 0) return 0;
        vests = (p.curation() * weight) / p.weight();
        _votes[id][account] = VoteState.wrap(0);
        emit CurationClaimed(id, account, vests);
    }

    function _settled(bytes32 id) private view returns (PostState p) {
        p = _existing(id);
        if (!p.settled()) revert NotSettled(id);
    }

    // ---------------------------------------------------------------- views

    function poolState()
        external
        view
        returns (
            uint96 pool,
            uint128 recent,
            uint32 nextDay,
            uint128 index,
            uint64 totalVests,
            uint128 virtualSupply
        )
    {
        Reserve memory r = _reserve;
        return (r.pool, r.recent, r.nextDay, r.index, r.totalVests, r.virtualSupply);
    }

    function dayState(uint256 day) external view returns (uint128 claims, uint128 paid) {
        Day memory d = _days[day];
        return (d.claims, d.paid);
    }

    function balanceOf(uint40 account) external view returns (uint256) {
        return _balances[account];
    }

    function _mint(uint256 liquid, uint256 vests) private {
        if (vests != 0) _reserve.totalVests += uint64(vests);
        uint256 amount = liquid + vests * WEI_PER_VEST;
        // The token is made by the core and calls nobody.
        // slither-disable-next-line reentrancy-no-eth,reentrancy-benign,reentrancy-events
        if (amount != 0) TOKEN.mint(address(this), amount);
    }
}
