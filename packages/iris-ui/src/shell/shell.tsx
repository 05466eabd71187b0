import { useEffect, useRef } from 'react'
import { Link, Router } from 'wouter'
import { useInstallation } from '../connection/use-account.ts'
import { useAccountWatch } from '../connection/use-account-watch.ts'
import { overviewParts } from '../overview/late-overview.ts'
import { Icon } from '../parts/icon.tsx'
import { bringRefusals } from '../parts/late-refusal.tsx'
import { bringQuestions } from '../parts/question.tsx'
import { useFirstSurroundings } from '../surroundings.ts'
import { allTexts } from '../texts/texts-for.ts'
import { accessWords } from './access-words.ts'
import { addresses } from './addresses.ts'
import { AnnouncerContext } from './announcer.ts'
import { hashHref, useHashLocation, useHashSearch } from './hash-location.ts'
import { keepPlace } from './kept-place.ts'
import { noteScrolling, restoreScroll, scrolledOf } from './kept-scroll.ts'
import { bringTrouble, PageNotices } from './page-notices.tsx'
import { Pages, pagePreloads } from './pages.tsx'
import { useAnnouncements } from './use-announcements.ts'

/** Tabs on top, because Manager owns the left side; notices that every page has; the page. */
export function Shell({ askedAtMs }: { askedAtMs: number }) {
  const { announcer, said } = useAnnouncements()
  const { language } = useFirstSurroundings().texts
  useEffect(() => preloadWhenIdle(language), [language])
  useAccountWatch(askedAtMs)

  return (
    <Router hook={useHashLocation} searchHook={useHashSearch} hrefs={hashHref}>
      <AnnouncerContext value={announcer}>
        <Frame />
        <p className="vh" role="status">
          {said}
        </p>
      </AnnouncerContext>
    </Router>
  )
}

function Frame() {
  const { texts } = useFirstSurroundings()
  const [path] = useHashLocation()
  const main = useRef<HTMLElement>(null)
  const firstPath = useRef<string | undefined>(path)
  const { account } = useFirstSurroundings().host

  useEffect(() => {
    // Not on the first page: the person has not moved.
    if (firstPath.current !== path) {
      firstPath.current = undefined
      main.current?.focus({ preventScroll: true })
    }
    // An earlier entry is shown as it was left; a new one from its top.
    restoreScroll(scrolledOf(history.state))
  }, [path])
  useEffect(() => {
    const leave = () => keepPlace(account.id, scrollY)
    addEventListener('pagehide', leave)
    const stopNoting = noteScrolling()
    return () => {
      removeEventListener('pagehide', leave)
      stopNoting()
    }
  }, [account.id])

  return (
    <>
      <button type="button" className="skip" onClick={() => main.current?.focus()}>
        {texts.shell.skip}
      </button>
      <header className="bar">
        <div className="bar-in">
          <Tabs path={path} />
          <Access />
        </div>
      </header>
      <main ref={main} id="main" tabIndex={-1}>
        <PageNotices />
        <Pages />
      </main>
    </>
  )
}

function Tabs({ path }: { path: string }) {
  const { shell } = useFirstSurroundings().texts
  const tabs = [
    { to: addresses.overview, words: shell.overview, here: path === '/', load: undefined },
    { to: addresses.actions, words: shell.actions, here: /^\/(actions|runs)/.test(path), load: pagePreloads.actions },
    {
      to: addresses.schedules,
      words: shell.schedules,
      here: path.startsWith('/schedules'),
      load: pagePreloads.schedules,
    },
    { to: addresses.activity, words: shell.activity, here: path.startsWith('/activity'), load: pagePreloads.activity },
  ]
  return (
    <nav className="tabs" aria-label={shell.tabs}>
      {tabs.map(({ to, words, here, load }) => (
        <Link
          key={to}
          href={to}
          aria-current={here ? 'page' : undefined}
          onPointerEnter={() => void load?.().catch(() => {})}
          onFocus={() => void load?.().catch(() => {})}
        >
          {words}
        </Link>
      ))}
    </nav>
  )
}

function Access() {
  const { texts } = useFirstSurroundings()
  const { data, error } = useInstallation()
  // What is known is from before: the notice under the tabs says so.
  if (!data || error) return null
  const { words, icon, tone, loud } = accessWords(data, texts)
  return (
    <Link href={addresses.overview} className={['access st', tone, loud && 'loud'].filter(Boolean).join(' ')}>
      <Icon name={icon} />
      <span>
        <span className="vh">{texts.shell.access} </span>
        {words}
      </span>
    </Link>
  )
}

/** Loads the pages after the first paint: navigation is instant and the first paint stays small. */
function preloadWhenIdle(language: string): () => void {
  const load = () => {
    const texts = async () => void (await allTexts(language))
    const late = [overviewParts.bring, ...Object.values(pagePreloads), bringQuestions, bringRefusals, bringTrouble]
    for (const bring of [texts, ...late]) void bring().catch(() => {})
  }
  const timer = setTimeout(() => {
    if ('requestIdleCallback' in window) requestIdleCallback(load)
    else load()
  }, 2_500)
  return () => clearTimeout(timer)
}
