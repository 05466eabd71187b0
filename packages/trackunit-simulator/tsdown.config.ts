import { defineConfig } from 'tsdown'

/** File by file: Manager's styles and scripts are found from `manager/`, in `public/`. */
export default defineConfig({
  entry: ['src/index.ts', 'src/main.ts'],
  unbundle: true,
  platform: 'node',
  dts: true,
  fixedExtension: false,
})
