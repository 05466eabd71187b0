/** Set by Vite when the app is built or served; the real packages know their host themselves. */
declare const MANAGER_ORIGINS: string

export const managerOrigins = MANAGER_ORIGINS.split(',').map((origin) => origin.trim())
