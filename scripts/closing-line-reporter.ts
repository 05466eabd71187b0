import { writeSync } from 'node:fs'
import type { Reporter, TestModule, Vitest } from 'vitest/node'

/**
 * Prints `N passed, N failed, N skipped` alone on the last line, after every teardown: what a machine reads.
 * Listed first, so that a crash in another reporter does not keep it from counting.
 */
export default class ClosingLineReporter implements Reporter {
  #counts = { passed: 0, failed: 0, skipped: 0 }

  #isWatching = false

  /** Here and not in `onInit`, which a setup that throws is never followed by. */
  constructor() {
    process.once('exit', (code) => {
      if (this.#isWatching) return
      const { passed, failed, skipped } = this.#counts
      // A run that broke where nothing counts, in a setup or for want of any test, has not passed.
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
      // A file or a suite that broke before its tests could run has failed as well.
      this.#counts.failed += module.errors().length
      for (const suite of module.children.allSuites()) this.#counts.failed += suite.errors().length
    }
  }
}
