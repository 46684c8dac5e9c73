import { event, indexed } from "@subsquid/evm-abi";
import { address, bytes32, uint8, uint40, uint256 } from "@subsquid/evm-codec";
import keccak256 from "keccak256";

const of = (signature: string) => "0x" + keccak256(signature).toString("hex");

const registered = "Registered(uint40,bytes32,uint40)";
const keyAdded = "KeyAdded(uint40,address,uint8,uint40)";
const posted = "Posted(uint40,bytes32,bytes32,uint40)";
const voted = "Voted(bytes32,uint40,uint256,uint256)";
const claimed = "CurationClaimed(bytes32,uint40,uint256)";
const followed = "Followed(uint40,uint40)";

/** The events that the history has; user-defined types as what they wrap. */
export const Registered = event(of(registered), registered, {
  account: indexed(uint40),
  handle: indexed(bytes32),
  recovery: uint40,
});
export const KeyAdded = event(of(keyAdded), keyAdded, {
  account: indexed(uint40),
  key: indexed(address),
  role: uint8,
  expiry: uint40,
});
export const Posted = event(of(posted), posted, {
  account: indexed(uint40),
  digest: indexed(bytes32),
  parent: indexed(bytes32),
  community: uint40,
});
export const Voted = event(of(voted), voted, {
  post: indexed(bytes32),
  account: indexed(uint40),
  vote: uint256,
  state: uint256,
});
export const CurationClaimed = event(of(claimed), claimed, {
  post: indexed(bytes32),
  account: indexed(uint40),
  vests: uint256,
});
export const Followed = event(of(followed), followed, {
  account: indexed(uint40),
  target: uint40,
});
