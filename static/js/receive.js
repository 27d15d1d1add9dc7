/* The page that a bookmarklet hands over. Taken from the window that opened this one, and only if that window shows the
   address that it names: no page can speak for another. Nothing is sent before the analyst says so. */

const at = document.querySelector("[data-receive]");
const form = at.querySelector("form");
const named = (name) => form.elements.namedItem(name);
const MOST = 25 * 2 ** 20;
const PATIENCE = 4000;
let arrived = false;

const show = (state) => {
  for (const part of at.querySelectorAll("[data-when]")) part.hidden = !part.dataset.when.split(" ").includes(state);
};

const put = (name, words) => {
  for (const part of at.querySelectorAll(`[data-shown="${name}"]`)) part.textContent = words;
};

/* The address alone, from the fragment: what is left if the publisher parts its pages from other windows. */
const fromFragment = () => {
  try {
    const address = new URL(decodeURIComponent(location.hash.slice(1)));
    return /^https?:$/.test(address.protocol) ? address : null;
  } catch {
    return null;
  }
};

const excerpt = (html) => {
  const page = new DOMParser().parseFromString(html, "text/html");
  page.querySelectorAll("script, style, noscript, template, svg, nav, header, footer").forEach((part) => part.remove());
  return page.body?.textContent.replace(/\s+/g, " ").trim().slice(0, 600) ?? "";
};

const isPage = (event) =>
  event.source === window.opener && typeof event.data === "object" && event.data?.what === "counterclaim:page"
  && typeof event.data.html === "string" && typeof event.data.address === "string";

const receive = (event) => {
  if (arrived || !isPage(event)) return;
  const { address, html, title, charset, selection, at: when } = event.data;
  let origin = null;
  try { origin = new URL(address).origin; } catch { /* no address */ }
  if (origin !== event.origin) return;
  arrived = true;
  const file = new File([html], "page.html", { type: "text/html" });
  const carrier = new DataTransfer();
  carrier.items.add(file);
  named("page").files = carrier.files;
  named("address").value = address.split("#")[0];
  named("title").value = String(title ?? "").slice(0, 500);
  named("charset").value = String(charset ?? "").slice(0, 40);
  named("selection").value = String(selection ?? "").slice(0, 5000);
  named("seen").value = String(when ?? "").slice(0, 40);
  put("title", title || address);
  put("address", address);
  put("size", new Intl.NumberFormat(document.documentElement.lang || undefined).format(Math.ceil(file.size / 1024)));
  put("excerpt", excerpt(html));
  put("selection", String(selection ?? "").trim().slice(0, 600));
  show(file.size > MOST ? "large" : "here");
  for (const part of at.querySelectorAll("[data-when~=marked]")) part.hidden = !String(selection ?? "").trim();
  if (file.size <= MOST) at.querySelector("button.primary, button[type=submit]")?.focus();
};

const alone = () => {
  if (arrived) return;
  const address = fromFragment();
  if (!address) return show("nothing");
  put("address", address.href);
  for (const field of at.querySelectorAll("[data-address]")) field.value = address.href.split("#")[0];
  show("alone");
};

window.addEventListener("message", receive);
if (window.opener) {
  show("waiting");
  window.opener.postMessage(at.dataset.receive, fromFragment()?.origin ?? "*");
  setTimeout(alone, PATIENCE);
} else if (!at.hasAttribute("data-sent")) {
  alone();
}
