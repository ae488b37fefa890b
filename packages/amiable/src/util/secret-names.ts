/*
 * Which names say that a value is a secret. A name is read word by word, so that `Ping`, `Keyboard` and `bypass` are none
 * and `vmPin`, `X-API-Key` and `DB_PASS2` are.
 */

/**
 * Every name of a secret holds one of these, in any case of letters, and so does every application that takes one. A
 * text that holds none needs no closer look.
 */
export const stems: readonly string[] = [
  ...['pass', 'pwd', 'pswd', 'pw', 'secret', 'token', 'pin', 'key', 'auth', 'cred', 'md5', 'digest'],
  ...['bearer', 'basic', 'cookie', 'psk', 'otp', 'jwt', 'cvv', 'cvc', 'disa', 'meetme', 'aes_'],
  // the key of SRTP in an SDP (RFC 4568), of a digest, of a signed URL
  ...['inline:', 'ha1', 'signature', 'sig='],
]

// anywhere in a name
const telling = /passw|passphrase|passcode|passkey|pwd|pswd|secret(?!ar)|token|credential|apikey|md5/
// `pass`, `pin`, `key` and `auth` stand in many harmless words
const word =
  /^(?:pins?|keys?|auth|creds?|digest|bearer|cookies?|psk|otp|jwt|cvv|cvc|pw|inline|ha1|sig|signature)$|(?<!by|com|sur|tres)pass(?!thr|iv|ag|eng|ing|ed|es|er|ion|ov|port)|(?<!^s|^mon|^don|^tur|^hot|^hoc|^joc|^whis|^re)key$|(?<!s|op|la)pin$|^pin(?:code|number|num|nr|no|hash|set|data|value)|^key(?:value|data|phrase|material|hex|string)$|(?<!^o)auth$|^auth(?:oriz|oris|entica(?!ted))|^auth(?:code|key|info|data|header|string|str|hash|resp|response|value|digest)$|pw$|cred$|psk$|otp$|jwt$/
// what such a name says of its value when it ends so: `AuthType`, `password_length`, `MD5SecretExist`
const describing =
  /^(?:types?|methods?|lifetime|timeout|limit|length|len|count|size|min|max|expiry|expires|expiration|realm|user|username|algs?|algorithms?|file|path|dir|directory|location|qualify|permanent|policy|changed|date|time|attempts?|tries|retries|prompt|sound|required|enabled|allowed|exists?|format|options?|mode|version|press|pad|board|interval|name)$/
// names of Asterisk's that name a section of a file
const sections = /^outbound[_-]?auths?$/i
// what is no secret whatever its name
const telltale = /^(?:|0|1|y|n|yes|no|true|false|on|off|none|null|<set>|<not set>|<none>|<unknown>|\(null\)|\*+)$/i

/** Whether a value under this name is a secret. */
export function isSecretName(name: string): boolean {
  if (sections.test(name)) return false
  const words = name
    .replace(/([a-z\d])([A-Z])/g, '$1 $2')
    .replace(/([A-Z])([A-Z][a-z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z\d]+/)
    .filter((one) => one !== '')
  if (describing.test(words.at(-1) ?? '')) return false
  return (
    telling.test(name.toLowerCase()) || words.some((one) => word.test(one) || word.test(one.replace(/(?<!\d)\d+$/, '')))
  )
}

/** Whether a value says nothing: empty, a yes or a no, or taken out already. */
export function isTelltale(value: string): boolean {
  return value.length <= 9 && telltale.test(value.trim())
}
