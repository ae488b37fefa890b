// The store on SQLite, by sql.js: it needs no compiler. With better-sqlite3 or pg only these lines are others.
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import initSqlJs from 'sql.js'

const SCHEMA = readFileSync(new URL('./schema.sql', import.meta.url), 'utf8')

/** Opens the database in `file`. sql.js works in memory: `save` writes the file. */
export async function openStore(file) {
  const { Database } = await initSqlJs()
  const db = new Database(existsSync(file) ? readFileSync(file) : undefined)
  db.run(SCHEMA)
  return {
    // IGNORE: an event that was stored before the power went is not stored twice
    event: (row) => insert(db, 'INSERT OR IGNORE INTO queue_event', row),
    gap: (row) => insert(db, 'INSERT INTO gap', row),
    rows: (query) => {
      const [found] = db.exec(query)
      if (found === undefined) return []
      return found.values.map((values) => Object.fromEntries(found.columns.map((name, at) => [name, values[at]])))
    },
    save() {
      // a power cut leaves the old file or the new one, and no half
      writeFileSync(`${file}.new`, db.export(), { mode: 0o600 })
      renameSync(`${file}.new`, file)
    },
    close: () => db.close(),
  }
}

function insert(db, into, row) {
  const names = Object.keys(row)
  db.run(`${into} (${names.join(', ')}) VALUES (${names.map(() => '?').join(', ')})`, Object.values(row))
}
