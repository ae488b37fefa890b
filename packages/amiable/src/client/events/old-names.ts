/** The events of Asterisk 11 and older (AMI 1.x) that Asterisk 12 replaced (its UPGRADE.txt), with what came instead. */
const REPLACED: ReadonlyMap<string, string> = new Map(
  Object.entries({
    AGIExec: 'AGIExecStart',
    Agentcallbacklogin: 'AgentLogin',
    Agentcallbacklogoff: 'AgentLogoff',
    Agentlogin: 'AgentLogin',
    Agentlogoff: 'AgentLogoff',
    AsyncAGI: 'AsyncAGIStart',
    Bridge: 'BridgeEnter',
    BridgeAction: 'BridgeEnter',
    BridgeExec: 'BridgeEnter',
    ChannelReload: 'Reload',
    DTMF: 'DTMFBegin',
    Dial: 'DialBegin',
    Join: 'QueueCallerJoin',
    Leave: 'QueueCallerLeave',
    Link: 'BridgeEnter',
    ModuleLoadReport: 'Reload',
    MusicOnHold: 'MusicOnHoldStart',
    NewPeerAccount: 'NewAccountCode',
    OriginateFailure: 'OriginateResponse',
    OriginateSuccess: 'OriginateResponse',
    QueueMemberPaused: 'QueueMemberPause',
    RTPReceiverStat: 'RTCPReceived',
    RTPSenderStat: 'RTCPSent',
    Transfer: 'BlindTransfer',
    Unlink: 'BridgeLeave',
  }),
)

const byLetters = new Map([...REPLACED].map(([old, name]) => [old.toLowerCase(), { old, name }]))

/**
 * Returns how a server calls an event of AMI 1.x, given in any case of letters.
 * @param isOld whether the server speaks AMI 1.x: any other has what replaced the event
 */
export function nameOfOld(event: string, isOld: boolean): string | undefined {
  const both = byLetters.get(event.toLowerCase())
  return isOld ? both?.old : both?.name
}
