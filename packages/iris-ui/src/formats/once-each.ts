/** The same function, which makes a value once for the same arguments: to make a formatter takes as long as fifty numbers. */
export function onceEach<Given extends ReadonlyArray<string | number | boolean>, Made>(
  make: (...given: Given) => Made,
): (...given: Given) => Made {
  const made = new Map<string, Made>()
  return (...given) => {
    const key = given.join(' ')
    const known = made.get(key)
    if (known !== undefined) return known
    const value = make(...given)
    made.set(key, value)
    return value
  }
}
