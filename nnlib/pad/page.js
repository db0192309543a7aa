// What the pad does in the browser itself, so that it works while the kernel is busy or gone.

const FIELD_NAME =
  "Drawing field. Draw a digit with mouse, pen or finger. " +
  "Keys: u takes back a stroke, c clears, 0 to 9 keep the drawing as that digit.";
const BUSY = "The kernel is busy: your drawing will appear when it is free.";
const GONE = "This pad is no longer connected: its kernel was restarted or stopped. Run its cell again.";
const PATIENCE = 1000; // milliseconds: a kernel that is free answers within some 50
const PHOTO_PATIENCE = 5000; // milliseconds, where the batch holds a photo, which has to be sent and read
const QUIET = 400; // milliseconds
const LARGE = 1e6; // bytes: a larger picture is reduced, as a whole class may share one network …
const MOST = 9e6; // bytes … and a message of more than some 10 million ends the connection
const LONGEST_SIDE = 2000; // pixels of a reduced picture; nnlib.read_page works on fewer
const CHOICES = "[data-nnlib-example], [data-nnlib-digit]"; // kept drawings, and digits of the photo
const KEYS = { u: "undo", backspace: "undo", c: "clear", delete: "clear" };
const PEN = {
  mousedown: "down",
  mousemove: "move",
  mouseup: "up",
  mouseout: "up",
  touchstart: "fingers_down",
  touchmove: "fingers_move",
  touchend: "up",
  touchcancel: "up",
};

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
  const announce = makeAnnouncer(pad, el);
  const post = makePost(model, signal, announce.trouble);
  const pen = makePen(post);
  const listen = (type, listener, options) => pad.addEventListener(type, listener, { signal, ...options });
  // On the window: Notebook takes its keys on their way down to the pad, JupyterLab on their way up.
  window.addEventListener("keydown", (event) => keepFromJupyter(event, pad), { capture: true, signal });
  listen("keydown", (event) => onKey(event, post));
  listen("click", (event) => choose(event, post));
  const photos = makeFileInput((file) => {
    scrollToNewPhoto(pad, signal);
    sendPhoto(file, post);
  });
  listen("click", (event) => event.target.closest(".nnlib-choose-photo") && photos.click());

  // Before the canvas gets them: ipycanvas sends each event in a message of its own, and keeps the wheel to itself.
  for (const type of Object.keys(PEN)) listen(type, pen.onEvent, { capture: true, passive: false });
  listen("wheel", (event) => fieldOf(event) && event.stopPropagation(), { capture: true, passive: true });
  // A button tells the kernel by itself: what was done before must get there before.
  for (const type of ["click", "change"]) listen(type, post.now, { capture: true });

  holdPlace(pad, signal);
  const update = () => {
    describe(pad);
    announce.reading(pen.isDown);
  };
  update();
  const changes = new MutationObserver(update);
  changes.observe(pad, { childList: true, subtree: true });
  signal.addEventListener("abort", () => changes.disconnect());
}

function fieldOf(event) {
  return event.target.closest(".nnlib-ink");
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
  pad.querySelector(".nnlib-status")?.setAttribute("role", "status");
  for (const handle of pad.querySelectorAll(".noUi-handle:not([aria-label])")) {
    handle.setAttribute("aria-label", handle.closest(".jupyter-widgets").querySelector(".widget-label").textContent);
  }
}

/** Return what tells a screen reader what the pad reads, and everybody that the kernel does not answer. */
function makeAnnouncer(pad, el) {
  const trouble = document.createElement("div");
  const region = document.createElement("div");
  region.className = "nnlib-announcer";
  region.setAttribute("role", "status");
  el.append(trouble, region);
  let sentence = "";
  let timer;

  return {
    /** Say the sentence that the pad shows, once it stays the same for a moment and no stroke is being drawn. */
    reading(isDown) {
      const shown = pad.querySelector(".nnlib-words")?.textContent ?? "";
      if (shown === sentence) return;
      sentence = shown;
      const say = () => {
        if (isDown()) timer = setTimeout(say, QUIET);
        else region.textContent = sentence;
      };
      clearTimeout(timer);
      timer = setTimeout(say, QUIET);
    },
    /** Say why nothing happens; an empty text says that all is well again. */
    trouble(text) {
      if (text === trouble.textContent) return;
      trouble.className = text ? "nnlib-problem" : "";
      trouble.textContent = text;
      region.textContent = text || sentence;
    },
  };
}

