/* The live region at the foot of the page. Its sentences are the server's, kept as templates beside it. */

const region = () => document.getElementById("messages");

/** Shows the prepared sentence `name` (a <template data-message> of base.html) and has it read aloud. */
export const announce = (name) => {
  const template = document.querySelector(`template[data-message="${name}"]`);
  const place = region();
  if (!template || !place) return;
  const message = template.content.cloneNode(true).firstElementChild;
  message.dataset.name = name;
  place.querySelector(`[data-name="${name}"]`)?.remove();
  place.append(message);
};

document.addEventListener("click", (event) => {
  const button = event.target.closest(".message > .close");
  if (button) button.parentElement.remove();
});

/* A message that asks for nothing goes after a while, unless it is being read with the pointer or the keyboard. */
const seconds = 8;
const fade = (message) => {
  if (message.matches(".waits, :has(a, button:not(.close))")) return;
  setTimeout(() => {
    if (message.matches(":hover, :focus-within")) fade(message);
    else message.remove();
  }, seconds * 1000);
};
const watch = () => {
  const place = region();
  if (!place) return;
  place.querySelectorAll(".message").forEach(fade);
  new MutationObserver((records) => {
    for (const record of records) {
      for (const node of record.addedNodes) if (node instanceof HTMLElement && node.matches(".message")) fade(node);
    }
  }).observe(place, { childList: true });
};
watch();
