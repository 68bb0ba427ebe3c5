// What a button or a key does to a text in Markdown-lite (tracker/documents/markup.py). Pure functions: the text and its
// selection in, the new text and selection out, as { text, start, end }.

const LINE = /^( *)(#{2,3} +|(?:[-+*]|\d{1,4}[.)]) +)?(.*)$/
const ITEM = /^ *(?:[-+*]|\d{1,4}[.)]) +/
const MARK_LINE = /^[ \t]*\{recommendations\}[ \t]*$/m
const ADDRESS = /^(?:https?:\/\/|mailto:)\S+$/i
const MAIL = /^[^\s@]+@[^\s@]+\.[^\s@]+$/

export const MARK = '{recommendations}'

const lineStart = (text, at) => text.lastIndexOf('\n', at - 1) + 1
const lineEnd = (text, at) => (text.indexOf('\n', at) + 1 || text.length + 1) - 1

// How many stars stand right before `at`, or right after it; an escaped one is a character like any other.
const starsBefore = (text, at) => {
  const [run] = /\**$/.exec(text.slice(0, at))
  return run.length - (run && text[at - run.length - 1] === '\\' ? 1 : 0)
}
const starsAfter = (text, at) => /^\**/.exec(text.slice(at))[0].length

// The words of each line between `start` and `end`, without what makes the line a heading or an item, and the stars
// round them.
const pieces = (text, start, end) => {
  const found = []
  for (let at = start; at <= end; at = lineEnd(text, at) + 1) {
    const from = lineStart(text, at)
    const [, indent, prefix = ''] = LINE.exec(text.slice(from, lineEnd(text, at)))
    let first = Math.max(at, from + indent.length + prefix.length)
    let last = Math.min(end, lineEnd(text, at))
    while (first < last && /\s/.test(text[first])) first++
    while (last > first && /\s/.test(text[last - 1])) last--
    const inner = Math.min(starsAfter(text, first), starsBefore(text, last))
    if (first + 2 * inner < last) [first, last] = [first + inner, last - inner]
    const stars = Math.min(starsBefore(text, first), starsAfter(text, last), 3)
    if (first < last) found.push({ first, last, stars })
  }
  return found
}

// Bold ('**') or italic ('*') on or off for the words selected; with none selected, for what is typed next.
export const emphasise = (text, start, end, mark) => {
  const size = mark.length
  const has = ({ stars }) => stars === size || stars === 3
  const words = pieces(text, start, end)
  if (!words.length) return emphasiseNext(text, start, mark)
  const off = words.every(has)
  let [done, upto, changed] = ['', 0, []]
  for (const piece of words) {
    const { first, last, stars } = piece
    const wanted = '*'.repeat(stars + (off ? -size : has(piece) ? 0 : size))
    done += text.slice(upto, first - stars) + wanted
    changed.push(done.length)
    done += text.slice(first, last)
    changed.push(done.length)
    done += wanted
    upto = last + stars
  }
  return { text: done + text.slice(upto), start: changed[0], end: changed.at(-1) }
}

const emphasiseNext = (text, at, mark) => {
  const [before, after] = [starsBefore(text, at), starsAfter(text, at)]
  if (after === mark.length && before === mark.length) {
    const [first, last] = [at - mark.length, at + mark.length]
    return { text: text.slice(0, first) + text.slice(last), start: first, end: first }
  }
  // At the end of what is bold, the key ends it.
  if (after === mark.length && /\S$/.test(text.slice(0, at))) return { text, start: at + after, end: at + after }
  return { text: text.slice(0, at) + mark + mark + text.slice(at), start: at + mark.length, end: at + mark.length }
}

