// Writing in Markdown-lite: a toolbar and keys for the boxes marked data-app-markdown ("blocks", or "words" where headings
// and lists are no markup), clean pasting, and what can be done with a selection. Without it the boxes are plain ones.
import { emphasise, isAddress, link, nextItem, placeMark, prefix } from './marking.js'
import { markdownOf, parseInert } from './paste.js'

const BOXES = 'textarea[data-app-markdown]'
const TOOLS = [
  { name: 'Heading', kind: 'blocks', code: 'Digit1', alt: true, run: (...at) => prefix(...at, 'heading') },
  { name: 'Sub-heading', kind: 'blocks', code: 'Digit2', alt: true, run: (...at) => prefix(...at, 'subheading') },
  { name: 'Bold', code: 'KeyB', run: (...at) => emphasise(...at, '**') },
  { name: 'Italic', code: 'KeyI', run: (...at) => emphasise(...at, '*') },
  { name: 'Link', code: 'KeyK', run: link },
  { name: 'Bulleted list', kind: 'blocks', code: 'Digit8', shift: true, run: (...at) => prefix(...at, 'bullets') },
  { name: 'Numbered list', kind: 'blocks', code: 'Digit7', shift: true, run: (...at) => prefix(...at, 'numbers') }
]
const IS_MAC = /Mac|iPhone|iPad/.test(navigator.platform)

const toolsOf = (box) => TOOLS.filter((tool) => !tool.kind || tool.kind === box.dataset.appMarkdown)

// As the browser's own typing, so that Undo takes it back and "input" tells the preview.
const change = (box, { text, start, end }) => {
  const old = box.value
  let head = 0
  while (head < Math.min(old.length, text.length) && old[head] === text[head]) head++
  let tail = 0
  const most = Math.min(old.length, text.length) - head
  while (tail < most && old[old.length - 1 - tail] === text[text.length - 1 - tail]) tail++
  const added = text.slice(head, text.length - tail)
  box.focus()
  if (old !== text) {
    box.setSelectionRange(head, old.length - tail)
    if (!document.execCommand(added ? 'insertText' : 'delete', false, added)) {
      box.setRangeText(added)
      box.dispatchEvent(new Event('input', { bubbles: true }))
    }
  }
  box.setSelectionRange(start, end)
}

const run = (box, action, ...more) => change(box, action(box.value, box.selectionStart, box.selectionEnd, ...more))

const insert = (box, words) => {
  const { value, selectionStart: start, selectionEnd: end } = box
  const caret = start + words.length
  change(box, { text: value.slice(0, start) + words + value.slice(end), start: caret, end: caret })
}

// A toolbar is one stop of the Tab key; the arrows go from button to button.
const addToolbar = (box) => {
  const bar = document.createElement('div')
  bar.className = 'app-toolbar'
  bar.setAttribute('role', 'toolbar')
  bar.setAttribute('aria-label', `Formatting of “${box.labels[0]?.textContent.trim()}”`)
  bar.setAttribute('aria-controls', box.id)
  toolsOf(box).forEach((tool, place) => {
    const button = document.createElement('button')
    button.type = 'button'
    button.className = 'app-toolbar__button'
    button.textContent = tool.name
    button.tabIndex = place ? -1 : 0
    button.setAttribute('aria-keyshortcuts', keysOf(tool, 'Control') + (IS_MAC ? ` ${keysOf(tool, 'Meta')}` : ''))
    button.title = keysOf(tool, IS_MAC ? 'Cmd' : 'Ctrl')
    button.addEventListener('mousedown', (event) => event.preventDefault())
    button.addEventListener('click', () => run(box, tool.run))
    bar.append(button)
  })
  bar.addEventListener('keydown', walk)
  box.before(bar)
}

const keysOf = ({ code, alt, shift }, control) =>
  [control, alt && 'Alt', shift && 'Shift', code.replace(/Key|Digit/, '')].filter(Boolean).join('+')

const walk = (event) => {
  const buttons = [...event.currentTarget.children]
  const here = buttons.indexOf(event.target)
  const to = { ArrowRight: here + 1, ArrowLeft: here - 1, Home: 0, End: -1 }[event.key]
  if (to === undefined) return
  event.preventDefault()
  const next = buttons.at(to % buttons.length)
  for (const button of buttons) button.tabIndex = button === next ? 0 : -1
  next.focus()
}

