import fc from 'fast-check'

const codePoint = fc.oneof(fc.nat(0x7f), fc.nat(0x10ffff), fc.integer({ min: 0xd800, max: 0xdfff }))

/** Text of any code points, half surrogate pairs included. `fc.string` with the unit `binary` takes a second to prepare. */
export const anyText = ({ minLength = 0, maxLength = 20 } = {}) =>
  fc.array(codePoint, { minLength, maxLength }).map((points) => String.fromCodePoint(...points))
