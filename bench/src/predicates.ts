/** The same ten questions for every reader, over whatever it makes of an event. */
export interface Fields<E> {
  readonly event: (event: E) => unknown
  readonly get: (event: E, name: 'Channel' | 'Exten' | 'Context' | 'ConnectedLineName' | 'Queue') => unknown
}

export const predicates = <E>({ event, get }: Fields<E>): ((e: E) => boolean)[] => [
  (e) => event(e) === 'Hangup',
  (e) => event(e) === 'VarSet',
  (e) => event(e) === 'Newchannel',
  (e) => event(e) === 'DialEnd',
  (e) => event(e) === 'BridgeEnter',
  (e) => get(e, 'Channel') === 'Local/agi@default-00000001;1',
  (e) => get(e, 'Exten') === 'agi',
  (e) => get(e, 'Context') === 'default',
  (e) => get(e, 'ConnectedLineName') === 'Café Renée',
  (e) => get(e, 'Queue') === 'sales',
]

export const RARE = 'ParkedCallGiveUp'
export const MARK = 'BenchMark'
