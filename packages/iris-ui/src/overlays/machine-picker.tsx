import { Popover } from '@base-ui/react/popover'
import type { FilterChoices, MachineFilter } from '@standin/client'
import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { type KeyboardEvent, useDeferredValue, useId, useState } from 'react'
import { useTRPC } from '../connection/api.ts'
import { choiceName, type FilterList, filterLists, isEverything, withToggled } from '../forms/machine-filters.ts'
import { Button } from '../parts/button.tsx'
import { Icon } from '../parts/icon.tsx'
import { RefusedPress } from '../parts/refused-press.tsx'
import { useSurroundings } from '../surroundings.ts'
import { nextByKey } from './next-by-key.ts'

interface MachinePickerProps {
  value: MachineFilter
  onUse(filter: MachineFilter): void
}

/** Sites, types and groups by name: a popover on a laptop, a sheet from below on a phone. The server searches. */
export function MachinePicker({ value, onUse }: MachinePickerProps) {
  const { texts } = useSurroundings()
  const words = texts.form
  const [open, setOpen] = useState(false)

  return (
    <Popover.Root open={open} onOpenChange={setOpen} modal="trap-focus">
      <Popover.Trigger className="btn quiet">
        <Icon name="plus" />
        {words.add}
      </Popover.Trigger>
      <Popover.Portal className="standin">
        <Popover.Backdrop className="backdrop for-sheet" />
        <Popover.Positioner className="sheet-on-phone" sideOffset={6} align="start" collisionPadding={12}>
          <Popover.Popup className="pop" aria-label={words.add} onKeyDown={moveByArrows}>
            <Choices
              value={value}
              onUse={(filter) => {
                onUse(filter)
                setOpen(false)
              }}
            />
            <Popover.Close className="vh">{texts.shell.close}</Popover.Close>
          </Popover.Popup>
        </Popover.Positioner>
      </Popover.Portal>
    </Popover.Root>
  )
}

/** Arrow keys go from the search to the choices and through them, Home and End to the first and the last. */
function moveByArrows(event: KeyboardEvent<HTMLElement>): void {
  const boxes = [...event.currentTarget.querySelectorAll<HTMLInputElement>('.choices input')]
  const at = boxes.indexOf(document.activeElement as HTMLInputElement)
  const isInSearch = at < 0
  const next = nextByKey(event.key, { at, last: boxes.length - 1 })
  if (next === undefined || (isInSearch && event.key !== 'ArrowDown')) return
  event.preventDefault()
  if (next < 0) event.currentTarget.querySelector<HTMLInputElement>('.find input')?.focus()
  else boxes[next]?.focus()
}

function Choices({ value, onUse }: MachinePickerProps) {
  const { host, texts, formats } = useSurroundings()
  const words = texts.form
  const trpc = useTRPC()
  const id = useId()
  const [draft, setDraft] = useState(value)
  const [typed, setTyped] = useState('')
  const search = useDeferredValue(typed.trim())
  const { data } = useQuery(
    trpc.filter.choices.queryOptions(
      { accountId: host.account.id, filter: draft, ...(search && { search }) },
      { placeholderData: keepPreviousData },
    ),
  )
  const heads = { sites: words.sites, types: words.types, groups: words.groups }
  const nothing = data && filterLists.every(({ choices }) => data[choices].length === 0)

  return (
    <>
      <div className="find">
        <Icon name="find" />
        <label className="vh" htmlFor={id}>
          {words.find}
        </label>
        <input
          className="in"
          id={id}
          type="search"
          autoComplete="off"
          placeholder={words.find}
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
        />
      </div>
      <div className="choices">
        {nothing && <p className="grp">{words.nothingFound}</p>}
        {filterLists.map(({ list, choices }) => (
          <Group
            key={list}
            head={heads[choices]}
            list={list}
            choices={data?.[choices] ?? []}
            chosen={draft[list] ?? []}
            onToggle={(one) => setDraft(withToggled(draft, list, one))}
          />
        ))}
      </div>
      <div className="btns">
        <Button look="go" onClick={() => onUse(draft)}>
          {words.use}
        </Button>
        {data?.matching !== null && data?.matching !== undefined && (
          <span className="small muted num" role="status">
            {words.matching(formats.number(data.matching), formats.number(data.known))}
          </span>
        )}
      </div>
      {!isEverything(draft) && <SaveChoice filter={draft} onSaved={() => onUse(draft)} />}
    </>
  )
}

interface GroupProps {
  head: string
  list: FilterList
  choices: FilterChoices['sites']
  chosen: readonly string[]
  onToggle(id: string): void
}

function Group({ head, list, choices, chosen, onToggle }: GroupProps) {
  const { formats, texts } = useSurroundings()
  if (choices.length === 0) return null
  return (
    <fieldset aria-labelledby={`grp-${list}`}>
      <p className="grp" id={`grp-${list}`}>
        {head}
      </p>
      {choices.map(({ id, name, machines }) => (
        <label className={chosen.includes(id) ? 'check on' : 'check'} key={id}>
          <input type="checkbox" checked={chosen.includes(id)} onChange={() => onToggle(id)} />
          <span>{choiceName(list, { id, name }, texts)}</span>
          <span className="n">{formats.number(machines)}</span>
        </label>
      ))}
    </fieldset>
  )
}

function SaveChoice({ filter, onSaved }: { filter: MachineFilter; onSaved(): void }) {
  const { host, texts } = useSurroundings()
  const words = texts.form
  const trpc = useTRPC()
  const queryClient = useQueryClient()
  const [name, setName] = useState<string>()
  const id = useId()
  const save = useMutation(
    trpc.filter.save.mutationOptions({
      async onSuccess({ name: savedAs }) {
        await queryClient.invalidateQueries({ queryKey: trpc.filter.list.pathKey() })
        host.toast({ title: words.saved(savedAs), kind: 'success' })
        onSaved()
      },
    }),
  )
  if (name === undefined) {
    return (
      <div className="btns">
        <Button look="quiet" onClick={() => setName('')}>
          {words.saveAs}
        </Button>
      </div>
    )
  }
  return (
    <div className="save-choice">
      <label htmlFor={id} className="lab">
        {words.saveName}
      </label>
      <div className="unit wide">
        <input
          className="in"
          id={id}
          // biome-ignore lint/a11y/noAutofocus: the person has just asked for this field
          autoFocus
          maxLength={80}
          value={name}
          onChange={(event) => setName(event.target.value)}
        />
        <Button
          busy={save.isPending}
          off={name.trim() === ''}
          onClick={() => save.mutate({ accountId: host.account.id, name: name.trim(), filter })}
        >
          {words.save}
        </Button>
      </div>
      <RefusedPress error={save.error} what={texts.shell.notSaved} />
    </div>
  )
}
