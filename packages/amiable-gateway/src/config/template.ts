/** Returns a configuration to begin with, which says what each of its lines is for. */
export function templateText(folder: string): string {
  return `# The configuration of amiable-gateway. What is commented out is the default.
# amiable-gateway check -c THIS_FILE names every fault with its line.

# gateway: { name: gw-a }             # the name of the host
# prefix: ami                         # what all subjects begin with

# Without nats.servers the gateway runs a nats-server of its own: one copy, and one gateway.
# Two gateways, and teams on other machines, need a NATS that all of them reach.
# nats:
#   servers: [nats://n1:4222, nats://n2:4222, nats://n3:4222]
#   # the user that writes the logs, and the one that answers: see accounts.conf beside this file
#   user: gateway-log
#   password: { file: ${folder}/gateway-log.password }
#   answers: { user: gateway-answers, password: { file: ${folder}/gateway-answers.password } }
#   tls: { caFile: ${folder}/ca.pem }

# Each Asterisk by the name that it has in the subjects of NATS. The account stands in its manager.conf:
#   [gateway]
#   secret = the same as in the file below
#   read = system,call,agent,user,cdr,cc,security
#   write = system,call,agent,user,reporting
asterisks:
  pbx1:
    host: 127.0.0.1
    # port: 5038                      # 5039 with tls
    username: gateway
    # a secret stands in a file that only this user can read, and never here
    secret: { file: ${folder}/pbx1.secret }
    # tls: false                      # true, or { caFile: … }
    # events: [system, call, agent, user, cdr, cc, security]

# Which actions others may ask for. call needs contexts; of class danger each action stands in allow.
# actions:
#   classes: [read]                   # read, call, queue, message, admin
#   allow: []
#   contexts: [from-crm]
#   technologies: [Local]
#   trustRequestInfo: false           # true where each team has an account of its own, as in accounts.conf

# log:
#   replicas: 3                       # 1 with a nats-server of its own, or without a cluster
#   maxAge: 24h                       # how long each log is kept, and how large it may be
#   maxBytes: 1GiB
#   keepAge: 7d                       # the same for the stream of all logs
#   keepBytes: 10GiB
#   takeover: 1s                      # how long an event waits until another gateway writes
#   ring: 64MiB                       # what is kept while NATS is away, and for all Asterisks together:
#   rings: 512MiB

# The live state of each Asterisk in NATS; false for none.
# state: { kinds: [channels, bridges, calls, queues, rooms, parking, devices, hints] }

# http: { listen: 127.0.0.1:9464 }    # /metrics, /livez, /readyz and /status; false for none
# logger: { level: info }
`
}
