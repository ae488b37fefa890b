// What the verbs print that wait for something, serve something or stand between two others, held against golden/.
import assert from 'node:assert/strict'
import type { ChildProcessWithoutNullStreams } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { type Client, connect } from 'amiable'
import { until } from '../../tools/servers/asterisk/process.ts'
import { CommandLine, ended, type Ran } from '../../tools/testbed/command.ts'
import { optionsFor } from '../support/client.ts'
import type { Target } from '../targets.ts'
import { goldenText, isWriting, lasting, writeGolden } from './golden-file.ts'
import { quiet } from './world.ts'

const HEARS = ['events', 'UserEvent', '-n', '1', '-w', 'UserEvent=Live', '--time', 'none']

/** Runs them against a server, and compares what they print. */
export function goldenLiveSuite(target: Target): void {
  const { name, host, port, accounts } = target
  const secret = accounts.frank ?? ''
  const line = new CommandLine({ pbx: { host, port, username: 'frank', secret } })
  const env = { AMIABLE_SECRET_FILE: line.file('secret', secret, 0o600) }
  let ami: Client

  before(async () => {
    ami = await connect(optionsFor(target))
    await quiet(ami)
  })
  after(async () => {
    await ami.close()
    line[Symbol.dispose]()
  })

  const holds = (golden: string, { code, stdout, stderr }: Ran) => {
    const text = `exit ${code}\n${alike(stdout)}--- stderr\n${alike(stderr)}`
    if (isWriting) writeGolden(target, golden, text)
    assert.equal(text, goldenText(target, golden))
  }
  const live = () => ami.send('UserEvent', { UserEvent: 'Live', Who: 'Ann <100>', Text: 'semi;colon and\ttab' })

  test(`${name}: originate, as text and JSON, answered and busy`, async () => {
    for (const format of ['text', 'json']) {
      for (const called of ['echo', 'busy']) {
        const words = ['originate', `Local/${called}@default/n`, '--app', 'Wait', '--data', '0', '-o', format]
        holds(`originate-${called}-${format}`, await line.run(words))
      }
    }
  })

  test(`${name}: events as they happen`, async () => {
    for (const format of ['text', 'jsonl', 'raw', 'csv', 'tsv']) {
      const child = line.start([...HEARS, '-o', format, '-v'])
      const done = ended(child)
      await says(child.stderr, /logged in/)
      await live()
      holds(`live-events-${format}`, await done)
    }
  })

  test(`${name}: proxy --show, in both directions`, async () => {
    const words = ['--listen', '127.0.0.1:0', '--to', `${host}:${port}`, '--show', '--only', 'DBPut', '--time', 'none']
    const proxy = line.start(['proxy', ...words])
    const done = ended(proxy)
    const [, at = ''] = await says(proxy.stderr, /127\.0\.0\.1:(\d+)/)
    const sent = await line.run(
      ['send', 'DBPut', 'Family=shown', 'Key=live', 'Val=a value', '-H', `ami://frank@127.0.0.1:${at}`],
      { env },
    )
    assert.equal(sent.code, 0, sent.stderr)
    proxy.kill('SIGINT')
    holds('proxy-show', await done)
    await ami.send('DBDel', { Family: 'shown', Key: 'live' })
  })

  test(`${name}: replay serves what was recorded here`, async () => {
    const recorder = line.start(['record', 'live.jsonl', '-v'])
    const recorded = ended(recorder)
    await says(recorder.stderr, /logged in/)
    await live()
    // the recorder has a connection of its own: what our session has seen, that one may not have
    const hasIt = () => readFileSync(join(line.home, 'live.jsonl'), 'utf8').includes('Live')
    await until('the recording has the event', 30_000, hasIt)
    recorder.kill('SIGINT')
    assert.equal((await recorded).code, 0)
    const replay = line.start(['replay', 'live.jsonl', '--listen', '127.0.0.1:0', '--speed', 'max'])
    const done = ended(replay)
    const [, url = '', file = ''] = await says(replay.stdout, /AMIABLE_URL='(.+)' AMIABLE_SECRET_FILE='(.+)'/)
    holds('replayed-events', await line.run(HEARS, { env: { AMIABLE_URL: url, AMIABLE_SECRET_FILE: file } }))
    replay.kill('SIGINT')
    const { code, stderr } = await done
    assert.equal(code, 0, stderr)
  })
}

/** Resolves with what a command said, once it has. */
function says(stream: ChildProcessWithoutNullStreams['stdout'], what: RegExp): Promise<RegExpExecArray> {
  return new Promise((resolve, reject) => {
    let text = ''
    stream.setEncoding('utf8').on('data', (part: string) => {
      text += part
      const found = what.exec(text)
      if (found !== null) resolve(found)
    })
    stream.on('end', () => reject(new Error(`it said ${text}`)))
  })
}

/** Ids and times of this run become names. */
function alike(text: string): string {
  return (
    lasting(text)
      .replace(/("took": ?)\d+/g, '$1N')
      .replace(/("Uniqueid": ?")\w+/g, '$1ID')
      .replace(/ {2}\w{16}$/gm, '  ID')
      .replace(/^\d+ messages/gm, 'N messages')
      // what -v reports of the connection may stand before the count or behind it
      .replace(/^amiable: pbx: (?:connecting|logged).*\n/gm, '')
  )
}
