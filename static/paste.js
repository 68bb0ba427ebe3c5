// What is pasted from Word, Outlook, Word Online or Google Docs, as Markdown-lite (tracker/documents/markup.py):
// headings, lists, bold, italic and links stay, every other look goes, and no word is lost.

const DROPPED = new Set(
  'head style script title meta link xml template noscript img picture svg math object iframe audio video canvas button input select textarea del'.split(' ')
)
const BLOCKS = new Set(
  'address article aside blockquote body center dd div dl dt fieldset figcaption figure footer form header hr main nav p pre section table tbody tfoot thead caption'.split(' ')
)
const BULLET = '[·•▪◦§Øüo–—\\-\\uf0a7\\uf0b7\\uf0d8\\uf0fc]'
const NUMBER = '\\(?(?:\\d{1,4}|[a-z]|[ivxl]{2,6})(?:\\.\\d+)*[.)]'
const TYPED_MARKER = new RegExp(`^\\s*(${BULLET}|${NUMBER})[ \\u00a0]{2,}`, 'i')
const IS_NUMBER = new RegExp(`^(?:${NUMBER}|\\d+(?:\\.\\d+)*)$`, 'i')
const LINK = /^(?:https?:\/\/[a-z0-9.-]+(?::\d{1,5})?(?:[/?#]\S*)?|mailto:[^\s@]+@[^\s@]+)$/i
const LONGEST_LINK = 2000
const DEEPEST_INDENT = 12
const BREAK = '\u2028'
const PLAIN = { bold: false, italic: false, href: '' }

// A document that loads and runs nothing. Styles are kept under another name: the page's security policy would report
// each as a breach.
export const parseInert = (html) => {
  const tame = (tag) => tag.replace(/(\s)(style|on[a-z]+)(\s*=)/gi, '$1data-$2$3')
  const text = html.replace(/<style\b[\s\S]*?<\/style\s*>/gi, '').replace(/<[a-z][^>]*>/gi, tame)
  return new DOMParser().parseFromString(text, 'text/html')
}

const styleOf = (element, name) => {
  const style = element.getAttribute('data-style') ?? ''
  return new RegExp(`(?:^|;)\\s*${name}\\s*:\\s*([^;]+)`, 'i').exec(style)?.[1].trim().toLowerCase() ?? ''
}

// Markdown-lite of an inert document; without `blocks` only what may stand in a paragraph, a line for each.
export const markdownOf = (parsed, blocks = true) => {
  const reader = new Reader()
  reader.readAll(parsed.body, PLAIN)
  reader.endBlock()
  return blocks ? layOut(reader.blocks) : reader.blocks.map((b) => startEscaped(b.text.replaceAll('\\\n', ' '))).join('\n')
}

class Reader {
  blocks = []
  #runs = []
  #kind = { type: 'paragraph' }
  #flat = false

  readAll(node, look) {
    for (const child of node.childNodes) {
      if (child.nodeType === Node.TEXT_NODE) this.#runs.push({ ...look, text: child.data })
      else if (child.nodeType === Node.ELEMENT_NODE && !isDropped(child)) this.#read(child, look)
    }
  }

  #read(element, look) {
    const tag = element.localName
    const inner = lookOf(element, look)
    if (tag === 'br') this.#breakLine(look)
    else if (this.#flat) this.#readFlat(element, inner)
    else if (tag === 'tr') this.#readRow(element, inner)
    else if (headingLevel(element)) this.#block(element, PLAIN, { type: 'heading', level: headingLevel(element) })
    else if (itemOf(element)) this.#block(element, inner, itemOf(element))
    else if (BLOCKS.has(tag) || tag === 'ul' || tag === 'ol') this.#block(element, inner, this.#kind)
    else this.readAll(element, inner)
  }

  #block(element, look, kind) {
    this.endBlock()
    const outer = this.#kind
    this.#kind = kind
    this.readAll(element, look)
    this.endBlock()
    this.#kind = outer
  }

  #breakLine(look) {
    if (this.#flat) this.#runs.push({ ...PLAIN, text: ' ' })
    else if (this.#runs.filter(({ text }) => text === BREAK || text.trim()).at(-1)?.text === BREAK) this.endBlock()
    else this.#runs.push({ ...look, text: BREAK })
  }

  #readFlat(element, look) {
    const apart = BLOCKS.has(element.localName) || element.localName === 'li'
    if (apart) this.#runs.push({ ...PLAIN, text: ' ' })
    this.readAll(element, look)
    if (apart) this.#runs.push({ ...PLAIN, text: ' ' })
  }

  // A row of several cells is a line; one cell, or cells that hold lists or tables, only lay out what is in them.
  #readRow(row, look) {
    const cells = [...row.children].filter((cell) => /^t[dh]$/.test(cell.localName))
    if (cells.length === 1 || cells.some((cell) => cell.querySelector('table, ul, ol'))) {
      for (const cell of cells) this.#block(cell, look, this.#kind)
      return
    }
    this.endBlock()
    this.#flat = true
    cells.forEach((cell, place) => {
      if (place) this.#runs.push({ ...PLAIN, text: ' | ' })
      this.readAll(cell, lookOf(cell, PLAIN))
    })
    this.#flat = false
    this.endBlock()
  }

  endBlock() {
    const kind = this.#kind
    const text = inline(tidy(this.#runs, kind.used ? 0 : kind.typed), kind.type === 'heading')
    this.#runs = []
    if (!text) return
    // Further paragraphs of an item belong to it.
    this.blocks.push({ ...kind, type: kind.used ? 'more' : kind.type, text })
    if (kind.type === 'item') kind.used = true
  }
}

const isDropped = (element) =>
  DROPPED.has(element.localName) ||
  styleOf(element, 'mso-list') === 'ignore' ||
  styleOf(element, 'mso-hide') === 'all' ||
  styleOf(element, 'display') === 'none' ||
  /^comment(-list)?$/.test(styleOf(element, 'mso-element')) ||
  /(^|\s)(msocom\w*|MsoCommentReference)(\s|$)/i.test(element.className)

const lookOf = (element, look) => {
  const tag = element.localName
  const [weight, slant] = [styleOf(element, 'font-weight'), styleOf(element, 'font-style')]
  const bold = weight && weight !== 'inherit' ? /^bold|^[6-9]00/.test(weight) : tag === 'b' || tag === 'strong' || look.bold
  const italic = slant ? /^italic|^oblique/.test(slant) : tag === 'i' || tag === 'em' || look.italic
  return { bold, italic, href: tag === 'a' ? addressOf(element) : look.href }
}

const addressOf = (element) => {
  let address = (element.getAttribute('href') ?? '').trim()
  if (/^https:\/\/[a-z0-9.-]+\.safelinks\.protection\.outlook\.com\//i.test(address)) {
    address = new URL(address).searchParams.get('url') ?? address
  }
  const safe = address.replace(/[()<>\\\s]/g, (c) => `%${c.charCodeAt(0).toString(16).padStart(2, '0')}`)
  return LINK.test(safe) && safe.length <= LONGEST_LINK ? safe : ''
}

const headingLevel = (element) => {
  const tagged = /^h([1-6])$/.exec(element.localName)?.[1]
  const said = element.getAttribute('role') === 'heading' && (element.getAttribute('aria-level') ?? '2')
  const titled = /(^|\s)MsoTitle(\s|$)/.test(element.className) && '1'
  return Number(tagged || said || titled || /^[1-6]$/.exec(styleOf(element, 'mso-outline-level'))?.[0] || 0)
}

// What makes an element an item of a list: a real one, Word's paragraph that looks like one, or what a mailer left of it.
const itemOf = (element) => {
  if (element.localName === 'li') return realItem(element)
  const level = /level(\d)/.exec(styleOf(element, 'mso-list'))?.[1]
  if (level) {
    const marker = [...element.querySelectorAll('[data-style]')].find((e) => styleOf(e, 'mso-list') === 'ignore')
    return item(Number(level), marker?.textContent.trim() ?? '')
  }
  const typed = /MsoList/.test(element.className) && TYPED_MARKER.exec(element.textContent)?.[1]
  return typed ? { ...item(1, typed), typed: typed.length } : null
}

const realItem = (element) => {
  const list = element.parentElement
  const said = Number(element.getAttribute('data-aria-level') || 0)
  let depth = 0
  for (let up = list; up; up = up.parentElement) depth += up.localName === 'ul' || up.localName === 'ol'
  const place = [...(list?.children ?? [])].filter((e) => e.localName === 'li').indexOf(element)
  const first = Number(list?.getAttribute('start') || 1)
  const number = Number(element.getAttribute('value') || first + place)
  return { type: 'item', depth: said || depth || 1, number: list?.localName === 'ol' ? number : 0 }
}

const item = (depth, marker) => {
  const number = IS_NUMBER.test(marker) ? Number(/^\(?(\d{1,4})[.)]?$/.exec(marker)?.[1] ?? 1) : 0
  return { type: 'item', depth, number }
}

// Runs with white space folded, the typed marker of a list taken off, and neighbours of one look joined.
const tidy = (runs, typed = 0) => {
  const found = []
  for (const run of runs) {
    const last = found.at(-1)
    let text = run.text.replace(/[\u200b\ufeff\u00ad]/g, '').replace(/[ \t\r\n\f\u00a0\u202f]+/g, ' ')
    if (!last || /[ \u2028]$/.test(last.text)) text = text.replace(/^ /, '')
    if (text === BREAK && last) last.text = last.text.replace(/ $/, '')
    if (!text) continue
    // A space has no look: it takes that of the words before it, so that bold words stay one stretch.
    const look = last && !text.trim() ? last : run
    if (last && isAlike(last, look)) last.text += text
    else found.push({ bold: look.bold, italic: look.italic, href: look.href, text })
  }
  if (typed) takeOff(found, typed)
  while (found.length && !(found[0].text = found[0].text.trimStart())) found.shift()
  while (found.length && !(found.at(-1).text = found.at(-1).text.trimEnd())) found.pop()
  return joined(apart(found))
}

const isAlike = (one, other) => one.bold === other.bold && one.italic === other.italic && one.href === other.href

const takeOff = (runs, count) => {
  for (let left = count; left > 0 && runs.length; ) {
    const taken = Math.min(left, runs[0].text.length)
    runs[0].text = runs[0].text.slice(taken)
    left -= taken
    if (!runs[0].text) runs.shift()
  }
}

// Stars of two looks that touch would read as one run of stars: then bold wins over italic.
const apart = (runs) => {
  runs.forEach((run, place) => {
    const next = runs[place + 1]
    if (!next || run.href || next.href || /\s$/.test(run.text) || /^\s/.test(next.text)) return
    if ((run.bold || run.italic) && (next.bold || next.italic)) run.italic = next.italic = false
  })
  return runs
}

const joined = (runs) => {
  const found = []
  for (const run of runs) {
    if (found.length && isAlike(found.at(-1), run)) found.at(-1).text += run.text
    else found.push(run)
  }
  return found
}

const first = (text) => [...text.slice(0, 2)][0] ?? ''
const last = (text) => [...text.slice(-2)].at(-1) ?? ''
const isWord = (character) => /[^\s\p{P}$+<=>^`|~]/u.test(character)
const isPoint = (character) => /[\p{P}\p{S}]/u.test(character)

// The runs as one line (and a line more after each break). Stars stand at words: CommonMark reads them nowhere else.
const inline = (runs, isHeading) => {
  const parts = runs.map((run, place) => {
    const stars = '*'.repeat((run.bold && !isHeading ? 2 : 0) + (run.italic ? 1 : 0))
    if (!stars && !run.href) return escaped(run.text)
    let [, lead, core, trail] = /^(\s*)(.*?)(\s*)$/su.exec(run.text)
    if (stars && !run.href) {
      const [before, after] = [last(runs[place - 1]?.text ?? ''), first(runs[place + 1]?.text ?? '')]
      if (!lead && isWord(before) && isPoint(first(core))) lead = first(core)
      core = core.slice(lead.trim().length)
      if (!trail && isWord(after) && isPoint(last(core))) trail = last(core)
      core = core.slice(0, core.length - trail.trim().length)
    }
    if (!core) return escaped(run.text)
    const words = stars + escaped(core, run.href) + stars
    return escaped(lead) + (run.href ? `[${words}](${run.href})` : words) + escaped(trail)
  })
  return parts.join('').replace(/\s*\u2028\s*/g, isHeading ? ' ' : '\\\n')
}

// An underscore within a word is no markup, and a bracket that closes none is none.
const escaped = (text, isLink = false) =>
  text
    .replace(isLink ? /[\\*[\]]/g : /[\\*[]/g, '\\$&')
    .replace(/(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu, '\\_')

// What would make a line a heading or an item stays what it was: characters.
const startEscaped = (text) =>
  text.replace(/^(?:(#{2,3}|[-+])(?=\s|$)|(\d{1,9})([.)])(?=\s|$))/gm, (_all, mark, digits, point) =>
    mark ? `\\${mark}` : `${digits}\\${point}`
  )

// Blocks as text: a blank line between them, none between the items of a list.
const layOut = (blocks) => {
  const top = Math.min(...blocks.filter((b) => b.type === 'heading').map((b) => b.level))
  let written = ''
  let open = []
  for (const block of blocks) {
    const inList = open.length > 0
    if (block.type === 'heading') {
      open = []
      written += `\n\n${block.level === top ? '##' : '###'} ${block.text}`
    } else if (block.type === 'item') {
      const { gap, indent, marker } = place(block, open)
      const words = indented(startEscaped(block.text), indent + marker.length)
      written += `${inList ? gap : '\n\n'}${' '.repeat(indent)}${marker}${words}`
    } else {
      open = block.type === 'more' ? open.slice(0, block.depth) : []
      const indent = open.reduce((sum, one) => sum + one.width, 0)
      written += `\n\n${' '.repeat(indent)}${indented(startEscaped(block.text), indent)}`
    }
  }
  return written.trim()
}

const indented = (text, width) => text.replaceAll('\n', `\n${' '.repeat(width)}`)

// Where an item stands under the items that are open (changed here): its indent, its marker, and the gap before it.
const place = (block, open) => {
  const width = (items) => items.reduce((sum, one) => sum + one.width, 0)
  let depth = Math.min(block.depth, open.length + 1)
  while (depth > 1 && width(open.slice(0, depth - 1)) > DEEPEST_INDENT) depth--
  const ordered = block.number > 0
  const same = open[depth - 1]
  const goes = same?.ordered === ordered
  const number = ordered ? (goes ? same.number + 1 : Math.min(block.number, 9999)) : 0
  open.length = depth - 1
  const indent = width(open)
  const marker = ordered ? `${number}. ` : '- '
  open.push({ ordered, number, width: marker.length })
  // A list that does not begin at 1 needs a blank line to be one.
  return { gap: !goes && number > 1 ? '\n\n' : '\n', indent, marker }
}
