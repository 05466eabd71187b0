import { defineConfig } from 'vitepress'

/** The site of `npm run docs`. A link that leads nowhere fails the build. */
export default defineConfig({
  title: 'Standin',
  description: 'Lets an IrisX app act on behalf of its accounts while nobody has it open.',
  cleanUrls: true,
  lastUpdated: false,
  themeConfig: {
    search: { provider: 'local' },
    outline: [2, 3],
    sidebar: [
      {
        text: 'For makers',
        items: [
          { text: 'Making it yours', link: '/making-it-yours' },
          { text: 'Debugging', link: '/debugging' },
          { text: 'Going live', link: '/going-live' },
          { text: 'For Trackunit’s review', link: '/trackunit-review' },
          { text: 'Versions', link: '/versions' },
        ],
      },
      {
        text: 'For operators',
        items: [
          { text: 'Operating', link: '/operating' },
          { text: 'Capacity', link: '/capacity' },
          { text: 'Scaling', link: '/scaling' },
        ],
      },
      {
        text: 'How it works',
        items: [
          { text: 'Architecture', link: '/architecture' },
          { text: 'Invariants', link: '/invariants' },
          { text: 'Threat model', link: '/threat-model' },
        ],
      },
      {
        text: 'Reference',
        items: [
          { text: 'Actions', link: '/reference/actions/' },
          { text: 'Client', link: '/reference/client/' },
          { text: 'Error reasons', link: '/error-reasons' },
          { text: 'Glossary', link: '/glossary' },
        ],
      },
    ],
  },
})
