import { connect } from 'node:net'

/** As much of an Asterisk as calls an AGI server: an environment, and an answer to each line. */
const [port = 0, sessions = 0, atOnce = 0, hold = 0] = process.argv.slice(2).map(Number)

const environment = `${[
  'agi_network: yes',
  'agi_network_script: bench',
  'agi_request: agi://127.0.0.1/bench',
  'agi_channel: Local/bench@default-00000001;1',
  'agi_language: en',
  'agi_type: Local',
  'agi_uniqueid: 1795636594.1',
  'agi_version: 22.10.1',
  'agi_callerid: 100',
  'agi_calleridname: Bench',
  'agi_callingpres: 0',
  'agi_callingani2: 0',
  'agi_callington: 0',
  'agi_callingtns: 0',
  'agi_dnid: unknown',
  'agi_rdnis: unknown',
  'agi_context: default',
  'agi_extension: bench',
  'agi_priority: 1',
  'agi_enhanced: 0.0',
  'agi_accountcode: ',
  'agi_threadid: 140000000000000',
].join('\n')}\n\n`

const call = (): Promise<void> =>
  new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true }, () => socket.write(environment))
    let text = ''
    socket.setEncoding('latin1')
    socket.on('error', reject)
    socket.on('close', () => resolve())
    socket.on('data', (chunk) => {
      text += chunk
      for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n')) {
        socket.write(text.startsWith('GET VARIABLE') ? '200 result=1 (value)\n' : '200 result=0\n')
        text = text.slice(end + 1)
      }
    })
    if (hold === 1) setTimeout(resolve, 100)
  })

let left = sessions
const line = async (): Promise<void> => {
  while (left-- > 0) await call()
}
await Promise.all(Array.from({ length: atOnce }, line))
process.send?.('done')
if (hold === 0) process.disconnect?.()
