import assert from 'node:assert/strict'
import { test } from 'node:test'
import { addressOfUrl, urlOf } from '../src/server-url.ts'

test('a URL is a host, a port, a user name and TLS', () => {
  assert.deepEqual(addressOfUrl('ami://frank@pbx1', '--host'), { host: 'pbx1', username: 'frank' })
  assert.deepEqual(addressOfUrl('frank@pbx1:5040', '--host'), { host: 'pbx1', port: 5040, username: 'frank' })
  const secure = addressOfUrl('amis://a%40b@[::1]:7', '--host')
  assert.deepEqual(secure, { host: '::1', port: 7, username: 'a@b', tls: true })
  assert.equal(urlOf(secure), 'amis://a%40b@[::1]:7')
})

for (const [url, says] of [
  ['ami://frank:lean@pbx1', /must not hold a password/],
  ['frank:le@n@pbx1', /must not hold a password/],
  ['ami://pbx1', /needs a user name/],
  ['http://frank@pbx1', /must begin with ami/],
  ['ami://frank@pbx1/x', /must be a user name, a host and a port/],
  ['ami://frank@', /must be a server/],
] as const) {
  test(`refused, and no part of it is shown: ${url}`, () => {
    assert.throws(
      () => addressOfUrl(url, '--host'),
      (error: Error) => says.test(error.message) && !/lean|le@n/.test(error.message),
    )
  })
}
