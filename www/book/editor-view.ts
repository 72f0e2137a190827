/** CodeMirror for TOML with marks where something is wrong. It lives in a shadow root: there its styles need no inline style sheet. */
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { HighlightStyle, StreamLanguage, syntaxHighlighting } from "@codemirror/language";
import { toml } from "@codemirror/legacy-modes/mode/toml";
import { lintGutter, setDiagnostics, type Diagnostic } from "@codemirror/lint";
import { highlightSelectionMatches, searchKeymap } from "@codemirror/search";
import { EditorState } from "@codemirror/state";
import { drawSelection, EditorView, highlightActiveLine, highlightActiveLineGutter, keymap, lineNumbers } from "@codemirror/view";
import { tags } from "@lezer/highlight";

/** A place and what is wrong there; lines and columns count from 1, columns in characters. */
export interface Mistake {
  line: number;
  column: number;
  severe: boolean;
  message: string;
}

export interface Editor {
  setText: (text: string) => void;
  show: (mistakes: Mistake[]) => void;
  goTo: (line: number, column: number) => void;
  destroy: () => void;
}

// The page's own colours pass into the shadow root.
const colours = HighlightStyle.define([
  { tag: tags.comment, color: "var(--faint)" },
  { tag: [tags.string, tags.special(tags.string)], color: "var(--good)" },
  { tag: [tags.propertyName, tags.definition(tags.propertyName)], color: "var(--brand)" },
  { tag: [tags.number, tags.bool, tags.atom], color: "var(--warn)" },
  { tag: [tags.bracket, tags.heading], color: "var(--soft)", fontWeight: "600" },
]);
const look = EditorView.theme({
  "&": { height: "100%", fontSize: "14px", color: "var(--ink)", backgroundColor: "var(--card)" },
  ".cm-scroller": { fontFamily: "ui-monospace, Consolas, Menlo, 'Noto Sans Mono CJK SC', monospace", lineHeight: "1.6" },
  ".cm-content": { caretColor: "var(--ink)" },
  ".cm-cursor": { borderLeftColor: "var(--ink)" },
  ".cm-gutters": { backgroundColor: "var(--bg)", color: "var(--faint)", border: "0" },
  ".cm-activeLine, .cm-activeLineGutter": { backgroundColor: "var(--brand-soft)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": { backgroundColor: "var(--line)" },
  ".cm-tooltip, .cm-panels": { backgroundColor: "var(--card)", color: "var(--ink)", border: "1px solid var(--line)" },
});

/**
 * Typing over selected words: left to itself, Chromium gives the new ones the look of the old ones by a style attribute, which the
 * page's content security policy blocks. So the old ones go first.
 */
const typedOver = EditorView.domEventHandlers({
  beforeinput: (event, view) => {
    if (event.inputType !== "insertText" || event.data === null || event.isComposing || view.state.selection.main.empty) return false;
    view.dispatch(view.state.replaceSelection(event.data), { userEvent: "input.type", scrollIntoView: true });
    return true;
  },
  compositionstart: (_, view) => {
    if (!view.state.selection.main.empty) view.dispatch(view.state.replaceSelection(""), { userEvent: "delete.selection" });
    return false;
  },
});

export function mount(parent: HTMLElement, text: string, onChange: (text: string) => void, label: string): Editor {
  const root = parent.shadowRoot ?? parent.attachShadow({ mode: "open" });
  const view = new EditorView({
    parent: root,
    root,
    state: EditorState.create({
      doc: text,
      extensions: [
        lineNumbers(), lintGutter(), history(), drawSelection(), highlightActiveLine(), highlightActiveLineGutter(), highlightSelectionMatches(),
        StreamLanguage.define(toml), syntaxHighlighting(colours), look, EditorView.lineWrapping, typedOver,
        EditorView.contentAttributes.of({ "aria-label": label, spellcheck: "false" }),
        keymap.of([...defaultKeymap, ...historyKeymap, ...searchKeymap, indentWithTab]),
        EditorView.updateListener.of((update) => update.docChanged && onChange(update.state.doc.toString())),
      ],
    }),
  });
  const offset = (line: number, column: number): number => {
    const { doc } = view.state;
    const at = doc.line(Math.max(1, Math.min(line, doc.lines)));
    return Math.min(at.to, at.from + [...at.text].slice(0, column - 1).join("").length);
  };
  return {
    setText: (text) => {
      if (text !== view.state.doc.toString()) view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text } });
    },
    show: (mistakes) => {
      const marks = mistakes.map(({ line, column, severe, message }): Diagnostic => {
        const from = offset(line, column);
        const rest = view.state.doc.lineAt(from).text.slice(from - view.state.doc.lineAt(from).from);
        // The word, the quoted text or the bracketed table that begins there.
        const length = /^("[^"]*"?|'[^']*'?|\[+[^\]]*\]*|[\p{L}\p{N}_-]+|.)/u.exec(rest)?.[0].length ?? 0;
        return { from, to: from + length, severity: severe ? "error" : "warning", message };
      });
      view.dispatch(setDiagnostics(view.state, marks));
    },
    goTo: (line, column) => {
      const at = offset(line, column);
      view.dispatch({ selection: { anchor: at }, effects: EditorView.scrollIntoView(at, { y: "center" }) });
      view.focus();
    },
    destroy: () => view.destroy(),
  };
}
