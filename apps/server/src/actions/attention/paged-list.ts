import { type RunContext, StandinError } from 'standin'
import { z } from 'zod'

const pageSize = 1_000

const answerSchema = z.object({ content: z.array(z.unknown()), totalPages: z.number() })

/**
 * Reads a page-based list of the REST API from a page on.
 * @returns false where Trackunit refuses it: the plan, a licence or a permission is missing, which it does not tell apart
 */
export async function readPagedList(
  { trackunit }: Pick<RunContext<unknown>, 'trackunit'>,
  given: {
    path: string
    query?: Record<string, string>
    fromPage: number
    /** Called with a page's items, and the page that comes next. */
    keep: (items: unknown[], next: { page: number; totalPages: number }) => Promise<void>
  },
): Promise<boolean> {
  for (let page = given.fromPage; ; ) {
    let answer: z.infer<typeof answerSchema>
    try {
      answer = understand(await trackunit.get(given.path, { ...given.query, size: pageSize, page }))
    } catch (error) {
      if (error instanceof StandinError && ['TRACKUNIT_REFUSED', 'PLAN_REQUIRED'].includes(error.reason)) return false
      throw error
    }
    page++
    await given.keep(answer.content, { page, totalPages: answer.totalPages })
    if (page >= answer.totalPages) return true
  }
}

function understand(answer: unknown): z.infer<typeof answerSchema> {
  const page = answerSchema.safeParse(answer)
  if (page.success) return page.data
  throw new StandinError('TRACKUNIT_UNAVAILABLE', { detail: 'A list was not readable.' })
}
