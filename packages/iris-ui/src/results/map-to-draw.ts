import type { ResultMap } from '@standin/client'

type Place = ResultMap['places'][number]

/** In pixels of the map. */
export interface Mark {
  place: Place
  x: number
  y: number
  radius: number
  /** The position of its label, if there is room. */
  label: { x: number; y: number; words: string } | undefined
}

interface Box {
  left: number
  top: number
  right: number
  bottom: number
}

const RADIUS = { least: 5, most: 22 }
const LETTER = { width: 7.5, height: 18 }
const GAP = 4

/** One place says nothing that the sentence does not. */
export const saysMore = ({ places }: ResultMap): boolean => places.length > 1

/** Largest first, so that small circles stay visible and large ones get labels. Labels never overlap. */
export function marksToDraw(
  places: readonly Place[],
  {
    project,
    wordsOf,
    size,
  }: {
    project: (place: Place) => readonly [number, number] | null
    /** Undefined for a place without a name. */
    wordsOf: (place: Place) => string | undefined
    size: { width: number; height: number }
  },
): Mark[] {
  const most = Math.max(...places.map(({ rows }) => rows), 1)
  const circles = places
    .toSorted((a, b) => b.rows - a.rows)
    .flatMap((place) => {
      const at = project(place)
      return at ? [{ place, x: at[0], y: at[1], radius: radiusOf(place.rows / most) }] : []
    })
  const taken: Box[] = circles.map(({ x, y, radius }) => boxAround(x, y, radius))
  return circles.map((circle) => {
    const words = wordsOf(circle.place)
    const label = words === undefined ? undefined : roomBeside(circle, { words, taken, size })
    if (label) taken.push(label.box)
    return { ...circle, label: label && words !== undefined ? { x: label.x, y: label.y, words } : undefined }
  })
}

/** The area shows the number. */
const radiusOf = (share: number) => Math.max(RADIUS.least, RADIUS.most * Math.sqrt(share))

const boxAround = (x: number, y: number, radius: number): Box => ({
  ...{ left: x - radius, top: y - radius, right: x + radius, bottom: y + radius },
})

/** On the right, else on the left, else below, else nowhere. The label starts at x, centred on y. */
function roomBeside(
  { x, y, radius }: Pick<Mark, 'x' | 'y' | 'radius'>,
  { words, taken, size }: { words: string; taken: readonly Box[]; size: { width: number; height: number } },
): { x: number; y: number; box: Box } | undefined {
  const width = words.length * LETTER.width
  const spots = [
    { x: x + radius + GAP, y },
    { x: x - radius - GAP - width, y },
    { x: x - width / 2, y: y + radius + LETTER.height / 2 },
  ]
  for (const spot of spots) {
    const half = LETTER.height / 2
    const box = { left: spot.x, right: spot.x + width, top: spot.y - half, bottom: spot.y + half }
    const isInside = box.left >= 0 && box.right <= size.width && box.top >= 0 && box.bottom <= size.height
    if (isInside && !taken.some((other) => overlap(other, box))) return { ...spot, box }
  }
  return undefined
}

const overlap = (a: Box, b: Box) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom
