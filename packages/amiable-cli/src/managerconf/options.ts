// The options that Asterisk knows in manager.conf (main/manager.c:__init_manager, main/tcptls.c:ast_tls_read_conf).

/** Options of TLS that AMI takes in `[general]`. */
const TLS = [
  'tlsenable',
  'sslenable',
  'tlscertfile',
  'sslcert',
  'tlscert',
  'tlsprivatekey',
  'sslprivatekey',
  'tlscipher',
  'sslcipher',
  'tlsservercipherorder',
  'tlsdisablev1',
  'tlsdisablev11',
  'tlsdisablev12',
  'tlsbindaddr',
  'sslbindaddr',
  'tlsbindport',
  'sslbindport',
]

/** Options of TLS that AMI leaves out, so that no client is asked for a certificate. */
export const LEFT_OUT = [
  'tlscafile',
  'tlscapath',
  'tlscadir',
  'tlsverifyclient',
  'tlsdontverifyserver',
  'tlsclientmethod',
  'sslclientmethod',
]

/** Options of `[general]`. */
export const GENERAL = [
  'enabled',
  'webenabled',
  'port',
  'bindaddr',
  'brokeneventsaction',
  'allowmultiplelogin',
  'displayconnects',
  'timestampevents',
  'debug',
  'httptimeout',
  'authtimeout',
  'authlimit',
  'channelvars',
  'disabledevents',
  ...TLS,
]

/** Options of an account; those of event filters begin with `eventfilter`. */
export const ACCOUNT = [
  'secret',
  'deny',
  'permit',
  'acl',
  'read',
  'write',
  'displayconnects',
  'allowmultiplelogin',
  'writetimeout',
  'setvar',
  'eventfilter',
]

/** Reads a value as main/utils.c:ast_true does. */
export function isTrue(value: string): boolean {
  return /^(?:yes|true|y|t|1|on)$/i.test(value)
}
