// node pbx.mjs: a simulated call centre on port 15038, to try the collector without an Asterisk.
import { connect } from 'amiable'
import { startServer } from 'amiable/testing'

const dialplan = '[default]\nexten => support,1,Answer()\n same => n,Queue(support)\nexten => caller,1,Wait(60)'
const { PORT = '15038' } = process.env
const users = { frank: 'lean' }
const pbx = await startServer({ port: Number(PORT), users, dialplan, endpoints: { 100: { answers: 'answer' } } })
pbx.queues.addMember('support', { interface: 'PJSIP/100', name: 'Ann' })
console.log(`AMI_HOST=127.0.0.1 AMI_PORT=${pbx.port} AMI_USERNAME=frank AMI_SECRET=lean node main.mjs queue.sqlite`)

// a caller every five seconds, who talks for two
const ami = await connect({ host: '127.0.0.1', port: pbx.port, username: 'frank', secret: 'lean' })
ami.on('AgentConnect', (event) => setTimeout(() => pbx.channels.hangup(event.Channel), 2_000))
const call = { Channel: 'Local/support@default', Context: 'default', Exten: 'caller', Priority: 1 }
setInterval(() => ami.originate(call).catch(() => {}), 5_000)
