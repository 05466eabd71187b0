/** Lets the browser save a text that was made here. A frame without `allow-downloads` blocks it silently. */
export function giveTextFile({ name, mediaType, text }: { name: string; mediaType: string; text: string }): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(new Blob([text], { type: mediaType }))
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000)
}
