import { z } from 'zod'

/** A file attached to an email. Without one the email has the headline and a link into Manager. */
export const deliveredFileSchema = z.enum(['none', 'csv', 'xlsx'])

const emailSchema = z.strictObject({
  kind: z.literal('email'),
  address: z.email().max(254),
  file: deliveredFileSchema.default('none'),
})

/**
 * Where a run's result is sent when the run has ended: an email, or an HTTPS POST signed as Standard Webhooks.
 * @see https://www.standardwebhooks.com
 */
export const destinationSchema = z.discriminatedUnion('kind', [
  emailSchema,
  z.strictObject({ kind: z.literal('webhook'), url: z.url({ protocol: /^https$/ }).max(2_000) }),
])
export type Destination = z.infer<typeof destinationSchema>

const most = 10
export const deliverToSchema = z.array(destinationSchema).max(most)

const webhookIdSchema = z.guid()

/** A destination as it is shown. A webhook's path is often its secret, so only the host is shown. */
export const shownDestinationSchema = z.discriminatedUnion('kind', [
  emailSchema,
  z.strictObject({ kind: z.literal('webhook'), id: webhookIdSchema, host: z.string() }),
])
export type ShownDestination = z.infer<typeof shownDestinationSchema>

/** The destinations of a schedule that is changed: a webhook that it already has is named by its id. */
export const changedDeliverToSchema = z
  .array(z.union([destinationSchema, z.strictObject({ kind: z.literal('webhook'), id: webhookIdSchema })]))
  .max(most)
export type ChangedDestination = z.infer<typeof changedDeliverToSchema>[number]
