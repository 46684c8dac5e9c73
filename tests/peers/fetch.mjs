// Reads files from a node with Helia's verified-fetch, which believes no byte that it has not hashed.
// node fetch.mjs URL REQUEST...: a request is a CID, or a CID and a range (`CID bytes=0-9`).
// Prints a line of JSON for each: the size of what came, and its sha-256 and the status, or the error.

import { createHash } from 'node:crypto'
import { withHTTP } from '@helia/http'
import { createVerifiedFetch } from '@helia/verified-fetch'
import { createHeliaLight } from 'helia'

const PATIENCE = 6_000 // milliseconds
const [url, ...requests] = process.argv.slice(2)
// No gateway is given: that the node has the blocks is what its router says.
const helia = await withHTTP(createHeliaLight(), {
  delegatedRouters: [url],
  recursiveGateways: [],
  allowInsecure: true,
  allowLocal: true
}).start()
const verifiedFetch = await createVerifiedFetch(helia)

for (const result of await Promise.all(requests.map(read))) {
  console.log(JSON.stringify(result))
}
process.exit(0)

async function read (request) {
  const [cid, range] = request.split(' ')
  const hash = createHash('sha256')
  let size = 0
  try {
    const response = await inTime(verifiedFetch(`ipfs://${cid}`, { headers: range ? { range } : {} }))
    const reader = response.body.getReader()
    for (let part; !(part = await inTime(reader.read())).done;) {
      hash.update(part.value)
      size += part.value.length
    }
    return { status: response.status, sha256: hash.digest('hex'), size }
  } catch (error) {
    return { error: `${error.name}: ${error.message}`, size }
  }
}

/** `promise`, or an error: a body whose next block is refused never goes on, and never ends. */
function inTime (promise) {
  const late = new Promise((resolve, reject) => setTimeout(reject, PATIENCE, new Error('nothing more comes')))
  return Promise.race([promise, late])
}
