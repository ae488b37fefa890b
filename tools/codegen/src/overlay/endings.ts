import type { Ending } from '../model.ts'

/*
 * How an answer ends that does not say so itself. All others do: with the Response, or with the `EventList: Complete`
 * of a list that the Response has announced.
 *   bare       its completing event has no `EventList`
 *   open       it announces events and does not mark the last
 *   nameless   its rows carry no ActionID
 *   raw        it answers with lines that are neither Response nor Event
 *   fused      its events come with no blank line between them
 *   verdict    it acknowledges first, and a second Response says how it went
 */
export const endings: Readonly<Record<string, { readonly why: string; readonly ending: Ending }>> = {
  CoreShowChannelMap: {
    why: 'main/manager.c:action_coreshowchannelmap ended its rows with CRLF LF until mid-2024 (asterisk/asterisk#761)',
    ending: 'fused',
  },
  FAXSession: { why: 'res/res_fax.c:manager_fax_session announces one event', ending: 'open' },
  FAXStats: { why: 'res/res_fax.c:manager_fax_stats announces one event', ending: 'open' },
  IAXnetstats: {
    why: 'channels/chan_iax2.c:manager_iax2_show_netstats: no Response, no ActionID; without calls, nothing',
    ending: 'raw',
  },
  IAXpeers: {
    why: 'channels/chan_iax2.c:manager_iax2_show_peers never fills in the ActionID since 13.2',
    ending: 'nameless',
  },
  JabberSend: { why: 'res/res_xmpp.c:manager_jabber_send says that it tries, and then how it went', ending: 'verdict' },
  SKINNYdevices: {
    why: 'channels/chan_skinny.c:manager_skinny_show_devices leaves the blank lines out',
    ending: 'fused',
  },
  SKINNYlines: { why: 'channels/chan_skinny.c:manager_skinny_show_lines leaves the blank lines out', ending: 'fused' },
  SKINNYshowdevice: { why: 'channels/chan_skinny.c:manager_skinny_show_device: bare headers', ending: 'raw' },
  SKINNYshowline: { why: 'channels/chan_skinny.c:manager_skinny_show_line: bare headers', ending: 'raw' },
  WaitEvent: { why: 'main/manager.c:action_waitevent ends with WaitEventComplete, without EventList', ending: 'bare' },
}
