// An image as an engine would build it, without an engine: its steps run in a chroot of Debian's packages.
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readFileSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { withLock } from '../../../tools/servers/asterisk/lock.ts'
import { obstacle, run, UnavailableError } from '../../../tools/servers/asterisk/machine.ts'
import { settingsFor } from '../../../tools/servers/asterisk/settings.ts'
import { mirror } from '../../../tools/servers/nats/binary.ts'
import { alsoCareful } from '../../../tools/testbed/careful.ts'
import { ended, type Ran } from '../../../tools/testbed/command.ts'
import { type DockerStep, dockerSteps } from '../../../tools/testbed/dockerfile.ts'

const SUITE = 'trixie'
const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'
/** Milliseconds that a step may take: what hangs is a failure. */
const MOST = 300_000
const APT = /^Acquire::(?:Check-|https?::|Retries|ForceIPv4)/
/** /proc is mounted in a namespace that ends with the process: nothing to unmount, whatever happens to it. */
const ENTER = `root=$1 user=$2 folder=$3; shift 3
mount -t proc proc "$root/proc"
exec chroot --userspec="$user" "$root" sh -c 'cd "$0" && exec "$@"' "$folder" "$@"`

const PACKAGES = fileURLToPath(new URL('../../../packages', import.meta.url))

/**
 * Gathers what stands beside the Dockerfile when the image is built: the packed packages, and the folder it is in.
 * @param folder where that goes
 * @returns the steps of each image, without the line that begins it
 */
export async function buildContext(folder: string): Promise<DockerStep[][]> {
  mkdirSync(folder)
  for (const name of ['amiable', 'amiable-gateway']) {
    await run('npm', ['pack', join(PACKAGES, name), '--ignore-scripts', '--pack-destination', folder])
  }
  cpSync(join(PACKAGES, 'amiable-gateway/deploy'), folder, { recursive: true })
  const targets: DockerStep[][] = []
  for (const step of dockerSteps(readFileSync(join(folder, 'Dockerfile'), 'utf8'))) {
    if (step.word === 'FROM') targets.push([])
    else targets.at(-1)?.push(step)
  }
  return targets
}

/** Says why this machine cannot make a chroot, or nothing. */
export function imageObstacle(): string | undefined {
  return obstacle() ?? (existsSync('/usr/sbin/debootstrap') ? undefined : 'there is no debootstrap')
}

/** What stands for `node:22-trixie-slim`: Debian of that name, with the Node that runs the tests and a user `node`. */
async function baseRoot(): Promise<string> {
  const home = join(dirname(settingsFor(22).directory), 'image')
  const root = join(home, 'base')
  await withLock(`${home}.lock`, async () => {
    if (existsSync(root)) return
    const fresh = join(home, 'base.new')
    rmSync(fresh, { recursive: true, force: true })
    mkdirSync(fresh, { recursive: true })
    const script = '/usr/share/debootstrap/scripts/sid'
    const words = ['--variant=minbase', '--include=ca-certificates', SUITE, fresh, await mirror(), script]
    await run('debootstrap', words, { timeout: 600_000, maxBuffer: 10_000_000 }).catch((error: Error) => {
      throw new UnavailableError(`Debian ${SUITE} cannot be had: ${error.message.slice(0, 500)}`)
    })
    const { stdout } = await run('apt-config', ['dump'])
    const own = stdout.split('\n').filter((line) => APT.test(line))
    writeFileSync(join(fresh, 'etc/apt/apt.conf.d/90machine'), `${own.join('\n')}\n`)
    // nothing may be started by a package
    writeFileSync(join(fresh, 'usr/sbin/policy-rc.d'), '#!/bin/sh\nexit 101\n', { mode: 0o755 })
    await run('chroot', [fresh, 'useradd', '--create-home', 'node'])
    const node = dirname(dirname(realpathSync(process.execPath)))
    cpSync(realpathSync(process.execPath), join(fresh, 'usr/local/bin/node'))
    cpSync(join(node, 'lib/node_modules/npm'), join(fresh, 'usr/local/lib/node_modules/npm'), { recursive: true })
    await run('chroot', [fresh, 'ln', '-s', '../lib/node_modules/npm/bin/npm-cli.js', '/usr/local/bin/npm'])
    renameSync(fresh, root)
  })
  return root
}

/** What an engine takes of an image to make containers of it. */
export interface Container {
  readonly root: string
  readonly user: string
  readonly folder: string
  readonly env: Readonly<Record<string, string>>
  readonly entrypoint: readonly string[]
  /** What it runs where nothing else is said. */
  readonly words: readonly string[]
  readonly health: readonly string[]
}