/** Return what sends to the kernel, in batches: the next when the last is answered, so that neither side falls behind. */
function makePost(model, signal, showTrouble) {
  let waiting = []; // not sent yet
  let files = []; // the content of those that are photos
  let asked = null; // the batch that has no answer yet
  let timer;

  const send = () => {
    if (!waiting.length) return;
    const batch = { events: waiting, batch: Math.random() }; // another view of the pad gets the answers too
    const contents = files;
    waiting = [];
    files = [];
    clearTimeout(timer);
    try {
      model.send(batch, undefined, contents);
    } catch {
      showTrouble(GONE); // Jupyter refuses to send to a kernel that was shut down
      return;
    }
    asked = batch.batch;
    timer = setTimeout(() => {
      showTrouble(BUSY);
      asked = null;
      send();
    }, contents.length ? PHOTO_PATIENCE : PATIENCE);
  };
  const onMessage = ({ answer }) => {
    if (answer !== asked) return;
    asked = null;
    clearTimeout(timer);
    showTrouble("");
    send();
  };
  model.on("msg:custom", onMessage);
  signal.addEventListener("abort", () => {
    model.off("msg:custom", onMessage);
    clearTimeout(timer);
  });

  return {
    now: send,
    /** Send what is called `name`, with the content of a file; what the pen does is sent together. */
    add(name, value, file) {
      if (file) files.push(file);
      const last = waiting.at(-1);
      if (name === "pen" && last?.pen) last.pen.push(value);
      else waiting.push(name === "pen" ? { pen: [value] } : { [name]: value });
      if (asked === null) send();
    },
  };
}

/** Return what turns events of mouse and fingers on the field into the pen's. */
function makePen(post) {
  let isDown = false;

  const onEvent = (event) => {
    const canvas = event.target;
    if (!canvas.matches(".nnlib-ink canvas")) return;
    event.stopPropagation();
    const box = canvas.getBoundingClientRect();
    const place = ({ clientX, clientY }) => [
      (canvas.width * (clientX - box.left)) / box.width,
      (canvas.height * (clientY - box.top)) / box.height,
    ];
    if (event.type.startsWith("touch")) {
      event.preventDefault(); // no mouse event after it
      isDown = event.touches.length > 0;
      post.add("pen", [PEN[event.type], [...event.touches].map(place)]);
      return;
    }
    const wasDown = isDown;
    if (event.type === "mousedown") isDown = event.button === 0;
    else if (event.type !== "mousemove") isDown = false;
    if (wasDown || isDown) post.add("pen", [PEN[event.type], ...place(event)]);
  };
  return { onEvent, isDown: () => isDown };
}

/** Jupyter would take "d d" as "delete this cell", "0 0" as "restart the kernel", and Enter as "edit this cell". */
function keepFromJupyter(event, pad) {
  if (!pad.contains(event.target)) return;
  const isForJupyter = event.ctrlKey || event.metaKey || event.altKey || (event.key === "Enter" && event.shiftKey);
  event.target.toggleAttribute("data-lm-suppress-shortcuts", !isForJupyter || Boolean(meaningOf(event)));
}

function onKey(event, post) {
  if (event.key === "Escape") fieldOf(event)?.blur();
  const meaning = meaningOf(event);
  if (meaning) {
    event.preventDefault();
    if (!event.repeat) post.add("key", meaning);
  }
  const isPress = [" ", "Enter"].includes(event.key) && !event.target.matches("button"); // which clicks by itself
  if (isPress && choose(event, post)) event.preventDefault();
}

