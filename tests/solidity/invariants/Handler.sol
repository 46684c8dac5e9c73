// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ICore} from "../../../contracts/interfaces/ICore.sol";
import {ICoreBase} from "../../../contracts/interfaces/ICoreBase.sol";
import {IGraph} from "../../../contracts/interfaces/IGraph.sol";
import {Kinds} from "../../../contracts/libraries/Kinds.sol";
import {Away} from "../../../contracts/types/Away.sol";
import {Role} from "../../../contracts/types/Key.sol";
import {PostState} from "../../../contracts/types/PostState.sol";
import {World} from "./World.sol";

/// @dev Drives core and graph with several accounts. Each action first lets some time pass, then chooses by its
///      numbers among what can be done now, and does it; where nothing can, it reverts and counts for nothing.
contract Handler is World {
    modifier later() {
        _begin();
        _;
    }

    constructor(ICore core_, IGraph graph_) World(core_, graph_) {}

    /// @dev Four accounts with keys of every kind, stake that votes, is lent, returns and leaves, and posts to be settled
    ///      and to be voted on.
    function begin() external {
        token.approve(address(core), type(uint256).max);
        token.approve(address(graph), type(uint256).max);
        for (uint40 account = 1; account <= 4; ++account) {
            uint256 amount = account * uint256(1_000_000 ether);
            _register(account - 1);
            _addKey(account, Role.Active, 0);
            _addKey(account, Role.Owner, uint40(clock + DAY));
            core.deposit(account, amount);
            vm.prank(keys[_holder(account, Role.Active)].key);
            core.powerUp(account, account, (amount * 9) / 10);
        }
        _pass(BAR);
        for (uint40 account = 1; account <= 4; ++account) {
            _write(account, 0);
            _vote(account, posts[account - 1], 10_000);
            _vote(5 - account, posts[account - 1], 5_000);
            _delegate(account, 5 - account, account * uint256(1e14));
            graph.tip(posts[account - 1], address(token), 1 ether);
        }
        _delegate(1, 4, 0);
        _powerDown(2, 1e14);
        _pass(8 * DAY);
        for (uint40 account = 1; account <= 4; ++account) _write(account, 0);
    }

    function actions() external pure returns (bytes4[35] memory) {
        return
            [
                this.write.selector,
                this.comment.selector,
                this.writeWithOptions.selector,
                this.edit.selector,
                this.remove.selector,
                this.vote.selector,
                this.voteAgain.selector,
                this.takeBack.selector,
                this.voteMany.selector,
                this.deposit.selector,
                this.withdraw.selector,
                this.transfer.selector,
                this.powerUp.selector,
                this.powerDown.selector,
                this.release.selector,
                this.delegateMore.selector,
                this.delegateLess.selector,
                this.completeReturn.selector,
                this.claimStakeReward.selector,
                this.close.selector,
                this.settle.selector,
                this.claimAsVoter.selector,
                this.claimOfPost.selector,
                this.register.selector,
                this.addKey.selector,
                this.revokeKey.selector,
                this.setRecovery.selector,
                this.requestRecovery.selector,
                this.cancelRecovery.selector,
                this.completeRecovery.selector,
                this.restore.selector,
                this.follow.selector,
                this.tip.selector,
                this.collect.selector,
                this.replay.selector
            ];
    }

    function _begin() private {
        dice = uint256(keccak256(abi.encode(dice, msg.data)));
        _pass((1 << (dice % 19)) >> 1); // nothing to a day and a half
    }

    // ---------------------------------------------------------------- posts

    function write(uint256 who) external later {
        _write(_account(who), 0);
    }

    function comment(uint256 who, uint256 what) external later {
        _write(_account(who), _post(what, Phase.Any));
    }

    function writeWithOptions(uint256 who, uint256 what, uint256 much) external later {
        uint40 account = _account(who);
        ICoreBase.Options memory o;
        o.maxAcceptedPayout = uint96(bound(much, 0, 10_000 ether));
        o.liquidBps = uint16(what % 5001);
        o.allowVotes = what % 8 != 0;
        o.allowCurationRewards = what % 3 != 0;
        o.beneficiaries = new ICoreBase.Beneficiary[](what % 5);
        for (uint40 i = 0; i < o.beneficiaries.length; ++i) {
            o.beneficiaries[i] = ICoreBase.Beneficiary(i + 1, uint16(1 + (what % 2500)));
        }
        bytes memory call = abi.encodeCall(core.postWithOptions, (account, bytes32(dice), 0, 0, o));
        _call(account, Role.Posting, address(core), call);
        _written(account, bytes32(dice));
    }

    function edit(uint256 what) external later {
        bytes32 id = _post(what, Phase.Any);
        bytes memory call = abi.encodeCall(core.edit, (_author(id), id, bytes32(dice)));
        _act(_author(id), Role.Posting, Kinds.EDIT, Kinds.EDIT_TYPEHASH, call);
    }

    function remove(uint256 what) external later {
        bytes32 id = _post(what, Phase.Fresh);
        bytes memory call = abi.encodeCall(core.remove, (_author(id), id));
        _act(_author(id), Role.Posting, Kinds.REMOVE, Kinds.REMOVE_TYPEHASH, call);
    }

    function _write(uint40 account, bytes32 parent) private {
        bytes32 digest = keccak256(abi.encode(dice, posts.length));
        bytes memory call = abi.encodeCall(core.post, (account, digest, parent, 0));
        _act(account, Role.Posting, Kinds.POST, Kinds.POST_TYPEHASH, call);
        _written(account, digest);
    }

    // ---------------------------------------------------------------- votes

    function vote(uint256 who, uint256 what, uint256 much) external later {
        _vote(_account(who), _post(what, Phase.Open), _bps(much));
    }

    function voteAgain(uint256 what, uint256 much) external later {
        Cast memory c = _cast(what, Phase.Open);
        _vote(c.account, c.post, _bps(much));
    }

    function takeBack(uint256 what) external later {
        Cast memory c = _cast(what, Phase.Open);
        _vote(c.account, c.post, 0);
    }

    /// @dev On posts it has not voted on.
    function voteMany(uint256 who, uint256 what, uint256 much) external later {
        uint40 account = _account(who);
        uint256 n = 1 + (what % posts.length);
        ICoreBase.Ballot[] memory ballots = new ICoreBase.Ballot[](n);
        uint256 found;
        for (uint256 i = 0; i < n; ++i) {
            bytes32 id = posts[((dice % posts.length) + i) % posts.length];
            if (!_is(id, Phase.Open) || core.voteState(id, account).signedAt() != 0) continue;
            ballots[found++] = ICoreBase.Ballot(id, _bps(much));
            casts.push(Cast(id, account));
        }
        if (found == 0) revert Nothing();
        assembly ("memory-safe") {
            mstore(ballots, found)
        }
        spent += found * _used(account, _bps(much));
        bytes memory call = abi.encodeCall(core.voteMany, (account, ballots));
        _call(account, Role.Posting, address(core), call);
    }

    function _vote(uint40 account, bytes32 id, int16 bps) private {
        spent += _used(account, bps);
        casts.push(Cast(id, account));
        bytes memory call = abi.encodeCall(core.vote, (account, id, bps));
        _act(account, Role.Posting, Kinds.VOTE, Kinds.VOTE_TYPEHASH, call);
    }

    /// @return two in three in favour, one in two full
    function _bps(uint256 much) private view returns (int16) {
        uint16 magnitude = dice >> 255 == 0 ? 10_000 : uint16(bound(much, 1, 10_000));
        return (dice >> 144) % 3 == 0 ? -int16(magnitude) : int16(magnitude);
    }

    /// @return micro-vests; a full vote is a fiftieth of the bar
    function _used(uint40 account, int16 bps) private view returns (uint256) {
        uint256 magnitude = uint256(int256(bps < 0 ? -bps : bps));
        return (core.accountState(account).effective() * magnitude + 499_999) / 500_000;
    }

    // ---------------------------------------------------------------- balance and stake

    function deposit(uint256 who, uint256 much) external later {
        core.deposit(_account(who), bound(much, 1, 10_000 ether));
    }

    function withdraw(uint256 who, uint256 much) external later {
        uint40 account = _account(who);
        uint256 amount = _partOf(account, much);
        bytes memory call = abi.encodeCall(core.withdraw, (account, address(this), amount));
        _act(account, Role.Active, Kinds.WITHDRAW, Kinds.WITHDRAW_TYPEHASH, call);
    }

    function transfer(uint256 who, uint256 what, uint256 much) external later {
        uint40 account = _account(who);
        uint256 amount = _partOf(account, much);
        bytes memory call = abi.encodeCall(core.transfer, (account, _account(what), amount, 0));
        _act(account, Role.Active, Kinds.TRANSFER, Kinds.TRANSFER_TYPEHASH, call);
    }

    function powerUp(uint256 who, uint256 what, uint256 much) external later {
        uint40 account = _account(who);
        uint256 amount = _partOf(account, much);
        bytes memory call = abi.encodeCall(core.powerUp, (account, _account(what), amount));
        _act(account, Role.Active, Kinds.POWER_UP, Kinds.POWER_UP_TYPEHASH, call);
    }

    /// @dev Also replaces one under way; with 0, stops it.
    function powerDown(uint256 who, uint256 what, uint256 much) external later {
        uint40 account = _account(who);
        uint256 most = _free(account) + core.awayOf(account).leaving;
        _powerDown(account, what % 8 == 0 ? 0 : uint64(bound(much, 1, most)));
    }

    function release(uint256 who) external later {
        for (uint256 i = 0; i < _count(); ++i) {
            uint40 account = _account((who % MOST_ACCOUNTS) + i);
            Away memory away = core.awayOf(account);
            if (away.leaving != 0 && clock >= away.dueAt) return core.releasePowerDown(account);
        }
        revert Nothing();
    }

    function delegateMore(uint256 who, uint256 what, uint256 much) external later {
        (uint40 account, uint40 to) = (_account(who), _account(what));
        uint256 vests = core.delegationOf(account, to) + bound(much, 1, _free(account));
        _delegate(account, to, vests);
    }

    function delegateLess(uint256 who, uint256 what, uint256 much) external later {
        for (uint256 i = 0; i < _count() ** 2; ++i) {
            uint40 account = _account((who % MOST_ACCOUNTS) + i / _count());
            uint40 to = _account((what % MOST_ACCOUNTS) + i);
            uint256 lent = core.delegationOf(account, to);
            if (lent != 0) return _delegate(account, to, bound(much, 0, lent - 1));
        }
        revert Nothing();
    }

    function completeReturn(uint256 who) external later {
        for (uint256 i = 0; i < _count(); ++i) {
            uint40 account = _account((who % MOST_ACCOUNTS) + i);
            Away memory away = core.awayOf(account);
            if (away.returning != 0 && clock >= away.returnAt) return core.completeReturn(account);
        }
        revert Nothing();
    }

    function claimStakeReward(uint256 who) external later {
        core.claimStakeReward(_account(who));
    }

    function _delegate(uint40 account, uint40 to, uint256 vests) private {
        bytes memory call = abi.encodeCall(core.delegate, (account, to, uint64(vests)));
        _act(account, Role.Active, Kinds.DELEGATE, Kinds.DELEGATE_TYPEHASH, call);
    }

    function _powerDown(uint40 account, uint64 vests) private {
        bytes memory call = abi.encodeCall(core.powerDown, (account, vests));
        _act(account, Role.Active, Kinds.POWER_DOWN, Kinds.POWER_DOWN_TYPEHASH, call);
    }

    // ---------------------------------------------------------------- payouts

    /// @dev After a silence of up to twelve days.
    function close(uint256 much) external later {
        _pass(1 << ((dice >> 152) % 21));
        if (core.close(bound(much, 1, 20)) == 0) revert Nothing();
    }

    function settle(uint256 what) external later {
        bytes32 id = _post(what, Phase.Ripe);
        core.close(type(uint256).max); // so that nothing else is minted
        (uint256 pool, , , , , ) = core.poolState();
        uint256 supply = token.totalSupply();
        core.settle(_twice(id));

        PostState p = core.postState(id);
        settledAs[id] = p;
        settled.push(id);
        uint256 paid = token.totalSupply() - supply + p.curation() * 1e9; // 1e9 wei in a micro-vest
        (supply, , , , , ) = core.poolState();
        paidOn[p.createdAt() / DAY + 7] += paid + supply - pool;
    }

    function claimAsVoter(uint256 what) external later {
        Cast memory c = _cast(what, Phase.Settled);
        uint256 before = _totalVests();
        core.claimAsVoter(c.account, _twice(c.post));
        claimedOf[c.post] += _totalVests() - before;
    }

    function claimOfPost(uint256 what) external later {
        bytes32 id = _post(what, Phase.Settled);
        uint40[] memory voters = new uint40[](2 * _count());
        for (uint256 i = 0; i < voters.length; ++i) voters[i] = _account(i);
        uint256 before = _totalVests();
        core.claimOfPost(id, voters);
        claimedOf[id] += _totalVests() - before;
    }

    // ---------------------------------------------------------------- keys and recovery

    function register(uint256 who) external later {
        if (_count() == MOST_ACCOUNTS) revert Nothing();
        _register(_account(who));
    }

    function addKey(uint256 who, uint256 what, uint256 much) external later {
        uint40 expiry = what % 2 == 0 ? 0 : uint40(clock + bound(much, 1, 60 * DAY));
        _addKey(_account(who), Role(1 + (what % 3)), expiry);
    }

    function revokeKey(uint256 who, uint256 what) external later {
        uint40 account = _account(who);
        uint256 target = _shuffled(what, 0);
        for (uint256 i = 1; !_may(keys[target], account, Role.Posting); ++i) {
            target = _shuffled(what, i);
        }
        if (target == _holder(account, Role.Owner)) revert Nothing(); // never the last
        spared = keys[target].key;
        bytes memory call = abi.encodeCall(core.revokeKey, (account, spared));
        _act(account, Role.Owner, Kinds.REVOKE_KEY, Kinds.REVOKE_KEY_TYPEHASH, call);
        keys[target].gone = true;
    }

    function setRecovery(uint256 who, uint256 what) external later {
        uint40 account = _account(who);
        bytes memory call = abi.encodeCall(core.setRecovery, (account, _account(what)));
        _act(account, Role.Owner, Kinds.SET_RECOVERY, Kinds.SET_RECOVERY_TYPEHASH, call);
    }

    function requestRecovery(uint256 who) external later {
        uint40 account = _account(who);
        (uint40 by, , ) = core.recoveryOf(account);
        uint256 owner = _newKey();
        bytes memory words = abi.encode(account, keys[owner].key, ++nonces, clock);
        bytes32 structHash = keccak256(bytes.concat(Kinds.REQUEST_RECOVERY_TYPEHASH, words));
        bytes memory call = abi.encodeCall(
            core.requestRecovery,
            (account, keys[owner].key, nonces, uint40(clock), _sign(owner, structHash))
        );
        _call(by, Role.Owner, address(core), call);
        requested[account] = owner;
    }

    function cancelRecovery(uint256 who) external later {
        uint40 account = _requested(who, false);
        bytes memory call = abi.encodeCall(core.cancelRecovery, (account));
        _act(account, Role.Owner, Kinds.CANCEL_RECOVERY, Kinds.CANCEL_RECOVERY_TYPEHASH, call);
    }

    function completeRecovery(uint256 who) external later {
        uint40 account = _requested(who, true);
        core.completeRecovery(account);
        _recovered(account, requested[account]);
    }

    function restore(uint256 who) external later {
        uint40 account = _account(who);
        (uint40 by, , ) = core.recoveryOf(account);
        uint256 owner = _newKey();
        address key = keys[owner].key;
        bytes32 hash = keccak256(abi.encode(Kinds.RESTORE_TYPEHASH, account, key, clock));
        bytes[3] memory signatures;
        signatures[0] = _sign(_holder(account, Role.Owner), hash);
        signatures[1] = _sign(_intruder(by, Role.Owner), hash);
        signatures[2] = _sign(owner, hash);
        try core.restore(account, key, uint40(clock), signatures) {
            intruded = true;
        } catch {
            signatures[1] = _sign(_holder(by, Role.Owner), hash);
            core.restore(account, key, uint40(clock), signatures);
            _recovered(account, owner);
        }
    }

    function _register(uint40 recovery) private {
        string memory name = string.concat("user", vm.toString(_count()));
        ICoreBase.Registration memory r;
        (r.handle, r.recovery) = (bytes32(bytes(name)), recovery);
        (r.maxFee, r.deadline) = (type(uint256).max, uint40(clock));
        (uint256 owner, uint256 posting) = (_newKey(), _newKey());
        (r.ownerKey, r.postingKey) = (keys[owner].key, keys[posting].key);
        bytes32 structHash = keccak256(
            abi.encode(
                Kinds.REGISTER_TYPEHASH,
                keccak256(bytes(name)),
                r.ownerKey,
                r.postingKey,
                r.postingExpiry,
                r.recovery,
                r.maxFee,
                r.deadline
            )
        );
        uint40 account = core.register(r, _sign(owner, structHash), _sign(posting, structHash));
        _added(owner, account, Role.Owner, 0);
        _added(posting, account, Role.Posting, 0);
    }

    function _addKey(uint40 account, Role role, uint40 expiry) private {
        uint256 key = _newKey();
        ICoreBase.KeyGrant memory g;
        (g.account, g.key, g.role) = (account, keys[key].key, role);
        (g.expiry, g.deadline) = (expiry, uint40(clock));
        bytes32 structHash = keccak256(abi.encode(Kinds.ADD_KEY_TYPEHASH, g));
        bytes memory call = abi.encodeCall(core.addKey, (g, _sign(key, structHash)));
        _call(account, Role.Owner, address(core), call);
        _added(key, account, role, expiry);
    }

    /// @dev All keys but the new one are gone. Its holder adds one.
    function _recovered(uint40 account, uint256 owner) private {
        for (uint256 i = 0; i < keys.length; ++i) {
            if (keys[i].account == account) keys[i].gone = true;
        }
        _added(owner, account, Role.Owner, 0);
        _addKey(account, Role(1 + (owner % 3)), 0);
    }

    // ---------------------------------------------------------------- the graph, and the relay once more

    function follow(uint256 who, uint256 what) external later {
        uint40 account = _account(who);
        bytes memory call = abi.encodeCall(graph.follow, (account, _account(what)));
        _call(account, Role.Posting, address(graph), call);
    }

    function tip(uint256 what, uint256 much) external later {
        graph.tip(_post(what, Phase.Any), address(token), bound(much, 1, 100 ether));
    }

    function collect(uint256 who, uint256 much) external later {
        uint40 account = _account(who);
        for (uint256 i = 0; i < _count() && graph.tipsOf(account, address(token)) == 0; ++i) {
            account = _account(account); // the next one
        }
        uint256 held = graph.tipsOf(account, address(token));
        bytes memory call = abi.encodeCall(
            graph.collect,
            (account, address(token), address(this), bound(much, 1, held))
        );
        _call(account, Role.Active, address(graph), call);
    }

    function replay(uint256 what) external later {
        _replay(what);
    }
}
