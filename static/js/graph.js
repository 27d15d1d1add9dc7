/* Draws the claims and statements of the page's own data. Claims are cards; a statement has the shape of its stance, in
   its party's hue. The list on the page says all of it in words, so nothing here is needed to read. */

import cytoscape from "../npm/cytoscape/dist/cytoscape.esm.min.mjs";
import dagre from "../npm/cytoscape-dagre/dist/cytoscape-dagre.min.mjs";

cytoscape.use(dagre);

const frame = document.getElementById("drawing");
const canvas = frame.querySelector(".canvas");
const told = frame.querySelector(".told");
const data = JSON.parse(document.getElementById("graph-data").textContent);

/* The page's colours are in spaces that the drawing does not read: a pixel of each says what they are on this screen. */
const pixel = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
const colours = () => {
  const found = {};
  for (const probe of frame.querySelectorAll("[data-colour]")) {
    pixel.fillStyle = getComputedStyle(probe).color;
    pixel.fillRect(0, 0, 1, 1);
    const parts = [...pixel.getImageData(0, 0, 1, 1).data].slice(0, 3);
    found[probe.dataset.colour] = `#${parts.map((part) => part.toString(16).padStart(2, "0")).join("")}`;
  }
  return found;
};

/* Each stance as a fill and an outline, so that no image is loaded and it reads without colour. */
const bands = (direction, stops) => (hue, card) => ({
  "background-fill": "linear-gradient",
  "background-gradient-direction": direction,
  "background-gradient-stop-colors": stops.map(([kind]) => (kind === "hue" ? hue : card)).join(" "),
  "background-gradient-stop-positions": stops.map(([, place]) => `${place}%`).join(" "),
});
const SHAPES = {
  asserts: (hue) => ({ "background-color": hue }),
  denies: bands("to-bottom-right", [["card", 0], ["card", 42], ["hue", 42], ["hue", 58], ["card", 58], ["card", 100]]),
  partly_admits: bands("to-right", [["hue", 0], ["hue", 50], ["card", 50], ["card", 100]]),
  concedes: (hue) => ({ "background-color": hue, shape: "diamond", width: 26, height: 26 }),
  presupposes: (hue, card) => ({
    "background-fill": "radial-gradient",
    "background-gradient-stop-colors": `${hue} ${hue} ${card} ${card}`,
    "background-gradient-stop-positions": "0% 38% 38% 100%",
  }),
  evades: (hue) => ({
    "background-color": hue, shape: "polygon", "border-width": 0, width: 28, height: 20,
    "shape-polygon-points": "-1 0.5 -0.5 -0.9 0 0.2 0.5 -0.9 1 0.5 0.75 0.9 0.5 0 0 1 -0.5 0 -0.75 0.9",
  }),
  declines: bands("to-bottom", [["card", 0], ["card", 41], ["hue", 41], ["hue", 59], ["card", 59], ["card", 100]]),
  retracts: (hue) => ({
    "background-color": hue, shape: "polygon", "border-width": 0,
    "shape-polygon-points": "-1 -0.7 -0.7 -1 0 -0.3 0.7 -1 1 -0.7 0.3 0 1 0.7 0.7 1 0 0.3 -0.7 1 -1 0.7 -0.3 0",
  }),
};

const sans = getComputedStyle(document.body).fontFamily;
const styles = () => {
  const c = colours();
  const statement = (node) => {
    const hue = c[`hue${node.data("hue")}`];
    return SHAPES[node.data("stance")]?.(hue, c.card) ?? { "background-color": c.card, shape: "round-rectangle" };
  };
  return [
    { selector: "node", style: { "font-family": sans, color: c.ink } },
    {
      selector: 'node[type = "claim"]',
      style: {
        shape: "round-rectangle", "corner-radius": 6, width: 210, height: 76, "background-color": c.card,
        "border-width": 1.5, "border-color": c.rule, label: "data(label)", "text-wrap": "wrap", "text-max-width": 186,
        "text-valign": "center", "text-halign": "center", "font-size": 12.5, "font-weight": 500, "line-height": 1.25,
        "text-overflow-wrap": "whitespace",
      },
    },
    { selector: "node.center", style: { "border-width": 3, "border-color": c.ink, "font-weight": 700 } },
    {
      selector: 'node[type = "statement"]',
      style: {
        width: 22, height: 22, shape: "ellipse", "border-width": 2.5, "border-color": (n) => c[`hue${n.data("hue")}`],
        label: (n) => `${n.data("code")} · ${n.data("label")}`, "font-size": 10.5, color: c["ink-2"],
        "text-valign": "top", "text-margin-y": -5, "text-wrap": "ellipsis", "text-max-width": 150,
        "text-background-color": c.card, "text-background-opacity": 0.85, "text-background-padding": 2,
      },
    },
    ...[...new Set(data.nodes.map((n) => `${n.hue}|${n.stance ?? ""}`))].flatMap((key) => {
      const [hue, stance] = key.split("|");
      if (hue === "undefined") return [];
      const example = { data: (name) => (name === "hue" ? hue : stance) };
      return [{ selector: `node[type = "statement"][hue = ${hue}][stance = "${stance}"]`, style: statement(example) }];
    }),
    {
      selector: "edge",
      style: {
        width: 1.5, "line-color": c.rule, "target-arrow-color": c.rule, "target-arrow-shape": "triangle", "arrow-scale": 0.8,
        "curve-style": "bezier", label: "data(label)", "font-family": sans, "font-size": 10.5, color: c["ink-2"],
        "text-background-color": c.card, "text-background-opacity": 0.9, "text-background-padding": 2,
        "text-rotation": "none",
      },
    },
    { selector: 'edge[type = "counter"]', style: { width: 2.5, "line-color": c["ink-2"], "target-arrow-color": c["ink-2"] } },
    {
      selector: 'edge[type = "drawn"]',
      style: { "line-style": "dashed", "line-color": c["ink-2"], "target-arrow-color": c["ink-2"] },
    },
    { selector: 'edge[type = "between"]', style: { "line-style": "dotted", "line-color": c["ink-2"], "target-arrow-color": c["ink-2"] } },
    { selector: "node:selected", style: { "border-width": 3.5, "border-color": c.accent } },
  ];
};

