// The reference page, the rules for alerts and the security page say what the code says.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { parseDocument } from 'yaml'
import { GATEWAY_CODES } from '../../src/actions/refused.ts'
import { accountsText } from '../../src/bus/permissions.ts'
import { jsonSchemas } from '../../src/schema/json-schema.ts'
import { Metrics } from '../../src/watch/metrics.ts'

const text = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')
const page = text('../../docs/reference/gateway.md')
const ALERTS = 'deploy/alerts.yaml'
const { registry } = new Metrics('0.1.0', {
  servers: () => [],
  acting: () => [],
  natsConnected: () => true,
  clockRight: () => true,
})

/** The figures of a gateway with their labels; those of the process are prom-client's. */
async function figures(): Promise<{ name: string; labels: string[]; help: string }[]> {
  const all = (await registry.getMetricsAsArray()) as unknown as { name: string; help: string; labelNames?: string[] }[]
  return all.flatMap(({ name, help, labelNames = [] }) =>
    /^(?:amiable|asterisk)_/.test(name) ? [{ name, labels: labelNames, help }] : [],
  )
}

test('docs/reference/gateway.md has each metric with its labels and its meaning, and no other', async () => {
  const rows = [...page.matchAll(/^\| `((?:amiable|asterisk)_\w+)` +\| ([^|]*?) *\| ([^|]*?) *\|$/gm)].map(
    ([, name = '', labels = '', help = '']) => ({
      name,
      labels: [...labels.matchAll(/`(\w+)`/g)].map(([, label = '']) => label),
      help: `${help}.`,
    }),
  )
  const byName = (one: { name: string }, other: { name: string }) => (one.name < other.name ? -1 : 1)
  assert.deepEqual(rows.sort(byName), (await figures()).sort(byName))
})

test('docs/reference/gateway.md has each code of the gateway and of its client', () => {
  const [, section = ''] = page.split('\n## Codes\n')
  const codes = [...(section.split('\n## ')[0] ?? '').matchAll(/^\| `(GW_\w+)`/gm)].map(([, code]) => code)
  assert.deepEqual(codes.sort(), [...Object.keys(GATEWAY_CODES), 'GW_NO_ANSWER'].sort())
})

test('docs/reference/gateway.md names each schema that is shipped', () => {
  for (const name of Object.keys(jsonSchemas())) assert.match(page, new RegExp(`\`${name}\`|/${name}\\.json\``))
})

test('each rule for alerts speaks of figures and labels that there are, and says what to do', async () => {
  const { groups } = parseDocument(text(ALERTS)).toJS() as {
    groups: { rules: { alert: string; expr: string; labels: object; annotations: Record<string, string> }[] }[]
  }
  const known = new Map((await figures()).map(({ name, labels }) => [name, labels]))
  const rules = groups.flatMap((group) => group.rules)
  assert.ok(rules.length >= 8)
  for (const { alert, expr, labels, annotations } of rules) {
    const names = [...expr.matchAll(/\b(?:amiable|asterisk)_\w+/g)].map(([name]) => name)
    assert.equal(names.length, 1, `${alert}: ${expr}`)
    const own = known.get(names[0] ?? '')
    assert.ok(own, `${alert} needs ${names[0]}, which does not exist`)
    const [, grouped] = /by \(([^)]*)\)/.exec(expr) ?? []
    const wanted = [...(grouped?.split(', ') ?? []), ...[...expr.matchAll(/(\w+)="/g)].map(([, label = '']) => label)]
    for (const label of wanted) assert.ok(own.includes(label), `${alert}: ${names[0]} has no label ${label}`)
    const used = Object.values(annotations).flatMap((one) =>
      [...one.matchAll(/\$labels\.(\w+)/g)].map(([, l = '']) => l),
    )
    const kept = grouped?.split(', ') ?? (/^sum\(/.test(expr) ? [] : [...own, 'instance'])
    for (const label of used) assert.ok(kept.includes(label), `${alert}: ${label} is not left`)
    assert.equal((expr.match(/\(/g) ?? []).length, (expr.match(/\)/g) ?? []).length, alert)
    assert.deepEqual([Object.keys(labels), Object.keys(annotations)], [['severity'], ['summary', 'description']], alert)
  }
  // where it is installed Prometheus itself is asked
  const { error, status, stderr } = spawnSync('promtool', [
    'check',
    'rules',
    new URL(`../../${ALERTS}`, import.meta.url).pathname,
  ])
  if (!error) assert.equal(status, 0, String(stderr))
})

test('SECURITY.md shows the accounts that are printed', () => {
  assert.ok(text('../../SECURITY.md').includes(`\n${accountsText(['wallboard'], 'ami').trimEnd()}\n`))
})
