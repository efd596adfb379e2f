// Scripts of what only some pages have (the composer, comments, files). What is pressed there before they stand is pressed again when they do.
const { $ } = genjin;
const PARTS = { "form[data-compose]": "composeScript", "[data-talk]": "commentsScript", "[data-files]": "filesScript" }, coming = new Map();
function fetchParts() {
  for (const [where, script] of Object.entries(PARTS)) {
    if (coming.has(where) || !$(where)) continue;
    const held = [];
    coming.set(where, held);
    import(document.body.dataset[script]).finally(() => { coming.set(where, null); held.forEach(again => again()); });
  }
}
function early(event) {
  const [, held] = [...coming].find(([where, held]) => held && event.target.closest?.(where)) ?? [], { target } = event;
  const enter = event.type === "keydown" && event.key === "Enter" && target.matches("input") && !event.isComposing && !event.ctrlKey && !event.metaKey;
  if (!held || !(enter || event.type === "click" && target.closest("button,a,input,label"))) return;
  event.preventDefault(); event.stopImmediatePropagation();
  held.push(() => enter ? target.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true, cancelable: true })) : target.click());
}
addEventListener("click", early, true); addEventListener("keydown", early, true);
document.addEventListener("htmx:after:swap", fetchParts);
fetchParts();
