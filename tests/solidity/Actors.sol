// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ICoreBase} from "../../contracts/interfaces/ICoreBase.sol";
import {IGraph} from "../../contracts/interfaces/IGraph.sol";
import {IRelay, Signed} from "../../contracts/interfaces/IRelay.sol";
import {Kinds} from "../../contracts/libraries/Kinds.sol";
import {Role} from "../../contracts/types/Key.sol";
import {Base} from "./Base.t.sol";

/// @dev Core and graph with three accounts, and how their keys sign. The secret of an account's owner key is the
///      account's number.
abstract contract Actors is Base {
    uint40 internal constant ADA = 1;
    uint40 internal constant BOB = 2;
    uint40 internal constant CAROL = 3;
    uint256 internal constant FRESH = 100; // secret of a key that nobody has added yet
    address internal constant RELAYER = address(0x4E1A);

    uint40 internal constant NOW = uint40(START + 5 * DAY); // all mana is there
    uint256 internal constant BALANCE = 500 ether; // wei, of each
    uint64 internal constant STAKE = uint64(1_000 ether / WEI_PER_VEST); // micro-vests, of each

    IGraph internal graph;

    function setUp() public virtual override {
        super.setUp();
        bytes memory code = vm.getCode("LaurelGraph.sol:LaurelGraph");
        code = bytes.concat(code, abi.encode(core));
        address made;
        assembly ("memory-safe") {
            made := create(0, add(code, 32), mload(code))
        }
        graph = IGraph(made);
        _arrive("ada", ADA);
        _arrive("bob", BOB);
        _arrive("carol", CAROL);
        vm.warp(NOW);
    }

    function _arrive(bytes32 handle, uint40 account) private {
        _join(handle, vm.addr(account));
        _stake(account, vm.addr(account), STAKE * WEI_PER_VEST);
        core.deposit(account, BALANCE);
    }

    /// @dev The next call is the account's.
    function _as(uint40 account) internal {
        vm.prank(vm.addr(account));
    }

    function _post(uint40 account, bytes32 digest) internal returns (bytes32 id) {
        _as(account);
        return core.post(account, digest, 0, 0);
    }

    function _plain() internal pure returns (ICoreBase.Options memory o) {
        (o.maxAcceptedPayout, o.liquidBps) = (type(uint96).max, 5000);
        (o.allowVotes, o.allowCurationRewards) = (true, true);
    }

    /// @param secret of the key that the account gets
    function _grant(uint40 account, uint256 secret, Role role, uint40 expiry) internal {
        ICoreBase.KeyGrant memory g = ICoreBase.KeyGrant(
            account,
            vm.addr(secret),
            role,
            expiry,
            NOW
        );
        bytes32 structHash = keccak256(abi.encode(Kinds.ADD_KEY_TYPEHASH, g));
        _as(account);
        core.addKey(g, _sign(core, structHash, secret));
    }

    // ---------------------------------------------------------------- signatures

    function _sign(
        IRelay to,
        bytes32 structHash,
        uint256 secret
    ) internal view returns (bytes memory) {
        bytes32 domain = keccak256(
            abi.encode(
                keccak256(
                    "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"
                ),
                keccak256(bytes(address(to) == address(core) ? "Laurel" : "Laurel Graph")),
                keccak256("1"),
                block.chainid,
                to
            )
        );
        bytes32 digest = keccak256(abi.encodePacked(hex"1901", domain, structHash));
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(secret, digest);
        return abi.encodePacked(r, s, v);
    }

    /// @param action of a kind whose fields are all static
    function _signed(
        IRelay to,
        uint8 kind,
        bytes32 typehash,
        bytes memory action,
        uint256 secret
    ) internal view returns (Signed memory) {
        return Signed(kind, action, _sign(to, keccak256(bytes.concat(typehash, action)), secret));
    }

    /// @return everything that EIP-712 signs of Votes, hashed
    function _hashOfVotes(
        uint40 account,
        ICoreBase.Ballot[] memory ballots,
        uint40 signedAt
    ) internal pure returns (bytes32) {
        bytes memory hashes;
        for (uint256 i = 0; i < ballots.length; ++i) {
            hashes = bytes.concat(hashes, keccak256(abi.encode(Kinds.BALLOT_TYPEHASH, ballots[i])));
        }
        return keccak256(abi.encode(Kinds.VOTES_TYPEHASH, account, keccak256(hashes), signedAt));
    }

    // ---------------------------------------------------------------- the relay

    function _relay(IRelay to, Signed memory action) internal {
        Signed[] memory batch = new Signed[](1);
        batch[0] = action;
        vm.prank(RELAYER);
        to.relay(batch);
    }

    function _skipped(IRelay to, Signed memory action, bytes4 reason) internal {
        vm.expectEmit(address(to));
        emit IRelay.Skipped(0, reason);
        _relay(to, action);
    }
}
