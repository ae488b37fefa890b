// What is done at once: the handlers of res_agi.c that ask and set.
import { isTrue } from '../../protocol/byte-text.ts'
import { readCallerId } from '../../protocol/caller-id.ts'
import { explicitGoto } from '../pbx.ts'
import { answer, type Handler, say, scanned } from './call.ts'

// res_agi.c:handle_getvariable
const VALUE_BYTES = 1023

const getVariable: Handler = (command) => {
  const { world, channel } = command.call
  const value = world.getVariable(channel, command.args[0]!)
  return say(command, value === undefined ? 0 : `1 (${value.slice(0, VALUE_BYTES)})`)
}

const getFullVariable: Handler = (command) => {
  const { world, channel } = command.call
  const [text = '', name] = command.args
  const of = name === undefined ? channel : world.channels.find(name)
  return say(command, of === undefined ? 0 : `1 (${world.substitute(of, text)})`)
}

const setVariable: Handler = (command) => {
  const { world, channel } = command.call
  world.setVariable(channel, command.args[0]!, command.args[1]!)
  return say(command, 1)
}

const setCallerId: Handler = (command) => {
  const { world, channel } = command.call
  const [text] = command.args
  if (text !== undefined) world.channels.setCaller(channel, ...readCallerId(text.slice(0, 255)))
  return say(command, 1)
}

const setPriority: Handler = (command) => {
  const { world, channel } = command.call
  const [text = ''] = command.args
  const priority = scanned(text) ?? world.dialplan.priority(channel.context, channel.exten, text)
  if (scanned(text) === undefined && priority < 1) return 'usage'
  explicitGoto(channel, { priority })
  return say(command, 0)
}

// a snapshot is found by its channel's name alone, in 16 in its own case of letters
const channelStatus: Handler = (command) => {
  const { world, channel } = command.call
  const [name] = command.args
  if (name === undefined) return say(command, channel.state)
  const fold = (text: string): string => (world.core.version === 16 ? text : text.toLowerCase())
  const found = [...world.channels.all.values()].find((one) => fold(one.name) === fold(name))
  return say(command, found?.state ?? -1)
}

const hangup: Handler = (command) => {
  const { world, channel } = command.call
  const [name] = command.args
  const found = name === undefined ? channel : world.channels.find(name)
  if (found !== undefined) world.channels.softHangup(found)
  return say(command, found === undefined ? -1 : 1)
}

const autohangup: Handler = (command) => {
  const { world, channel } = command.call
  const seconds = Number.parseFloat(command.args[0]!)
  if (Number.isNaN(seconds)) return 'usage'
  world.channels.hangupAfter(channel, Math.max(0, seconds) * 1000)
  return say(command, 0)
}

const setMusic: Handler = (command) => {
  const { world, channel } = command.call
  const [mode = '', musicClass] = command.args
  if (/^on/i.test(mode)) world.channels.music(channel, 'Start', musicClass)
  else if (/^off/i.test(mode)) world.channels.music(channel, 'Stop')
  return say(command, 0)
}

const sendText: Handler = (command) => {
  command.call.channel.peer?.hear({ kind: 'text', text: command.args[0]! })
  return answer(command, 0)
}

const exec: Handler = async (command) => {
  const { world, channel, pbx } = command.call
  const [application = '', text = ''] = command.args
  const full = isTrue(channel.variables.get('AGIEXECFULL') ?? '')
  const result = await pbx.execute(channel, application, full ? world.substitute(channel, text) : text)
  const number = result === undefined ? -2 : result === 'next' ? 0 : -1
  command.call.send(`200 result=${number}\n`)
  return number === 0 ? 'success' : 'unknown'
}

const answerCall: Handler = async (command) => {
  const { pbx, channel } = command.call
  if (channel.hungup) return answer(command, -1)
  await pbx.execute(channel, 'Answer', '')
  return answer(command, channel.interrupted ? -1 : 0)
}

const databaseGet: Handler = (command) => {
  const value = command.call.world.database.get(command.args[0]!, command.args[1]!)
  return say(command, value === undefined ? 0 : `1 (${value})`)
}

const databasePut: Handler = (command) => {
  const [family = '', key = '', value = ''] = command.args
  command.call.world.database.put(family, key, value)
  return say(command, 1)
}

// db.c:ast_db_del is content with what was not there
const databaseDel: Handler = (command) => {
  command.call.world.database.delete(command.args[0]!, command.args[1]!)
  return say(command, 1)
}

// 0 says that something went, against what is documented
const databaseDeltree: Handler = (command) => {
  const [family = '', tree = ''] = command.args
  return say(command, command.call.world.database.deleteTree(family, tree) > 0 ? 0 : 1)
}

/** There is no speech engine: no object is created, and none is there. */
const noSpeech: Handler = (command) => say(command, 0)

const setPlace =
  (what: 'context' | 'exten'): Handler =>
  (command) => {
    command.call.channel[what] = command.args[0]!
    return say(command, 0)
  }

/** The commands that are done at once. */
export const dataCommands: Readonly<Record<string, Handler>> = {
  ANSWER: answerCall,
  'ASYNCAGI BREAK': (command) => {
    command.call.send('200 result=0\n')
    return 'break'
  },
  'CHANNEL STATUS': channelStatus,
  'DATABASE DEL': databaseDel,
  'DATABASE DELTREE': databaseDeltree,
  'DATABASE GET': databaseGet,
  'DATABASE PUT': databasePut,
  EXEC: exec,
  'GET FULL VARIABLE': getFullVariable,
  'GET VARIABLE': getVariable,
  HANGUP: hangup,
  NOOP: (command) => say(command, 0),
  // no channel of the simulator can show one
  'SEND IMAGE': (command) => answer(command, 0),
  'SEND TEXT': sendText,
  'SET AUTOHANGUP': autohangup,
  'SET CALLERID': setCallerId,
  'SET CONTEXT': setPlace('context'),
  'SET EXTENSION': setPlace('exten'),
  'SET MUSIC': setMusic,
  'SET PRIORITY': setPriority,
  'SET VARIABLE': setVariable,
  'SPEECH ACTIVATE GRAMMAR': noSpeech,
  'SPEECH CREATE': noSpeech,
  'SPEECH DEACTIVATE GRAMMAR': noSpeech,
  'SPEECH DESTROY': noSpeech,
  'SPEECH LOAD GRAMMAR': noSpeech,
  'SPEECH RECOGNIZE': noSpeech,
  'SPEECH SET': noSpeech,
  'SPEECH UNLOAD GRAMMAR': noSpeech,
  // nor has one a text telephone
  'TDD MODE': (command) => say(command, 0),
  VERBOSE: (command) => say(command, 1),
}
