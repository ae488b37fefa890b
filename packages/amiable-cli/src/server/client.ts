// What talks to a server, in a chunk of its own.
export { createClient } from 'amiable'
