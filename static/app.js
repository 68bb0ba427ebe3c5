// The only script of ours. Every page works without it: htmx and this only save a page load.
import { initAll } from './vendor/nhsuk/nhsuk-frontend.min.js'

initAll()

// Components in what htmx swapped in. initAll looks inside its scope only, so the scope is the parent.
document.addEventListener('htmx:load', (event) => {
  const parent = event.detail.elt.parentElement
  if (event.detail.elt !== document.body && parent?.isConnected) initAll({ scope: parent })
})

// Leave empty filters out of the address, so that a filtered register has a short one to keep or send. The browser asks
// this both when it sends the form itself and when htmx reads it.
document.addEventListener('formdata', (event) => {
  if (!event.target.matches('[data-app-clean]')) return
  for (const [name, value] of [...event.formData]) {
    if (value === '') event.formData.delete(name)
  }
})

// Ctrl and Enter (on a Mac also Cmd and Enter) sends the form from within a box of several lines.
document.addEventListener('keydown', (event) => {
  if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey) || event.repeat || event.isComposing) return
  if (event.target.matches('[data-app-send]')) event.target.form.requestSubmit()
})

// Never fail in silence. As text nodes: what a server or a proxy answered is never read as HTML.
const NOT_SAVED = 'Your last change may not have been saved. Check your connection, reload the page and try again.'
const NOT_LOADED = 'The page could not be updated. Check your connection, reload the page and try again.'

const say = (text) => {
  const notice = document.getElementById('notice')
  if (!notice) return
  const paragraph = document.createElement('p')
  paragraph.className = 'nhsuk-error-message'
  paragraph.textContent = `Error: ${text}`
  notice.replaceChildren(paragraph)
  paragraph.scrollIntoView({ block: 'nearest' })
}

for (const name of ['htmx:responseError', 'htmx:sendError', 'htmx:timeout', 'htmx:swapError']) {
  document.addEventListener(name, (event) => {
    say(event.detail.requestConfig?.verb === 'get' ? NOT_LOADED : NOT_SAVED)
  })
}

// A later request that went well takes the error away again.
document.addEventListener('htmx:afterRequest', (event) => {
  if (event.detail.successful) document.querySelector('#notice > .nhsuk-error-message')?.remove()
})
