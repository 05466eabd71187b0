/** A sentence as long as it will be with the number of machines, which comes later. */
export const withRoom = (sentence: string): string => `${sentence} 10,000`