const isPressed = (event, { code, alt = false, shift = false }) =>
  event.code === code && event.altKey === alt && event.shiftKey === shift && !event.getModifierState('AltGraph')

let pastesPlain = false

document.addEventListener('keydown', (event) => {
  const box = event.target
  if (!box.matches(BOXES) || event.isComposing) return
  const control = event.ctrlKey || event.metaKey
  pastesPlain = control && event.shiftKey && event.code === 'KeyV'
  if (control) {
    const tool = toolsOf(box).find((one) => isPressed(event, one))
    if (tool) {
      event.preventDefault()
      run(box, tool.run)
    }
    return
  }
  if (event.key !== 'Enter' || event.shiftKey || event.altKey || box.dataset.appMarkdown !== 'blocks') return
  if (box.selectionStart !== box.selectionEnd) return
  const next = nextItem(box.value, box.selectionStart)
  if (!next) return
  event.preventDefault()
  change(box, next)
})

document.addEventListener('keyup', () => {
  pastesPlain = false
})

document.addEventListener('paste', (event) => {
  const box = event.target
  if (!box.matches(BOXES) || pastesPlain) return
  const [plain, html] = ['text/plain', 'text/html'].map((type) => event.clipboardData.getData(type))
  if (isAddress(plain.trim()) && box.selectionStart !== box.selectionEnd) {
    event.preventDefault()
    const words = box.value.slice(box.selectionStart, box.selectionEnd)
    if (isAddress(words.trim())) insert(box, plain.trim())
    else run(box, link, plain.trim())
    return
  }
  const words = html && markdownOf(parseInert(html), box.dataset.appMarkdown === 'blocks')
  if (!words) return
  event.preventDefault()
  insert(box, words)
})

// The tools beside a letter: a recommendation of what is selected, and the place of the list. They stand in the page,
// hidden where there is no script.
const addTools = (tools) => {
  const box = document.getElementById(tools.dataset.appTools)
  const passage = tools.querySelector('[data-app-passage]')
  const mark = tools.querySelector('[data-app-mark]')
  const say = (words) => {
    tools.querySelector('[role=status]').textContent = words
  }
  tools.hidden = false
  for (const button of [passage, mark]) button.addEventListener('mousedown', (event) => event.preventDefault())
  // On its way down to the button, before htmx and the form hear of it.
  tools.addEventListener('click', (event) => {
    if (!passage.contains(event.target)) return
    const words = box.value.slice(box.selectionStart, box.selectionEnd).trim()
    tools.querySelector('[name=passage]').value = words
    say(words ? '' : 'Select the words in the letter first.')
    if (words) return
    event.preventDefault()
    event.stopPropagation()
    box.focus()
  }, true)
  mark.addEventListener('click', () => {
    change(box, placeMark(box.value, box.selectionStart))
    say('The list of recommendations stands at the line {recommendations}.')
  })
  box.addEventListener('keydown', (event) => {
    if (!(event.ctrlKey || event.metaKey)) return
    const button = isPressed(event, { code: 'KeyR', alt: true })
      ? passage
      : isPressed(event, { code: 'KeyL', alt: true }) && mark
    if (!button) return
    event.preventDefault()
    button.click()
  })
}

const begin = (scope) => {
  for (const box of scope.querySelectorAll(BOXES)) {
    if (!box.previousElementSibling?.matches('.app-toolbar')) addToolbar(box)
  }
}

begin(document)
for (const tools of document.querySelectorAll('[data-app-tools]')) addTools(tools)

// What the recommendations rest on and how they print is asked for once they stand there: never before, never out of turn.
document.addEventListener('htmx:load', ({ detail: { elt } }) => {
  begin(elt)
  if (elt.id === 'asks') document.getElementById('preview')?.dispatchEvent(new Event('arranged'))
})

// Points that have not changed stay as they are, with the focus and the button that is being pressed.
document.addEventListener('htmx:oobBeforeSwap', ({ detail }) => {
  if (detail.target.innerHTML === detail.fragment.firstElementChild?.innerHTML) detail.shouldSwap = false
})
