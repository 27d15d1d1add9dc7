/* What every page needs: marks that JavaScript runs, menus that close, messages that tell of a lost request. */

import { announce } from "./messages.js";
import "./dialog.js";
import "./kept.js";
import "./keys.js";

/* Native <details> menus stay open until told; close them on a click elsewhere, on Escape and when focus moves on. */
const closeMenus = (except) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (menu !== except) menu.open = false;
  }
};
document.addEventListener("click", (event) => closeMenus(event.target.closest("details.menu")));
document.addEventListener("focusin", (event) => closeMenus(event.target.closest("details.menu")));
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const menu = document.activeElement?.closest("details.menu[open]");
  if (!menu) return;
  menu.open = false;
  menu.querySelector("summary").focus();
});

/* A request that failed is told in words; the page keeps what the person had typed. */
document.addEventListener("htmx:sendError", () => announce("unsent"));
document.addEventListener("htmx:timeout", () => announce("unsent"));
document.addEventListener("htmx:responseError", (event) => {
  const { status } = event.detail.xhr;
  if (status === 401) announce("signed-out");
  else if (status === 403) announce("forbidden");
  else if (status === 404) announce("gone");
  else announce("failed");
});

/* Who sent a form with something wrong in it goes on there. */
document.querySelector('main [aria-invalid="true"]:not([type="hidden"])')?.focus();

/* A select or radio that refines a list sends its form at once; its button is there for those without JavaScript. */
document.addEventListener("change", (event) => {
  const form = event.target.closest("form[data-send-on-change]");
  if (form) form.requestSubmit();
});
