import { runOperatorCommand } from '../src/operator/operator.ts'
import { appId, type CallbackStack } from './callback-stack.ts'
import { auditKeys } from './signed-rows.ts'

const app = {
  id: appId,
  name: 'Fleet night',
  description: 'Works at night.',
  scopes: [{ scope: 'asset.view', optional: false }],
  callbackUrl: 'https://standin.example/trackunit/callback',
}

/** The operator's program beside the server of a stack, with its keys unless others are given. */
export async function operate(
  stack: Pick<CallbackStack, 'url' | 'ringText'>,
  argv: string[],
  {
    encryptionKeys = stack.ringText,
    root = '',
    isColoured = false,
    onOut,
    onErr,
  }: {
    encryptionKeys?: string
    root?: string
    isColoured?: boolean
    onOut?: (text: string) => void
    onErr?: (text: string) => void
  } = {},
) {
  let [out, said] = ['', '']
  const exitCode = await runOperatorCommand({
    app,
    argv,
    root,
    isColoured,
    environment: {
      DATABASE_URL: stack.url,
      STANDIN_ENCRYPTION_KEYS: encryptionKeys,
      STANDIN_LINK_KEYS: `l:${'B'.repeat(43)}`,
      STANDIN_AUDIT_KEYS: auditKeys,
    },
    writeOut: (text) => {
      out += text
      onOut?.(text)
    },
    writeErr: (text) => {
      said += text
      onErr?.(text)
    },
  })
  return { out, said, exitCode }
}
