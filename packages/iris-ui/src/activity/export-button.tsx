import type { ListedAuditEntry } from '@standin/client'
import { useState } from 'react'
import { useTRPCClient } from '../connection/api.ts'
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
}

type Exported = { state: 'idle' } | { state: 'busy' } | { state: 'failed' } | { state: 'given'; csv: string }

/** All entries of the time and filter that are chosen, as CSV. */
export function ExportButton({ asked, around }: ExportButtonProps) {
  const { host, texts, formats } = useSurroundings()
  const words = texts.activity
  const client = useTRPCClient()
  const [exported, setExported] = useState<Exported>({ state: 'idle' })

  async function collect(): Promise<void> {
    setExported({ state: 'busy' })
    try {
      const entries: ListedAuditEntry[] = []
      let cursor: string | undefined
      do {
        const page = await client.audit.list.query({ ...asked, limit: 100, ...(cursor && { cursor }) })
        entries.push(...page.entries)
        cursor = page.nextCursor ?? undefined
      } while (cursor)
      const { columns } = words
      const csv = csvOf([
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
      ])
      giveTextFile({ name: `standin-activity-${formats.dayKey(Date.now())}.csv`, mediaType: 'text/csv', text: csv })
      host.toast({ title: words.exported(formats.number(entries.length)), kind: 'success' })
      setExported({ state: 'given', csv })
    } catch {
      setExported({ state: 'failed' })
    }
  }

  return (
    <>
      <Button icon="download" busy={exported.state === 'busy'} onClick={() => void collect()}>
        {exported.state === 'busy' ? words.exporting : words.export}
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
