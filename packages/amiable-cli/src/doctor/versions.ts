// The branches of Asterisk, and until when each gets mends of security faults (docs.asterisk.org, Asterisk Versions).
import type { Finding } from './finding.ts'

/** The last day of each branch. */
const ENDS: Readonly<Record<number, string>> = {
  13: '2021-10-24',
  14: '2018-09-26',
  15: '2018-10-03',
  16: '2023-10-09',
  17: '2021-10-28',
  18: '2025-10-20',
  19: '2023-11-02',
  20: '2027-10-19',
  21: '2025-10-18',
  22: '2029-10-16',
  23: '2027-10-15',
}

/** Says which Asterisk it is, and whether it still gets mends. @param release `undefined` where the account may not ask */
export function checkVersion(branch: number, release: string | undefined, now: number): Finding {
  const what = { id: 'V1', what: 'version' }
  const named = `Asterisk ${release ?? branch}`
  const end = ENDS[branch]
  if (end === undefined) return { ...what, level: 'unknown', says: `${named}: its end is not known to this program` }
  if (Date.parse(end) > now) return { ...what, level: 'ok', says: `${named}, which gets security fixes until ${end}` }
  const says = `${named} gets no security fixes since ${end}`
  return { ...what, id: 'V2', level: 'warn', says, fix: ['a branch that still gets them: 22 until 2029-10-16'] }
}

// CVE-2024-42365: write = originate was enough to write configuration files
const MENDED: Readonly<Record<number, readonly number[]>> = { 18: [24, 2], 20: [9, 2], 21: [4, 2] }

/** Looks whether an account that may originate can change the server's configuration by a known fault. */
export function checkAdvisory(release: string, write: ReadonlySet<string>): Finding[] {
  const [, branch = '', minor = '0', patch = '0', rest = ''] = /^(\d+)(?:\.(\d+)(?:\.(\d+))?)?(.*)$/.exec(release) ?? []
  const since = MENDED[Number(branch)]
  // a certified release has numbers of its own
  if (!write.has('originate') || rest.startsWith('-cert') || Number(branch) > 21 || branch === '') return []
  const [m = 0, p = 0] = since ?? []
  const isMended = since !== undefined && (Number(minor) > m || (Number(minor) === m && Number(patch) >= p))
  if (isMended) return []
  return [
    {
      id: 'V3',
      level: 'warn',
      what: 'advisory',
      says: `CVE-2024-42365: write = originate can change the configuration of ${release}`,
      fix: ['18.24.2, 20.9.2, 21.4.2 and later releases are mended'],
    },
  ]
}
