import { readFile } from 'node:fs/promises'
import { z } from 'zod'

/** What the simulator uses of a documented `IrisAppManifest`; everything else in the file is ignored. */
const irisAppManifest = z.looseObject({
  moduleFederationName: z.string().min(1),
  scopes: z.array(z.looseObject({ scope: z.string().min(1), optional: z.boolean().default(false) })),
  tokenCallback: z.looseObject({ url: z.url() }).optional(),
  cspHeader: z.looseObject({ sandbox: z.array(z.string()).optional() }).optional(),
  marketplace: z.looseObject({ name: z.unknown() }).optional(),
  extensions: z.array(z.looseObject({ menuItem: z.looseObject({ name: z.unknown() }).optional() })).optional(),
})

export type AppManifest = {
  irisAppId: string
  name: string
  scopes: { scope: string; optional: boolean }[]
  callbackUrl: string | undefined
  /** Sandbox features that the app asks for on top of those every app has. */
  sandbox: string[]
}

/** @throws Error with one line that names what is wrong. */
export function understandManifest(manifest: unknown): AppManifest {
  const read = irisAppManifest.safeParse(manifest)
  if (!read.success) {
    const gaps = read.error.issues.map((issue) => `${issue.path.join('.') || 'manifest'}: ${issue.message}`)
    throw new Error(`the app's manifest is not usable (${gaps.join('; ')})`)
  }

  const { moduleFederationName, scopes, tokenCallback, cspHeader, marketplace, extensions } = read.data
  return {
    irisAppId: moduleFederationName,
    name: text(extensions?.[0]?.menuItem?.name) ?? text(marketplace?.name) ?? moduleFederationName,
    scopes: scopes.map(({ scope, optional }) => ({ scope, optional })),
    callbackUrl: tokenCallback?.url,
    sandbox: cspHeader?.sandbox ?? [],
  }
}

/** @throws Error with one line that names the file and what is wrong with it. */
export async function readManifest(path: string): Promise<unknown> {
  let content: string
  try {
    content = await readFile(path, 'utf8')
  } catch {
    throw new Error(`cannot read the app's manifest at ${path}`)
  }
  try {
    return JSON.parse(content)
  } catch {
    throw new Error(`the app's manifest at ${path} is not JSON`)
  }
}

/** Names in a manifest are plain texts, or texts by language. */
function text(name: unknown): string | undefined {
  if (typeof name === 'string') return name || undefined
  if (typeof name !== 'object' || name === null) return undefined
  return Object.values(name).find((value): value is string => typeof value === 'string' && value !== '')
}
