const KEPT_FOR_MS = 60_000

/**
 * Lets the browser save a file without leaving the page: following the link would navigate the frame, and if the page around it
 * forbids that, it shows an error in place of the app.
 *
 * @throws when the file cannot be fetched from here. A frame without `allow-downloads` blocks the file silently.
 */
export async function saveFile({ url, name }: { url: string; name: string }): Promise<void> {
  const answer = await fetch(url, { credentials: 'omit', cache: 'no-store' })
  if (!answer.ok) throw new Error(`The file came with status ${answer.status}.`)

  const link = document.createElement('a')
  link.href = URL.createObjectURL(await answer.blob())
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), KEPT_FOR_MS)
}
