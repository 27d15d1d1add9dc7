/* The keyboard first. An element with data-key="a" is pressed, or focused if it is a field, by that key.

   Keys are inert while one types, with a modifier, and while a dialog is open for all but the dialog's own. They can be
   switched off in the list that "?" opens (WCAG 2.1.4), which is remembered on this machine. */

import { openDialog } from "./dialog.js";

const STORE = "counterclaim.keys";
const typing = "input:not([type=checkbox], [type=radio], [type=button], [type=submit], [type=range]), textarea, select, [contenteditable]";
const field = "input:not([type=checkbox], [type=radio], [type=button], [type=submit]), textarea, select";

const remembered = () => {
  try { return localStorage.getItem(STORE); } catch { return null; }
};
const remember = (value) => {
  try { localStorage.setItem(STORE, value); } catch { /* a browser that keeps nothing forgets this too */ }
};
let on = remembered() !== "off";

const shown = (element) => element.checkVisibility?.({ visibilityProperty: true }) ?? element.getClientRects().length > 0;
const usable = (element) => !element.disabled && element.getAttribute("aria-disabled") !== "true";
const scope = () => document.querySelector("dialog[open]:last-of-type") ?? document;

const holder = (key) =>
  [...scope().querySelectorAll(`[data-key="${CSS.escape(key)}"]`)].find((element) => usable(element) && reachable(element));

/* A radio may be drawn over by its label, and still be the one to press. */
const reachable = (element) => shown(element) || (element.labels && [...element.labels].some(shown));

/* What a fold is opened to write in: named by the fold, or by its summary if only a key brings the cursor there. */
const focusedBy = (element) => element.dataset.focuses ?? element.parentElement?.dataset.focuses;

const press = (element) => {
  if (element.matches(field)) {
    element.focus();
    element.select?.();
    return;
  }
  const writes = element.matches("summary") && focusedBy(element);
  element.focus({ preventScroll: true });
  if (!(writes && element.parentElement.open)) element.click();
  // At once, and not with the "toggle" event that comes later: what is typed next must not press keys.
  if (writes && element.parentElement.open) document.getElementById(writes)?.focus();
};

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Escape" && event.target.matches?.(field)) {
    event.target.blur();
    return;
  }
  if (event.target.closest?.(typing)) return;
  if (event.key === "?" ) {
    event.preventDefault();
    showKeys();
    return;
  }
  if (!on || event.repeat && !"jk".includes(event.key)) return;
  const element = holder(event.key.length === 1 ? event.key.toLowerCase() : event.key);
  if (!element) return;
  event.preventDefault();
  press(element);
});

/* The list of keys is drawn from the page's own elements, so it cannot go stale. */
const label = (element) => {
  if (element.dataset.keyLabel) return element.dataset.keyLabel;
  const named = element.getAttribute("aria-label") ?? element.placeholder;
  if (named) return named;
  const copy = (element.labels?.[0] ?? element).cloneNode(true);
  copy.querySelectorAll("kbd, svg, .count, .visually-hidden, .finer").forEach((part) => part.remove());
  return copy.textContent.replace(/\s+/g, " ").trim();
};

const showKeys = () => {
  const dialog = document.getElementById("keys");
  if (!dialog) return;
  const list = dialog.querySelector("[data-key-list]");
  const rows = new Map();
  for (const element of document.querySelectorAll("[data-key]")) {
    if (element.closest("dialog") || !usable(element) || !reachable(element)) continue;
    const { key } = element.dataset;
    if (!rows.has(key)) rows.set(key, label(element));
  }
  list.replaceChildren(...[...rows].map(([key, words]) => {
    const row = document.createElement("div");
    const term = document.createElement("dt");
    const kbd = document.createElement("kbd");
    const said = document.createElement("dd");
    kbd.textContent = key.length === 1 ? key.toUpperCase() : key;
    said.textContent = words;
    term.append(kbd);
    row.append(term, said);
    return row;
  }));
  openDialog("keys");
};

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-show-keys]")) showKeys();
});

const toggle = document.querySelector("[data-keys-on]");
if (toggle) {
  toggle.checked = on;
  toggle.addEventListener("change", () => {
    on = toggle.checked;
    remember(on ? "on" : "off");
  });
}
