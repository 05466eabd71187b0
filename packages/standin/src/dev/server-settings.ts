import type { Environment } from '../config/environment-schema.ts'

interface Places {
  dataDir: string
  ports: { server: number }
  addresses: { manager: string; app: string }
  given: Environment
}

/** The server's settings with a simulated Trackunit. */
export function serverSettings({ dataDir, ports, addresses, given }: Places): Record<string, string> {
  const { manager, app } = addresses
  return {
    PORT: String(ports.server),
    STANDIN_DATA_DIR: dataDir,
    APP_ORIGINS: `${app},null`, // Manager's frame can have an opaque origin.
    CALLBACK_PATH_SECRET: 'none',
    // Short, so that developers see what happens to credentials that never work.
    NEW_CREDENTIALS_PATIENCE_S: given.NEW_CREDENTIALS_PATIENCE_S ?? '60',
    TRACKUNIT_JWKS_URL: `${manager}/api/marketplace/jwks`,
    TRACKUNIT_TOKEN_URL: `${manager}/apptoken`,
    TRACKUNIT_API_URL: manager,
    MANAGER_URL: manager,
    USER_TOKEN_ISSUER: `${manager}/user-tokens`,
    USER_TOKEN_JWKS_URL: `${manager}/user-tokens/jwks`,
    USER_TOKEN_APP_CLAIM: 'irisAppId',
    USER_TOKEN_ACCOUNT_CLAIM: 'accountId',
    USER_TOKEN_SCOPE_CLAIM: 'scp',
    USER_TOKEN_ADMIN_SCOPES: 'account.manage', // The simulator gives it to its administrator only.
    LOG_LEVEL: given.LOG_LEVEL ?? 'warn',
  }
}
