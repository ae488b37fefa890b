import type { Field, Snapshot, Summaries } from '../model.ts'

export const CHANNEL_STATES = [
  'Down',
  'Rsrvd',
  'OffHook',
  'Dialing',
  'Ring',
  'Ringing',
  'Up',
  'Busy',
  'Dialing Offhook',
  'Pre-ring',
  'Unknown',
]

const VIDEO_MODES = ['none', 'talker', 'single', 'sfu']

/*
 * What main/manager_channels.c:ast_manager_build_channel_state_string_prefix prints. The documentation's own expansion
 * (appdocsxml.xslt) has neither Tenantid nor ChanVariable.
 */
const CHANNEL: readonly [name: string, type: string, note?: string][] = [
  ['Channel', 'string'],
  ['ChannelState', 'string', 'A number.'],
  ['ChannelStateDesc', 'ChannelStateDesc'],
  ['CallerIDNum', 'string'],
  ['CallerIDName', 'string'],
  ['ConnectedLineNum', 'string'],
  ['ConnectedLineName', 'string'],
  ['Language', 'string'],
  ['AccountCode', 'string'],
  ['Context', 'string'],
  ['Exten', 'string'],
  ['Priority', 'string', 'A number.'],
  ['Uniqueid', 'string'],
  ['Linkedid', 'string'],
  ['Tenantid?', 'string', 'Asterisk 18.26, 20.11, 21.6, 22.1 and later, where the channel has one.'],
  ['ChanVariable?', 'string', 'One for each of channelvars in manager.conf; read them with variables().'],
]

/* What main/manager_bridges.c:ast_manager_build_bridge_state_string_prefix prints. */
const BRIDGE: readonly [name: string, type: string, note?: string][] = [
  ['BridgeUniqueid', 'string'],
  ['BridgeType', 'string'],
  ['BridgeTechnology', 'string'],
  ['BridgeCreator', 'string'],
  ['BridgeName', 'string'],
  ['BridgeNumChannels', 'string', 'A number.'],
  ['BridgeVideoSourceMode', 'BridgeVideoSourceMode'],
  ['BridgeVideoSource?', 'string'],
]

/** The types that the snapshots share. */
export function snapshotTypes(): string[] {
  const union = (values: readonly string[]) => [...values.map((value) => `'${value}'`), '(string & {})'].join(' | ')
  return [
    '/** The state of a channel in words (main/channel.c:ast_state2str). */',
    `export type ChannelStateDesc = ${union(CHANNEL_STATES)}`,
    '',
    '/** Whose video a bridge shows (main/bridge.c:ast_bridge_video_mode_to_string). */',
    `export type BridgeVideoSourceMode = ${union(VIDEO_MODES)}`,
    '',
  ]
}

/** The name of a snapshot's interface. */
export function snapshotName({ kind, prefix }: Pick<Snapshot, 'kind' | 'prefix'>): string {
  return `${prefix}${kind === 'channel' ? 'Channel' : 'Bridge'}Snapshot`
}

/** The headers of a snapshot by their bare names, without the prefix. */
export function snapshotHeaders(kind: Snapshot['kind']): string[] {
  return (kind === 'channel' ? CHANNEL : BRIDGE).map(([name]) => name.replace('?', ''))
}

/** The headers of a snapshot as they come, prefix and all. */
export function snapshotFields({
  kind,
  prefix,
  optional,
}: Snapshot): Pick<Field, 'name' | 'kind' | 'values' | 'required'>[] {
  return (kind === 'channel' ? CHANNEL : BRIDGE).map(([name, type, note]) => ({
    name: prefix + name.replace('?', ''),
    kind: note === 'A number.' ? 'number' : 'text',
    values: type === 'ChannelStateDesc' ? CHANNEL_STATES : type === 'BridgeVideoSourceMode' ? VIDEO_MODES : [],
    required: !optional && !name.endsWith('?'),
  }))
}

export function snapshotInterface({ kind, prefix }: Pick<Snapshot, 'kind' | 'prefix'>, summaries: Summaries): string[] {
  const role = prefix ? `, each header with \`${prefix}\` before it` : ''
  const lines = [`/** A ${kind} as events tell it${role}. */`, `export type ${snapshotName({ kind, prefix })} = {`]
  for (const [name, type, note] of kind === 'channel' ? CHANNEL : BRIDGE) {
    const said = [summaries.headers[name.replace('?', '')], note].filter((text) => text !== undefined).join(' ')
    if (said !== '') lines.push(`  /** ${said} */`)
    lines.push(`  readonly ${prefix}${name}: ${type}`)
  }
  return [...lines, '}', '']
}
