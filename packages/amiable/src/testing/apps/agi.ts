import { versions } from '../model/core.ts'
import { uriEncode } from '../protocol/byte-text.ts'
import type { Application, Pbx } from './pbx.ts'

/*
 * res_agi.c:launch_asyncagi: the channel waits for commands that the AGI action queues, runs one after the other, and
 * raises AGIExecStart, AGIExecEnd and AsyncAGIExec for each. None of them carries an ActionID.
 */
function agi(pbx: Pbx): Application {
  return async ({ world, channel, data }) => {
    const request = data.split(',')[0]!
    if (request !== 'agi:async') {
      world.setVariable(channel, 'AGISTATUS', 'FAILURE')
      return 'next'
    }
    const queue: { command: string; id: string }[] = []
    let wake: (() => void) | undefined
    world.agi.set(channel, (command, id) => {
      queue.push({ command, id })
      wake?.()
    })
    const tech = channel.name.slice(0, channel.name.indexOf('/'))
    const env: [string, string][] = [
      ['request', 'async'],
      ['channel', channel.name],
      ['language', channel.language],
      ['type', tech],
      ['uniqueid', channel.uniqueid],
      ['version', versions[world.core.version].asterisk],
      ['callerid', channel.callerNum || 'unknown'],
      ['calleridname', channel.callerName || 'unknown'],
      ['callingpres', channel.callerNum === '' ? '67' : '0'],
      ['callingani2', '0'],
      ['callington', '0'],
      ['callingtns', '0'],
      ['dnid', 'unknown'],
      ['rdnis', 'unknown'],
      ['context', channel.context],
      ['extension', channel.exten],
      ['priority', String(channel.priority)],
      ['enhanced', '0.0'],
      ['accountcode', channel.accountCode],
      ['threadid', '140000000000000'],
    ]
    const text = env.map(([name, value]) => `agi_${name}: ${value}\n`).join('')
    world.channels.emit('AsyncAGIStart', channel, `Env: ${uriEncode(`${text}\n`)}\r\n`)
    let broken = false
    while (!channel.interrupted && !broken) {
      const next = queue.shift()
      if (next === undefined) {
        const asked = new Promise<void>((resolve) => {
          wake = resolve
        })
        await Promise.race([asked, channel.wait(Number.POSITIVE_INFINITY)])
        wake = undefined
        continue
      }
      broken = /^ASYNCAGI BREAK/i.test(next.command)
      const number = world.core.random.integer(1, 2147483647)
      const head = `CommandId: ${number}\r\nCommand: ${next.command}\r\n`
      world.channels.emit('AGIExecStart', channel, head)
      const [code, result, says] = await run(pbx, world, channel, next.command)
      world.channels.emit('AGIExecEnd', channel, `${head}ResultCode: ${code}\r\nResult: ${says}\r\n`)
      const id = next.id === '' ? '' : `CommandId: ${next.id}\r\n`
      world.channels.emit('AsyncAGIExec', channel, `Result: ${uriEncode(result)}\r\n${id}`)
    }
    world.agi.delete(channel)
    world.channels.emit('AsyncAGIEnd', channel)
    world.setVariable(channel, 'AGISTATUS', channel.hungup ? 'HANGUP' : 'SUCCESS')
    return channel.hungup ? 'hangup' : 'next'
  }
}

type Answer = readonly [code: number, result: string, says: string]

async function run(
  pbx: Pbx,
  world: Parameters<Application>[0]['world'],
  channel: Parameters<Application>[0]['channel'],
  command: string,
): Promise<Answer> {
  const words = split(command)
  const ok = (result: string): Answer => [200, `200 result=${result}\n`, 'Success']
  const verb = words.slice(0, 2).join(' ').toUpperCase()
  const first = verb.split(' ')[0]
  if (first === 'ANSWER') {
    world.channels.answer(channel)
    return ok('0')
  }
  if (first === 'HANGUP') {
    channel.cause = channel.cause || 16
    world.channels.softHangup(channel)
    return ok('1')
  }
  if (first === 'VERBOSE') return ok('1')
  if (first === 'NOOP') return ok('0')
  if (verb === 'ASYNCAGI BREAK') return ok('0')
  if (verb === 'CHANNEL STATUS') return ok(String(channel.state))
  if (verb === 'SET VARIABLE') {
    world.setVariable(channel, words[2] ?? '', words[3] ?? '')
    return ok('1')
  }
  if (verb === 'GET VARIABLE') {
    const value = world.getVariable(channel, words[2] ?? '')
    return value === undefined ? ok('0') : ok(`1 (${value})`)
  }
  if (verb === 'GET FULL') {
    const value = world.substitute(channel, words.slice(3).join(' '))
    return value === '' ? ok('0') : ok(`1 (${value})`)
  }
  if (verb === 'DATABASE GET') {
    const value = world.database.get(words[2] ?? '', words[3] ?? '')
    return value === undefined ? ok('0') : ok(`1 (${value})`)
  }
  if (verb === 'DATABASE PUT') {
    world.database.put(words[2] ?? '', words[3] ?? '', words[4] ?? '')
    return ok('1')
  }
  if (verb === 'SET CONTEXT' || verb === 'SET EXTENSION' || verb === 'SET PRIORITY') return ok('0')
  if (verb === 'SET CALLERID') {
    world.channels.setCaller(channel, words[2] ?? '', channel.callerName)
    return ok('1')
  }
  if (verb === 'WAIT FOR' || verb === 'STREAM FILE' || verb === 'SAY DIGITS' || verb === 'GET DATA') {
    return verb === 'STREAM FILE' ? ok('0 endpos=0') : ok('0')
  }
  if (first === 'EXEC') {
    const result = await pbx.execute(channel, words[1] ?? '', words.slice(2).join(' '))
    return result === undefined ? ok('-2') : ok(result === 'next' ? '0' : '-1')
  }
  return [510, '510 Invalid or unknown command\n', 'Invalid or unknown command']
}

// res_agi.c:parse_args: blanks part words, quotes join them, a backslash takes the next character as it is
function split(command: string): string[] {
  const words: string[] = []
  let word = ''
  let quoted = false
  let open = false
  for (let i = 0; i < command.length; i++) {
    const c = command[i]!
    if (c === '\\' && i + 1 < command.length) word += command[++i]
    else if (c === '"') {
      quoted = !quoted
      open = true
    } else if (!quoted && (c === ' ' || c === '\t')) {
      if (word !== '' || open) words.push(word)
      word = ''
      open = false
    } else word += c
  }
  if (word !== '' || open) words.push(word)
  return words
}

/** AGI(agi:async). */
export function addAgi(pbx: Pbx): void {
  pbx.add('AGI', agi(pbx))
}
