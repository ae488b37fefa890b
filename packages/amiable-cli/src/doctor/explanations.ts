// What each check looks at, and why what it finds matters. Nothing else is imported: completion reads the identifiers.

/** What is known about a check. */
export interface Explanation {
  readonly title: string
  /** How the check finds out. */
  readonly how: string
  /** What happens where it finds something. */
  readonly why: string
}

function about(title: string, how: string, why: string): Explanation {
  return { title, how, why }
}

const GENERAL = 'It reads [general] of the file that --config names.'
const ACCOUNT = 'It reads each account of the file that --config names.'
const CONSOLE = 'It asks the console for "manager show settings", which needs write = command.'
const AST_CONFIG = 'It asks for AST_CONFIG(manager.conf,general,…), which needs write = call or reporting.'
const HANDSHAKE = 'It begins TLS with the server and looks at the certificate that it shows.'

/** Every check by its identifier. */
export const EXPLANATIONS: Readonly<Record<string, Explanation>> = {
  L1: about(
    'the name of the server has an address',
    'It asks the system for all addresses of the name.',
    'Without an address nothing can be connected.',
  ),
  L2: about(
    'the port can be connected',
    'It connects to every address of the server, each for itself.',
    'A port that refuses has nobody who listens. One that does not answer is behind a firewall.',
  ),
  L3: about(
    'what answers is AMI',
    'It reads the first line. Where there is none it tries TLS and HTTP as well.',
    'A port of TLS or of a web server takes the connection, and a client waits for a greeting in vain.',
  ),
  T1: about('TLS begins, and the certificate is believed', HANDSHAKE, 'Who is not believed may be anybody in between.'),
  T2: about('the certificate is for this host', HANDSHAKE, 'A certificate for another name proves nothing here.'),
  T3: about('the certificate is valid now', HANDSHAKE, 'From its last day on no client connects any more.'),
  T4: about('the version of TLS', HANDSHAKE, 'TLS 1.0 and 1.1 can be broken, and systems of today refuse them.'),
  T5: about(
    'a connection to another machine is encrypted',
    'It looks at the address that answered: one of this machine needs no TLS.',
    'Whoever is on the way reads calls and numbers, and can send actions of his own.',
  ),
  T6: about('the key of the certificate is long enough', HANDSHAKE, 'A short key can be computed from the public one.'),
  A1: about(
    'there is a secret for the account',
    'It looks where the context says, and in AMIABLE_SECRET_FILE.',
    'Nobody can log in without one.',
  ),
  A2: about(
    'the login works',
    'It logs in as every other verb does.',
    'Asterisk gives one answer for a wrong name, a wrong secret and an address that is not permitted.',
  ),
  A3: about(
    'the account is free',
    'It logs in while other programs may be logged in.',
    'With allowmultiplelogin = no only one may be, and a lost connection counts until Asterisk notices.',
  ),
  V1: about('the branch of Asterisk is known', 'It reads the version of the greeting.', 'Rights differ by branch.'),
  V2: about(
    'the branch gets security fixes',
    'It compares the branch with the dates that the project published.',
    'A fault that is found after the last day stays.',
  ),
  V3: about(
    'the release has no known fault that this account opens',
    'It asks CoreSettings for the release, and compares it with those that are mended.',
    'Before the mend an account with write = originate could change every file of the configuration.',
  ),
  C1: about(
    'the clocks agree',
    'It compares the Timestamp of five Pings with the middle of their round trip.',
    'Times in events and call records are those of the server.',
  ),
  R1: about(
    'what the account may send',
    'ListCommands names only the actions that the account may send.',
    'It finds no fault: R3 says what a verb lacks.',
  ),
  R2: about(
    'what the account may receive',
    'The console shows it, with write = command. Otherwise only FullyBooted proves a class: system.',
    'No action says it, so that it stays open for most accounts.',
  ),
  R3: about(
    'the account may do what a verb needs',
    'It compares R1 and R2 with the catalog, for each verb of --for.',
    'An action without the right is refused. Events without the right do not come, and nothing says so.',
  ),
  R4: about(
    'no filter hides what a verb needs',
    'For each verb of --for it reads eventfilter of the account and disabledevents of [general], out of the ' +
      'file that --config names, or by AST_CONFIG, which needs write = call or reporting. A pattern that tests ' +
      'other headers than Event is left open; by AST_CONFIG so is an eventfilter(…).',
    'A hidden event does not come, and nothing says so. One filter without ! hides all that no such filter names.',
  ),
  K1: about(
    'how long answers take',
    'With --deep it sends 20 Pings, one after the other.',
    'A program feels as slow as its server and its network.',
  ),
  K2: about(
    'a silent connection stays',
    'With --idle it holds a connection without events and Pings for that time, and then sends a Ping.',
    'A firewall, NAT or proxy forgets connections that are silent. A client without Pings waits for ever.',
  ),
  K3: about(
    'how long a program may stop reading',
    'With --deep it computes from the bytes that came, the 0.8 MB that the kernels hold, and writetimeout.',
    'Asterisk ends a connection that takes nothing for writetimeout, 100 ms by default, and what was under way is lost.',
  ),
  S0: about('what is set for all accounts together', CONSOLE, 'It finds no fault of its own.'),
  S1: about(
    'authlimit leaves places',
    AST_CONFIG,
    'So many connections that have not logged in yet are held. Those of strangers count too.',
  ),
  S2: about('authtimeout is short', AST_CONFIG, 'Whoever connects and says nothing holds a place for that long.'),
  S3: about(
    'an account may be logged in twice',
    CONSOLE,
    'Otherwise a program that comes back is refused until Asterisk notices that it was gone.',
  ),
  S4: about(
    'AMI over HTTP is encrypted or stays on the machine',
    `${CONSOLE} It asks for "http show status" too.`,
    'The secret and every answer can be read on the way.',
  ),
  S5: about('AMI without TLS stays on the machine', CONSOLE, 'Everybody who reaches the port can try secrets.'),
  S6: about(
    'the action Events is answered',
    AST_CONFIG,
    'With brokeneventsaction = yes there is no answer where all events are asked for, or none that exist.',
  ),
  S7: about('the debugging of AMI is off', CONSOLE, 'It costs time for every event, and fills the log.'),
  N1: about('what comes', 'With --deep it takes all events that the account gets, and counts.', 'It finds no fault.'),
  N2: about(
    'no event floods the others',
    'With --deep it counts the events by name.',
    'What nobody reads costs the server and the program time. eventfilter leaves it out at the server.',
  ),
  N3: about(
    'the connection lasts, and nothing is lost',
    'With --deep it takes all events for a while.',
    'A connection that ends under load ends at the worst time.',
  ),
  F0: about('the file itself', 'It reads the file and what it includes.', 'It says so where no check found anything.'),
  F1: about(
    'every line can be read',
    'It reads the file as Asterisk does, with #include, templates and (+).',
    'One wrong line can make Asterisk give up the complete file.',
  ),
  F2: about('the file is private', 'It looks at the mode of each file.', 'It holds the secrets of every account.'),
  F3: about('AMI is on', GENERAL, 'Without enabled = yes nothing listens.'),
  F4: about('numbers are numbers', GENERAL, 'Asterisk takes its default in place of a wrong one.'),
  F5: about('AMI without TLS stays on the machine', GENERAL, 'Everybody who reaches the port can try secrets.'),
  F6: about('options of TLS that AMI has', GENERAL, 'AMI asks no client for a certificate, whatever is set.'),
  F7: about('the files of TLS are there', GENERAL, 'Without them the port of TLS does not open.'),
  F8: about('options are spelt right', 'It compares every option with those of Asterisk.', 'It leaves out the others.'),
  F9: about('an account stands once', ACCOUNT, 'permit and deny of all but the last section do not count.'),
  F10: about('the secret is a good one', `${ACCOUNT} It never shows one.`, 'Short and well-known secrets are guessed.'),
  F11: about(
    'read and write grant what they say',
    `${ACCOUNT} It compares as Asterisk does, with the beginning of a class.`,
    'A blank loses a class, two commas open all of them.',
  ),
  F12: about('the account has permit, deny or acl', ACCOUNT, 'Everybody who reaches the port can try its secret.'),
  F13: about('addresses are addresses', ACCOUNT, 'With a wrong one Asterisk leaves the account out.'),
  F14: about('some address is permitted', ACCOUNT, 'The last rule that fits counts: deny behind permit refuses all.'),
  F15: about(
    'the account may do no more than it needs',
    ACCOUNT,
    'system, command, originate and config each lead to a shell of the server or near it.',
  ),
  F16: about('writetimeout is long enough', ACCOUNT, 'Asterisk does not take fewer than 100 milliseconds.'),
  F17: about('there are accounts', ACCOUNT, 'Nobody can log in without one.'),
}
