// The AstDB: families, keys and values that outlive a restart.
import { dbGet } from 'amiable'
import { open } from './connection.ts'

await using ami = await open()

const Family = 'example'
await ami.send('DBPut', { Family, Key: 'ann', Val: '100' })
await ami.send('DBPut', { Family, Key: 'ben', Val: '' })
console.log(await dbGet(ami, Family, 'ann')) // 100
console.log(JSON.stringify(await dbGet(ami, Family, 'ben'))) // ""
console.log(await dbGet(ami, Family, 'nobody')) // undefined

// a whole family; Asterisk 16.28 and newer
for await (const { Key, Val } of ami.list('DBGetTree', { Family })) console.log(`${Key} = ${Val}`)

await ami.send('DBDel', { Family, Key: 'ann' })
await ami.send('DBDelTree', { Family })
console.log(await dbGet(ami, Family, 'ben'))
