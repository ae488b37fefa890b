import type { ConfigCategory } from '../model/stores.ts'
import type { ActionContext, Handlers } from './context.ts'

const six = (n: number): string => String(n).padStart(6, '0')

function file({ action, reply, world }: ActionContext): ConfigCategory[] | undefined {
  const name = action.header('Filename')
  if (name === '') return void reply.error('Filename not specified')
  const found = world.configs.all.get(name)
  if (found === undefined) return void reply.error('Config file not found')
  return found
}

function getConfig(context: ActionContext) {
  const { action, reply } = context
  const all = file(context)
  if (all === undefined) return
  const wanted = action.header('Category')
  let lines = ''
  let count = 0
  for (const { name, lines: entries } of all) {
    if (wanted !== '' && name !== wanted) continue
    lines += `Category-${six(count)}: ${name}\r\n`
    for (const [n, entry] of entries.entries()) {
      lines += `Line-${six(count)}-${six(n)}: ${entry.name}=${entry.value}\r\n`
    }
    count++
  }
  // a line without a colon (manager.c:action_getconfig)
  if (count === 0 && wanted !== '') lines = 'No categories found\r\n'
  reply.lines(`Response: Success\r\n${reply.idLine()}${lines}`)
}

function getConfigJson(context: ActionContext) {
  const all = file(context)
  if (all === undefined) return
  // only backslash and quote are escaped, and a repeated option is a repeated key (json_escape in manager.c)
  const quote = (text: string): string => `"${text.replace(/[\\"]/g, '\\$&')}"`
  const category = ({ name, lines }: ConfigCategory): string =>
    `${quote(name)}:{${lines.map((line) => `${quote(line.name)}:${quote(line.value)}`).join(',')}}`
  context.reply.lines(`Response: Success\r\n${context.reply.idLine()}JSON: {${all.map(category).join(',')}}\r\n`)
}

/** Does what manager.c:handle_updates does: changes are numbered from 000000, and the first hole ends them. */
function updateConfig({ action, reply, world }: ActionContext) {
  const source = action.header('SrcFilename')
  const target = action.header('DstFilename')
  if (source === '' || target === '') return reply.error('Filename not specified')
  const from = world.configs.all.get(source)
  if (from === undefined) return reply.error('Config file not found')
  const config = structuredClone(from)
  for (let n = 0; ; n++) {
    const verb = action.header(`Action-${six(n)}`).toLowerCase()
    if (verb === '') break
    const error = change(config, verb, (part) => action.header(`${part}-${six(n)}`))
    if (error !== undefined) return reply.error(error)
  }
  world.configs.all.set(target, config)
  reply.success()
}

function change(config: ConfigCategory[], verb: string, part: (name: string) => string): string | undefined {
  const cat = part('Cat')
  const name = part('Var')
  const value = part('Value').replace(/^>\s*/, '')
  const match = part('Match')
  if (cat === '') return 'Category not specified'
  const index = config.findIndex((one) => one.name === cat)
  const category = config[index]
  if (verb === 'newcat') {
    if (category !== undefined) return 'Create category did not complete successfully'
    config.push({ name: cat, lines: [] })
    return undefined
  }
  if (category === undefined) return 'Given category does not exist'
  const fits = (line: { name: string; value: string }): boolean =>
    line.name === name && (match === '' || line.value === match)
  if (verb === 'renamecat') category.name = value
  else if (verb === 'delcat') config.splice(index, 1)
  else if (verb === 'emptycat') category.lines.length = 0
  else if (verb === 'append') category.lines.push({ name, value })
  else if (verb === 'insert') category.lines.splice(Number.parseInt(part('Line'), 10) || 0, 0, { name, value })
  else if (verb === 'update') {
    const line = category.lines.find(fits)
    if (line === undefined) return 'Update did not complete successfully'
    line.value = value
  } else if (verb === 'delete') {
    const at = category.lines.findIndex(fits)
    if (at === -1) return 'Delete did not complete successfully'
    category.lines.splice(at, 1)
  } else return 'Unknown action command'
  return undefined
}

/** Configuration files. */
export const configActions: Handlers = {
  GetConfig: getConfig,
  GetConfigJSON: getConfigJson,
  UpdateConfig: updateConfig,
  CreateConfig({ action, reply, world }) {
    const name = action.header('Filename')
    if (name === '') return reply.error('Filename not specified')
    world.configs.define(name, '')
    reply.success('New configuration file created successfully')
  },
  ListCategories(context) {
    const all = file(context)
    if (all === undefined) return
    const lines = all.map(({ name }, n) => `Category-${six(n)}: ${name}\r\n`).join('')
    // a header named Error (manager.c:action_listcategories)
    context.reply.lines(
      `Response: Success\r\n${context.reply.idLine()}${lines === '' ? 'Error: no categories found\r\n' : lines}`,
    )
  },
}
