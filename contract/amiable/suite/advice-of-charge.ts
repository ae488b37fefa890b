import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Params } from 'amiable'
import { dial, hangUp } from '../../support/calls.ts'
import { withClient } from '../../support/client.ts'
import { type Target, YOURS } from '../../targets.ts'

const MISSING = 'Channel and PartialChannel are not specified. Specify at least one of these.'
const QUEUED = 'AOC Message successfully queued on channel'
const AMOUNT = 'Invalid CurrencyAmount, CurrencyAmount is a required when ChargeType is Currency'
const MULTIPLIER = 'ChargeMultiplier unspecified, ChargeMultiplier is required when ChargeType is Currency.'

/** What a message says once its channel was found, and what is said of it. */
const MESSAGES: readonly (readonly [message: Params, answer: string])[] = [
  [{}, 'Invalid MsgType'],
  [{ MsgType: 'X' }, 'Invalid MsgType'],
  [{ MsgType: 'D' }, 'ChargeType not specified'],
  [{ MsgType: 'D', ChargeType: 'X' }, 'Invalid ChargeType'],
  [{ MsgType: 'd', ChargeType: 'na' }, QUEUED],
  [{ MsgType: 'D', ChargeType: 'Unit', 'UnitAmount(0)': 'x' }, QUEUED],
  [{ MsgType: 'D', ChargeType: 'Currency', CurrencyMultiplier: 'One' }, AMOUNT],
  [{ MsgType: 'D', ChargeType: 'Currency', CurrencyAmount: 1 }, MULTIPLIER],
  [{ MsgType: 'D', ChargeType: 'Currency', CurrencyAmount: 1, CurrencyMultiplier: 'X' }, 'Invalid ChargeMultiplier'],
  [{ MsgType: 'D', ChargeType: 'Currency', CurrencyAmount: 1, CurrencyMultiplier: 'OneTenth' }, QUEUED],
  [{ MsgType: 'D', ChargeType: 'Free', AOCBillingId: 'CallTransfer' }, 'Invalid AOC-D AOCBillingId'],
  [{ MsgType: 'E', ChargeType: 'Free', AOCBillingId: 'CallTransfer' }, QUEUED],
  [{ MsgType: 'E', ChargeType: 'Free', AOCBillingId: 'X' }, 'Invalid AOC-E AOCBillingId'],
  [{ MsgType: 'E', ChargeType: 'Free', ChargingAssociationId: 'X' }, 'Invalid ChargingAssociationId'],
]

/** Advice of charge: which channel is meant, and what is refused. */
export function charges(target: Target): void {
  const { name } = target
  if (target.real && !target.full) {
    test(`${name}: advice of charge`, { skip: YOURS }, () => {})
    return
  }

  test(`${name}: AOCMessage finds its channel by name, Uniqueid or the beginning of either`, () =>
    withClient(target, async (ami) => {
      const call = await dial(ami)
      const { channel, uniqueid } = call
      const tell = async (params: Params): Promise<string> =>
        (await ami.sendRaw('AOCMessage', params, { check: false })).message
      const found = 'Invalid MsgType'
      for (const [params, answer] of [
        [{}, MISSING],
        [{ PartialChannel: channel }, MISSING],
        [{ Channel: channel }, found],
        [{ Channel: channel.toUpperCase() }, found],
        [{ Channel: uniqueid }, found],
        [{ Channel: uniqueid.toUpperCase() }, found],
        [{ Channel: channel.slice(0, -1) }, 'No such channel'],
        [{ Channel: uniqueid.slice(0, -1) }, 'No such channel'],
        [{ ChannelPrefix: channel.slice(0, -1) }, found],
        [{ ChannelPrefix: channel.slice(0, -1).toUpperCase() }, found],
        [{ ChannelPrefix: uniqueid.slice(0, -1) }, found],
        [{ ChannelPrefix: 'no-such' }, 'No such channel'],
        [{ Channel: 'no-such', ChannelPrefix: channel.slice(0, -1) }, found],
      ] as const) {
        assert.equal(await tell(params), answer, JSON.stringify(params))
      }
      for (const [message, answer] of MESSAGES) {
        assert.equal(await tell({ Channel: channel, ...message }), answer, JSON.stringify(message))
      }
      await hangUp(ami, call)
    }))
}
