/* Files that are dropped anywhere on the form, and what was chosen told by name; the bookmarklet, which is dragged. */

const form = document.querySelector("form[data-drop]");
const input = form?.querySelector("input[type=file]");

const list = document.createElement("ul");
const told = () => {
  const size = new Intl.NumberFormat(document.documentElement.lang || undefined, { maximumFractionDigits: 1 });
  list.replaceChildren(...[...input.files].slice(0, 100).map((file) => {
    const row = document.createElement("li");
    const name = document.createElement("span");
    const much = document.createElement("span");
    name.textContent = file.name;
    much.className = "finer";
    much.textContent = file.size < 2 ** 20 ? `${size.format(Math.ceil(file.size / 2 ** 10))} KB` : `${size.format(file.size / 2 ** 20)} MB`;
    row.append(name, " ", much);
    return row;
  }));
  list.hidden = !input.files.length;
};

if (input) {
  list.className = "chosen fine";
  list.setAttribute("aria-live", "polite");
  list.hidden = true;
  input.after(list);
  input.addEventListener("change", told);

  const holdsFiles = (event) => [...event.dataTransfer?.types ?? []].includes("Files");
  let inside = 0;
  const over = (is) => form.classList.toggle("over", is);
  form.addEventListener("dragenter", (event) => {
    if (!holdsFiles(event)) return;
    inside += 1;
    over(true);
  });
  form.addEventListener("dragleave", (event) => {
    if (!holdsFiles(event)) return;
    inside -= 1;
    over(inside > 0);
  });
  form.addEventListener("dragover", (event) => {
    if (!holdsFiles(event)) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = "copy";
  });
  form.addEventListener("drop", (event) => {
    if (!holdsFiles(event)) return;
    event.preventDefault();
    inside = 0;
    over(false);
    /* Beside those chosen before: dropping twice adds. */
    const both = new DataTransfer();
    for (const file of [...input.files, ...event.dataTransfer.files]) both.items.add(file);
    input.files = both.files;
    told();
    input.focus();
  });
}

document.querySelector("[data-bookmarklet]")?.addEventListener("click", (event) => {
  event.preventDefault();
  document.querySelector("[data-drag]").hidden = false;
});
