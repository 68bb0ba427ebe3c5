// Words of the letter that are selected go into the form for a comment. Without this they are pasted there.
const letter = document.querySelector('[data-app-quotable]')
const form = document.querySelector('[data-app-quote]')

if (letter && form) {
  const button = document.createElement('button')
  button.type = 'button'
  button.className = 'nhsuk-button app-quote-button'
  button.textContent = 'Comment on these words'
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
    form.elements.text.focus()
    form.elements.text.scrollIntoView({ block: 'center' })
  })
}
