import type { Area, ResultMap } from '@standin/client'
import type { Formats } from '../formats/create-formats.ts'
import type { Texts } from '../texts/en.ts'

type Place = ResultMap['places'][number]

/** One circle: a place, or several whose circles would cover each other. */
export interface Mark {
  /** The largest first. */
  places: Place[]
  /** Exactly the rows of its places are in it. */
  area: Area
  rows: number
  /** In pixels of the map. */
  x: number
  y: number
  diameter: number
  /** On which side of the circle its label stands. */
  side: 'left' | 'right'
  /** Hidden until the circle is looked at, if not every circle's has room. A cut one is whole only then, too. */
  label: 'whole' | 'cut' | 'hidden'
  /** The widest that it may be; undefined if it is one line. */
  labelWidth: number | undefined
}

interface Around {
  project(place: Pick<Place, 'latitude' | 'longitude'>): readonly [number, number] | null
  wordsOf(places: readonly Place[]): string
  size: { width: number; height: number }
}

interface Box {
  left: number
  top: number
  right: number
  bottom: number
}

interface Shape {
  width: number
  height: number
  label: 'whole' | 'cut'
}

/** Large enough for a finger. */
export const TARGET = 44
const DIAMETER = { least: 28, most: 44 }
/** In the widest of the system's fonts. */
const LETTER = 8
/** Of a label: one line where there is room for it, otherwise two. */
const LABEL = { height: 22, lineHeight: 17, padding: 14, least: 96, most: 240 }

/** One place says nothing that the sentence does not. */
export const saysMore = ({ places }: ResultMap): boolean => places.length > 1

/** Circles that do not touch, each with its number; all with a label beside them, or none. */
export function marksToDraw(places: readonly Place[], { project, wordsOf, size }: Around): Mark[] {
  const most = Math.max(...places.map(({ rows }) => rows), 1)
  const marks = merged(places, project).map((group) => {
    const rows = rowsOf(group)
    const diameter = Math.min(DIAMETER.most, DIAMETER.least + (DIAMETER.most - DIAMETER.least) * Math.sqrt(rows / most))
    return { ...group, rows, diameter }
  })
  const taken: Box[] = marks.map(({ x, y }) => boxAround(x, y))
  // A circle in the middle has room for it on either side.
  const widest = Math.min(LABEL.most, size.width / 2 - TARGET / 2)
  const labels = marks.map(({ places, x, y }) => {
    for (const { width, height, label } of shapesOf(wordsOf(places), widest)) {
      for (const side of ['right', 'left'] as const) {
        const left = side === 'right' ? x + TARGET / 2 : x - TARGET / 2 - width
        const box = { left, right: left + width, top: y - height / 2, bottom: y + height / 2 }
        if (box.left < 0 || box.right > size.width || taken.some((other) => overlap(other, box))) continue
        taken.push(box)
        return { side, label, labelWidth: height > LABEL.height ? width : undefined }
      }
    }
    return undefined
  })
  const haveRoom = labels.every((label) => label !== undefined)
  return marks.map((mark, nth) => ({
    ...mark,
    ...((haveRoom && labels[nth]) || {
      side: mark.x < size.width / 2 ? 'right' : 'left',
      label: 'hidden',
      labelWidth: widest,
    }),
  }))
}

/** How a label may stand, the best first. */
function shapesOf(words: string, widest: number): Shape[] {
  const letters = words.length * LETTER
  // Lines end between words, so that two are not quite full.
  const width = Math.min(Math.max(letters / 1.7 + LABEL.padding, LABEL.least), widest)
  const label = letters / 1.7 + LABEL.padding <= widest ? 'whole' : 'cut'
  const two: Shape = { width, height: LABEL.height + LABEL.lineHeight, label }
  if (letters + LABEL.padding > widest) return [two]
  return [{ width: letters + LABEL.padding, height: LABEL.height, label: 'whole' }, two]
}

type Group = Pick<Mark, 'places' | 'area' | 'x' | 'y'>

function merged(places: readonly Place[], project: Around['project']): Group[] {
  const groups = places.toSorted((a, b) => b.rows - a.rows).flatMap((place) => groupOf([place], project) ?? [])
  for (let again = true; again; ) {
    again = false
    for (let one = 0; one < groups.length; one++) {
      for (let other = groups.length - 1; other > one; other--) {
        const [a, b] = [groups[one], groups[other]]
        if (!a || !b || !(touch(a, b) || overlapAreas(a.area, b.area))) continue
        const both = groupOf([...a.places, ...b.places], project)
        if (!both) continue
        groups[one] = both
        groups.splice(other, 1)
        again = true
      }
    }
  }
  return groups
}

function groupOf(places: Place[], project: Around['project']): Group | undefined {
  const sorted = places.toSorted((a, b) => b.rows - a.rows)
  const rows = rowsOf({ places })
  const mean = (of: 'latitude' | 'longitude') => sorted.reduce((sum, place) => sum + place[of] * place.rows, 0) / rows
  const at = project({ latitude: mean('latitude'), longitude: mean('longitude') })
  if (!at) return undefined
  const area = {
    south: Math.min(...sorted.map(({ area }) => area.south)),
    west: Math.min(...sorted.map(({ area }) => area.west)),
    north: Math.max(...sorted.map(({ area }) => area.north)),
    east: Math.max(...sorted.map(({ area }) => area.east)),
  }
  return { places: sorted, area, x: at[0], y: at[1] }
}

const rowsOf = ({ places }: { places: readonly Place[] }) => places.reduce((sum, { rows }) => sum + rows, 0)

const touch = (a: Group, b: Group) => Math.abs(a.x - b.x) < TARGET && Math.abs(a.y - b.y) < TARGET

/** A circle shows everything in its area, including rows that it was not made for. */
const overlapAreas = (a: Area, b: Area) =>
  a.west <= b.east && b.west <= a.east && a.south <= b.north && b.south <= a.north

const boxAround = (x: number, y: number): Box => ({
  left: x - TARGET / 2,
  top: y - TARGET / 2,
  right: x + TARGET / 2,
  bottom: y + TARGET / 2,
})

const overlap = (a: Box, b: Box) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom

/** The largest place's name, and how many other names there are. */
export function placeWords(
  places: readonly Place[],
  { texts: { table: words }, formats }: { texts: Texts; formats: Formats },
): string {
  const name = places[0]?.name
  const others = new Set(
    places.slice(1).flatMap((place) => (place.name !== null && place.name !== name ? [place.name] : [])),
  )
  const more = others.size + places.reduce((sum, { otherNames }) => sum + otherNames, 0)
  if (name === null || name === undefined) return words.unnamedPlace
  return more === 0 ? name : words.andOthers(name, formats.number(more))
}
