import { askFirst, restorePlace } from '../connection/first-answers.ts'
import { managerConnection } from '../stand-in/manager-connection.ts'
import { environment } from '../trackunit/environment.ts'

/**
 * Requests to the server start as soon as Manager has named the account, while the page's own code is still loading.
 * Undefined without Manager or a token.
 */
export const firstAnswers = managerConnection.then(
  ({ context, firstToken: token }) => {
    const { user, account } = context
    restorePlace(account.id)
    if (token === undefined) return undefined
    const { language } = user
    const asked = { serverUrl: environment.serverUrl, token, accountId: account.id, language, hash: location.hash }
    return { context, first: askFirst(asked) }
  },
  () => undefined,
)