const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
const cy = cytoscape({
  container: canvas,
  elements: {
    nodes: data.nodes.map((node) => ({ data: node, classes: node.id === frame.dataset.center ? "center" : "" })),
    edges: data.edges.map((edge) => ({ data: edge })),
  },
  style: styles(),
  layout: { name: "dagre", rankDir: "LR", nodeSep: 26, rankSep: 120, edgeSep: 12, animate: false, padding: 30 },
  minZoom: 0.15,
  maxZoom: 2.5,
  autoungrabify: true,
  boxSelectionEnabled: false,
});
cy.fit(undefined, 30);
if (cy.zoom() > 1.15) cy.zoom({ level: 1.15, renderedPosition: { x: cy.width() / 2, y: cy.height() / 2 } });
// Where the whole would be too small to read, begin at the claim in the middle.
if (cy.zoom() < 0.55) {
  cy.zoom(0.75);
  cy.center(cy.nodes(".center"));
}
frame.dataset.drawn = String(cy.nodes().length);

const near = (level) => cy.zoom({ level, renderedPosition: { x: cy.width() / 2, y: cy.height() / 2 } });
const moves = { in: () => near(cy.zoom() * 1.3), out: () => near(cy.zoom() / 1.3), fit: () => cy.fit(undefined, 30) };
for (const button of frame.querySelectorAll("[data-graph]")) {
  button.addEventListener("click", moves[button.dataset.graph]);
}

/* What is chosen is told in words, their words in serif. */
const tell = (node) => {
  told.replaceChildren();
  const add = (name, text, className = "") => {
    const part = document.createElement(name);
    part.textContent = text;
    if (className) part.className = className;
    told.append(part, " ");
  };
  if (node.data("type") === "claim") {
    const link = document.createElement("a");
    link.href = node.data("url");
    link.textContent = node.data("label");
    told.append(`${node.data("ref")} `, link);
    return;
  }
  add("b", node.data("label"));
  add("span", node.data("words"), "words");
  add("span", node.data("about"));
};
const choose = (node, move) => {
  cy.nodes().unselect();
  node.select();
  tell(node);
  if (!move) return;
  if (still) cy.center(node);
  else cy.animate({ center: { eles: node }, duration: 140 });
};
cy.on("tap", "node", (event) => choose(event.target, false));

/* From the chosen node, the arrow goes to the nearest that lies that way. */
const WAYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const next = (from, [dx, dy]) => {
  const start = from.position();
  let best = null;
  cy.nodes().forEach((node) => {
    const { x, y } = node.position();
    const along = (x - start.x) * dx + (y - start.y) * dy;
    const aside = Math.abs((x - start.x) * dy) + Math.abs((y - start.y) * dx);
    const cost = along + 2.5 * aside;
    if (along > 1 && (!best || cost < best.cost)) best = { node, cost };
  });
  return best?.node;
};
canvas.addEventListener("keydown", (event) => {
  const chosen = cy.nodes(":selected").first();
  if (event.key === "Enter" && chosen.nonempty() && chosen.data("url")) {
    location.assign(chosen.data("url"));
  } else if (event.key in WAYS) {
    event.preventDefault();
    const from = chosen.nonempty() ? chosen : cy.nodes(".center");
    choose(chosen.nonempty() ? next(from, WAYS[event.key]) ?? from : from, true);
  }
});

matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => cy.style(styles()));
new ResizeObserver(() => cy.resize()).observe(canvas);
