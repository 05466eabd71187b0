/** Names that people or faulty imports do give to machines; each of them breaks some careless program. */
export const oddNames: readonly string[] = [
  '<b>Crane</b> & "Son"',
  '=HYPERLINK("https://example.com","Crane")',
  '-12',
  '007',
  'Gravemaskine Æ12 Øst/Åby',
  '起重机 7 号',
  'حفارة ٣',
  '🏗️ Crane 👩🏽‍🔧',
  'Z̷a̷l̷g̷o̷',
  'a name\nin two lines',
  "Robert'); DROP TABLE machines;--",
  `A crane whose name is ${'very '.repeat(40)}long`,
  'WithoutASinglePlaceWhereALineMayBreakWithoutASinglePlaceWhereALineMayBreak',
  ' ',
  '',
]
