/* What is typed into a form[data-kept] stays in this tab while it is sent: who turns out to have been signed out finds
   it in the form again. It goes as soon as that person, or another, is shown a page that is no refusal. A page that
   tells what became of what was sent has no such form. */

import { announce } from "./messages.js";

const NAME = "counterclaim-kept";
const { person } = document.body.dataset;

const addressOf = (form) => new URL(form.action).pathname + new URL(form.action).search;
const typed = (form) => [...form.elements].filter((field) => field.matches("textarea, input[name]:not([type=hidden], [type=file])"));

if (person) {
  const held = JSON.parse(sessionStorage.getItem(NAME));
  sessionStorage.removeItem(NAME);
  const form = document.querySelector("form[data-kept]");
  if (held && form && held.person === person && held.address === addressOf(form)) {
    const fields = typed(form);
    if (fields.every((field) => !field.value) && fields.some((field) => held.values[field.name])) {
      for (const field of fields) field.value = held.values[field.name] ?? "";
      announce("kept");
    }
  }
  document.addEventListener("submit", ({ target }) => {
    if (!target.matches("form[data-kept]")) return;
    const values = Object.fromEntries(typed(target).map((field) => [field.name, field.value]));
    try {
      sessionStorage.setItem(NAME, JSON.stringify({ person, address: addressOf(target), values }));
    } catch {
      /* More than a browser keeps: it is sent all the same. */
    }
  });
}
