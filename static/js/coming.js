/* The row that the keys act on: J and K choose it, and its own buttons take R, C and O. It stays when the list comes
   anew, as long as it is in it; then it is the one that took its place. */

const rows = () => [...document.querySelectorAll("#coming [data-row]")];
let current = null;
let place = -1;

const mark = () => {
  for (const [at, row] of rows().entries()) {
    const is = row.id === current;
    if (is) place = at;
    row.classList.toggle("current", is);
    row.tabIndex = is ? 0 : -1;
    for (const button of row.querySelectorAll("[data-press]")) {
      if (is) button.dataset.key = button.dataset.press;
      else delete button.dataset.key;
    }
  }
};

const step = (by) => {
  const all = rows();
  if (!all.length) return;
  const at = all.findIndex((row) => row.id === current);
  const next = all[at === -1 ? 0 : Math.min(Math.max(at + by, 0), all.length - 1)];
  choose(next);
};

const choose = (row) => {
  current = row.id;
  mark();
  row.focus({ preventScroll: true });
  row.scrollIntoView({ block: "nearest" });
};

const again = () => {
  const all = rows();
  if (current && all.length && !all.some((row) => row.id === current)) {
    const next = all[Math.min(place, all.length - 1)];
    if (document.activeElement === document.body) choose(next);
    else current = next.id;
  }
  mark();
};

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-step]");
  if (button) step(Number(button.dataset.step));
});
document.addEventListener("focusin", (event) => {
  const row = event.target.closest?.("#coming [data-row]");
  if (!row || row.id === current) return;
  current = row.id;
  mark();
});
document.addEventListener("htmx:load", again);
mark();