/** An image that is being built, and then a container of it. */
export class Image {
  readonly root: string
  readonly #context: string
  #user = 'root'
  #folder = '/'
  #env: Record<string, string> = { PATH, LANG: 'C.UTF-8' }
  #words: Record<string, readonly string[]> = {}

  private constructor(root: string, context: string) {
    this.root = root
    this.#context = context
  }

  /**
   * Begins with the base image.
   * @param folder where the image is made
   * @param context the files that stand beside the Dockerfile
   */
  static async from(folder: string, context: string): Promise<Image> {
    mkdirSync(folder, { recursive: true })
    const root = join(folder, 'root')
    await run('cp', ['-a', await baseRoot(), root])
    cpSync('/etc/resolv.conf', join(root, 'etc/resolv.conf'), { dereference: true })
    cpSync('/etc/hosts', join(root, 'etc/hosts'), { dereference: true })
    // what this machine trusts, its image trusts too
    const trusted = process.env.NODE_EXTRA_CA_CERTS
    if (trusted) cpSync(trusted, join(root, 'etc/ssl/certs/ca-certificates.crt'), { dereference: true })
    return new Image(root, context)
  }

  /** Takes a step as an engine does. */
  async step({ word, rest }: DockerStep): Promise<void> {
    switch (word) {
      case 'WORKDIR':
        mkdirSync(join(this.root, rest), { recursive: true })
        this.#folder = rest
        return
      case 'COPY': {
        const words = rest.split(' ')
        const target = join(this.root, this.#folder, words.pop() ?? '')
        await run('sh', ['-c', `cp ${words.join(' ')} "$0"`, target], { cwd: this.#context })
        return
      }
      case 'RUN': {
        const { code, stdout, stderr } = await this.run(['sh', '-c', rest], ofMachine())
        if (code !== 0) throw new Error(`RUN ${rest} ended with ${code}:\n${stdout}${stderr}`)
        return
      }
      case 'ENV':
        for (const [, name = '', value = ''] of rest.matchAll(/(\w+)=(\S*)/g)) {
          this.#env[name] = value.replace(/\$(\w+)/g, (_, other) => this.#env[other] ?? '')
        }
        return
      case 'USER':
        this.#user = rest
        return
      case 'ENTRYPOINT':
      case 'CMD':
        this.#words[word] = JSON.parse(rest)
        return
      case 'HEALTHCHECK':
        this.#words[word] = JSON.parse(rest.split(' CMD ')[1] ?? '')
        return
      case 'STOPSIGNAL':
      case 'EXPOSE':
        return
      default:
        throw new Error(`nobody knows the step ${word}`)
    }
  }

  /** Returns what an engine takes of it to make containers. */
  get container(): Container {
    const { ENTRYPOINT: entrypoint = [], CMD: words = [], HEALTHCHECK: health = [] } = this.#words
    const env = { ...this.#env, HOME: this.#home }
    return { root: this.root, user: this.#user, folder: this.#folder, env, entrypoint, words, health }
  }

  /** Runs a command in the container to its end. */
  run(words: readonly string[], env: Record<string, string> = {}): Promise<Ran> {
    return ended(this.#start(words, env))
  }

  /** Starts what the image starts. */
  entry(): ChildProcessWithoutNullStreams {
    return this.#start([...(this.#words.ENTRYPOINT ?? []), ...(this.#words.CMD ?? [])])
  }

  /** Asks for its health as an engine does. */
  health(): Promise<Ran> {
    return this.run(this.#words.HEALTHCHECK ?? [])
  }

  #start(words: readonly string[], env: Record<string, string> = {}): ChildProcessWithoutNullStreams {
    const all = ['--mount', 'sh', '-c', ENTER, 'sh', this.root, this.#user, this.#folder, ...words]
    const own = { ...this.#env, HOME: this.#home, ...alsoCareful(), ...env }
    return spawn('unshare', all, { env: own, timeout: MOST, killSignal: 'SIGKILL' })
  }

  /** A container has a home of its user. */
  get #home(): string {
    return this.#user === 'root' ? '/root' : `/home/${this.#user}`
  }
}

/** How this machine reaches a registry: an image is built with it, and does not keep it. */
function ofMachine(): Record<string, string> {
  const names = /^(?:https?_proxy|no_proxy|npm_config_registry)$/i
  const own = Object.entries(process.env).filter(([name]) => names.test(name)) as [string, string][]
  return { ...Object.fromEntries(own), npm_config_cafile: '/etc/ssl/certs/ca-certificates.crt' }
}
