/* The article on the desks: which attribution is active, and which words the person has selected.

   Offsets are Unicode code points from the start of the rendition's text, as everywhere in Counterclaim; a JavaScript
   string counts UTF-16 units, so nothing here may use .length on text. Each paragraph says where its text starts
   (data-start); what is drawn but not part of the text (paragraph numbers) carries the class "n". */

const article = () => document.querySelector("[data-rendition]");

const codePoints = (text) => [...text].length;

const textNodes = (paragraph) => document.createTreeWalker(paragraph, NodeFilter.SHOW_TEXT, {
  acceptNode: (node) => (node.parentElement.closest(".n") ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_ACCEPT),
});

const paragraphOf = (node) => (node instanceof Element ? node : node.parentElement)?.closest("[data-start]");

/** The offset in the rendition of a boundary point of the browser's selection, or null if it is not in the text. */
const offsetOf = (node, offset) => {
  const paragraph = paragraphOf(node);
  if (!paragraph || !article()?.contains(paragraph)) return null;
  const before = document.createRange();
  before.setStart(paragraph, 0);
  before.setEnd(node, offset);
  let count = Number(paragraph.dataset.start);
  const walker = textNodes(paragraph);
  for (let text = walker.nextNode(); text; text = walker.nextNode()) {
    if (!before.intersectsNode(text)) break;
    if (text === before.endContainer) count += codePoints(text.data.slice(0, before.endOffset));
    else if (before.comparePoint(text, text.data.length) <= 0) count += codePoints(text.data);
  }
  return count;
};

/** The person's selection as {start, end, words, range}, without white space at its ends; null if there is none. */
export const selected = () => {
  const selection = document.getSelection();
  if (!selection || selection.isCollapsed || selection.rangeCount === 0) return null;
  const range = selection.getRangeAt(0);
  const inside = clamp(range);
  if (!inside) return null;
  let start = offsetOf(inside.startContainer, inside.startOffset);
  let end = offsetOf(inside.endContainer, inside.endOffset);
  if (start === null || end === null || start >= end) return null;
  const raw = wordsOf(inside);
  const words = raw.trim();
  if (!words) return null;
  start += codePoints(raw) - codePoints(raw.trimStart());
  end -= codePoints(raw) - codePoints(raw.trimEnd());
  return { start, end, words, range: inside };
};

/* A triple click ends the range at the start of the next paragraph, or outside the text: bring both ends inside. */
const clamp = (range) => {
  const paragraphs = [...article()?.querySelectorAll("[data-start]") ?? []].filter((one) => range.intersectsNode(one));
  if (paragraphs.length === 0) return null;
  const inside = range.cloneRange();
  if (!paragraphOf(range.startContainer)) inside.setStart(paragraphs[0], 0);
  let last = paragraphs.at(-1);
  const startsLast = document.createRange();
  startsLast.selectNodeContents(last);
  startsLast.setEnd(range.endContainer, last.contains(range.endContainer) ? range.endOffset : 0);
  if (last.contains(range.endContainer) && wordsOf(startsLast).trim() === "" && paragraphs.length > 1) {
    last = paragraphs.at(-2);
    inside.setEnd(last, last.childNodes.length);
  } else if (!paragraphOf(range.endContainer)) {
    inside.setEnd(last, last.childNodes.length);
  }
  return inside;
};

const wordsOf = (range) => {
  const part = range.cloneContents();
  part.querySelectorAll(".n").forEach((number) => number.remove());
  return part.textContent;
};

/* --- Picking spans: <div data-span="source"> holds a textarea for the words and a hidden input for the ranges --- */

const picked = new Map();

const show = (role) => {
  if (!("highlights" in CSS)) return;
  const ranges = picked.get(role) ?? [];
  CSS.highlights.set(`picked-${role}`, new Highlight(...ranges));
};

