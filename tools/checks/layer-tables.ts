// Who may import whom, as data: the layers of each package, and what those who stand outside a package see of it.

/** What a module may import beside itself. */
export interface Module {
  /** The modules beneath it: one, or all whose names begin with it and a slash. */
  readonly beneath: readonly string[]
  /** Modules of which it sees types alone: nothing of them is left when it runs. */
  readonly types?: readonly string[]
  /** It may import modules of Node; the others see their types at most. */
  readonly node?: boolean
  /** It runs in a browser: it names no global of Node either. */
  readonly browser?: boolean
}

/** A package's sources. A module is a folder or a file of them; the longest name that fits a file is its module's. */
export interface Package {
  readonly sources: string
  /** npm packages, Node's modules apart. */
  readonly dependencies: readonly string[]
  readonly modules: Readonly<Record<string, Module>>
}

/**
 * A folder whose files import packages by their entries (`amiable`, `amiable/testing`), each other by path, and beside
 * that only what begins with one of these paths.
 */
export interface Outside {
  readonly folder: string
  readonly sees: readonly string[]
  /** What its tests see in addition. */
  readonly tests?: readonly string[]
}

/** Modules upon one another: each may import those before it, and what `common` names. */
function stack(common: Module, ...layers: readonly (readonly string[])[]): Record<string, Module> {
  const modules: Record<string, Module> = {}
  const before: string[] = []
  for (const layer of layers) {
    const beneath = [...common.beneath, ...before]
    for (const name of layer) modules[name] = { ...common, beneath }
    before.push(...layer)
  }
  return modules
}

const client: Module = { beneath: ['link', 'wire', 'catalog', 'errors', 'check', 'util', 'diagnostics'] }
// never link, client, wire or catalog: the simulator is an oracle that shares nothing with what it tests
const testing: Module = { beneath: ['errors', 'check', 'util'], node: true }
const ofClient: Module = { beneath: ['errors', 'check', 'util', 'catalog'], types: ['client'] }

const library: Package = {
  sources: 'packages/amiable/src/',
  dependencies: [],
  modules: {
    errors: { beneath: [] },
    util: { beneath: [], node: true },
    check: { beneath: ['errors', 'util'] },
    'catalog/generated': { beneath: [], browser: true },
    catalog: { beneath: ['catalog/generated', 'errors', 'check', 'util'], browser: true },
    diagnostics: { beneath: ['errors'], node: true },
    wire: { beneath: ['errors', 'check', 'util', 'catalog'], browser: true },
    link: { beneath: ['wire', 'errors', 'check', 'util', 'diagnostics'], node: true },
    ...stack(
      client,
      ['client/inspect'],
      ['client/events', 'client/status-hub', 'client/shutdown-reason', 'client/publish-status', 'client/stats'],
      ['client/options', 'client/hangup-params', 'client/caller-frames', 'client/other-names', 'client/guarded-clock'],
      ['client/calls'],
      ['client/types'],
      ['client/originate'],
      ['client/drain'],
      ['client/core'],
      ['client/client'],
      ['client/connect'],
    ),
    'client/helpers': {
      beneath: [...client.beneath, 'client/calls', 'client/types', 'client/hangup-params', 'client/caller-frames'],
      types: ['client/client'],
    },
    'client/fleet': { beneath: [...client.beneath, 'client'] },
    agi: { beneath: [...ofClient.beneath, 'diagnostics'], types: ['client'], node: true },
    state: { ...ofClient, browser: true },
    ...stack(
      testing,
      ['testing/redaction', 'testing/time'],
      ['testing/protocol'],
      ['testing/faults', 'testing/recording', 'testing/patterns'],
      ['testing/expect', 'testing/like', 'testing/ledger'],
      ['testing/model'],
      ['testing/apps'],
      ['testing/actions'],
      ['testing/options'],
      ['testing/check-options'],
      ['testing/controls'],
      ['testing/engine'],
      ['testing/server'],
      ['testing/caller'],
      ['testing/recorded-answers'],
      ['testing/replay'],
    ),
  },
}

// what the user runs: nothing of it is for programs, so it has no entry
const cli: Module = { beneath: [], node: true }

// bundled into the command and the gateway
const settings: Package = {
  sources: 'packages/amiable-settings/src/',
  dependencies: ['yaml', 'zod'],
  modules: stack(
    cli,
    ['settings-error', 'nearest', 'exit-codes', 'visible', 'given-file'],
    ['cli-error', 'json', 'owned-file', 'server-url'],
    ['secret', 'usage', 'writer'],
    ['report'],
    ['process'],
    ['yaml'],
  ),
}

