import { expect, test } from 'vitest'
import { planDev } from './plan-dev.ts'

test('an empty setting counts as none', () => {
  const { ports, dataDir } = planDev({
    root: '/app',
    environment: { STANDIN_DATA_DIR: '', SIMULATOR_PORT: '', PORT: '', IRIS_APP_PORT: '4300' },
  } as unknown as Parameters<typeof planDev>[0])
  expect(dataDir).toBe('/app/.standin')
  expect(ports).toEqual({ manager: 4100, server: 4000, app: 4300 })
})
