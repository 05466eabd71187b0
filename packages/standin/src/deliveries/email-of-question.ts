import { html } from '../http/html.ts'
import { confirmWithinDays } from '../receivers/receiver-link.ts'
import type { AppOfPage } from '../receivers/receiver-page.ts'
import { receiverWords } from '../receivers/receiver-words.ts'

interface Question {
  /** A BCP 47 tag. */
  language: string | undefined
  app: AppOfPage
  /** The name of the person who asks; undefined for a program. */
  who: string | undefined
  address: string
  confirmUrl: string
  withdrawUrl: string
}

/** The subject and both forms of the email that asks whether its reader wants results. */
export function emailOfQuestion({ language, app, who, address, confirmUrl, withdrawUrl }: Question) {
  const words = receiverWords(language)
  const asks = words.asks({ who, app: app.name, address })
  const validFor = words.validFor(confirmWithinDays)
  const page = html`<html lang="${words.language}"><body style="font-family:system-ui,sans-serif;font-size:15px;line-height:1.4;color:#1c2430;max-width:600px">
${app.logoUrl ? html`<p><img src="${app.logoUrl}" alt="${app.name}" height="48"></p>` : ''}
<p style="font-size:18px;font-weight:600">${asks}</p>
<p>${words.whatItIs(app.name)}</p>
<p style="margin:24px 0"><a href="${confirmUrl}" style="background:${app.accent.light};color:#ffffff;padding:12px 20px;border-radius:6px;text-decoration:none;font-weight:600;display:inline-block">${words.agree}</a></p>
<p>${validFor} ${words.ifNot}</p>
<p style="color:#5b6470;font-size:13px"><a href="${withdrawUrl}">${words.neverAgain}</a></p>
</body></html>`
  return {
    subject: words.subject(app.name),
    text: [
      asks,
      words.whatItIs(app.name),
      `${words.agree}${words.colon} ${confirmUrl}`,
      `${validFor} ${words.ifNot}`,
      `${words.neverAgain}${words.colon} ${withdrawUrl}`,
    ].join('\n\n'),
    html: `<!doctype html>${page.markup}`,
  }
}
