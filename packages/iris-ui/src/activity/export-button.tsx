import { type AuditTotal, csvSeparator, type ListedAuditEntry } from '@standin/client'
import { useState } from 'react'
import { useTRPC } from '../connection/api.ts'
import { giveTextFile } from '../files/give-text-file.ts'
import { Button } from '../parts/button.tsx'
import { CopyText } from '../parts/copy-text.tsx'
import { Icon } from '../parts/icon.tsx'
import { useSurroundings } from '../surroundings.ts'
import { csvOf } from './activity-csv.ts'
import { actorWords, eventWords } from './activity-words.ts'

interface ExportButtonProps {
  asked: {
    accountId: string
    from?: string
    kinds?: ListedAuditEntry['kind'][]
    actorKinds?: ListedAuditEntry['actor']['kind'][]
  }
  around: Parameters<typeof eventWords>[1]
  /** The number of entries that match the filters. */
  total: AuditTotal | null | undefined
  /** Whether an entry matches the search words. */
  isMeant(entry: ListedAuditEntry): boolean
}

type Exported =
  | { state: 'idle' }
  | { state: 'busy'; readSoFar: number }
  | { state: 'failed' }
  | { state: 'given'; csv: string; said: string }

/** The most entries that a browser or a spreadsheet handles well. */
const MOST_ENTRIES = 50_000

/** All entries that match the filters, as CSV. */
export function ExportButton({ asked, around, total, isMeant }: ExportButtonProps) {
  const { host, texts, formats } = useSurroundings()
  const words = texts.activity
  const trpc = useTRPC()
  const [exported, setExported] = useState<Exported>({ state: 'idle' })

  async function collect(): Promise<void> {
    setExported({ state: 'busy', readSoFar: 0 })
    try {
      const read: ListedAuditEntry[] = []
      let cursor: string | undefined
      do {
        const page = await trpc.audit.list.query({ ...asked, limit: 100, ...(cursor && { cursor }) })
        read.push(...page.entries)
        cursor = page.nextCursor ?? undefined
        setExported({ state: 'busy', readSoFar: read.length })
      } while (cursor && read.length < MOST_ENTRIES)
      const entries = read.filter(isMeant)
      const { columns } = words
      const csv = csvOf(
        [
          [columns.at, columns.who, columns.what, columns.effect, columns.event, columns.actor, columns.details],
          ...entries.map((entry) => [
            entry.at,
            actorWords(entry, around),
            eventWords(entry, around),
            words.kinds[entry.kind],
            entry.event,
            `${entry.actor.kind}:${entry.actor.id}`,
            JSON.stringify(entry.details),
          ]),
        ],
        csvSeparator(host.user.language),
      )
      giveTextFile({ name: `standin-activity-${formats.dayKey(Date.now())}.csv`, mediaType: 'text/csv', text: csv })
      const said = (cursor ? words.exportedNewest : words.exported)(formats.number(entries.length))
      host.toast({ title: said, kind: 'success' })
      setExported({ state: 'given', csv, said })
    } catch {
      setExported({ state: 'failed' })
    }
  }

  const exporting = (readSoFar: number) =>
    readSoFar > 0 && total?.isExact && total.entries >= readSoFar
      ? words.exportingOf(formats.number(readSoFar), formats.number(total.entries))
      : words.exporting

  return (
    <>
      <Button icon="download" busy={exported.state === 'busy'} onClick={() => void collect()}>
        {exported.state === 'busy' ? exporting(exported.readSoFar) : words.export}
      </Button>
      <div role="status">
        {exported.state === 'failed' && (
          <p className="st bad">
            <Icon name="bad" />
            <span>{words.exportFailed}</span>
          </p>
        )}
        {exported.state === 'given' && (
          <div className="held">
            <p className="small">{exported.said}</p>
            <p className="small muted">{words.exportHeld}</p>
            <CopyText
              label={words.heading}
              value={exported.csv}
              button={words.copyList}
              copied={words.copied}
              field="on-demand"
            />
          </div>
        )}
      </div>
    </>
  )
}
