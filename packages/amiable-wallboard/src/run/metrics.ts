import type { Audit } from '../actions/audit.ts'
import type { Watched } from '../sources/watched.ts'
import type { ViewHub } from '../views/hub.ts'
import type { Streams } from '../web/streams.ts'
import type { Lifetime } from './certificate.ts'

/** What the figures are of. */
export interface Measured {
  readonly watched: Watched
  readonly hub: ViewHub
  readonly streams: Streams
  readonly outcomes: ReadonlyMap<string, number>
  readonly audit: Pick<Audit, 'counts'>
  readonly certificate: Lifetime | undefined
}

/** Returns the figures in the text format of Prometheus. Their labels are names of the configuration and words of ours. */
export function metricsText({ watched, hub, streams, outcomes, audit, certificate }: Measured): string {
  const { counts } = streams
  const lines: string[] = []
  const add = (
    name: string,
    type: 'gauge' | 'counter',
    help: string,
    values: Iterable<readonly [labels: string, value: number]>,
  ) => {
    lines.push(`# HELP amiable_wallboard_${name} ${help}`, `# TYPE amiable_wallboard_${name} ${type}`)
    for (const [labels, value] of values) lines.push(`amiable_wallboard_${name}${labels} ${value}`)
  }
  add('browsers', 'gauge', 'Streams that are open.', [['', counts.open]])
  add('views', 'gauge', 'Views that are kept.', [['', hub.size]])
  add('streams_total', 'counter', 'Streams that were opened.', [['', counts.opened]])
  add('frames_total', 'counter', 'Frames that were sent.', [['', counts.frames]])
  add('bytes_total', 'counter', 'Bytes of frames that were sent.', [['', counts.bytes]])
  const resets = Object.entries(counts.resets).map(([why, count]) => [`{why="${why}"}`, count] as const)
  add('resets_total', 'counter', 'Streams that were ended by the server.', resets)
  const servers = [...watched.states]
  const live = servers.map((state) => [`{server="${state.name}"}`, state.freshness.type === 'live' ? 1 : 0] as const)
  add('server_live', 'gauge', 'Whether what is shown of an Asterisk is live.', live)
  const connected = servers.map(({ name }) => [`{server="${name}"}`, watched.isConnected(name) ? 1 : 0] as const)
  add('server_connected', 'gauge', 'Whether the connection to an Asterisk is there.', connected)
  const changes = servers.map((state) => [`{server="${state.name}"}`, state.stats().changes] as const)
  add('changes_total', 'counter', 'Changes that were seen on an Asterisk.', changes)
  const ended = [...outcomes].map(([outcome, count]) => [`{outcome="${outcome}"}`, count] as const)
  add('actions_total', 'counter', 'Actions by what became of them.', ended)
  add('audit_waiting_lines', 'gauge', 'Lines that wait for the audit file.', [['', audit.counts.waiting]])
  add('audit_lost_total', 'counter', 'Lines that the audit file will never have.', [['', audit.counts.lost]])
  if (certificate !== undefined) {
    const ends = certificate.until / 1_000
    add('certificate_expires_seconds', 'gauge', 'When the certificate ends, in seconds since 1970.', [['', ends]])
  }
  add('memory_bytes', 'gauge', 'Resident memory.', [['', process.memoryUsage.rss()]])
  return `${lines.join('\n')}\n`
}
