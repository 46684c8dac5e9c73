import { parseAbi } from "viem";

/** The events that the history has, of both contracts; user-defined types as what they wrap. */
export const abi = parseAbi([
  "event Registered(uint40 indexed account, bytes32 indexed handle, uint40 recovery)",
  "event KeyAdded(uint40 indexed account, address indexed key, uint8 role, uint40 expiry)",
  "event Posted(uint40 indexed account, bytes32 indexed digest, bytes32 indexed parent, uint40 community)",
  "event Voted(bytes32 indexed post, uint40 indexed account, uint256 vote, uint256 state)",
  "event CurationClaimed(bytes32 indexed post, uint40 indexed account, uint256 vests)",
  "event Followed(uint40 indexed account, uint40 target)",
]);
