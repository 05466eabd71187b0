import { askFirst, restorePlace } from '../connection/first-answers.ts'
import { managerConnection } from '../stand-in/manager-connection.ts'
import { environment } from '../trackunit/environment.ts'

/** Requests to the server start as soon as Manager has named the account, while the page's own code is still loading. */
export const firstAnswers = managerConnection.then(
  ({ context: { user, account }, firstToken: token }) => {
    restorePlace(account.id)
    if (token === undefined) return undefined
    return askFirst({
      serverUrl: environment.serverUrl,
      token,
      accountId: account.id,
      language: user.language,
      hash: location.hash,
    })
  },
  () => undefined,
)
