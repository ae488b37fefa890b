// A big installation: many phones and their hints, which take Asterisk a while at each boot.

/** What is added to each configuration file for so many phones. */
export function largeInstallation(phones: number): ReadonlyMap<string, string> {
  const numbers = Array.from({ length: phones }, (_, n) => 10_000 + n)
  const phone = (n: number) => `
[phone${n}](endpoint)
aors = phone${n}
auth = phone${n}
[phone${n}](aor)
[phone${n}](auth)
username = phone${n}
password = x
`
  const hint = (n: number) => `exten => ${n},hint,PJSIP/phone${n}\nexten => ${n},1,Dial(PJSIP/phone${n},10)\n`
  return new Map([
    ['pjsip.conf', numbers.map(phone).join('')],
    ['extensions.conf', `\n[phones]\n${numbers.map(hint).join('')}`],
  ])
}