/** Return what a key stands for, if it was pressed on the field. */
function meaningOf(event) {
  if (!fieldOf(event) || event.altKey) return undefined;
  const key = event.key.toLowerCase();
  if (event.ctrlKey || event.metaKey) return key === "z" && !event.shiftKey ? "undo" : undefined;
  return KEYS[key] ?? (/^[0-9]$/.test(key) ? key : undefined);
}

/** Tell the kernel which kept drawing, or which digit of the photo, was chosen, if it was one. */
function choose(event, post) {
  const { nnlibExample, nnlibDigit } = event.target.closest(CHOICES)?.dataset ?? {};
  if (nnlibExample) post.add("example", Number(nnlibExample));
  if (nnlibDigit) post.add("digit", Number(nnlibDigit));
  return Boolean(nnlibExample || nnlibDigit);
}

/** Return what lets people choose a picture; a phone offers its camera, too. */
function makeFileInput(onFile) {
  const input = Object.assign(document.createElement("input"), { type: "file", accept: "image/*" });
  input.addEventListener("change", () => {
    if (input.files.length) onFile(input.files[0]);
    input.value = ""; // so that the same one can be chosen again
  });
  return input;
}

/** Scroll to the next photo that comes, once it is there: on a phone, it would be out of sight. */
function scrollToNewPhoto(pad, signal) {
  const before = pad.querySelector(".nnlib-picture img");
  const changes = new MutationObserver(() => {
    const now = pad.querySelector(".nnlib-picture img");
    if (!now || now === before) return;
    changes.disconnect();
    now.scrollIntoView({ block: "nearest" });
  });
  changes.observe(pad, { childList: true, subtree: true });
  signal.addEventListener("abort", () => changes.disconnect());
}

/** Send a picture file to the kernel: reduced, if it is large, and empty, if it cannot be reduced. */
async function sendPhoto(file, post) {
  const content = file.size > LARGE ? await reduced(file) : file;
  post.add("photo", file.name, await content.arrayBuffer());
}

/** Return a picture as a smaller JPEG; where the browser cannot read it, as it is, or empty. */
async function reduced(file) {
  try {
    const picture = await createImageBitmap(file); // upright, as phones note how they were held
    const scale = Math.min(1, LONGEST_SIDE / Math.max(picture.width, picture.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.max(1, Math.round(scale * picture.width));
    canvas.height = Math.max(1, Math.round(scale * picture.height));
    const context = canvas.getContext("2d");
    context.fillStyle = "white"; // paper that is transparent
    context.fillRect(0, 0, canvas.width, canvas.height);
    context.imageSmoothingQuality = "high";
    context.drawImage(picture, 0, 0, canvas.width, canvas.height);
    picture.close();
    return await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.9));
  } catch {
    return file.size > MOST ? new Blob() : file; // the kernel says what is wrong with it
  }
}

/** Keep the focus on what was chosen, and the scrolled gallery where it is, while the pictures are made anew. */
function holdPlace(pad, signal) {
  let focused = null;
  let scrolled = 0;
  pad.addEventListener("focusin", ({ target }) => (focused = target.matches(CHOICES) ? target : null), { signal });
  pad.addEventListener("pointerdown", () => (focused = null), { signal });
  const noteScroll = ({ target }) => {
    if (target.matches?.(".nnlib-gallery")) scrolled = target.scrollTop;
  };
  pad.addEventListener("scroll", noteScroll, { capture: true, signal }); // it does not bubble
  let gallery = null;
  const pictures = new MutationObserver(() => {
    const now = pad.querySelector(".nnlib-gallery");
    if (now && now !== gallery) {
      gallery = now;
      gallery.scrollTop = scrolled;
    }
    if (!focused || focused.isConnected || document.activeElement !== document.body) return;
    const { nnlibExample, nnlibDigit } = focused.dataset;
    const same = nnlibExample ? `[data-nnlib-example="${nnlibExample}"]` : `button[data-nnlib-digit="${nnlibDigit}"]`;
    pad.querySelector(same)?.focus({ preventScroll: true });
  });
  pictures.observe(pad, { childList: true, subtree: true });
  signal.addEventListener("abort", () => pictures.disconnect());
}

export default { render };
