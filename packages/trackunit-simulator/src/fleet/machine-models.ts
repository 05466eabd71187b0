export type MachineModel = {
  assetType: string
  /** How a fleet numbers machines of this type: EX-1187. */
  prefix: string
  brand: string
  model: string
  serialPrefix: string
  energy: 'diesel' | 'electric' | 'none'
  /** Hours on a working day. */
  dailyHours: [number, number]
  /** Part of the hours with the engine on and no work done. */
  idleShare: [number, number]
}

type Row = [brand: string, model: string, serialPrefix: string, energy: MachineModel['energy']]

function models(
  assetType: string,
  prefix: string,
  use: Pick<MachineModel, 'dailyHours' | 'idleShare'>,
  rows: Row[],
): MachineModel[] {
  return rows.map(([brand, model, serialPrefix, energy]) => ({
    assetType,
    prefix,
    brand,
    model,
    serialPrefix,
    energy,
    ...use,
  }))
}

/** Machines that exist; their serial numbers are invented in the maker's format. */
export const machineModels: readonly MachineModel[] = [
  ...models('EXCAVATOR', 'EX', { dailyHours: [3, 8], idleShare: [0.22, 0.48] }, [
    ['Volvo', 'EC220E', 'VCEC220E', 'diesel'],
    ['Volvo', 'EC300E', 'VCEC300E', 'diesel'],
    ['Volvo', 'ECR25 Electric', 'VCECR25E', 'electric'],
    ['Caterpillar', '320 GC', 'CAT00320', 'diesel'],
    ['Hitachi', 'ZX135US-7', 'HCMDCC71', 'diesel'],
    ['Komatsu', 'PC210LC-11', 'KMTPC278', 'diesel'],
    ['Liebherr', 'R 926', 'LHR0926Z', 'diesel'],
  ]),
  ...models('MINI_EXCAVATOR', 'MX', { dailyHours: [2, 6], idleShare: [0.15, 0.4] }, [
    ['Takeuchi', 'TB225', 'TKB225HV', 'diesel'],
    ['Kubota', 'KX019-4', 'KBCDZ194', 'diesel'],
    ['Yanmar', 'SV26', 'YMRSV026', 'diesel'],
    ['Wacker Neuson', 'EZ17e', 'WNCE1702', 'electric'],
  ]),
  ...models('WHEEL_LOADER', 'WL', { dailyHours: [3, 9], idleShare: [0.2, 0.42] }, [
    ['Volvo', 'L120H', 'VCE0L12H', 'diesel'],
    ['Caterpillar', '950 GC', 'CAT00950', 'diesel'],
    ['Liebherr', 'L 550 XPower', 'LHL0550X', 'diesel'],
  ]),
  ...models('BOOM_LIFT', 'BL', { dailyHours: [1, 5], idleShare: [0.3, 0.55] }, [
    ['JLG', '450AJ', 'JLG0300', 'diesel'],
    ['JLG', '600AJ', 'JLG0301', 'diesel'],
    ['Genie', 'Z-45 XC', 'GZ45XC', 'diesel'],
    ['Niftylift', 'HR15 4x4', 'NL1504', 'diesel'],
  ]),
  ...models('SCISSOR_LIFT', 'SL', { dailyHours: [1, 4], idleShare: [0.25, 0.5] }, [
    ['Genie', 'GS-1932', 'GS32', 'electric'],
    ['JLG', '1932R', 'JLG1900', 'electric'],
    ['Skyjack', 'SJ3219', 'SJ32', 'electric'],
  ]),
  ...models('TELEHANDLER', 'TH', { dailyHours: [2, 7], idleShare: [0.25, 0.5] }, [
    ['Manitou', 'MT 1840', 'MTU1840', 'diesel'],
    ['Merlo', 'Roto 50.26', 'MRL5026', 'diesel'],
    ['JCB', '540-170', 'JCB5417', 'diesel'],
  ]),
  ...models('ROLLER', 'RO', { dailyHours: [2, 6], idleShare: [0.18, 0.38] }, [
    ['Bomag', 'BW 120 AD-5', 'BMG1005', 'diesel'],
    ['Bomag', 'BW 213 D-5', 'BMG2135', 'diesel'],
    ['Hamm', 'HD 12 VV', 'HMM0012', 'diesel'],
  ]),
  ...models('ARTICULATED_HAULER', 'AH', { dailyHours: [4, 9], idleShare: [0.18, 0.35] }, [
    ['Volvo', 'A30G', 'VCE0A30G', 'diesel'],
    ['Bell', 'B30E', 'BELLB30E', 'diesel'],
  ]),
  ...models('GENERATOR', 'GE', { dailyHours: [5, 16], idleShare: [0.02, 0.1] }, [
    ['Atlas Copco', 'QAS 60', 'APP6000', 'diesel'],
    ['Himoinsa', 'HRYW-45 T5', 'HIM4500', 'diesel'],
  ]),
  ...models('ATTACHMENT', 'AT', { dailyHours: [0, 0], idleShare: [0, 0] }, [
    ['Epiroc', 'HB 2500', 'EPI2500', 'none'],
    ['Rototilt', 'R5', 'RTT0005', 'none'],
  ]),
]
