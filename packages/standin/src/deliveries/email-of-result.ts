import { type Html, html } from '../http/html.ts'
import { type Card, type EmailParts, type EmailSurroundings, emailParts } from './email-parts.ts'
import type { ResultToSend } from './find-result-to-send.ts'

/**
 * The subject and both forms of an email: the key number, what changed since last time, the five worst rows with links, and
 * one button. In the language and units of its reader.
 */
export function emailOf(
  result: ResultToSend,
  around: EmailSurroundings,
): { subject: string; text: string; html: string } {
  const parts = emailParts(result, around)
  return { subject: parts.subject, text: textOf(parts, around), html: `<!doctype html>${htmlOf(parts, around).markup}` }
}

function textOf(parts: EmailParts, { withdrawUrl }: EmailSurroundings): string {
  const { words, from, when, figure, heading, incomplete, details, changes, cards, compared, comparedTitle, button } =
    parts
  return [
    [from, when].filter(Boolean).join('\n'),
    figure === undefined ? heading : `${figure} ${heading}`,
    ...(incomplete ? [`${words.notAllChecked} ${incomplete}`] : []),
    ...details,
    ...(changes.length > 0
      ? [
          [
            words.sinceLastTime,
            ...changes.map(({ sign, strong, rest }) => `${sign} ${strong}${rest && `${words.colon} ${rest}`}`),
          ].join('\n'),
        ]
      : []),
    ...(compared.length > 0
      ? [
          [
            comparedTitle,
            ...compared.map(({ label, value, change, detail }) =>
              [`${label}${words.colon} ${value}`, change, detail].filter(Boolean).join(', '),
            ),
          ].join('\n'),
        ]
      : []),
    ...(cards.length > 0 ? [words.theWorst, ...cards.map((card) => textOfCard(card, parts))] : []),
    `${button.words}${words.colon} ${button.url}`,
    [
      `${parts.why} ${words.signedIn}`,
      ...(parts.changeUrl ? [`${words.changeSchedule}${words.colon} ${parts.changeUrl}`] : []),
      `${words.stop}${words.colon} ${withdrawUrl}`,
    ].join('\n'),
  ].join('\n\n')
}

const textOfCard = ({ title, isNew, lines, url }: Card, { words }: EmailParts) =>
  [`${title}${isNew ? ` (${words.new})` : ''}`, ...lines, ...(url ? [url] : [])].join('\n')

/** Mail programs support neither style sheets nor custom properties: hence tables and inline styles, and one block for dark mode. */
const font = "font-family:Inter,-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif"
const ink = 'color:#1a1b19'
const grey = 'color:#53544e'
const accent = '#0b4fb3'
const darkAndNarrow = `:root{color-scheme:light dark}
@media (prefers-color-scheme:dark){.bg{background:#141512!important}.card{background:#1c1d1a!important}.text{color:#f2f1ec!important}.text2{color:#b9b8b0!important}.line,.rule{border-color:#3a3b36!important}.link{color:#8ab4ff!important}.cta{background:#2a66d4!important}.new{color:#a9c8ff!important;background:#172338!important}.warn{background:#33280c!important;border-color:#6b5310!important}}
@media (max-width:480px){.pad{padding-left:20px!important;padding-right:20px!important}}`

