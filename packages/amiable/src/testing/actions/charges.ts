import type { ActionContext, Handlers } from './context.ts'

const multipliers = ['onethousandth', 'onehundredth', 'onetenth', 'one', 'ten', 'hundred', 'thousand']
const billingOfD = ['normal', 'reversecharge', 'creditcard']
const billingOfE = [
  ...billingOfD,
  'callfwdunconditional',
  'callfwdbusy',
  'callfwdnoreply',
  'calldeflection',
  'calltransfer',
]

// manager.c:action_aocmessage, aocmessage_get_unit_entry: numbers are read by sscanf, and units are left out when wrong
function refusal({ action }: ActionContext): string | undefined {
  const value = (name: string): string => action.header(name).toLowerCase()
  const isNumber = (name: string): boolean => /^[+-]?\d/.test(action.header(name))
  const type = value('MsgType')
  if (type !== 'd' && type !== 'e') return 'Invalid MsgType'
  const charge = value('ChargeType')
  if (charge === '') return 'ChargeType not specified'
  if (!['na', 'free', 'currency', 'unit'].includes(charge)) return 'Invalid ChargeType'
  if (charge === 'currency') {
    if (!isNumber('CurrencyAmount'))
      return 'Invalid CurrencyAmount, CurrencyAmount is a required when ChargeType is Currency'
    const multiplier = value('CurrencyMultiplier')
    if (multiplier === '')
      return 'ChargeMultiplier unspecified, ChargeMultiplier is required when ChargeType is Currency.'
    if (!multipliers.includes(multiplier)) return 'Invalid ChargeMultiplier'
  }
  const billing = value('AOCBillingId')
  if (type === 'd') return ['', ...billingOfD].includes(billing) ? undefined : 'Invalid AOC-D AOCBillingId'
  if (!['', ...billingOfE].includes(billing)) return 'Invalid AOC-E AOCBillingId'
  for (const name of ['ChargingAssociationId', 'ChargingAssociationPlan']) {
    if (action.header(name) !== '' && !isNumber(name)) return `Invalid ${name}`
  }
  return undefined
}

/** Advice of charge: the channel's technology gets it, and no event reports it where no technology knows it. */
export const chargeActions: Handlers = {
  AOCMessage(context) {
    const { action, reply, world } = context
    const name = action.header('Channel')
    const prefix = action.header('ChannelPrefix')
    if (name === '' && prefix === '') {
      return reply.error('Channel and PartialChannel are not specified. Specify at least one of these.')
    }
    const channel = world.channels.find(name) ?? world.channels.findByPrefix(prefix)
    const wrong = channel === undefined ? 'No such channel' : refusal(context)
    if (wrong === undefined) reply.success('AOC Message successfully queued on channel')
    else reply.error(wrong)
  },
}
