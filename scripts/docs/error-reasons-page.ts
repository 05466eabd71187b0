import { type ErrorReason, errorReasons } from '@standin/contracts'

const retries = { never: 'no', soon: 'soon', after: 'after the time that the answer says' }

/** The page of all error reasons, in Markdown. */
export function errorReasonsPage(): string {
  const rows = (Object.keys(errorReasons) as ErrorReason[]).map((name) => {
    const { http, trpc, retry, message } = errorReasons[name]
    return `| \`${name}\` | ${http} | \`${trpc}\` | ${retries[retry]} | ${message} |`
  })
  return `# Error reasons

Every request that fails has one of these reasons, in \`data.reason\` of a tRPC error, in \`reason\` of any other response, and in
\`StandinClientError.reason\`. The list is closed: switch on the reason, show the message to people. *Retry* says whether the same
request can succeed later. \`npm run docs\` writes this page from \`packages/contracts/src/error-reasons.ts\`.

| reason | HTTP | tRPC | retry | message |
| --- | --- | --- | --- | --- |
${rows.join('\n')}
`
}
