import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { HttpPages } from '../../src/watch/http.ts'
import { Metrics } from '../../src/watch/metrics.ts'

let why: string | undefined
const metrics = new Metrics('0.1.0', {
  servers: () => [
    {
      server: 'pbx1',
      role: 'writing',
      lag: 250,
      up: true,
      version: '11.0.0',
      heard: new Map([['call', 12]]),
      ring: { bytes: 900, events: 3, fill: 0.5 },
      reconnects: 2,
      roundTrip: 4,
      statePending: 6,
      uptime: 3_600,
      live: {
        channels: 4,
        calls: 2,
        queues: [{ name: 'support', callers: 1, members: { ready: 2, paused: 1 } }],
        endpoints: { inUse: 3 },
      },
    },
  ],
  acting: () => [{ server: 'pbx1', serving: true, underway: 3 }],
  natsConnected: () => true,
  clockRight: () => false,
})
const pages = await HttpPages.start('127.0.0.1:0', {
  metrics: () => metrics.registry.metrics(),
  metricsType: metrics.registry.contentType,
  notReady: () => why,
  status: () => ({ gateway: 'gw-a' }),
})
after(() => pages.close())
const url = (path: string) => `http://127.0.0.1:${pages.port}${path}`

test('alive, ready and status', async () => {
  assert.equal((await fetch(url('/livez'))).status, 200)
  assert.equal((await fetch(url('/readyz'))).status, 200)
  why = 'NATS is not connected'
  const not = await fetch(url('/readyz'))
  assert.deepEqual([not.status, await not.text()], [503, 'NATS is not connected\n'])
  assert.deepEqual(await (await fetch(url('/status'))).json(), { gateway: 'gw-a' })
  assert.equal((await fetch(url('/nothing'))).status, 404)
  assert.equal((await fetch(url('/status'), { method: 'POST' })).status, 405)
})

test('the figures are those of the gateway', async () => {
  metrics.stored('pbx1', 12, 3)
  metrics.tookOver('pbx1')
  metrics.gap('pbx1', 'overflow', 7, 1_500)
  metrics.gap('pbx1', 'link', null, -3)
  metrics.interrupted('pbx1', 'refused')
  metrics.interrupted('pbx1', 'no answer within 1.5 s')
  metrics.natsBack()
  metrics.put('pbx1')
  metrics.request({
    server: 'pbx1',
    action: 'Ping',
    outcome: 'ok',
    delivered: 'yes',
    rule: undefined,
    replayed: true,
    ms: 2,
  })
  metrics.request({
    server: 'pbx1',
    action: 'other',
    outcome: 'GW_DENIED',
    delivered: 'no',
    rule: 'class',
    replayed: false,
    ms: 0,
  })
  const text = await (await fetch(url('/metrics'))).text()
  for (const line of [
    'amiable_info{version="0.1.0",server="pbx1",ami="11.0.0"} 1',
    'amiable_up{server="pbx1"} 1',
    'amiable_events_heard_total{server="pbx1",class="call"} 12',
    'amiable_ring_bytes{server="pbx1"} 900',
    'amiable_ring_events{server="pbx1"} 3',
    'amiable_ring_fill{server="pbx1"} 0.5',
    'amiable_link_reconnects_total{server="pbx1"} 2',
    'amiable_link_round_trip_seconds{server="pbx1"} 0.004',
    'amiable_append_refused_total{server="pbx1",reason="refused"} 1',
    'amiable_append_refused_total{server="pbx1",reason="failed"} 1',
    'amiable_gap_seconds_total{server="pbx1"} 1.5',
    'amiable_kv_puts_total{server="pbx1"} 1',
    'amiable_kv_pending{server="pbx1"} 6',
    'amiable_nats_reconnects_total 1',
    'asterisk_channels{server="pbx1"} 4',
    'asterisk_calls{server="pbx1"} 2',
    'asterisk_uptime_seconds{server="pbx1"} 3600',
    'asterisk_queue_callers{server="pbx1",queue="support"} 1',
    'asterisk_queue_members{server="pbx1",queue="support",state="paused"} 1',
    'asterisk_endpoints{server="pbx1",state="inUse"} 3',
    'amiable_nats_connected 1',
    'amiable_clock_right 0',
    'amiable_role{server="pbx1",role="writing"} 1',
    'amiable_role{server="pbx1",role="deaf"} 0',
    'amiable_log_lag_seconds{server="pbx1"} 0.25',
    'amiable_acting{server="pbx1"} 1',
    'amiable_actions_in_flight{server="pbx1"} 3',
    'amiable_events_stored_total{server="pbx1"} 12',
    'amiable_takeovers_total{server="pbx1"} 1',
    'amiable_gaps_total{server="pbx1",cause="link"} 1',
    'amiable_events_lost_total{server="pbx1",cause="overflow"} 7',
    'amiable_actions_total{server="pbx1",action="Ping",outcome="ok",delivered="yes"} 1',
    'amiable_actions_denied_total{rule="class"} 1',
    'amiable_keys_replayed_total 1',
  ]) {
    assert.ok(text.includes(`\n${line}\n`), line)
  }
})
