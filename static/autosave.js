// Keeps what is typed into a draft: a little after typing stops, and when the page is left. Nothing of it is a version
// until it is saved. Without this script the page works as before; it only keeps nothing.
const PAUSE = 1200
const AGAIN = 5000
const LARGEST_LAST = 60000 // browsers send no more than 64 kB from a page that is going away

const OFFLINE = 'You are offline: your last words are not kept yet. This is tried again until they are.'
const SIGNED_OUT = 'Your last words are not kept: you may have been signed out. Sign in in another tab; this is tried again.'
const WAITING = 'What you type now is not kept until you continue with the text above, or drop it.'

const place = document.querySelector('[data-app-autosave]')
const form = place && document.getElementById(place.dataset.appForm)

const say = (text) => {
  const line = place.querySelector('[data-app-kept]')
  // Set only where it differs, so that a screen reader says the same thing once.
  if (line.textContent !== text) line.textContent = text
}

const tell = (others) => {
  const list = place.querySelector('[data-app-others]')
  if (others.join('\n') === [...list.children].map((item) => item.textContent).join('\n')) return
  list.replaceChildren(...others.map((text) => Object.assign(document.createElement('li'), { textContent: text })))
}

let isDirty = false
let isSending = false
let isOver = false // the server keeps nothing more from this page
let isSubmitted = false // the form itself is on its way, with all that was typed
let timer

const later = (pause) => {
  clearTimeout(timer)
  timer = setTimeout(keep, pause)
}

const take = async (answer) => {
  const isOurs = !answer.redirected && answer.headers.get('Content-Type')?.includes('json')
  if (!isOurs) throw new Error(answer.status >= 500 ? OFFLINE : SIGNED_OUT)
  const said = await answer.json()
  isOver = said.isOver
  say(said.message)
  tell(said.others)
}

async function keep(isLast = false) {
  if (!isDirty || isOver || isSubmitted || (isSending && isLast !== true)) return
  isDirty = false
  isSending = true
  const body = new URLSearchParams(new FormData(form))
  const options = { method: 'POST', body, headers: { Accept: 'application/json' } }
  try {
    const keepalive = isLast === true && String(body).length < LARGEST_LAST
    await take(await fetch(place.dataset.appAutosave, { ...options, keepalive }))
  } catch (error) {
    isDirty = true
    say(error instanceof TypeError ? OFFLINE : error.message)
    later(AGAIN)
  }
  isSending = false
  if (isDirty) later(AGAIN)
}

const changed = () => {
  isDirty = true
  isSubmitted = false
  later(PAUSE)
}

if (form && 'appWaiting' in place.dataset) {
  form.addEventListener('input', () => say(WAITING), { once: true })
} else if (form) {
  form.addEventListener('input', changed)
  form.addEventListener('change', changed)
  form.addEventListener('submit', (event) => { isSubmitted = !event.defaultPrevented })
  // A recommendation was added, moved or removed without leaving the page.
  document.addEventListener('htmx:afterSettle', (event) => {
    if (event.target.form === form || form.contains(event.target)) changed()
  })
  addEventListener('online', () => keep())
  addEventListener('offline', () => say(OFFLINE))
  addEventListener('pagehide', () => keep(true))
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'hidden') keep(true)
  })
  if ('appAtOnce' in place.dataset) changed()
}
