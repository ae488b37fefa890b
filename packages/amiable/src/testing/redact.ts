const HIDDEN = '***'

// headers whose value is a secret, in actions (Login) and in what servers tell (PJSIPShow*, security events)
const secretHeader =
  /^(Secret|Key|Password|Md5Cred|PasswordDigest|OauthSecret|RefreshToken|ExpectedResponse|Response-MD5|SessionKey)(:[ \t]*)(?=\S)[^\r\n]*/gim

// lines of configuration files (GetConfig, UpdateConfig), and of what the CLI prints
const secretLine =
  /^((?:Line|Var|Value|Output)[^:\r\n]*: *[^\r\n=:]*(?:secret|password|passwd|md5_cred)[^\r\n=:]*[=:][ \t]*)(?=\S)[^\r\n]*/gim

// the answer to a challenge inside the security events
const challengeResponse = /^(Event: ChallengeResponseFailed\r?\n(?:[^\r\n]+\r?\n)*?Response: )[^\r\n]*/gim

// GetConfigJSON
const secretJson = /("[^"]*(?:secret|password|passwd)[^"]*":")(?:[^"\\]|\\.)*/gi

// the keys of AstDB are names, and a replay is asked by them
const ofDatabase = /^Family:/im

/** A message without what logs in: the names stay, the values are `***`. */
export function redact(text: string): string {
  let out = text
  if (/secret|key|passw|cred|token|expectedresponse|response-md5/i.test(out)) {
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
