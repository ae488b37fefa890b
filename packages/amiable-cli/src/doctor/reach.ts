// From a host's name to the first bytes of what answers there.
import { lookup } from 'node:dns/promises'
import { connect, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import type { Context } from '../context/config-file.ts'
import { spell } from '../output/time.ts'
import type { Finding } from './finding.ts'

/** What was found on the way, and the address that answered. */
export interface Reached {
  readonly findings: readonly Finding[]
  readonly address?: string
}

/** What an address did. */
interface Tried {
  readonly address: string
  readonly took: number
  readonly error?: NodeJS.ErrnoException
}

// bytes of a greeting that are looked at
const MOST = 256

/** Finds the addresses of a server and tries each. @param name the context's name, for the fixes */
export async function reach(
  name: string,
  { host, port: given, tls }: Context,
  patience: number,
  signal: AbortSignal,
): Promise<Reached> {
  const port = given ?? (tls ? 5039 : 5038)
  const addresses = await lookup(host, { all: true }).catch((error: Error) => error)
  if (addresses instanceof Error) {
    const says = `the name ${host} has no address: ${addresses.message}`
    const fix = [`amiable context set ${name} --host ami://USER@ADDRESS`]
    return { findings: [{ id: 'L1', level: 'error', what: 'name', says, fix }] }
  }
  const tried = await Promise.all(addresses.map(({ address }) => attempt(address, port, patience, signal)))
  signal.throwIfAborted()
  const found = tried.find(({ error }) => error === undefined)
  if (found === undefined) return { findings: tried.map((one) => refused(one, port)) }
  const findings = tried
    .filter(({ error }) => error?.code === 'ETIMEDOUT')
    .map((one): Finding => ({ ...refused(one, port), level: 'warn' }))
  if (tls) return { findings: [connected(found, port), ...findings], address: found.address }
  const greeting = await greet(found.address, port, patience)
  const fault = await faultOf(greeting, name, found.address, port, patience)
  return { findings: [fault ?? connected(found, port, greeting.text), ...findings], ...(!fault && found) }
}

function connected({ address, took }: Tried, port: number, greeting = ''): Finding {
  const says = `${address} port ${port} in ${spell(took)}${greeting === '' ? '' : `; ${greeting.trim()}`}`
  return { id: 'L2', level: 'ok', what: 'connect', says }
}

function refused({ address, error, took }: Tried, port: number): Finding {
  const found = { id: 'L2', level: 'error', what: 'connect' } as const
  if (error?.code === 'ECONNREFUSED') {
    const fix = [
      `does Asterisk run? manager.conf [general]: enabled = yes, port = ${port}, and a bindaddr that takes ${address}`,
    ]
    return { ...found, says: `${address} refuses port ${port}: nothing listens there`, fix }
  }
  if (error?.code === 'ETIMEDOUT') {
    const fix = ['a firewall between here and there has to let the port through']
    return { ...found, says: `${address} port ${port} did not answer within ${spell(took)}`, fix }
  }
  return { ...found, says: `${address} port ${port}: ${error?.message}`, fix: ['is there a way to that network?'] }
}

function attempt(address: string, port: number, patience: number, signal: AbortSignal): Promise<Tried> {
  const began = performance.now()
  return new Promise((resolve) => {
    const socket = connect({ host: address, port, signal })
    const end = (error?: NodeJS.ErrnoException) => {
      socket.destroy()
      resolve({ address, took: performance.now() - began, ...(error && { error }) })
    }
    socket.setTimeout(patience, () => end(Object.assign(new Error('no answer'), { code: 'ETIMEDOUT' })))
    socket.on('connect', () => end())
    socket.on('error', end)
  })
}

/** What a socket said first. */
interface Greeting {
  readonly text: string
  /** Whether the other side ended without a byte. */
  readonly ended: boolean
}

function greet(address: string, port: number, patience: number, says = ''): Promise<Greeting> {
  return listen(connect({ host: address, port }), patience, says)
}

function listen(socket: Socket, patience: number, says: string): Promise<Greeting> {
  return new Promise((resolve) => {
    let text = ''
    const end = (ended: boolean) => {
      socket.destroy()
      resolve({ text, ended })
    }
    socket.setTimeout(patience, () => end(false))
    socket.on('data', (bytes) => {
      text += bytes.toString('latin1')
      if (text.includes('\n') || text.length > MOST) end(false)
    })
    socket.on('error', () => end(true))
    socket.on('close', () => end(true))
    if (says !== '') socket.write(says)
  })
}

/** Returns what is wrong with a greeting. It asks once more in other tongues where there was none. */
async function faultOf(
  { text, ended }: Greeting,
  name: string,
  address: string,
  port: number,
  patience: number,
): Promise<Finding | undefined> {
  const found = { id: 'L3', level: 'error', what: 'greeting' } as const
  if (/^[^\r\n]*Call Manager\/[\d.]+\r?\n/.test(text)) return undefined
  if (text !== '') return { ...found, says: 'what answers is no AMI', fix: OTHER_PORT }
  if (ended) {
    const says = `${address} port ${port} closes the connection without a word`
    return { ...found, says, fix: ['authlimit of [general] is reached, or a firewall or proxy stands between'] }
  }
  const [isTls, web] = await Promise.all([
    speaksTls(address, port, patience),
    greet(address, port, patience, 'GET / HTTP/1.0\r\n\r\n'),
  ])
  if (isTls) {
    const fix = [`amiable context set ${name} --host amis://USER@HOST:${port}`]
    return { ...found, says: `port ${port} speaks TLS, and this context does not`, fix }
  }
  if (web.text.startsWith('HTTP/')) return { ...found, says: `port ${port} is a web server`, fix: OTHER_PORT }
  const says = `${address} port ${port} takes the connection and says nothing within ${spell(patience)}`
  return { ...found, says, fix: ['is Asterisk behind it, or only a container, a proxy or a firewall?'] }
}

const OTHER_PORT = ['the port is in [general] of manager.conf: 5038, or 5039 with TLS']

function speaksTls(address: string, port: number, patience: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connectTls({ host: address, port, rejectUnauthorized: false, timeout: patience })
    const end = (is: boolean) => {
      socket.destroy()
      resolve(is)
    }
    socket.on('secureConnect', () => end(true))
    // an alert is TLS too
    socket.on('error', (error) => end(/alert/i.test(error.message)))
    socket.on('timeout', () => end(false))
    socket.on('close', () => end(false))
  })
}

/** Whether the port greets in the clear, where TLS was wanted. */
export async function greetsInTheClear(address: string, port: number, patience: number): Promise<boolean> {
  return (await greet(address, port, patience)).text.includes('Call Manager')
}
