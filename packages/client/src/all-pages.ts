interface Page {
  nextCursor: string | null
}

/** Every entry of a list, page by page: the next page is requested once the previous one was read. */
export async function* allPages<Answer extends Page, Entry>(
  ask: (cursor: string | undefined) => Promise<Answer>,
  entriesOf: (page: Answer) => readonly Entry[],
): AsyncGenerator<Entry, void, undefined> {
  let cursor: string | undefined
  do {
    const page = await ask(cursor)
    yield* entriesOf(page)
    cursor = page.nextCursor ?? undefined
  } while (cursor !== undefined)
}
