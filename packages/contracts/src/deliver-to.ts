import { z } from 'zod'

/** A file attached to an email. Without one the email has the headline and a link into Manager. */
export const deliveredFileSchema = z.enum(['none', 'csv', 'xlsx'])

/**
 * Where a run's result is sent when the run has ended: an email, or an HTTPS POST signed as Standard Webhooks.
 * @see https://www.standardwebhooks.com
 */
export const destinationSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('email'), address: z.email().max(254), file: deliveredFileSchema.default('none') }),
  z.strictObject({ kind: z.literal('webhook'), url: z.url({ protocol: /^https$/ }).max(2_000) }),
])
export type Destination = z.infer<typeof destinationSchema>

export const deliverToSchema = z.array(destinationSchema).max(10)
