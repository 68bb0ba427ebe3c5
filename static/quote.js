// Words that are selected go into the form about them: a comment, or what they answer. Without this they are pasted.
const letter = document.querySelector('[data-app-quotable]')
const form = document.querySelector('[data-app-quote]')

if (letter && form) {
  const button = document.createElement('button')
  button.type = 'button'
  button.className = 'nhsuk-button app-quote-button'
  button.textContent = form.dataset.appQuote || 'Comment on these words'
  button.hidden = true
  letter.after(button)
  let words = ''

  const selected = () => {
    const selection = document.getSelection()
    if (!selection || selection.isCollapsed || !selection.rangeCount) return ''
    return letter.contains(selection.getRangeAt(0).commonAncestorContainer) ? selection.toString().trim() : ''
  }

  document.addEventListener('selectionchange', () => {
    words = selected()
    button.hidden = !words
  })

  // Pressing a button would take the selection away before the click.
  button.addEventListener('pointerdown', (event) => event.preventDefault())
  button.addEventListener('click', () => {
    form.closest('details')?.setAttribute('open', '')
    form.elements.quote.value = words
    button.hidden = true
    const next = form.elements.text ?? form.elements.assignment
    next.focus()
    next.scrollIntoView({ block: 'center' })
  })
}
