// The image, built by each step of its Dockerfile in a chroot, since no engine runs here: then it runs, and says its health.
import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { startServer } from 'amiable/testing'
import { run } from '../../../tools/servers/asterisk/machine.ts'
import { natsObstacle, startNats } from '../../../tools/servers/nats/nats.ts'
import { takePorts } from '../../../tools/servers/nats/ports.ts'
import { RunningGateway } from '../../../tools/testbed/gateway-command.ts'
import { buildContext, Image, imageObstacle } from '../support/image.ts'

const skip = imageObstacle() ?? (await natsObstacle()) ?? false

test('each step of the Dockerfile does what it says, and both images run as nobody special', { skip }, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'amiable-image-'))
  const closing: (() => unknown)[] = [() => rmSync(folder, { recursive: true, force: true })]
  after(async () => {
    for (const close of closing.reverse()) await close()
  })
  const context = join(folder, 'context')
  const [first = [], second = []] = await buildContext(context)
  const asterisk = await startServer({ users: { gateway: 'lean' } })
  closing.push(() => asterisk.close())
  const nats = await startNats('2.10')
  closing.push(() => nats.close())
  const held = await takePorts()
  closing.push(() => held.release())
  const port = held.ports[0] ?? 0

  const image = await Image.from(folder, context)
  /** Starts what the image starts, with a configuration that is mounted, and waits for its health. */
  const lives = async (ofNats: string) => {
    const etc = join(image.root, 'etc/amiable')
    mkdirSync(etc, { recursive: true })
    // a secret that is mounted is its user's own
    writeFileSync(join(etc, 'secret'), 'lean\n')
    await run('chroot', [image.root, 'chown', 'node', '/etc/amiable/secret'])
    await run('chmod', ['600', join(etc, 'secret')])
    const text = `${ofNats}asterisks:
  pbx1: { host: 127.0.0.1, port: ${asterisk.port}, username: gateway, secret: { file: /etc/amiable/secret } }
log: { maxBytes: 8MiB, keepBytes: 8MiB }
http: { listen: "127.0.0.1:${port}" }
`
    writeFileSync(join(etc, 'gateway.yaml'), text)
    const away = await image.health()
    assert.deepEqual([away.code, away.stdout], [3, ''], away.stderr)
    const gateway = new RunningGateway(image.entry())
    closing.push(() => gateway.end('SIGKILL'))
    await gateway.writes()
    const user = readFileSync(`/proc/${gateway.child.pid}/status`, 'utf8')
    assert.match(user, /^Uid:\t([1-9]\d*)\t\1\t/m)
    const well = await image.health()
    assert.deepEqual([well.code, well.stdout], [0, 'ready\n'], well.stderr)
    assert.equal(await gateway.end('SIGTERM'), 0, gateway.errors)
  }

  for (const step of first) await image.step(step)
  t.diagnostic('the image gateway is built')
  const left = await image.run(['sh', '-c', 'ls /opt/amiable/*.tgz; id -un'])
  assert.equal(left.stdout, 'node\n')
  await lives(`nats: { servers: [${nats.urls.map((url) => `"${url}"`).join(', ')}] }\n`)
  for (const step of second) await image.step(step)
  t.diagnostic('the image nats is built')
  const { stdout } = await image.run(['sh', '-c', 'nats-server --version; ls /var/lib/apt/lists; id -un'])
  assert.match(stdout, /^nats-server: v2\.\d+\.\d+\nnode\n$/)
  await lives('')
})