// A link of the words selected, with the place for its address selected; to `address` where it is known.
export const link = (text, start, end, address = '') => {
  const words = text.slice(start, end).replace(/\s+/g, ' ').trim()
  const target = address || (ADDRESS.test(words) ? words : MAIL.test(words) ? `mailto:${words}` : '')
  const made = `[${words}](${target || 'https://'})`
  const after = text.slice(0, start) + made + text.slice(end)
  if (!words) return { text: after, start: start + 1, end: start + 1 }
  const done = start + made.length
  return { text: after, start: target ? done : start + words.length + 3, end: target ? done : done - 1 }
}

export const isAddress = (text) => ADDRESS.test(text) && !/[()<>\\]/.test(text)

const PREFIXES = {
  heading: { is: /^## +/, make: () => '## ' },
  subheading: { is: /^### +/, make: () => '### ' },
  bullets: { is: /^[-+*] +/, make: () => '- ' },
  numbers: { is: /^\d{1,4}[.)] +/, make: (number) => `${number}. ` }
}

// The lines selected as headings or items of a list, or as paragraphs where they are that already.
export const prefix = (text, start, end, kind) => {
  const [from, to] = [lineStart(text, start), lineEnd(text, end > start && text[end - 1] === '\n' ? end - 1 : end)]
  const lines = text.slice(from, to).split('\n')
  const { is, make } = PREFIXES[kind]
  const filled = lines.filter((line) => line.trim())
  const off = filled.length > 0 && filled.every((line) => is.test(line.trimStart()))
  const listed = kind === 'bullets' || kind === 'numbers'
  let number = 0
  const made = lines.map((line) => {
    const [, indent, , rest] = LINE.exec(line)
    if (!line.trim() && filled.length) return line
    return off ? rest : (listed ? indent : '') + make(++number) + rest
  })
  const block = made.join(off && listed ? '\n\n' : '\n')
  const [before, after] = [text.slice(0, from), text.slice(to)]
  const joins = (line) => !line.trim() || (listed && !off && ITEM.test(line))
  const above = joins(before.slice(lineStart(before, before.length - 1), -1)) ? '' : '\n'
  const below = joins(after.slice(1, lineEnd(after, 1))) ? '' : '\n'
  const first = from + above.length
  const caret = first + block.length
  return { text: before + above + block + below + after, start: start === end ? caret : first, end: caret }
}

// Enter within a list: the next item, or the end of the list where the item is empty. Null: an Enter like any other.
export const nextItem = (text, at) => {
  const from = lineStart(text, at)
  const found = /^( *)([-+*]|(\d{1,4})([.)])) +(.*)$/.exec(text.slice(from, lineEnd(text, at)))
  if (!found || at < from + found[0].length - found[5].length) return null
  const [, indent, marker, number, point, rest] = found
  if (!rest.trim()) {
    // A blank line, or what is typed next would still belong to the item above.
    const gap = text.slice(lineStart(text, from - 1), from).trim() ? '\n' : ''
    const caret = from + gap.length
    return { text: text.slice(0, from) + gap + text.slice(from + found[0].length), start: caret, end: caret }
  }
  const next = `\n${indent}${number ? Number(number) + 1 + point : marker} `
  return { text: text.slice(0, at) + next + text.slice(at), start: at + next.length, end: at + next.length }
}

// The line {recommendations} at the caret: before its line where the caret is at the start, else after it. Only one.
export const placeMark = (text, at) => {
  const found = MARK_LINE.exec(text)
  let [without, caret] = [text, at]
  if (found) {
    const [before, after] = [text.slice(0, found.index), text.slice(found.index + found[0].length)]
    const joined = before.trimEnd() && after.trimStart() ? '\n\n' : ''
    without = before.trimEnd() + joined + after.trimStart()
    const begin = before.trimEnd().length
    if (at > begin) caret = Math.max(begin, at - (text.length - without.length))
  }
  const place = caret === lineStart(without, caret) ? caret : lineEnd(without, caret)
  const [before, after] = [without.slice(0, place).trimEnd(), without.slice(place).trimStart()]
  const head = before + (before && '\n\n') + MARK
  return { text: head + (after && '\n\n') + after, start: head.length, end: head.length }
}
