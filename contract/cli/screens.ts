// The screens on a terminal with keys, against a server whose connection is cut and mended: at three sizes, held against
// the texts in golden/, grey while they are old, true again afterwards, and the terminal as it was at the end.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { type Client, connect } from 'amiable'
import { CommandLine } from '../../tools/testbed/command.ts'
import { hasTmux, Terminal } from '../../tools/testbed/tmux.ts'
import { Relay } from '../state/support/relay.ts'
import { optionsFor } from '../support/client.ts'
import type { Target } from '../targets.ts'
import { goldenText, isWriting, lasting, writeGolden } from './golden-file.ts'
import { callFromAnn, hangUpAll, quiet } from './world.ts'

const skip = !hasTmux && 'there is no tmux to be the terminal'
const SIZES = [
  [80, 24],
  [120, 40],
  [40, 10],
] as const

/** Runs the screens against this server. */
export function screenSuite(target: Target): void {
  const { name, host, port, accounts } = target
  let relay: Relay
  let line: CommandLine
  let ami: Client
  let terminal: Terminal
  before(async () => {
    if (skip) return
    relay = await Relay.start(host, port)
    line = new CommandLine({ pbx: { host, port: relay.port, username: 'frank', secret: accounts.frank ?? '' } })
    ami = await connect(optionsFor(target))
    await quiet(ami)
    await callFromAnn(ami)
    const [columns, rows] = SIZES[0]
    terminal = await Terminal.open(line.named(), columns, rows)
  })
  after(async () => {
    if (skip) return
    await terminal[Symbol.asyncDispose]()
    await relay[Symbol.asyncDispose]()
    line[Symbol.dispose]()
    // the simulator may have ended already
    await hangUpAll(ami).catch(() => {})
    await ami.close()
  })
  const isAtPrompt = (screen: string) => /\$$/.test(screen)
  const typed = async (words: string) => {
    await terminal.press('C-l')
    // what the last command left is not taken for what this one shows
    await terminal.shows((screen) => screen === '$')
    await terminal.type(words)
  }

  /** The terminal at each size, held against its text; at the first again in the end. */
  async function atEverySize(screen: string): Promise<void> {
    for (const [columns, rows] of [...SIZES, SIZES[0]]) {
      await terminal.resize(columns, rows)
      const golden = `screen-${screen}-${columns}x${rows}`
      if (isWriting) {
        await pause(3_000)
        writeGolden(target, golden, `${lasting(await terminal.screen())}\n`)
      }
      const text = goldenText(target, golden)
      await terminal.shows((shown) => `${lasting(shown)}\n` === text)
    }
  }

  /** The connection is cut: the screen says so in grey, and is true again afterwards. */
  async function cutAndMended(isLive: (screen: string) => boolean, kept: string): Promise<void> {
    relay.close()
    await terminal.shows((screen) => screen.includes('CONNECTION LOST: this is how it was at') && screen.includes(kept))
    assert.equal(isGrey(await terminal.styledScreen(), kept), true)
    relay.calm()
    await terminal.shows(isLive)
    assert.equal(isGrey(await terminal.styledScreen(), kept), false)
  }

  test(`${name}: top at three sizes, with its connection cut, and left with q`, { skip }, async () => {
    await typed('amiable top')
    await terminal.shows((screen) => /^pbx {2}live {2}calls 1 /.test(screen))
    await atEverySize('top')
    await cutAndMended((screen) => /^pbx {2}live {2}calls 1 /.test(screen), 'Ann <100>')
    await terminal.press('q')
    await terminal.shows(isAtPrompt)
  })

  test(`${name}: queue at three sizes, with its connection cut, and ended by SIGTERM`, { skip }, async () => {
    await typed('amiable queue support --watch')
    const isLive = (screen: string) => screen.startsWith('pbx  live') && screen.includes('Agent Two')
    await terminal.shows(isLive)
    await atEverySize('queue')
    await cutAndMended(isLive, 'Agent Two')
    await terminal.press('C-z')
    await terminal.shows((screen) => /Stopped +amiable queue/.test(screen))
    await terminal.type('kill -TERM %1; fg; echo status $?')
    await terminal.shows((screen) => /^status \d+\n\$$/m.test(screen))
  })

  test(`${name}: call at three sizes, and ended by ^C`, { skip }, async () => {
    for (const [columns, rows] of SIZES) {
      await terminal.resize(columns, rows)
      await typed('clear; amiable call golden-1')
      await terminal.shows((screen) => screen.includes('time') && screen.includes('Local/echo'))
      await terminal.press('C-c')
      const golden = `screen-call-${columns}x${rows}`
      const shown = await terminal.shows((screen) => screen.includes('events shown') && isAtPrompt(screen))
      if (isWriting) writeGolden(target, golden, `${lasting(shown)}\n`)
      assert.equal(`${lasting(shown)}\n`, goldenText(target, golden))
    }
  })

  test(`${name}: events says that its connection was lost, and goes on when it is there again`, { skip }, async () => {
    const [columns, rows] = SIZES[0]
    await terminal.resize(columns, rows)
    await typed('clear; amiable events UserEvent --time none -s UserEvent,Text')
    const isHeard = (text: string) => (screen: string) => screen.includes(`UserEvent=Screen  Text=${text}`)
    for (const text of ['before', 'after']) {
      const raised = async () => await ami.send('UserEvent', { UserEvent: 'Screen', Text: text })
      const timer = setInterval(() => void raised().catch(() => {}), 200)
      await terminal.shows(isHeard(text)).finally(() => clearInterval(timer))
      if (text === 'after') break
      relay.close()
      await terminal.shows((screen) => screen.includes('-- connection lost'))
      relay.calm()
      await terminal.shows((screen) => screen.includes('-- connected again after'))
    }
    await terminal.press('C-c')
    // the screen breaks the line wherever its last column is
    const says = /\d+eventsin.*;theconnectionwaslostonce,andtheeventsofthattimearemissing\$$/
    await terminal.shows((screen) => says.test(screen.replaceAll(/\s/g, '')))
    await terminal.type('stty -a | grep -o " echo "; echo typed and seen')
    await terminal.shows((screen) => /^ echo\ntyped and seen\n\$$/m.test(screen))
  })
}

/** Whether a text stands in grey on a screen with its styles: a style lasts, over lines too, until another takes it away. */
function isGrey(styled: string, text: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: what sets a style
  const styles = styled.slice(0, styled.indexOf(text)).matchAll(/\x1b\[([\d;]*)m/g)
  let grey = false
  for (const [, codes = ''] of styles) {
    for (const code of codes.split(';')) grey = code === '2' || (grey && !['', '0', '22'].includes(code))
  }
  return grey
}
