import { createConfig } from "ponder";

import { abi } from "./abi";

/** DATABASE_URL says which PostgreSQL; without it Ponder takes PGlite. */
export default createConfig({
  chains: { replayed: { id: 31337, rpc: process.env.NODE_URL } },
  contracts: {
    // Both contracts as one, so that Ponder asks once for the logs of a range.
    Laurel: {
      abi,
      chain: "replayed",
      address: [`0x${"c0".repeat(20)}`, `0x${"9a".repeat(20)}`],
      startBlock: 1,
      endBlock: Number(process.env.LAST_BLOCK),
    },
  },
});
