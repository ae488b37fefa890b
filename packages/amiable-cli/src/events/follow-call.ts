/** An event, as far as it belongs to calls. */
interface Related {
  readonly headers: readonly (readonly [name: string, value: string])[]
}

const IDS = /(?:Uniqueid|Linkedid)$/i
const NAMES = /Channel$/
// a call has a handful of channels; a conference with a thousand is a limit
const MOST = 10_000

/** Makes a test whether an event belongs to a call: by a Uniqueid, a Linkedid or the name of a channel, and what these lead to. */
export function followCall(id: string): (event: Related) => boolean {
  const known = new Set([id])
  return ({ headers }) => {
    const related = headers.filter(([name, value]) => value !== '' && (IDS.test(name) || NAMES.test(name)))
    if (!related.some(([, value]) => known.has(value))) return false
    for (const [name, value] of related) if (IDS.test(name) && known.size < MOST) known.add(value)
    return true
  }
}
