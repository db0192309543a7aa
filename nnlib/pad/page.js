// What the pad does in the browser itself, so that it works while the kernel is busy or gone.

const FIELD_NAME =
  "Drawing field. Draw a digit with mouse, pen or finger. " +
  "Keys: u takes back a stroke, c clears, 0 to 9 keep the drawing as that digit.";
const BUSY = "The kernel is busy: your drawing will appear when it is free.";
const PATIENCE = 1000; // milliseconds: a kernel that is free answers within some 50
const KEYS = { u: "undo", backspace: "undo", c: "clear", delete: "clear" };

function render({ model, el }) {
  const removal = new AbortController();
  whenInPad(el, removal.signal, (pad) => setUp(pad, el, model, removal.signal));
  return () => removal.abort();
}

/** Call `then` with the pad that holds an element, as soon as one does: Jupyter attaches the parts one by one. */
function whenInPad(el, signal, then) {
  const pad = el.closest(".nnlib-pad");
  if (pad) then(pad);
  else if (!signal.aborted) requestAnimationFrame(() => whenInPad(el, signal, then));
}

function setUp(pad, el, model, signal) {
  const listen = (type, listener) => pad.addEventListener(type, listener, { signal });
  listen("keydown", (event) => onKey(event, model));
  listen("click", (event) => chooseExample(event, model));

  describe(pad);
  const parts = new MutationObserver(() => describe(pad));
  parts.observe(pad, { childList: true, subtree: true });
  signal.addEventListener("abort", () => parts.disconnect());

  watchKernel(pad, el, model, signal);
  holdPlace(pad, signal);
}

/** Say what the canvases are. The field takes the focus in their place: they would swallow every key. */
function describe(pad) {
  for (const canvas of pad.querySelectorAll("canvas[tabindex]")) canvas.removeAttribute("tabindex");
  const field = pad.querySelector(".nnlib-ink");
  if (field && !field.hasAttribute("tabindex")) {
    // Not "img": a screen reader hands the keys on only to what says that it uses them.
    const attributes = { tabindex: "0", role: "application", "aria-label": FIELD_NAME };
    for (const [name, value] of Object.entries(attributes)) field.setAttribute(name, value);
  }
  const seen = pad.querySelector(".nnlib-seen canvas");
  if (seen && !seen.hasAttribute("role")) {
    seen.setAttribute("role", "img");
    seen.setAttribute("aria-label", "What the network sees");
  }
}

function onKey(event, model) {
  const field = event.target.closest(".nnlib-ink");
  const key = event.key.toLowerCase();
  if (field && key === "escape") field.blur();
  const meaning = field && meaningOf(event, key);
  if (meaning) {
    event.preventDefault();
    if (!event.repeat) model.send({ key: meaning });
  }
  const isPress = (key === "enter" || key === " ") && !event.target.matches("button"); // which clicks by itself
  if (isPress && chooseExample(event, model)) event.preventDefault();
  // Jupyter would take "d d" as "delete this cell", "0 0" as "restart the kernel", and Enter as "edit this cell".
  const isForJupyter = event.ctrlKey || event.metaKey || event.altKey || (key === "enter" && event.shiftKey);
  if (meaning || !isForJupyter) event.stopPropagation();
}

/** Return what a key on the field stands for, or undefined. */
function meaningOf(event, key) {
  if (event.altKey) return undefined;
  if (event.ctrlKey || event.metaKey) return key === "z" && !event.shiftKey ? "undo" : undefined;
  return KEYS[key] ?? (/^[0-9]$/.test(key) ? key : undefined);
}

/** Tell the kernel which kept drawing was chosen, if it was one. */
function chooseExample(event, model) {
  const picture = event.target.closest("[data-nnlib-example]");
  if (picture) model.send({ example: Number(picture.dataset.nnlibExample) });
  return Boolean(picture);
}

/** Keep the focus on its kept drawing, and the scrolled gallery where it is, while the pictures are made anew. */
function holdPlace(pad, signal) {
  let focused = null;
  let scrolled = 0;
  pad.addEventListener("focusin", ({ target }) => (focused = target.dataset.nnlibExample ?? null), { signal });
  pad.addEventListener("pointerdown", () => (focused = null), { signal });
  const noteScroll = ({ target }) => {
    if (target.matches?.(".nnlib-gallery")) scrolled = target.scrollTop;
  };
  pad.addEventListener("scroll", noteScroll, { capture: true, signal }); // it does not bubble
  let gallery = null;
  const pictures = new MutationObserver(() => {
    const now = pad.querySelector(".nnlib-gallery");
    if (now === gallery || !now) return;
    gallery = now;
    gallery.scrollTop = scrolled;
    if (focused === null || document.activeElement !== document.body) return;
    gallery.querySelector(`[data-nnlib-example="${focused}"]`)?.focus({ preventScroll: true });
  });
  pictures.observe(pad, { childList: true, subtree: true });
  signal.addEventListener("abort", () => pictures.disconnect());
}

/** When a stroke begins, ask the kernel whether it is there, and say so if it does not answer. */
function watchKernel(pad, el, model, signal) {
  el.classList.add("nnlib-busy");
  let asked = 0;
  pad.addEventListener(
    "pointerdown",
    (event) => {
      const field = event.target.closest(".nnlib-ink");
      if (!field) return;
      field.focus({ preventScroll: true }); // so that the keys work; ipycanvas keeps the browser from doing so
      const question = Math.random();
      asked = question;
      model.send({ ping: question });
      setTimeout(() => {
        if (asked === question) el.textContent = BUSY;
      }, PATIENCE);
    },
    { signal },
  );
  const onMessage = ({ answer }) => {
    if (answer !== asked) return;
    asked = 0;
    el.textContent = "";
  };
  model.on("msg:custom", onMessage);
  signal.addEventListener("abort", () => model.off("msg:custom", onMessage));
}

export default { render };