function htmlOf(parts: EmailParts, { withdrawUrl }: EmailSurroundings): Html {
  const { words, language, from, when, figure, heading, incomplete, details, changes, cards, compared, button } = parts
  const preview = [
    ...details,
    ...cards.slice(0, 1).map(({ title, lines }) => [title, lines[0]].filter(Boolean).join(`${words.colon} `)),
  ][0]
  const part = (title: string) =>
    html`<h2 class="text" style="margin:24px 0 12px;font-size:18px;line-height:24px;font-weight:600;${ink}">${title}</h2>`
  return html`<html lang="${language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark"><meta name="supported-color-schemes" content="light dark"><title>${parts.subject}</title><style>${{ markup: darkAndNarrow }}</style></head>
<body class="bg" style="margin:0;padding:0;background:#f6f6f3">
${preview ? html`<div style="display:none;max-height:0;overflow:hidden">${preview}</div>` : ''}
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" class="bg" style="background:#f6f6f3"><tr><td align="center" style="padding:24px 0">
<table role="presentation" width="600" cellpadding="0" cellspacing="0" class="card" style="width:100%;max-width:600px;background:#ffffff"><tr><td class="pad" style="padding:28px 32px 8px;${font}">
<p class="text2" style="margin:0;font-size:14px;line-height:21px;${grey}">${from}<br>${when}</p>
${figure === undefined ? '' : html`<p class="text" style="margin:20px 0 0;font-size:56px;line-height:60px;font-weight:700;letter-spacing:-2px;${ink}">${figure}</p>`}
<h1 class="text" style="margin:${figure === undefined ? 20 : 4}px 0 0;font-size:22px;line-height:28px;font-weight:600;${ink}">${heading}</h1>
${incomplete ? html`<p class="text warn" style="margin:16px 0 0;padding:12px 16px;border:1px solid #e0c36a;border-radius:8px;background:#fdf6df;font-size:16px;line-height:24px;${ink}"><b>${words.notAllChecked}</b> ${incomplete}</p>` : ''}
${details.map((detail) => html`<p class="text2" style="margin:8px 0 0;font-size:16px;line-height:24px;${grey}">${detail}</p>`)}
${changes.length > 0 ? [part(words.sinceLastTime), html`<table role="presentation" cellpadding="0" cellspacing="0">${changes.map((change) => changeOf(change, words.colon))}</table>`] : ''}
${compared.length > 0 ? [part(parts.comparedTitle), html`<table role="presentation" width="100%" cellpadding="0" cellspacing="0" style="margin-bottom:24px">${compared.map(comparedOf)}</table>`] : ''}
${cards.length > 0 ? [part(words.theWorst), html`<table role="presentation" width="100%" cellpadding="0" cellspacing="0">${cards.map((card) => cardOf(card, words.new))}</table>`] : ''}
<table role="presentation" cellpadding="0" cellspacing="0" width="100%" style="margin-top:12px"><tr><td align="center" class="cta" bgcolor="${accent}" style="padding:0;border-radius:8px;background:${accent}"><a href="${button.url}" style="display:block;padding:13px 24px;${font};font-size:16px;line-height:22px;font-weight:600;color:#ffffff;text-decoration:none">${button.words}</a></td></tr></table>
</td></tr><tr><td class="pad" style="padding:24px 32px 28px;${font}"><p class="text2 rule" style="margin:0;padding-top:16px;border-top:1px solid #e2e1dc;font-size:14px;line-height:21px;${grey}">${parts.why} ${parts.changeUrl ? html`${link(parts.changeUrl, words.changeSchedule)}. ` : ''}${link(withdrawUrl, words.stop)}. ${words.signedIn}</p></td></tr></table></td></tr></table>
</body></html>`
}

const link = (url: string, words: string) => html`<a href="${url}" class="link" style="color:${accent}">${words}</a>`

const changeOf = ({ sign, strong, rest }: EmailParts['changes'][number], colon: string) =>
  html`<tr><td class="text" width="28" style="padding:6px 0;${font};font-size:16px;font-weight:600;${ink}">${sign}</td><td class="text" style="padding:6px 0;${font};font-size:16px;line-height:24px;${ink}"><b>${strong}</b>${rest ? `${colon} ${rest}` : ''}</td></tr>`

const comparedOf = ({ label, detail, value, change }: EmailParts['compared'][number]) =>
  html`<tr><td class="text rule" style="padding:12px 0;border-bottom:1px solid #e2e1dc;${font};font-size:16px;line-height:22px;${ink}"><b>${label}</b><br><span class="text2" style="font-size:14px;${grey}">${detail}</span></td><td align="right" class="text rule" style="padding:12px 0;border-bottom:1px solid #e2e1dc;${font};font-size:20px;line-height:22px;font-weight:600;${ink};white-space:nowrap">${value}<br><span class="text2" style="font-size:14px;font-weight:400;${grey}">${change}</span></td></tr>`

function cardOf({ title, url, isNew, lines }: Card, isNewWords: string): Html {
  const [first, ...others] = lines
  const strong = 'display:block;padding:10px 0;font-size:16px;line-height:24px;font-weight:600'
  const named = url
    ? html`<a href="${url}" class="link" style="${strong};color:${accent};text-decoration:underline">${title}</a>`
    : html`<span class="text" style="${strong};${ink}">${title}</span>`
  const fresh = isNew
    ? html`<span class="new" style="font-size:13px;font-weight:600;color:${accent};background:#eaf1fc;border-radius:4px;padding:1px 6px">${isNewWords}</span> `
    : ''
  return html`<tr><td style="padding:0 0 12px"><table role="presentation" width="100%" cellpadding="0" cellspacing="0" class="line" style="border:1px solid #e2e1dc;border-radius:8px;border-collapse:separate"><tr><td style="padding:6px 16px 12px;${font}">${named}${fresh}${first ? html`<span class="text" style="font-size:16px;line-height:24px;${ink}">${first}</span>` : ''}${others.map((line) => html`<br><span class="text2" style="font-size:14px;line-height:21px;${grey}">${line}</span>`)}</td></tr></table></td></tr>`
}