const command: Package = {
  sources: 'packages/amiable-cli/src/',
  dependencies: [
    'amiable',
    'amiable/catalog',
    'amiable/state',
    'amiable/testing',
    'amiable-settings',
    'commander',
    'fast-string-width',
  ],
  modules: stack(
    cli,
    ['errors', 'version', 'doctor/finding', 'doctor/explanations'],
    ['output/visible', 'output/width', 'output/colour', 'output/time', 'output/size', 'output/writer'],
    ['output/table', 'output/delimited', 'output/json'],
    ['context', 'catalog', 'where'],
    ['lists', 'managerconf'],
    ['io'],
    ['output/report', 'output/rows', 'output/reply'],
    ['options'],
    ['server'],
    ['events', 'complete', 'manual', 'simulate', 'doctor', 'send'],
    ['call', 'screen'],
    ['boards', 'shell'],
    ['verbs'],
    ['program'],
    ['main'],
    ['start'],
  ),
}

const ofGateway: Module = { beneath: [], node: true }

const gateway: Package = {
  sources: 'packages/amiable-gateway/src/',
  dependencies: [
    '@nats-io/jetstream',
    '@nats-io/kv',
    '@nats-io/nats-core',
    '@nats-io/transport-node',
    'amiable',
    'amiable-settings',
    'amiable-settings/yaml',
    'amiable/catalog',
    'amiable/state',
    'amiable/testing',
    'commander',
    'pino',
    'prom-client',
    'zod',
  ],
  modules: {
    // the heart: it knows no NATS, and what it needs of the world is given to it
    ...stack(
      ofGateway,
      ['log/message', 'schema'],
      ['config'],
      ['log'],
      ['state'],
      ['bus', 'ami'],
      ['watch'],
      ['actions'],
      ['run'],
    ),
    // the verbs that look on know what a consumer knows
    ...stack(
      {
        ...ofGateway,
        beneath: ['log', 'state', 'config', 'schema', 'bus', 'ami', 'watch', 'actions', 'run', 'client'],
      },
      ['explain'],
      ['demo'],
      ['verbs'],
      ['program'],
      ['main'],
    ),
    client: { beneath: ['log/message', 'schema'] },
  },
}

const wallboard: Package = {
  sources: 'packages/amiable-wallboard/src/',
  dependencies: [
    '@hono/node-server',
    '@hono/node-server/utils/response',
    '@preact/signals',
    'amiable',
    'amiable-settings',
    'amiable-settings/yaml',
    'amiable-settings/yaml',
    'amiable/state',
    'amiable/testing',
    'hono',
    'hono/cookie',
    'preact',
    'preact/hooks',
    'uplot',
    'zod',
  ],
  modules: {
    ...stack(
      cli,
      ['protocol', 'version'],
      ['config'],
      ['sources'],
      ['views'],
      ['people'],
      ['actions'],
      ['web'],
      ['run'],
      ['main'],
    ),
    page: { beneath: ['protocol'], browser: true },
  },
}

export const PACKAGES: readonly Package[] = [library, settings, command, gateway, wallboard]

export const OUTSIDE: readonly Outside[] = [
  // what a fault costs is measured as the fault runs are made
  { folder: 'bench/gateway/', sees: ['bench/src/server/', 'contract/gateway/', 'tools/servers/'] },
  { folder: 'bench/', sees: [] },
  { folder: 'contract/', sees: ['tools/codegen/', 'tools/servers/', 'tools/testbed/'] },
  // a demo finds nats-server where the tests do
  { folder: 'examples/', sees: ['tools/servers/nats/'], tests: ['tools/servers/', 'tools/testbed/'] },
  { folder: 'packages/', sees: [], tests: ['tools/servers/nats/', 'tools/testbed/'] },
  { folder: 'test/', sees: ['tools/'] },
  // the diagram of the lifecycle page is drawn from the table itself
  {
    folder: 'tools/',
    sees: [
      'packages/amiable/src/link/machine.ts',
      'packages/amiable/src/catalog/facts.ts',
      'packages/amiable/src/state/kinds.ts',
      'packages/amiable-gateway/src/schema/json-schema.ts',
    ],
  },
]
