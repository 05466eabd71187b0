import { type RunContext, StandinError } from 'standin'
import { createNews } from 'standin/fleet'
import { z } from 'zod'

const pageSize = 1_000

const answerSchema = z.object({ content: z.array(z.unknown()), totalPages: z.number() })

/** Reads a page-based list of the REST API from a page on. @throws StandinError also if the answer is not such a list */
export async function readPagedList(
  { trackunit }: Pick<RunContext<unknown>, 'trackunit'>,
  given: {
    path: string
    query?: Record<string, string>
    fromPage: number
    /** Called with a page's items and the next page. */
    keep: (items: unknown[], next: { page: number; totalPages: number }) => Promise<void>
  },
): Promise<void> {
  const news = createNews()
  for (let page = given.fromPage; ; ) {
    const { content, totalPages } = understand(
      await trackunit.get(given.path, { ...given.query, size: pageSize, page }),
    )
    page++
    await given.keep(content, { page, totalPages })
    news.count(content.map((item) => JSON.stringify(item)))
    if (page >= totalPages || news.isEndless()) return
  }
}

function understand(answer: unknown): z.infer<typeof answerSchema> {
  const page = answerSchema.safeParse(answer)
  if (page.success) return page.data
  throw new StandinError('TRACKUNIT_UNAVAILABLE', { detail: 'A list was not readable.' })
}
