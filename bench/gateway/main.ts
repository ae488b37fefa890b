// What the gateway costs, and what it is worth: `node --import tsx bench/gateway/main.ts [case …]`. The gateway is that of
// the last `npm run bundle`. OUT names a file for the figures.
import { writeFileSync } from 'node:fs'
import { faults } from './faults.ts'
import { speed } from './speed.ts'
import { figures } from './stage.ts'

const chosen = process.argv.slice(2)
for (const [name, one] of Object.entries({ ...speed, ...faults })) {
  if (chosen.length === 0 || chosen.includes(name)) await one()
}
if (process.env.OUT) writeFileSync(process.env.OUT, `${JSON.stringify(figures, null, 2)}\n`)
process.exit()
