import type { FirstAnswers } from '../connection/first-answers.ts'
import { withRoom } from '../first-days/with-room.ts'
import type { StandinHost } from '../host.ts'
import { overviewFile } from '../overview/overview-file.ts'
import type { AppWords, FirstTexts } from '../texts/first-english.ts'
import { spokenLanguage } from '../texts/spoken-language.ts'
import { allTexts, textsFor } from '../texts/texts-for.ts'
import { type FirstWords, firstWordsOf } from './first-words-of.ts'

interface Given {
  app: AppWords
  user: Pick<StandinHost['user'], 'language' | 'timeZone' | 'measurement'>
  account: StandinHost['account']
  first: FirstAnswers
}

/**
 * Brings what the overview is going to show, and writes its first sentences into the document while all of that and React are
 * still loading. React then draws the same sentences in the same place.
 * @returns once all of the page can be drawn
 */
export async function showFirstWords({ app, user, account, first }: Given): Promise<void> {
  const rest = Promise.allSettled([overviewFile.bring(), allTexts(spokenLanguage(user.language))])
  await first.settled
  const texts = await textsFor(user.language, app)
  const words = firstWordsOf(first, { account: account.name, user, texts, nowMs: Date.now() })
  if (words) write(words, texts)
  await rest
}

/** In place of the shape of the first picture, if that is still there. */
function write({ begins, headline, lead, button }: FirstWords, texts: FirstTexts): void {
  const shape = document.querySelector('.first-shape')
  const main = shape?.querySelector('main')
  if (!shape || !main) return
  const page = element('div', 'page-overview')
  const sentence = element('div', begins === 'start' ? 'open1' : 'say')
  const words = begins === 'start' ? sentence : element('div')
  const heading = element('h1')
  heading.append(element('span', '', headline))
  if (begins === 'start') heading.dataset.room = withRoom(texts)
  words.append(heading, element('p', 'lead', lead))
  if (words !== sentence) sentence.append(element('span', 'sk round'), words)
  if (button) sentence.append(placeOf(button))
  page.append(sentence)
  main.replaceChildren(page)
  main.lang = texts.language
  shape.classList.add('said')
  shape.removeAttribute('aria-hidden')
}

/** As wide as the button, and not there: nothing would happen when it is pressed. */
function placeOf(button: string): HTMLElement {
  const place = element('div', 'acts')
  const shape = element('span', 'btn go', button)
  const icon = document.createElementNS('http://www.w3.org/2000/svg', 'svg')
  icon.classList.add('i')
  shape.prepend(icon)
  place.append(shape)
  place.style.visibility = 'hidden'
  return place
}

function element(name: string, className = '', text = ''): HTMLElement {
  const made = document.createElement(name)
  if (className) made.className = className
  made.textContent = text
  return made
}
