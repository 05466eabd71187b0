import { defineConfig } from 'vitepress'

const section = (text: string, pages: Record<string, string>) => ({
  text,
  items: Object.entries(pages).map(([text, link]) => ({ text, link })),
})

/** The site of `npm run docs`. A link that leads nowhere fails the build. */
export default defineConfig({
  title: 'Standin',
  description: 'Lets an IrisX app act on behalf of its accounts, even when no user has it open.',
  cleanUrls: true,
  lastUpdated: false,
  // On a phone a wide table scrolls: its last column, which has the sentences, must not become a word wide.
  head: [['style', {}, '.vp-doc td:last-child { min-width: 14rem }']],
  themeConfig: {
    // All words of a search, and the pages that people wrote first: the reference repeats RUN_STUCK with every type.
    search: {
      provider: 'local',
      options: {
        miniSearch: {
          searchOptions: {
            combineWith: 'AND',
            fuzzy: false,
            boostDocument: (id: string) => (id.includes('/reference/') ? 0.1 : 1),
          },
        },
      },
    },
    outline: [2, 3],
    sidebar: [
      section('For makers', {
        'Making it yours': '/making-it-yours',
        Debugging: '/debugging',
        'Going live': '/going-live',
        'For Trackunit’s review': '/trackunit-review',
        Versions: '/versions',
      }),
      section('For operators', { Operating: '/operating', Capacity: '/capacity', Scaling: '/scaling' }),
      section('How it works', {
        Architecture: '/architecture',
        Invariants: '/invariants',
        'Threat model': '/threat-model',
      }),
      section('Reference', {
        Actions: '/reference/actions/',
        Client: '/reference/client/',
        'Error reasons': '/error-reasons',
        Glossary: '/glossary',
      }),
    ],
  },
})
