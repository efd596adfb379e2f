// Boards (opportunities by stage, leads by state): dragging cards between columns and onto the dock, moving them by
// keyboard. The server decides: what it refuses goes back and is said, what it asks for opens as a dialog, what it takes
// is drawn as it answers.
const { $, $$, csrf, make, toast, words, openDialog, typing, keysOff } = genjin;

const board = () => $("[data-board]");
const columnOf = card => card.closest(".kc"), listOf = column => $(".kl", column);
const cardsOf = column => $$(".kd", column);

async function move(card, stage, back) {
  const body = new URLSearchParams(board().dataset.query);
  body.set("stage", stage); body.set("version", card.dataset.version);
  card.setAttribute("aria-busy", "true");
  const answer = await fetch(`${card.dataset.url}/moves`, { method: "POST", body, headers: { "X-CSRFToken": csrf(), "HX-Request": "true" } }).catch(() => null);
  card.removeAttribute("aria-busy");
  const told = JSON.parse(answer?.headers.get("HX-Trigger") ?? "{}");
  const dialog = answer?.headers.get("X-Dialog");
  if (dialog) { back(); card.focus({ preventScroll: true }); openDialog(dialog); return false; } // what is missing stands there
  if (told.toast) toast(told.toast); else if (!answer?.ok) toast({ text: answer ? words.failed : words.unsaved, tone: "bad" });
  if (!answer?.ok) { back(); return false; }
  if ("rows:changed" in told) document.dispatchEvent(new Event("rows:changed")); else draw(card, await answer.text());
  return true;
}
function draw(card, html) { // the card and the heads of all columns, as they are now
  const fresh = make("template"); fresh.innerHTML = html;
  const held = card.contains(document.activeElement) || document.activeElement === card;
  const next = $(`#${card.id}`, fresh.content);
  if (next) { card.replaceWith(next); prepare(next); htmx.process(next); if (held) focus(next); } else card.remove();
  for (const head of $$(".kh", fresh.content)) { const old = document.getElementById(head.id); if (old) { old.replaceWith(head); htmx.process(head); } }
}

// ---- dragging: Sortable, loaded when there is a board; touch holds a card for a moment first ------------------------------
function start() {
  const box = board();
  if (!box || box.dataset.ready || !("moves" in box.dataset)) return;
  box.dataset.ready = "1";
  const dock = $("[data-dock]");
  let before = null; // what the card stood above
  const putBack = (item, home, place) => { if (place?.parentElement === home) home.insertBefore(item, place); else home.append(item); };
  const common = { group: "cards", animation: 140, draggable: ".kd", filter: ".kmore", delay: 180, delayOnTouchOnly: true, ghostClass: "slot", dragClass: "drag" };
  const options = {
    ...common, sort: false,
    onStart: event => { before = event.item.nextElementSibling; box.classList.add("dragging"); if (dock) dock.hidden = false; },
    onMove: event => { hint(event.to.closest(".kc")); return true; },
    onEnd: async event => {
      box.classList.remove("dragging"); if (dock) dock.hidden = true; hint(null);
      const { item } = event, verb = event.to.dataset.verb, column = event.to.closest(".kc");
      const home = event.from, place = before;
      if (verb) { putBack(item, home, place); openDialog(`${item.dataset.url}/actions/${verb}`); return; }
      if (!column || event.to === event.from) return;
      await move(item, column.dataset.stage, () => putBack(item, home, place));
    },
  };
  const begin = () => {
    for (const list of $$(".kl", box)) globalThis.Sortable.create(list, options);
    for (const list of dock ? $$("[data-verb]", dock) : []) globalThis.Sortable.create(list, { ...common, sort: false, draggable: ".kd" });
  };
  if (globalThis.Sortable) begin(); else document.head.append(make("script", { src: document.body.dataset.sortableScript, onload: begin }));
}
let hinted = null;
function hint(column) { // what the column over which a card hangs asks for
  if (column === hinted) return;
  hinted?.classList.remove("over"); hinted = column; column?.classList.add("over");
  $(".ktask")?.remove();
  if (column?.dataset.tasks) listOf(column).prepend(make("li", { className: "ktask" }, words.due.replace("{stage}", column.dataset.name).replace("{tasks}", column.dataset.tasks)));
}

// ---- keyboard: one card is in the order of tabs; arrows go to others, with Shift the card itself moves -----------------------
function prepare(card) { card.tabIndex = -1; card.setAttribute("aria-describedby", "board-help"); }
function focus(card) {
  $$('.kd[tabindex="0"]').forEach(other => { other.tabIndex = -1; });
  card.tabIndex = 0; card.focus({ preventScroll: true }); card.scrollIntoView({ block: "nearest", inline: "nearest" });
}
function beside(card, key) {
  const column = columnOf(card), cards = cardsOf(column), at = cards.indexOf(card);
  if (key === "ArrowDown") return cards[at + 1];
  if (key === "ArrowUp") return cards[at - 1];
  let other = column;
  do other = key === "ArrowRight" ? other.nextElementSibling : other.previousElementSibling; while (other && !cardsOf(other).length);
  return other ? cardsOf(other)[Math.min(at, cardsOf(other).length - 1)] : null;
}
document.addEventListener("keydown", event => {
  const card = event.target.closest?.(".kd");
  if (!card || event.isComposing || event.metaKey || event.ctrlKey || event.altKey || typing(event.target) || $("dialog[open]")) return;
  const { key } = event;
  if (key.startsWith("Arrow") && event.shiftKey && "moves" in board().dataset) {
    const column = key === "ArrowRight" ? columnOf(card).nextElementSibling : key === "ArrowLeft" ? columnOf(card).previousElementSibling : null;
    if (!column) return;
    event.preventDefault();
    const home = card.parentElement, place = card.nextElementSibling;
    listOf(column).prepend(card); focus(card);
    move(card, column.dataset.stage, () => { if (place?.parentElement === home) home.insertBefore(card, place); else home.append(card); focus(card); });
  } else if (key.startsWith("Arrow")) {
    const other = beside(card, key);
    if (other) { event.preventDefault(); focus(other); }
  } else if (event.target === card && key === "Enter") $("a", card).click();
  else if (event.target === card && !keysOff() && "moves" in board().dataset && $("[data-dock]") && (key === "w" || key === "l")) {
    event.preventDefault(); event.stopPropagation(); openDialog(`${card.dataset.url}/actions/${key === "w" ? "win" : "lose"}`);
  }
}, true);
let last = ""; // the card that holds the focus, should the board be drawn anew
document.addEventListener("focusin", event => {
  const card = event.target.closest?.(".kd");
  if (card) { $$('.kd[tabindex="0"]').forEach(other => { if (other !== card) other.tabIndex = -1; }); card.tabIndex = 0; }
  if (card || !event.target.closest?.("dialog")) last = card?.id ?? "";
});

function ready() {
  const cards = $$(".kd");
  cards.forEach(card => { if (!card.hasAttribute("tabindex")) prepare(card); });
  if (cards.length && !$('.kd[tabindex="0"]')) cards[0].tabIndex = 0;
  start();
  const held = last && document.activeElement === document.body && !$("dialog[open]") && document.getElementById(last);
  if (held) focus(held);
}
document.addEventListener("htmx:after:swap", ready);
ready();
