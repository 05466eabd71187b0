/** Of Trackunit's name for it; metric unless it says otherwise. */
export const measurementOf = (system: string): 'metric' | 'imperial' => (system === 'IMPERIAL' ? 'imperial' : 'metric')
