import { answerSentence, byId, control } from './control.js'

const { account } = document.querySelector('.offer').dataset

byId('offer').addEventListener('submit', (event) => {
  event.preventDefault()
  const grantedScopes = [...event.target.querySelectorAll('[name=scope]:checked')].map(({ value }) => value)
  void carryOut(event.submitter, 'install', { accountId: account, grantedScopes })
})
byId('uninstall')?.addEventListener('click', ({ target }) => carryOut(target, 'uninstall', { accountId: account }))

/** Says what the app's server answered; on success, the page is read again to show the new state. */
async function carryOut(button, what, body) {
  button.setAttribute('aria-busy', 'true')
  try {
    const { delivered } = await control('POST', what, body)
    sessionStorage.setItem('outcome', answerSentence(delivered))
    location.reload()
  } catch (error) {
    byId('outcome').textContent = error.message
    button.removeAttribute('aria-busy')
  }
}

byId('outcome').textContent = sessionStorage.getItem('outcome') ?? ''
sessionStorage.removeItem('outcome')
