/** One side of an exchange. */
export type SeenMessage = { address?: string; headers: Record<string, string>; body: string | null }

type Exchange = { operation: string | null; problem: string | null; request: SeenMessage; answer: SeenMessage | null }

const mask = '•••'
const mostCharacters = 20_000

/** The exchange without secrets: client secrets, tokens and signatures, wherever they are. Long bodies are cut. */
export function masked<Seen extends Exchange>(exchange: Seen): Seen {
  const { operation, problem, request, answer } = exchange
  return {
    ...exchange,
    operation: operation && maskedText(operation),
    problem: problem && maskedText(problem),
    request: maskedMessage(request),
    answer: answer && maskedMessage(answer),
  }
}

function maskedMessage({ address, headers, body }: SeenMessage): SeenMessage {
  return {
    ...(address !== undefined && { address: maskedText(address) }),
    headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, maskedHeader(name, value)])),
    body: body === null ? null : cut(maskedText(body)),
  }
}

const maskedHeader = (name: string, value: string) =>
  name === 'authorization' ? value.replace(/\S+$/, mask) : name === 'trackunit-identity' ? mask : maskedText(value)

/** In JSON, in a form or an address, and a JWT anywhere. */
function maskedText(text: string): string {
  return text
    .replaceAll(/("(?:client_?secret|access_?token|token|password)"\s*:\s*)"(?:[^"\\]|\\.)*"/gi, `$1"${mask}"`)
    .replaceAll(/((?:^|[?&])(?:client_secret|access_token|token|password)=)[^&\s]*/gi, `$1${mask}`)
    .replaceAll(/\beyJ[\w-]+\.[\w-]+\.[\w-]*/g, mask)
}

const cut = (text: string) =>
  text.length > mostCharacters ? `${text.slice(0, mostCharacters)}… (${text.length} characters)` : text
