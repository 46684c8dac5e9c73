// Reads files from a node with Helia's verified-fetch, which believes no byte that it has not hashed.
// node fetch.mjs URL REQUEST...: a request is a CID, or a CID and a range (`CID bytes=0-9`).
// Prints a line of JSON for each: the size of what came, and its sha-256 and the status, or the error.

import { createHash } from 'node:crypto'
import { withHTTP } from '@helia/http'
import { createVerifiedFetch } from '@helia/verified-fetch'
import { createHeliaLight } from 'helia'

const PATIENCE = { answer: 60_000, piece: 8_000 } // milliseconds; the second counts from the last that came to any
let last = Date.now()
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
    const response = await answerOf(verifiedFetch(`ipfs://${cid}`, { headers: range ? { range } : {} }))
    last = Date.now()
    const reader = response.body.getReader()
    for (let part; !(part = await pieceOf(reader.read())).done;) {
      hash.update(part.value)
      size += part.value.length
    }
    return { status: response.status, sha256: hash.digest('hex'), size }
  } catch (error) {
    return { error: `${error.name}: ${error.message}`, size }
  }
}

function answerOf (response) {
  const late = new Promise((resolve, reject) => setTimeout(reject, PATIENCE.answer, new Error('no answer comes')))
  return Promise.race([response, late])
}

/** The piece, or an error: a body whose next block is refused never goes on, and never ends. */
async function pieceOf (piece) {
  let waiting = true
  const late = new Promise((resolve, reject) => {
    const look = () => {
      const left = last + PATIENCE.piece - Date.now()
      if (left <= 0) reject(new Error('nothing more comes'))
      else if (waiting) setTimeout(look, left)
    }
    look()
  })
  try {
    const found = await Promise.race([piece, late])
    last = Date.now()
    return found
  } finally {
    waiting = false
  }
}
