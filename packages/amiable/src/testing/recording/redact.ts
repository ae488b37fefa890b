const HIDDEN = '***'

// headers whose value is a secret, in actions (Login) and in what servers tell (PJSIPShow*, security events)
const secretHeaders =
  'Secret Key Password Md5Cred PasswordDigest OauthSecret RefreshToken ExpectedResponse Response-MD5 SessionKey'.split(
    ' ',
  )
const secretHeader = new RegExp(`^(${secretHeaders.join('|')})(:[ \\t]*)(?=\\S)[^\\r\\n]*`, 'gim')

// lines of configuration files (GetConfig, UpdateConfig), and of what the CLI prints
const settingHeaders = ['Line', 'Var', 'Value', 'Output']
const settings = ['secret', 'password', 'passwd', 'md5_cred']
const secretLine = new RegExp(
  `^((?:${settingHeaders.join('|')})[^:\\r\\n]*: *[^\\r\\n=:]*(?:${settings.join('|')})[^\\r\\n=:]*[=:][ \\t]*)(?=\\S)[^\\r\\n]*`,
  'gim',
)

/** How the lines begin that may hold a secret. */
export const suspectHeaders: readonly string[] = [...secretHeaders, ...settingHeaders]
// most messages hold none of these words
const suspicion = new RegExp([...secretHeaders, ...settings].join('|'), 'i')

// the answer to a challenge inside the security events
const challengeResponse = /^(Event: ChallengeResponseFailed\r?\n(?:[^\r\n]+\r?\n)*?Response: )[^\r\n]*/gim

// GetConfigJSON
const secretJson = new RegExp(`("[^"]*(?:${settings.join('|')})[^"]*":")(?:[^"\\\\]|\\\\.)*`, 'gi')

// the keys of AstDB are names, and a replay is asked by them
const ofDatabase = /^Family:/im

/** A message without what logs in: the names stay, the values are `***`. */
export function redact(text: string): string {
  let out = text
  if (suspicion.test(out)) {
    const keeps = ofDatabase.test(out) && !/^Action:[ \t]*Login/im.test(out) ? 'key' : undefined
    out = out
      .replace(secretHeader, (line, name: string, colon: string) =>
        name.toLowerCase() === keeps ? line : `${name}${colon}${HIDDEN}`,
      )
      .replace(secretLine, `$1${HIDDEN}`)
      .replace(secretJson, `$1${HIDDEN}`)
  }
  if (out.startsWith('Event: ChallengeResponseFailed')) out = out.replace(challengeResponse, `$1${HIDDEN}`)
  return out
}
