/** A part of a query: text to copy, or a name in braces that something is put in place of. */
export interface TemplatePart {
  /** Whether a value is put here. */
  readonly isPlaceholder: boolean;
  /** The text, or the name without its braces. */
  readonly text: string;
}

/** What a query says, as far as rendering needs it. */
export interface ParsedTemplate {
  /** The query, piece by piece. */
  readonly parts: TemplatePart[];
  /** Names that are no alias, in lower case, outside of strings and comments: keywords, functions, perhaps columns. */
  readonly words: string[];
  /** Names in braces inside of strings, quoted names and comments, where nothing is put in their place. */
  readonly quotedPlaceholders: string[];
  /** Characters and words that can not stand where they do. */
  readonly strays: string[];
}

/** Strings, quoted names, comments, names in braces, words, and any other character. */
const PIECE = /'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*|\/\*[\s\S]*?\*\/|\{[a-z]\w*\}|[a-z_]\w*|[\s\S]/gi;
const WORD = /^[a-z_]\w*$/i;
const COMMENT = /^(?:--|\/\*)/;

/** Reads SQL: what is quoted, what is named, what is to be filled in. */
export function parseTemplate(sql: string): ParsedTemplate {
  const parts: TemplatePart[] = [];
  const words = new Set<string>();
  const aliases = new Set<string>();
  const quotedPlaceholders: string[] = [];
  const strays = new Set<string>();
  let openCases = 0;
  let previous = '';
  for (const [piece] of sql.matchAll(PIECE)) {
    const isPlaceholder = /^\{\w+\}$/.test(piece);
    const isQuoted = piece.length > 1 && /^['"]/.test(piece);
    parts.push({ isPlaceholder, text: isPlaceholder ? piece.slice(1, -1) : piece });
    if (isQuoted || COMMENT.test(piece)) {
      quotedPlaceholders.push(...Array.from(piece.matchAll(/\{([a-z]\w*)\}/gi), match => match[1]));
    } else if (/^['"`{};]$/.test(piece)) {
      strays.add(piece);
    }
    // A CASE ends with END, which is the name of a column, too, and then must be quoted.
    if (/^(?:case|end)$/i.test(piece)) {
      openCases += piece.toLowerCase() === 'case' ? 1 : -1;
      if (openCases < 0) {
        strays.add('END');
        openCases = 0;
      }
    } else if (WORD.test(piece) || (isQuoted && piece.startsWith('"'))) {
      (previous === 'as' ? aliases : words).add(piece.replace(/"/g, '').toLowerCase());
    }
    if (piece.trim() !== '' && !COMMENT.test(piece)) {
      previous = piece.toLowerCase();
    }
  }
  return { parts, words: [...words].filter(word => !aliases.has(word)), quotedPlaceholders, strays: [...strays] };
}

/** The names in braces, each once. */
export function placeholdersOf(template: ParsedTemplate): string[] {
  return [...new Set(template.parts.filter(part => part.isPlaceholder).map(part => part.text))];
}

/** The query, with what `valueOf` says in place of each name in braces. */
export function renderTemplate(template: ParsedTemplate, valueOf: (name: string) => string): string {
  return template.parts.map(part => part.isPlaceholder ? valueOf(part.text) : part.text).join('');
}

/** A name as SQL quotes it. */
export function quoteName(name: string): string {
  return `"${name.replace(/"/g, '""')}"`;
}