const pick = (place, add) => {
  const chosen = selected();
  const hint = place.querySelector("[data-span-hint]");
  if (hint) hint.hidden = Boolean(chosen);
  if (!chosen) return;
  const role = place.dataset.span;
  const words = place.querySelector("[data-span-words]");
  const ranges = place.querySelector("[data-span-ranges]");
  const span = `${chosen.start}-${chosen.end}`;
  ranges.value = add && ranges.value ? `${ranges.value} ${span}` : span;
  words.value = add && words.value ? `${words.value}\n${chosen.words}` : chosen.words;
  picked.set(role, [...(add ? picked.get(role) ?? [] : []), chosen.range]);
  show(role);
  words.dispatchEvent(new Event("change", { bubbles: true }));
  document.getSelection().removeAllRanges();
};

/* A button would take the focus and, in some browsers, the selection with it. */
document.addEventListener("mousedown", (event) => {
  if (event.target.closest("[data-span-take], [data-span-add]")) event.preventDefault();
});
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-span-take], [data-span-add]");
  if (button) pick(button.closest("[data-span]"), button.matches("[data-span-add]"));
});
/* Words typed by hand have no offsets: the server looks them up, and refuses words that are not in the text. */
document.addEventListener("input", (event) => {
  if (!event.target.matches("[data-span-words]")) return;
  const place = event.target.closest("[data-span]");
  place.querySelector("[data-span-ranges]").value = "";
  picked.delete(place.dataset.span);
  show(place.dataset.span);
});

/* --- The active attribution: the card names it (data-active), its marks are ringed and brought into view --- */

let active = null;

const ring = () => {
  const text = article();
  if (!text) return;
  const key = document.querySelector("[data-active]")?.dataset.active ?? null;
  if (key === active && text.dataset.ringed === key) return;
  for (const mark of text.querySelectorAll("[data-a]")) {
    if (mark.dataset.state === "active") mark.dataset.state = mark.dataset.settled ?? "open";
    if (key !== null && mark.dataset.a.split(" ").includes(key)) {
      if (mark.dataset.state !== "active") mark.dataset.settled = mark.dataset.state ?? "open";
      mark.dataset.state = "active";
    }
  }
  text.dataset.ringed = key;
  if (key !== active) bringIntoView(text);
  active = key;
};

const bringIntoView = (text) => {
  const mark = text.querySelector('[data-state="active"]');
  if (!mark) return;
  const box = mark.getBoundingClientRect();
  const column = text.closest(".text")?.getBoundingClientRect() ?? { top: 0, bottom: innerHeight };
  const top = Math.max(column.top, 0);
  const bottom = Math.min(column.bottom, innerHeight);
  if (box.top >= top + 24 && box.bottom <= bottom - 24) return;
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  mark.scrollIntoView({ block: "center", behavior: calm ? "auto" : "smooth" });
};

/* A mark is a way to its card: the page holds a link for each attribution (a[data-opens=KEY]). */
document.addEventListener("click", (event) => {
  const mark = event.target.closest?.("[data-rendition] [data-a]");
  if (!mark || event.target.closest("a") || selected()) return;
  const key = mark.dataset.a.split(" ").at(-1);
  document.querySelector(`[data-opens="${CSS.escape(key)}"]`)?.click();
});

/* A fold that holds one field to be written in gives it the focus when it opens. */
document.addEventListener("toggle", (event) => {
  const { focuses } = event.target.dataset ?? {};
  if (focuses && event.target.open) document.getElementById(focuses)?.focus();
}, true);

/* What was refused is shown where it went wrong, and the field is ready to be mended. */
const bringFault = () => {
  const fault = document.querySelector("#card .errorlist");
  if (!fault) return;
  fault.scrollIntoView({ block: "center" });
  const field = fault.closest(".form-field")?.querySelector("[aria-invalid=true]");
  (field ?? document.getElementById("card-head"))?.focus({ preventScroll: true });
};

document.addEventListener("htmx:afterSettle", (event) => {
  if (event.target.id === "card") {
    bringFault();
    /* The button that was pressed is gone with the card before: whoever listens or types goes on at the next one. */
    if (document.activeElement === document.body) document.getElementById("card-head")?.focus({ preventScroll: true });
  }
  picked.clear();
  for (const role of ["source", "cue", "content"]) show(role);
  ring();
});
ring();
