import type { AmiError } from 'amiable'
import { SettingsError } from 'amiable-settings'

/** Says why there is no session. Why a secret cannot be read is said too: that text is this program's own. */
export function whyOf(error: AmiError): string {
  return error.cause instanceof SettingsError ? `${error.message}: ${error.cause.message}` : error.message
}
