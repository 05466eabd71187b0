import { randomUUID } from 'node:crypto'
import { rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { constants } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { contentOf } from './content-of.mjs'

const beatMs = 1_000
// A holder that was killed beats no more. Its process id would say less: it may be reused, or belong to another container.
const abandonedAfterMs = 10_000
const lookEveryMs = 200

/**
 * Runs `work` while no other process on this folder does; it waits for another one's work, and says so once.
 * A signal ends the process through its exit handlers, so that nothing half-done stays behind.
 */
export const oneAtATime = async ({ lockFile, say }, work) => {
  const holder = randomUUID()
  const stopListening = endThroughExitHandlers()
  for (let isFirstLook = true; !take(lockFile, holder); isFirstLook = false) {
    if (isFirstLook) say('another start in this folder is installing; waiting for it.')
    if (isAbandoned(lockFile)) rmSync(lockFile, { force: true })
    else await sleep(lookEveryMs)
  }

  const release = () => {
    if (contentOf(lockFile) === holder) rmSync(lockFile, { force: true })
  }
  const beat = setInterval(() => contentOf(lockFile) === holder && touch(lockFile), beatMs)
  process.once('exit', release)
  try {
    return await work()
  } finally {
    clearInterval(beat)
    process.off('exit', release)
    stopListening()
    release()
  }
}

const endThroughExitHandlers = () => {
  const listeners = ['SIGINT', 'SIGTERM', 'SIGHUP'].map((signal) => {
    const end = () => process.exit(128 + constants.signals[signal])
    process.on(signal, end)
    return () => process.off(signal, end)
  })
  return () => {
    for (const stopListening of listeners) stopListening()
  }
}

const take = (lockFile, holder) => {
  try {
    writeFileSync(lockFile, holder, { flag: 'wx' })
    return true
  } catch (error) {
    if (error.code === 'EEXIST') return false
    throw error
  }
}

const isAbandoned = (lockFile) => {
  const beatAt = statSync(lockFile, { throwIfNoEntry: false })?.mtimeMs
  return beatAt !== undefined && Date.now() - beatAt > abandonedAfterMs
}

const touch = (lockFile) => {
  const now = new Date()
  utimesSync(lockFile, now, now)
}
