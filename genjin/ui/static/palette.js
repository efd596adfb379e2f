// Command palette (Ctrl/⌘ K): loaded when first opened. Searches on the server, keeps the last opened on this device.
const { $, $$, words, make, icon, kept, openDialog } = genjin;
const RECENT = "recent", MOST = 6;
const answers = new Map();
let box, field, list, asked = 0, wait = 0;

export function open(start, entered) {
  if (!box) build();
  if (box.open) return box.close();
  answers.clear();
  field.value = start; box.showModal(); field.focus(); field.setSelectionRange(start.length, start.length);
  if (entered) enter(false); else search();
}

function build() {
  field = make("input", { type: "text", autocomplete: "off", spellcheck: false, enterKeyHint: "go" });
  for (const [name, value] of Object.entries({ role: "combobox", "aria-expanded": "true", "aria-controls": "palette-list", "aria-autocomplete": "list", "aria-label": words.search })) field.setAttribute(name, value);
  list = make("div", { id: "palette-list", className: "res" });
  list.setAttribute("role", "listbox"); list.setAttribute("aria-label", words.results);
  const hint = make("span", { className: "dim t-xs" }, words.hint), escape = make("kbd", {}, "Esc");
  const foot = make("div", { className: "fx" });
  for (const [keys, text] of [[["↑", "↓"], words.choose], [["↵"], words.open], [[/Mac/.test(navigator.platform) ? "⌘ ↵" : "Ctrl ↵"], words.newTab]]) foot.append(make("span", {}, ...keys.flatMap(key => [make("kbd", {}, key), " "]), text));
  foot.append(make("span", { className: "sp" }, words.prefixes));
  box = make("dialog", { className: "pal" }, make("div", { className: "q" }, icon("search", "l"), field, hint, escape), list, foot);
  box.setAttribute("aria-label", words.search);
  box.addEventListener("click", event => {
    if (event.target === box) return box.close();
    const option = event.target.closest("[role=option]");
    if (option) choose(option, event.metaKey || event.ctrlKey);
  });
  list.addEventListener("pointermove", event => { const option = event.target.closest("[role=option]"); if (option) mark(option, false); });
  field.addEventListener("input", event => { if (!event.isComposing) later(); });
  field.addEventListener("compositionend", later);
  field.addEventListener("keydown", keys);
  document.body.append(box);
}

const later = () => { clearTimeout(wait); wait = setTimeout(search, 120); };

async function search() {
  const text = field.value.trim(), mine = ++asked;
  let html = answers.get(text);
  if (html === undefined) {
    box.classList.add("busy");
    const answer = await fetch(`/palette?q=${encodeURIComponent(text)}&from=${encodeURIComponent(location.pathname)}`, { headers: { "HX-Request": "true" } }).catch(() => null);
    if (mine !== asked) return;
    box.classList.remove("busy");
    if (answer?.status === 401) return void (location.href = "/sign-in");
    if (!answer?.ok) return void list.replaceChildren(make("div", { className: "none" }, words.failed));
    html = await answer.text();
    answers.set(text, html);
  }
  if (mine !== asked) return;
  list.innerHTML = html;
  if (!text) list.prepend(...recent());
  $$("[role=option]", list).forEach((option, number) => { option.id = `palette-${number}`; });
  mark($("[role=option]", list)); list.dataset.answers = text;
}

async function enter(apart) { // what was typed last, also when its answer is still to come
  if (list.dataset.answers !== field.value.trim()) { clearTimeout(wait); await search(); }
  const option = $("[aria-selected=true]", list);
  if (option && box.open && list.dataset.answers === field.value.trim()) choose(option, apart);
}

function recent() {
  const items = kept.get(RECENT) ?? [];
  if (!items.length) return [];
  return [make("div", { className: "h" }, words.recent), ...items.map(item => {
    const option = make("div", { className: "o" }, icon(item.icon || "history"), make("div", { className: "tx" }, make("b", {}, item.text)));
    option.setAttribute("role", "option"); option.dataset.href = item.href;
    return option;
  })];
}

function mark(option, scroll = true) {
  for (const other of $$("[aria-selected=true]", list)) other.setAttribute("aria-selected", "false");
  if (!option) return field.removeAttribute("aria-activedescendant");
  option.setAttribute("aria-selected", "true"); field.setAttribute("aria-activedescendant", option.id);
  if (scroll) option.scrollIntoView({ block: "nearest" });
}

function keys(event) {
  if (event.isComposing || event.keyCode === 229) return;
  const options = $$("[role=option]", list), at = options.findIndex(option => option.getAttribute("aria-selected") === "true");
  if (event.key === "ArrowDown") mark(options[(at + 1) % options.length]);
  else if (event.key === "ArrowUp") mark(options.at(at - 1));
  else if (event.key === "Enter") enter(event.metaKey || event.ctrlKey);
  else return;
  event.preventDefault(); event.stopPropagation();
}

function choose(option, apart) {
  if (option.getAttribute("aria-disabled") === "true") return;
  const { href, dialog, recent: shown, icon: picture } = option.dataset;
  if (href && shown) {
    const others = (kept.get(RECENT) ?? []).filter(item => item.href !== href);
    kept.set(RECENT, [{ href, text: shown, icon: picture }, ...others].slice(0, MOST));
  }
  if (apart && href) return void window.open(href, "_blank", "noopener");
  box.close();
  if (dialog) openDialog(dialog); else if (href) location.href = href;
}
