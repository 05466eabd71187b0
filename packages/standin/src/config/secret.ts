import { inspect } from 'node:util'

/**
 * A secret inside the program. Printed, serialised or inspected, it reads `[secret]`; only `reveal()`, called on the line that
 * needs the text, returns it.
 */
export class Secret {
  readonly #text: string

  constructor(text: string) {
    this.#text = text
  }

  reveal(): string {
    return this.#text
  }

  toString(): string {
    return '[secret]'
  }

  toJSON(): string {
    return '[secret]'
  }

  [inspect.custom](): string {
    return '[secret]'
  }
}
