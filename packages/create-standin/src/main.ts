#!/usr/bin/env node
import { readFileSync } from 'node:fs'
import { relative } from 'node:path'
import { createInterface } from 'node:readline/promises'
import { createProject } from './create-project.ts'
import { type Ask, readWishes, usage } from './read-wishes.ts'

const leastNode = 26
const versions = JSON.parse(readFileSync(new URL('../dist/versions.json', import.meta.url), 'utf8'))

if (process.argv.includes('--help')) {
  process.stdout.write(`${usage}\n`)
} else {
  const terminal = createInterface({ input: process.stdin, output: process.stdout })
  const ask: Ask = async (question, otherwise) =>
    (await terminal.question(`${question} (${otherwise}): `)).trim() || otherwise
  try {
    const wishes = await readWishes(process.argv.slice(2), process.stdin.isTTY ? ask : undefined)
    createProject({ ...wishes, versions })
    process.stdout.write(`${wishes.name} is in ${wishes.folder}.\n${nextSteps(relative('', wishes.folder))}`)
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : error}\n`)
    process.exitCode = 1
  }
  terminal.close()
}

function nextSteps(folder: string): string {
  const major = Number(process.versions.node.split('.')[0])
  const node = major < leastNode ? `\nInstall Node ${leastNode} first: this one is ${process.versions.node}.\n` : ''
  return `${node}\n  cd ${folder}\n  npm install\n  npm start\n`
}
