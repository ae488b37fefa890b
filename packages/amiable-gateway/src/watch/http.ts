// What is asked by HTTP: figures, and whether this gateway lives, is ready, and how it is.
import { createServer, type Server } from 'node:http'

/** What the pages say. */
export interface Pages {
  readonly metrics: () => Promise<string>
  readonly metricsType: string
  /** Says why this gateway is not ready, or nothing. One Asterisk that is away is no reason. */
  readonly notReady: () => string | undefined
  readonly status: () => unknown
}

/** Answers until it is closed. */
export class HttpPages {
  readonly #server: Server

  private constructor(server: Server) {
    this.#server = server
  }

  /**
   * Listens.
   * @param listen an address and a port, as in `127.0.0.1:9464`
   */
  static async start(listen: string, pages: Pages): Promise<HttpPages> {
    const at = listen.lastIndexOf(':')
    const host = listen.slice(0, at).replace(/^\[(.*)\]$/, '$1')
    const server = createServer(
      { requestTimeout: 5_000, headersTimeout: 5_000, maxHeaderSize: 8_192 },
      (request, response) => {
        const send = (status: number, type: string, text: string) => {
          response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' })
          response.end(request.method === 'HEAD' ? '' : text)
        }
        const plain = 'text/plain; charset=utf-8'
        if (request.method !== 'GET' && request.method !== 'HEAD') return send(405, plain, 'only GET\n')
        switch (request.url?.split('?')[0]) {
          case '/livez':
            return send(200, plain, 'alive\n')
          case '/readyz': {
            const why = pages.notReady()
            return send(why === undefined ? 200 : 503, plain, `${why ?? 'ready'}\n`)
          }
          case '/status':
            return send(200, 'application/json', `${JSON.stringify(pages.status())}\n`)
          case '/metrics':
            pages.metrics().then(
              (text) => send(200, pages.metricsType, text),
              () => send(500, plain, 'the figures could not be read\n'),
            )
            return
          default:
            return send(404, plain, 'there are /metrics, /livez, /readyz and /status\n')
        }
      },
    )
    server.maxConnections = 64
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(Number(listen.slice(at + 1)), host, resolve)
    })
    return new HttpPages(server)
  }

  get port(): number {
    const address = this.#server.address()
    return typeof address === 'object' && address !== null ? address.port : 0
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve))
    this.#server.closeAllConnections()
    await closed
  }
}
