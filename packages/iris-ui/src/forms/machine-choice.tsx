import type { MachineFilter, SavedFilter } from '@standin/client'
import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Suspense, useRef, useState } from 'react'
import { useTRPC } from '../connection/api.ts'
import { failureOf } from '../connection/failure.ts'
import { refusalWords } from '../connection/refusal-words.ts'
import { hostPages } from '../host-pages.ts'
import { Button } from '../parts/button.tsx'
import { Icon } from '../parts/icon.tsx'
import { lateFile } from '../parts/late-file.ts'
import { lateParts } from '../parts/late-parts.tsx'
import { Notice } from '../parts/notice.tsx'
import { Question } from '../parts/question.tsx'
import { useRuns } from '../runs/use-runs.ts'
import { useSurroundings } from '../surroundings.ts'
import { Field, Select } from './field.tsx'
import { chipsOf, isEverything, isSameFilter, namesOf, savedFilterOf, withToggled } from './machine-filters.ts'

const MachinePicker = lateParts(lateFile(() => import('../overlays/machine-picker.tsx'))).part('MachinePicker')
const noFilters: readonly SavedFilter[] = []

interface MachineChoiceProps {
  value: MachineFilter
  onChange(filter: MachineFilter): void
}

/** Which machines: a saved choice or a new one of sites, types and groups, with the number of matches. */
export function MachineChoice({ value, onChange }: MachineChoiceProps) {
  const { host, texts, formats } = useSurroundings()
  const words = texts.form
  const trpc = useTRPC()
  const accountId = host.account.id
  const [own, setOwn] = useState(!isEverything(value))
  const names = useRef(new Map<string, string>())

  const savedFilters = useQuery(trpc.filter.list.queryOptions({ accountId }))
  const choices = useQuery(
    trpc.filter.choices.queryOptions({ accountId, filter: value }, { placeholderData: keepPreviousData }),
  )
  names.current = namesOf(choices.data, names.current)

  const saved = savedFilters.data?.filters ?? noFilters
  const chosen = savedFilterOf(value, saved)
  const ofHost = host.machineFilter && !isEverything(host.machineFilter) ? host.machineFilter : undefined
  const selected = chosen
    ? chosen.id
    : ofHost && isSameFilter(value, ofHost)
      ? 'host'
      : isEverything(value) && !own
        ? 'all'
        : 'own'
  const known = choices.data?.known ?? 0
  const matching = choices.data?.matching ?? null
  // Only runs count machines: if the last one found none, there are none.
  const { results } = useRuns()
  const lastLook = results.find(({ state }) => state === 'succeeded')
  const emptyFleet = choices.data !== undefined && known === 0 && lastLook?.progress.total === 0

  function select(option: string): void {
    setOwn(option === 'own')
    if (option === 'all') onChange({})
    const filter = option === 'host' ? ofHost : saved.find(({ id }) => id === option)?.filter
    if (filter) onChange(filter)
  }

  if (emptyFleet) {
    return (
      <Notice tone="wait" icon="truck" heading={words.emptyFleet} slim>
        <p>{words.emptyFleetMeans}</p>
        <div className="btns">
          <Button icon="external" onClick={() => host.navigateInHost(hostPages.fleet)}>
            {texts.shell.openFleet}
          </Button>
        </div>
      </Notice>
    )
  }

  return (
    <>
      <Field id="f-saved" label={words.savedChoice}>
        <div className="unit wide">
          <Select id="f-saved" value={selected} onChange={select}>
            <option value="all">{known > 0 ? words.allMachinesCount(formats.number(known)) : words.allMachines}</option>
            {ofHost && <option value="host">{words.asInManager}</option>}
            {saved.map(({ id, name }) => (
              <option key={id} value={id}>
                {name}
              </option>
            ))}
            <option value="own">{words.ownChoice}</option>
          </Select>
          {chosen && <DeleteSaved filter={chosen} />}
        </div>
      </Field>
      {selected !== 'all' && (
        <fieldset className="field">
          <legend>{words.inChoice}</legend>
          <p className="help num" role="status">
            {matching === null
              ? words.matchingUnknown
              : matching === 0
                ? words.noneMatch
                : words.matching(formats.number(matching), formats.number(known))}
          </p>
          <ul className="chips">
            {chipsOf(value, names.current, texts).map(({ list, id, label }) => (
              <li className="chip" key={`${list} ${id}`}>
                <span title={label}>{label}</span>
                <button
                  type="button"
                  aria-label={words.remove(label)}
                  onClick={() => {
                    setOwn(true)
                    onChange(withToggled(value, list, id))
                  }}
                >
                  <Icon name="cross" size="sm" />
                </button>
              </li>
            ))}
            <li>
              <Suspense
                fallback={
                  // Focusing this one would lose the focus when the real one replaces it.
                  <Button look="quiet" icon="plus" busy inert>
                    {words.add}
                  </Button>
                }
              >
                <MachinePicker
                  value={value}
                  onUse={(filter) => {
                    setOwn(true)
                    onChange(filter)
                  }}
                />
              </Suspense>
            </li>
          </ul>
        </fieldset>
      )}
    </>
  )
}

function DeleteSaved({ filter: { id, name } }: { filter: SavedFilter }) {
  const { host, texts } = useSurroundings()
  const words = texts.form
  const trpc = useTRPC()
  const queryClient = useQueryClient()
  const [asking, setAsking] = useState(false)
  const remove = useMutation(
    trpc.filter.delete.mutationOptions({
      onSuccess() {
        void queryClient.invalidateQueries({ queryKey: trpc.filter.list.pathKey() })
        setAsking(false)
      },
    }),
  )
  return (
    <>
      <Button look="quiet" aria-label={words.deleteSaved(name)} onClick={() => setAsking(true)}>
        {words.delete}
      </Button>
      {asking && (
        <Question
          heading={words.deleteSavedQuestion(name)}
          means={words.deleteSavedMeans}
          keep={words.keepIt}
          go={words.delete}
          busy={remove.isPending}
          failure={remove.error ? refusalWords(failureOf(remove.error), texts) : undefined}
          onKeep={() => setAsking(false)}
          onGo={() => remove.mutate({ accountId: host.account.id, filterId: id })}
        />
      )}
    </>
  )
}
