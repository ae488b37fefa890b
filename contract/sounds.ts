/** Files of Debian's asterisk-core-sounds-en-gsm that the suites play, and how many milliseconds each lasts. */
export const SOUNDS = {
  beep: 440,
  'auth-incorrect': 4_620,
  'auth-thankyou': 960,
  'demo-instruct': 73_360,
  'vm-goodbye': 880,
}
