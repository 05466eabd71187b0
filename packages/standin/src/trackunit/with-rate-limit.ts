/**
 * A query that also asks what it cost and what is left. Only a document of one query without fragments is changed, of
 * which it is certain where it ends; of the others the cost stays unknown.
 */
export function withRateLimit(document: string): string {
  const isPlainQuery = /^\s*(query\b|\{)/.test(document) && !/\b(fragment|mutation|subscription)\b/.test(document)
  if (!isPlainQuery || /\brateLimit\b/.test(document)) return document
  return document.replace(/\}\s*$/, 'rateLimit { cost remaining resetIn } }')
}
