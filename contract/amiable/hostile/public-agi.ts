import { connect as connectSocket } from 'node:net'
import { Duplex } from 'node:stream'
import { type AgiSession, listenAgi, router } from 'amiable/agi'

const nothing = () => {}
const common = {}

/** A FastAGI server with a call that a stand-in for Asterisk answers: each line with a zero. */
export async function makeAgi() {
  let end = nothing
  let began: (call: AgiSession) => void = nothing
  const call = new Promise<AgiSession>((resolve) => {
    began = resolve
  })
  const handler = (session: AgiSession) => {
    began(session)
    return new Promise<void>((resolve) => {
      end = resolve
    })
  }
  const server = await listenAgi(handler, { port: 0, onHandlerError: nothing })
  const socket = connectSocket(server.port, '127.0.0.1')
  socket.on('error', nothing)
  socket.on('data', (bytes) => {
    const lines = bytes.toString('latin1').split('\n').length - 1
    socket.write('200 result=0\n'.repeat(lines))
  })
  socket.write('agi_network: yes\nagi_channel: PJSIP/1-00000001\nagi_request: agi://x/y\n\n')
  const session = await call
  const objects = {
    AgiServer: server,
    AgiSession: session,
    AgiSpeech: session.speech,
    AgiRouter: router({ '/x': nothing }),
  }
  const close = async () => {
    end()
    socket.destroy()
    await server.close({ timeout: 0 })
  }
  return { objects, close }
}

/** Right arguments of what `amiable/agi` has. */
export const AGI_RIGHT: Readonly<Record<string, readonly unknown[]>> = {
  listenAgi: [nothing, { port: 0 }],
  attachAgi: [nothing, { claim: false }],
  ask: ['x', common],
  menu: ['x', { 1: nothing }, common],
  callAgi: [{ port: 1 }],
  'AgiAttachment.close': [common],
  serveAgi: [new Duplex({ read: nothing, write: (_chunk, _encoding, done) => done() }).destroy(), nothing, {}],
  router: [{ '/x': nothing }, {}],
  'AgiServer.close': [common],
  'AgiSession.answer': [common],
  'AgiSession.hangup': ['PJSIP/1', common],
  'AgiSession.channelStatus': ['PJSIP/1', common],
  'AgiSession.getVariable': ['A', common],
  'AgiSession.getFullVariable': ['x', common],
  'AgiSession.gosub': ['default', 's', 1, ['x'], common],
  'AgiSession.setCallerid': ['1', common],
  'AgiSession.setVariable': ['A', 'x', common],
  'AgiSession.databaseGet': ['f', 'k', common],
  'AgiSession.databasePut': ['f', 'k', 'x', common],
  'AgiSession.databaseDel': ['f', 'k', common],
  'AgiSession.databaseDeltree': ['f', 'k', common],
  'AgiSession.exec': ['NoOp', ['x'], common],
  'AgiSession.receiveChar': [5, common],
  'AgiSession.receiveText': [5, common],
  'AgiSession.sendText': ['x', common],
  'AgiSession.sendImage': ['x', common],
  'AgiSession.setContext': ['x', common],
  'AgiSession.setExtension': ['1', common],
  'AgiSession.setPriority': [1, common],
  'AgiSession.continueAt': [{ exten: '1' }, common],
  'AgiSession.setAutohangup': [5, common],
  'AgiSession.setMusic': [true, 'default', common],
  'AgiSession.tddMode': ['on', common],
  'AgiSession.verbose': ['x', 1, common],
  'AgiSession.noop': ['x', common],
  'AgiSession.streamFile': ['x', common],
  'AgiSession.controlStreamFile': ['x', common],
  'AgiSession.getOption': ['x', common],
  'AgiSession.getData': ['x', common],
  'AgiSession.waitForDigit': [5, common],
  'AgiSession.recordFile': ['x', { format: 'wav', timeout: 5 }],
  'AgiSession.sayDigits': ['1', common],
  'AgiSession.sayNumber': [1, common],
  'AgiSession.sayAlpha': ['x', common],
  'AgiSession.sayPhonetic': ['x', common],
  'AgiSession.sayDate': [5, common],
  'AgiSession.sayTime': [5, common],
  'AgiSession.sayDatetime': [5, common],
  'AgiSession.run': ['NOOP', 'x'],
  'AgiSession.command': [['NOOP'], common],
  'AgiSpeech.create': ['x', common],
  'AgiSpeech.set': ['x', 'y', common],
  'AgiSpeech.destroy': [common],
  'AgiSpeech.load': ['x', 'y', common],
  'AgiSpeech.unload': ['x', common],
  'AgiSpeech.activate': ['x', common],
  'AgiSpeech.deactivate': ['x', common],
  'AgiSpeech.recognize': ['x', common],
}
