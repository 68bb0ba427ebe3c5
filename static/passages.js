// Puts the chosen standard passage where one last wrote. Without this script the button does it by loading the page.
for (const button of document.querySelectorAll('[data-app-standard]')) {
  const into = document.getElementById(button.dataset.appInto)
  let wasThere = false
  into?.addEventListener('focus', () => { wasThere = true })
  button.addEventListener('click', (event) => {
    const text = document.getElementById(button.dataset.appStandard)?.selectedOptions[0]?.dataset.text
    if (!text || !into) return
    event.preventDefault()
    const end = into.value.length
    const [from, to] = wasThere ? [into.selectionStart, into.selectionEnd] : [end, end]
    const apart = from === end && end > 0 && !into.value.endsWith('\n\n') ? '\n\n' : ''
    into.focus()
    into.setSelectionRange(from, to)
    // As the browser's own typing, so that Undo takes it back and "input" tells the preview.
    if (document.execCommand('insertText', false, apart + text)) return
    into.setRangeText(apart + text, from, to, 'end')
    into.dispatchEvent(new Event('input', { bubbles: true }))
  })
}
