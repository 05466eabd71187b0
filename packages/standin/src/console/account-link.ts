import { type Html, html } from '../http/html.ts'
import { printable } from '../operator/terminal.ts'

/** An account: what the operator calls it, if anything, and its id. */
export const accountLink = (accountId: string, name: string | null | undefined): Html =>
  html`${name ? html`${printable(name, 80)}<br>` : ''}<a${name ? html` class="small"` : ''} href="/console/accounts/${accountId}">${accountId}</a>`
