import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { makeCertificates } from '../certificates.ts'

test('without openssl it is said what is missing, and that it is the machine that lacks it', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'amiable-certificates-'))
  const { PATH } = process.env
  process.env.PATH = directory
  try {
    const missing = { name: 'UnavailableError', message: /openssl is missing/ }
    await assert.rejects(makeCertificates(join(directory, 'made')), missing)
  } finally {
    process.env.PATH = PATH
    rmSync(directory, { recursive: true })
  }
})
