import { states } from '../model/channel.ts'
import { versions } from '../model/core.ts'
import type { World } from '../model/world.ts'
import { privilegeText } from '../protocol/privileges.ts'
import { type CliResult, plural } from './cli-result.ts'
import type { ActionContext } from './context.ts'
import { dialplanCli } from './dialplan.ts'

const built: Readonly<Record<16 | 22, string>> = {
  16: '2026-06-15 08:03:02 UTC',
  22: '2026-07-20 21:35:32 UTC',
}

/** Runs a line of the CLI; undefined when it ends the server, which answers with an end of file. */
export function runCli(context: ActionContext, line: string): CliResult | undefined {
  const { world, server } = context
  const words = line.trim().split(/\s+/)
  const text = words.join(' ').toLowerCase()
  const ok = (output: string): CliResult => ({ ok: true, output })
  const { version } = world.core
  if (/^core (stop|restart) (now|gracefully|when convenient)$/.test(text)) {
    server.stop(text.startsWith('core restart'))
    return undefined
  }
  if (text === 'core waitfullybooted') return ok('Asterisk has fully booted.\n')
  if (/^manager show user "?[^" ]+"?$/.test(text)) return managerUser(context, words[3]!.replaceAll('"', ''))
  // main/asterisk.c registers its commands when the server has booted
  if (text === 'core show version' && server.booted) {
    const asterisk = versions[version].asterisk
    return ok(
      `Asterisk ${asterisk} built by nobody @ buildd.debian.org on a unknown running Linux on ${built[version]}`,
    )
  }
  if (text === 'core show uptime' || text === 'core show uptime seconds')
    return ok(uptime(world, text.endsWith('seconds')))
  if (text === 'core show channels') return ok(channels(world))
  if (text === 'core show channels concise') return ok(concise(world))
  if (text === 'core show channels count') return ok(counts(world))
  if (text === 'core show calls') return ok(counts(world).split('\n').slice(1).join('\n'))
  if (text === 'core reload') {
    world.core.reloadedAt = world.core.clock.now()
    world.core.emit('Reload', 'Module: All\r\nStatus: 0\r\n')
    return ok('')
  }
  // a module that reads its own files again raises no event (main/loader.c:publish_reload_message)
  if (text === 'dialplan reload') return ok('Dialplan reloaded.\n')
  if (text === 'queue reload all') return ok('')
  if (text.startsWith('database ')) return database(world, words)
  if (text.startsWith('queue show')) return ok(queueShow(world, words[2]))
  if (/^dialplan (show|add ignorepat|remove (ignorepat|context))\b/.test(text)) return dialplanCli(world, words)
  if (text.startsWith('channel request hangup ')) return requestHangup(world, words[3] ?? '')
  if (text === 'pjsip show endpoints') return ok(endpoints(world))
  if (/^core set (verbose|debug) \d+$/.test(text)) return ok('Console verbose is still 0.\n')
  if (text === 'manager show connected') return ok('  Username         IP Address\n0 users connected.\n')
  return {
    ok: false,
    output: `No such command '${line}' (type 'core show help ${line}' for other possible commands)\n`,
  }
}

// main/manager.c:handle_showmanager
function managerUser({ server }: ActionContext, name: string): CliResult {
  const user = server.users.get(name.toLowerCase())
  if (user === undefined) return { ok: true, output: `There is no manager called ${name}\n` }
  const list = (bits: number): string => privilegeText(bits).replace(/^<none>$/, '')
  return {
    ok: true,
    output:
      `\n          username: ${user.name}\n            secret: <Set>\n               ACL: no\n` +
      `         read perm: ${list(user.read)}\n        write perm: ${list(user.write)}\n` +
      '   displayconnects: no\nallowmultiplelogin: yes\n         Variables: \n',
  }
}

function uptime(world: World, seconds: boolean): string {
  const now = world.core.clock.now()
  const up = Math.floor((now - world.core.bootedAt) / 1000)
  const last = Math.floor((now - world.core.reloadedAt) / 1000)
  const says = (total: number): string => {
    if (seconds) return String(total)
    const parts: string[] = []
    const units: [string, number][] = [
      ['week', 604_800],
      ['day', 86_400],
      ['hour', 3_600],
      ['minute', 60],
      ['second', 1],
    ]
    let left = total
    for (const [unit, size] of units) {
      const count = Math.floor(left / size)
      left %= size
      if (count > 0) parts.push(plural(count, unit))
    }
    return parts.join(', ')
  }
  return `System uptime: ${says(up)}\nLast reload: ${says(last)}\n`
}

function counts(world: World): string {
  const active = world.channels.all.size
  const calls = [...world.channels.all.values()].filter((channel) => channel.pbx || !channel.localOne).length
  return `${plural(active, 'active channel')}\n${plural(calls, 'active call')}\n${plural(world.core.processedCalls, 'call')} processed\n`
}

