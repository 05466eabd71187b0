import { expect, test } from 'vitest'
import { account, installed, otherAccount, prepareCallbackStacks } from '../../test/callback-stack.ts'
import { serveTestConsole } from '../../test/console-stack.ts'
import { operate } from '../../test/operate.ts'

const createStack = prepareCallbackStacks()
const name = 'Ærø <b>Materiel</b> "100%_"'

async function named() {
  const stack = await createStack()
  await stack.send(installed('client-a'), { at: 1 })
  await stack.prover.proveDue()
  const standin = (...argv: string[]) => operate(stack, argv)
  expect(await standin('account', 'name', account, ` ${name} `)).toMatchObject({ exitCode: 0, out: `${name}\n` })
  return { stack, standin }
}

test('the name that an operator gives is in the lists, the story and the audit’s list, and is searched for', async () => {
  const { stack, standin } = await named()
  await stack.send(installed('client-b', { accountId: otherAccount }), { claims: { accountId: otherAccount } })
  for (const argv of [
    ['installations', 'list'],
    ['callbacks', 'list'],
    ['audit', 'list'],
  ]) {
    const lines = (await standin(...argv)).out.split('\n')
    expect(lines[0]).toMatch(/ACCOUNT +NAME /)
    expect(lines.find((line) => line.includes(account))).toContain(`${account}  ${name}`)
  }
  expect((await standin('installations', 'show', account)).out).toContain(`${name}\n${account}`)
  expect((await standin('account', 'story', account)).said).toBe(`${name}\n`)
  expect((await standin('account', 'name', account)).out).toBe(`${name}\n`)
  expect(JSON.parse((await standin('audit', 'list', '--event', 'installation.named', '--json')).out)).toMatchObject([
    { accountId: account, accountName: name, actor: { kind: 'operator' }, details: { removed: false } },
  ])

  const found = async (text: string) =>
    JSON.parse((await standin('installations', 'list', '--json', '--search', text)).out).map(
      ({ accountId }: { accountId: string }) => accountId,
    )
  for (const text of ['ærø', 'MATERIEL', '100%_', 'client-a', account.slice(0, 9)])
    expect(await found(text)).toEqual([account])
  expect(await found('%')).toEqual([account])
  expect(await found('nothing like it')).toEqual([])
})

test('the console shows it beside the id, as text, and finds it', async () => {
  const { stack } = await named()
  await using served = await serveTestConsole(stack)
  const cookie = await served.open()
  const pages = ['/console/accounts', '/console/accounts?q=materiel', `/console/accounts/${account}`]
  for (const path of pages) {
    const { body } = await served.ask(path, { cookie })
    expect(body).toContain('Ærø &lt;b&gt;Materiel&lt;/b&gt;')
    expect(body).toContain(account)
    expect(body).not.toContain('<b>Materiel')
  }
  expect((await served.ask('/console/accounts?q=nothing', { cookie })).body).not.toContain('Materiel')
})

test('it goes with the account: when it is removed, and when the account is uninstalled', async () => {
  const { stack, standin } = await named()
  expect(await standin('account', 'name', account, '--remove')).toMatchObject({ exitCode: 0, out: '' })
  expect((await standin('account', 'name', account)).said).toBe(`${account} has no name.\n`)
  expect((await standin('installations', 'list')).out).not.toContain('NAME')

  await standin('account', 'name', account, name)
  await standin('installations', 'erase', account, '--yes')
  const [kept] = await stack.connection.sql`
    select (select json_agg(installations) from installations)::text || (select json_agg(audit_entries) from audit_entries)::text as text`
  expect(kept?.text).toContain('installation.named')
  expect(kept?.text).not.toContain('Materiel')
})

test('an unknown account gets no name, and odd characters are refused before anything is opened', async () => {
  const { standin } = await named()
  expect(await standin('account', 'name', otherAccount, 'Acme')).toMatchObject({
    exitCode: 1,
    said: expect.stringMatching(/^INSTALLATION_NOT_FOUND/),
  })
  expect(await standin('account', 'name', otherAccount)).toMatchObject({ exitCode: 1 })
  expect(await standin('account', 'name', account, '\u001b[31mAcme')).toMatchObject({ exitCode: 2 })
  expect(await standin('account', 'name', account, 'Acme', '--remove')).toMatchObject({ exitCode: 1 })
})
