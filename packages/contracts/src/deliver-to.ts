import { z } from 'zod'
import { lineSchema } from './text.ts'

/** A file attached to an email. Without one the email has the headline and a link into Manager. */
export const deliveredFileSchema = z.enum(['none', 'csv', 'xlsx'])

const emailSchema = z.strictObject({
  kind: z.literal('email'),
  address: z.email().max(254),
  file: deliveredFileSchema.default('none'),
})

/**
 * Ports of other protocols, such as mail and ssh: a server there could take a POST for its own commands.
 * @see https://fetch.spec.whatwg.org/#port-blocking
 */
const otherPorts: ReadonlySet<number> = new Set([
  1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101, 102, 103, 104, 109, 110,
  111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389, 427, 465, 512, 513, 514, 515, 526, 530, 531, 532,
  540, 548, 554, 556, 563, 587, 601, 636, 989, 990, 993, 995, 1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061,
  6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080,
])

/** As a URL parser would drop line ends and tabs, and turn backslashes round, it is checked as it was written. */
const webhookUrlSchema = lineSchema(2_000)
  .regex(/^https:\/\/[^\s\p{Cf}\\]+$/iu, 'must begin with https:// and contain no spaces or backslashes')
  .refine((url) => URL.canParse(url), { error: 'must be a web address' })
  .refine((url) => !otherPorts.has(Number(URL.parse(url)?.port)), {
    error: 'must not have the port of another protocol',
  })

/**
 * Where a run's result is sent when the run has ended: an email, or an HTTPS POST signed as Standard Webhooks.
 * @see https://www.standardwebhooks.com
 */
export const destinationSchema = z.discriminatedUnion('kind', [
  emailSchema,
  z.strictObject({ kind: z.literal('webhook'), url: webhookUrlSchema }),
])
/** Where a result goes: an email address, or a web address (https) that gets a signed POST. */
export type Destination = z.infer<typeof destinationSchema>

const most = 10
export const deliverToSchema = z.array(destinationSchema).max(most)

const webhookIdSchema = z.guid()

/** A destination as it is shown. A webhook's path is often its secret, so only the host is shown. */
export const shownDestinationSchema = z.discriminatedUnion('kind', [
  emailSchema,
  z.strictObject({ kind: z.literal('webhook'), id: webhookIdSchema, host: z.string() }),
])
/** Where a result goes, as it is shown: of a web address only the host. */
export type ShownDestination = z.infer<typeof shownDestinationSchema>

/** The destinations of a schedule that is changed: a webhook that it already has is named by its id. */
export const changedDeliverToSchema = z
  .array(z.union([destinationSchema, z.strictObject({ kind: z.literal('webhook'), id: webhookIdSchema })]))
  .max(most)
/** A destination of a schedule that is changed: a new one, or the id of a webhook that it has already. */
export type ChangedDestination = z.infer<typeof changedDeliverToSchema>[number]
