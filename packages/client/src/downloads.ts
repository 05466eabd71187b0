import type { Artifact } from '@standin/contracts'
import type { CallOptions } from './call-options.ts'
import type { ClientCore } from './client-core.ts'
import { refusalOf } from './refusal-of.ts'
import { unreachable } from './standin-client-error.ts'

/** A file of a run. Its content can be read once: as `stream`, or whole as `bytes()`. */
export interface Download {
  /** The name that the action chose, such as `fleet-snapshot.csv`. Without folders, so that it is safe as a file name. */
  name: string
  /** Such as `text/csv`. */
  mediaType: string
  /** Bytes. */
  size: number
  stream: ReadableStream<Uint8Array<ArrayBuffer>>
  /** Reads all of it into memory. */
  bytes(): Promise<Uint8Array<ArrayBuffer>>
}

/** Requests a link, which is valid for a minute, and opens it at once. */
export function download(
  { api, call, fetch }: ClientCore,
  artifact: Artifact | string,
  options: CallOptions = {},
): Promise<Download> {
  const { id: artifactId, name } = typeof artifact === 'string' ? { id: artifact } : artifact
  return call(async (how) => {
    const { url } = await api.artifact.link.mutate({ artifactId }, how)
    const answer = await (options.fetch ?? fetch)(url, { ...(how.signal && { signal: how.signal }) }).catch(refuse)
    if (!answer.ok || answer.body === null) throw await refusalOf(answer)
    const { headers, body } = answer
    return {
      name: withoutFolders(name ?? nameIn(headers.get('content-disposition')) ?? artifactId),
      mediaType: headers.get('content-type') ?? 'application/octet-stream',
      size: Number(headers.get('content-length')),
      stream: body,
      bytes: async () => new Uint8Array(await answer.arrayBuffer()),
    }
  }, options)
}

function refuse(cause: unknown): never {
  throw unreachable(cause)
}

/** @see RFC 6266 §4.3: the name in UTF-8 comes before the one in ASCII */
function nameIn(disposition: string | null): string | undefined {
  const inUtf8 = /filename\*=UTF-8''([\w%.!#$&+^`|~-]+)/i.exec(disposition ?? '')?.[1]
  if (inUtf8 === undefined) return /filename="?([^";]+)/i.exec(disposition ?? '')?.[1]
  try {
    return decodeURIComponent(inUtf8)
  } catch {
    return undefined // Not UTF-8.
  }
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: no file system takes them
const withoutFolders = (name: string) => name.replaceAll(/[/\\\x00-\x1f]/g, '_')
