import { defineConfig } from 'tsdown'

export default defineConfig({
  entry: ['src/index.ts', 'src/stopped-because/*.ts'],
  platform: 'neutral',
  dts: true,
  fixedExtension: false,
})