function channels(world: World): string {
  const width = world.core.version === 16 ? 20 : 64
  const place = world.core.version === 16 ? 20 : 32
  const row = (a: string, b: string, c: string, d: string): string =>
    `${a.slice(0, width).padEnd(width)} ${b.slice(0, place).padEnd(place)} ${c.padEnd(7)} ${d.padEnd(30)}\n`
  let out = row('Channel', 'Location', 'State', 'Application(Data)')
  for (const channel of world.channels.all.values()) {
    const location = `${channel.exten}@${channel.context}:${channel.priority}`
    const app = channel.application === '' ? '(None)' : `${channel.application}(${channel.data})`
    out += row(channel.name, location, states[channel.state], app)
  }
  return out + counts(world)
}

function concise(world: World): string {
  let out = ''
  for (const c of world.channels.all.values()) {
    const seconds = Math.floor((world.core.clock.now() - c.createdAt) / 1000)
    const fields = [c.name, c.context, c.exten, c.priority, states[c.state], c.application, c.data, c.callerNum]
    out += `${[...fields, c.accountCode, '', '3', seconds, c.bridge?.id ?? '', c.uniqueid].join('!')}\n`
  }
  return out
}

function database(world: World, words: readonly string[]): CliResult {
  const [, verb, family = '', key = '', ...value] = words
  if (verb === 'show') {
    const rows = world.database.tree(family, key)
    const lines = rows.map(([path, text]) => `${path.padEnd(50)}: ${text.padEnd(25)}\n`).join('')
    return { ok: true, output: `${lines}${rows.length} results found.\n` }
  }
  if (verb === 'get') {
    const found = world.database.get(family, key)
    return { ok: true, output: found === undefined ? 'Database entry not found.\n' : `Value: ${found}\n` }
  }
  if (verb === 'put') {
    world.database.put(family, key, value.join(' '))
    return { ok: true, output: 'Updated database successfully\n' }
  }
  if (verb === 'del') {
    const gone = world.database.delete(family, key)
    return { ok: true, output: gone ? 'Database entry removed.\n' : 'Database entry could not be removed.\n' }
  }
  return {
    ok: false,
    output: `No such command '${words.join(' ')}' (type 'core show help ${words.join(' ')}' for other possible commands)\n`,
  }
}

function queueShow(world: World, name: string | undefined): string {
  const queues = [...world.queues.all.values()].filter((queue) => name === undefined || queue.name === name)
  if (queues.length === 0) return name === undefined ? 'No queues.\n' : `No such queue: ${name}.\n`
  let out = ''
  for (const queue of queues.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const max = queue.max === 0 ? 'unlimited' : String(queue.max)
    out +=
      `${queue.name} has ${queue.callers.length} calls (max ${max}) in '${queue.strategy}' strategy ` +
      `(${queue.holdTime}s holdtime, ${queue.talkTime}s talktime), W:0, C:${queue.completed}, A:${queue.abandoned}, SL:0.0%, SL2:0.0% within 0s\n`
    out += queue.members.length === 0 ? '   No Members\n' : '   Members: \n'
    for (const member of queue.members) {
      const penalty = member.penalty === 0 ? '' : ` with penalty ${member.penalty}`
      const dynamic = member.membership === 'dynamic' ? ' (dynamic)' : ''
      const paused = member.paused ? ' (paused)' : ''
      const state = member.status === 1 ? 'Not in use' : member.status === 2 ? 'In use' : 'Unavailable'
      const taken = member.callsTaken === 0 ? 'has taken no calls yet' : `has taken ${member.callsTaken} calls`
      const age = world.core.seconds() - member.loginTime
      out += `      ${member.name} (${member.interface})${penalty} (ringinuse ${member.ringInUse ? 'enabled' : 'disabled'})${dynamic}${paused} (${state}) ${taken} (login was ${age} secs ago)\n`
    }
    if (queue.callers.length === 0) out += '   No Callers\n'
    else out += '   Callers: \n'
    for (const [index, caller] of queue.callers.entries()) {
      const wait = Math.floor((world.core.clock.now() - caller.joinedAt) / 1000)
      out += `      ${index + 1}. ${caller.channel.name} (wait: ${Math.floor(wait / 60)}:${String(wait % 60).padStart(2, '0')}, prio: ${caller.priority})\n`
    }
    out += '\n'
  }
  return `${out}\n`
}

function requestHangup(world: World, name: string): CliResult {
  if (name === 'all') {
    for (const channel of [...world.channels.all.values()]) world.channels.softHangup(channel)
    return { ok: true, output: '' }
  }
  const channel = world.channels.find(name)
  if (channel === undefined) return { ok: true, output: `${name} is not a known channel\n` }
  world.channels.softHangup(channel)
  return { ok: true, output: `Requested Hangup on channel '${channel.name}'\n` }
}

function endpoints(world: World): string {
  let out = '\n'
  for (const endpoint of world.endpoints.sorted()) {
    const state = endpoint.contact === '' ? 'Unavailable' : 'Not in use'
    out += ` Endpoint:  ${endpoint.name.padEnd(52)} ${state}   0 of inf\n`
  }
  return `${out}\n\nObjects found: ${world.endpoints.all.size}\n\n`
}
