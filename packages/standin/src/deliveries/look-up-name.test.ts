import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { stat } from 'node:fs/promises'
import { expect, onTestFinished, test } from 'vitest'
import { lookUpName } from './look-up-name.ts'

/** A name server. @param answer to a question; undefined: silence */
async function nameServer(answer: (question: Buffer) => Buffer | undefined) {
  const socket = createSocket('udp4')
  let questions = 0
  socket.on('message', (question, { port, address }) => {
    questions++
    const answered = answer(question)
    if (answered) socket.send(answered, port, address)
  })
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  onTestFinished(() => void socket.close())
  return { servers: [`127.0.0.1:${socket.address().port}`], questions: () => questions }
}

/** 192.0.2.7 for IPv4, and nothing for IPv6. @see RFC 1035 §4 */
function addressFor(question: Buffer): Buffer {
  const isFour = question.readUInt16BE(question.indexOf(0, 12) + 1) === 1
  const head = Buffer.from(question.subarray(0, question.indexOf(0, 12) + 5))
  head.writeUInt16BE(0x8180, 2)
  head.writeUInt16BE(isFour ? 1 : 0, 6)
  head.writeUInt16BE(0, 10)
  const record = Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 192, 0, 2, 7])
  return isFour ? Buffer.concat([head, record]) : head
}

test('the addresses of a name are found', async () => {
  const { servers } = await nameServer(addressFor)
  const signal = new AbortController().signal
  expect(await lookUpName('receiver.example', signal, { servers })).toEqual([{ address: '192.0.2.7', family: 4 }])
})

test('invariant 25: a name server that never answers is left with the send, and holds no thread of the process', async () => {
  const { servers, questions } = await nameServer(() => undefined)
  const sends = new AbortController()
  const lookUps = Array.from({ length: 20 }, () => lookUpName('receiver.example', sends.signal, { servers }))
  await expect.poll(questions).toBeGreaterThan(20)
  await stat('.') // Waits for a thread.
  sends.abort()
  expect(await Promise.all(lookUps)).toEqual(Array.from({ length: 20 }, () => []))
})
