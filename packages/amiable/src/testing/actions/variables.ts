import type { Channel } from '../model/channel.ts'
import type { ActionContext, Handlers } from './context.ts'

/** Returns the channel that an action names: `undefined` without a name, `null` where there is none of that name. */
export function namedChannel({ action, world }: ActionContext, header = 'Channel'): Channel | undefined | null {
  const name = action.header(header)
  return name === '' ? undefined : (world.channels.find(name) ?? null)
}

function dbGet({ action, reply, world }: ActionContext) {
  const family = action.header('Family')
  const key = action.header('Key')
  if (family === '') return reply.error('No family specified.')
  if (key === '') return reply.error('No key specified.')
  const value = world.database.get(family, key)
  if (value === undefined) return reply.error('Database entry not found')
  reply.start('Result will follow')
  reply.item('DBGetResponse', `Family: ${family}\r\nKey: ${key}\r\nVal: ${value}\r\n`, 'last')
  reply.complete('DBGetComplete')
}

/** Variables and AstDB. */
export const variableActions: Handlers = {
  Getvar(context) {
    const { action, reply, world, server } = context
    const name = action.header('Variable')
    if (name === '') return reply.error('No variable specified')
    const channel = namedChannel(context)
    if (channel === null) return reply.error('No such channel')
    const answer = (): void => {
      const value = world.getVariable(channel, name) ?? ''
      reply.lines(`Response: Success\r\n${reply.idLine()}Variable: ${name}\r\nValue: ${value}\r\n`)
    }
    // main/loader.c:load_modules keeps the list of modules locked
    if (/^IFMODULE\(/i.test(name) && world.modules.has('func_module')) return server.loading?.then(answer) ?? answer()
    answer()
  },
  Setvar(context) {
    const { action, reply, world } = context
    const name = action.header('Variable')
    if (name === '') return reply.error('No variable specified')
    const channel = namedChannel(context)
    if (channel === null) return reply.error('No such channel')
    const value = action.header('Value')
    if (world.states.write(name, value) === null) return reply.error('Variable not set')
    reply.success('Variable Set')
    world.setVariable(channel, name, value)
  },
  DBPut({ action, reply, world }) {
    if (action.header('Family') === '') return reply.error('No family specified')
    if (action.header('Key') === '') return reply.error('No key specified')
    world.database.put(action.header('Family'), action.header('Key'), action.header('Val'))
    reply.success('Updated database successfully')
  },
  DBGet: dbGet,
  DBGetTree({ action, reply, world }) {
    reply.start('Result will follow')
    for (const [path, value] of world.database.tree(action.header('Family'), action.header('Key'))) {
      reply.item('DBGetTreeResponse', `Key: ${path}\r\nVal: ${value}\r\n`, 'last')
    }
    // 16 says one row whatever there is
    if (world.core.version === 16) reply.complete('DBGetTreeComplete', [], 1)
    else reply.complete('DBGetTreeComplete')
  },
  DBDel({ action, reply, world }) {
    if (action.header('Family') === '') return reply.error('No family specified.')
    if (action.header('Key') === '') return reply.error('No key specified.')
    const gone = world.database.delete(action.header('Family'), action.header('Key'))
    if (gone) reply.success('Key deleted successfully')
    else reply.error('Database entry could not be deleted')
  },
  DBDelTree({ action, reply, world }) {
    if (action.header('Family') === '') return reply.error('No family specified.')
    const gone = world.database.deleteTree(action.header('Family'), action.header('Key'))
    if (gone > 0) reply.success('Key tree deleted successfully')
    else reply.error('Database entry not found')
  },
}
