import { inspect } from 'node:util'

/**
 * A secret on its way through the program. However it is printed, serialised or inspected, it reads `[secret]`;
 * only `reveal()`, on the line that needs the text, gives it out.
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
