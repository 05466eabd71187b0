import type { AppWords } from '../texts/en.ts'

/** The app's name and look. */
export interface AppLook extends AppWords {
  /** Two colours, `#rrggbb`; without them those of `tokens.css`. The server checks their contrast when it starts. */
  accent?: { light: string; dark: string } | undefined
}

/** Lets `tokens.css` use the app's own colours. Set by script, since a strict policy allows no inline styles. */
export function wearAccent(accent: AppLook['accent']): void {
  for (const [name, value] of Object.entries(accent ? tokensOf(accent) : {}))
    document.documentElement.style.setProperty(name, value)
}

function tokensOf({ light, dark }: NonNullable<AppLook['accent']>): Record<string, string> {
  return {
    '--own-light': light,
    '--own-light-hover': `color-mix(in srgb, ${light} 80%, black)`,
    '--own-light-soft': `color-mix(in srgb, ${light} 10%, white)`,
    '--own-dark': dark,
    '--own-dark-hover': `color-mix(in srgb, ${dark} 80%, white)`,
    '--own-dark-soft': `color-mix(in srgb, ${dark} 10%, #141513)`,
    '--on-own-dark': '#141513',
  }
}
