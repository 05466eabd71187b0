import { writeSync } from 'node:fs'
import type { Reporter, TestModule, Vitest } from 'vitest/node'

/**
 * Prints `N passed, N failed, N skipped` as the last line, after every teardown, for CI to read. Listed first, so that it
 * counts even if another reporter crashes.
 */
export default class ClosingLineReporter implements Reporter {
  #counts = { passed: 0, failed: 0, skipped: 0 }

  #isWatching = false

  /** Not in `onInit`, which is not called if a setup throws. */
  constructor() {
    process.once('exit', (code) => {
      if (this.#isWatching) return
      const { passed, failed, skipped } = this.#counts
      // A run that failed outside any test, such as in a setup or for lack of tests, has not passed.
      const broken = code !== 0 && failed === 0 ? 1 : failed
      writeSync(1, `\n${passed} passed, ${broken} failed, ${skipped} skipped\n`)
    })
  }

  onInit(vitest: Vitest): void {
    this.#isWatching = vitest.config.watch
  }

  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    this.#counts = { passed: 0, failed: unhandledErrors.length, skipped: 0 }
    for (const module of modules) {
      for (const test of module.children.allTests()) {
        const { state } = test.result()
        this.#counts[state === 'passed' || state === 'failed' ? state : 'skipped']++
      }
      // Files and suites that failed before their tests could run count as well.
      this.#counts.failed += module.errors().length
      for (const suite of module.children.allSuites()) this.#counts.failed += suite.errors().length
    }
  }
}
