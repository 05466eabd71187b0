/** Of a run that changed nothing in Trackunit. */
export const noChanges = { made: 0, refused: 0, unknown: 0 }
