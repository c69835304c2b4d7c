const POINTER = ["pointerdown", "pointerup", "pointercancel"] as const;
const MOVES: ReadonlyMap<string, string> = new Map([
  ["ArrowLeft", "left"],
  ["ArrowRight", "right"],
]);

/**
 * Makes the forms of the map editor fluid: a change is sent as it is made, and what the server answers takes
 * the place of what was shown. One change is on its way at a time, so none is made of a state that is no more.
 *
 * Alt and an arrow move the step in focus, Delete takes it out, Ctrl+Z and Ctrl+Shift+Z undo and redo; a name
 * can be dragged. Without script every button sends its form, and the page comes anew.
 */
class MapEditor extends HTMLElement {
  private last: Promise<void> = Promise.resolve();
  /** Fields that were written into while a change was on its way: what stands in them is kept. */
  private readonly touched = new Set<string>();
  private dragged = "";
  private isPressed = false;

  connectedCallback(): void {
    this.addEventListener("submit", this.onSubmit);
    this.addEventListener("change", this.onChange);
    this.addEventListener("input", this.onInput);
    this.addEventListener("click", this.onClick);
    this.addEventListener("dragstart", this.onDragStart);
    this.addEventListener("dragover", this.onDragOver);
    this.addEventListener("drop", this.onDrop);
    document.addEventListener("keydown", this.onKey);
    for (const type of POINTER) document.addEventListener(type, this.onPointer);
  }

  disconnectedCallback(): void {
    document.removeEventListener("keydown", this.onKey);
    for (const type of POINTER) document.removeEventListener(type, this.onPointer);
  }

  private readonly onSubmit = (event: SubmitEvent): void => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || !form.hasAttribute("data-edit")) return;
    event.preventDefault();
    this.queue("change", () => this.taken(form, event.submitter), event.submitter?.id ?? "");
  };

  /** A field of a form that is saved as one types. */
  private readonly onChange = (event: Event): void => {
    const form = event.target instanceof Element ? event.target.closest("form[data-as-typed]") : null;
    if (form instanceof HTMLFormElement) this.queue("change", () => this.taken(form, null), "");
  };

  private readonly onInput = (event: Event): void => {
    if (event.target instanceof Element) this.touched.add(event.target.id);
  };

  private readonly onClick = (event: MouseEvent): void => {
    const link = event.target instanceof Element ? event.target.closest("a[data-open]") : null;
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    leaveField();
    const opened = new URL(link.getAttribute("href") ?? "", location.href).search;
    this.queue("here", () => null, link.getAttribute("data-focus") ?? link.id, opened);
  };

  private readonly onKey = (event: KeyboardEvent): void => {
    if (isTyping(event.target)) return;
    if ((event.ctrlKey || event.metaKey) && !event.altKey) this.onUndo(event);
    else this.onStepKey(event, this.stepOf(document.activeElement));
  };

  /** The twin of dragging: what a key does to the step in focus. */
  private onStepKey(event: KeyboardEvent, step: string): void {
    const edit = editOf(event);
    if (step === "" || edit === "") return;
    event.preventDefault();
    this.send({ do: `${edit}:${step}` }, edit === "remove" ? "undo" : `step-${step}`);
  }

  private onUndo(event: KeyboardEvent): void {
    const key = event.key.toLowerCase();
    if (key !== "z" && key !== "y") return;
    event.preventDefault();
    this.send({ do: key === "y" || event.shiftKey ? "redo" : "undo" }, document.activeElement?.id ?? "");
  }

  /** The step whose name is in focus, or was taken hold of; empty where it is none. */
  private stepOf(element: EventTarget | null): string {
    if (!(element instanceof Element) || !this.contains(element) || isTyping(element)) return "";
    return element.closest("[data-step]")?.getAttribute("data-step") ?? "";
  }

  private readonly onDragStart = (event: DragEvent): void => {
    this.dragged = this.stepOf(event.target);
    event.dataTransfer?.setData("text/plain", this.dragged);
  };

  private readonly onDragOver = (event: DragEvent): void => {
    if (this.dragged !== "" && this.stepOf(event.target) !== "") event.preventDefault();
  };

  private readonly onDrop = (event: DragEvent): void => {
    const beside = this.stepOf(event.target);
    const head = event.target instanceof Element ? event.target.closest("[data-step]") : null;
    if (this.dragged === "" || beside === "" || !head) return;
    event.preventDefault();
    const box = head.getBoundingClientRect();
    const isBefore = event.clientX < box.left + box.width / 2;
    const put = { do: `put:${this.dragged}`, beside, where_to: isBefore ? "before" : "after" };
    this.send(put, `step-${this.dragged}`);
    this.dragged = "";
  };

  /** Send a change that no button of the page stands for, with what every form of the grid has. */
  private send(fields: Record<string, string>, focus: string): void {
    const form = this.querySelector<HTMLFormElement>("form[data-edit]");
    if (!form) return;
    this.queue(
      "change",
      () => {
        const body = fieldsOf(form, null);
        for (const [name, text] of Object.entries(fields)) body.set(name, text);
        return body;
      },
      focus,
    );
  }

  /**
   * Do one thing after the other; what is sent, and where to, is read when its turn has come, of the state that
   * is shown: after the first change of a published version that is its draft.
   */
  private queue(to: "change" | "here", body: () => URLSearchParams | null, focus: string, opened = ""): void {
    this.last = this.last.then(() => this.ask(this.shown(to) + opened, body(), focus));
  }

  /** What the state that is shown says of itself. */
  private shown(name: string): string {
    return this.querySelector(`[data-${name}]`)?.getAttribute(`data-${name}`) ?? "";
  }

  /** Read a form that is sent now: what stands in it need not be kept any more. */
  private taken(form: HTMLFormElement, submitter: HTMLElement | null): URLSearchParams {
    for (const id of [...this.touched]) if (form.querySelector(`#${CSS.escape(id)}`)) this.touched.delete(id);
    return fieldsOf(form, submitter);
  }

  private async ask(address: string, body: URLSearchParams | null, focus: string): Promise<void> {
    this.say(this.dataset["busy"] ?? "");
    this.setAttribute("aria-busy", "true");
    try {
      if (body) body.set("base", this.shown("base"));
      const response = await fetch(address, body ? { method: "POST", body } : {});
      const text = await response.text();
      await this.released();
      this.show(text, response, focus);
    } catch {
      this.say(this.dataset["failed"] ?? "");
    }
    this.removeAttribute("aria-busy");
  }

  /** Wait until no button of a pointer is down: what is pressed must still be there when it is let go. */
  private async released(): Promise<void> {
    if (!this.isPressed) return;
    await new Promise((resolve) => {
      for (const end of ["pointerup", "pointercancel"]) {
        document.addEventListener(end, () => setTimeout(resolve), { once: true });
      }
    });
  }

  private readonly onPointer = (event: Event): void => {
    this.isPressed = event.type === "pointerdown";
  };

  private say(text: string): void {
    const place = this.querySelector("#saved");
    if (place) place.textContent = text;
  }

  /** Put the answer in place of what was shown; a page that is none of the editor's is shown as it is. */
  private show(text: string, response: Response, focus: string): void {
    const page = new DOMParser().parseFromString(text, "text/html");
    const found = page.querySelector("td-map-editor");
    if (!found) {
      replaceAll("#panel", page);
      return;
    }
    if (response.ok) history.replaceState(null, "", response.url);
    replaceAll("#panel > .heading", page);
    this.swap(found, focus);
  }

  /** Put new content in place; focus, scroll, what is unfolded and what was typed meanwhile stay. */
  private swap(found: Element, focus: string): void {
    const was = this.unsent(found);
    const active = document.activeElement?.id ?? "";
    const scrolled = this.one("#grid").scrollLeft;
    const unfolded = new Set([...this.querySelectorAll("details[open]")].map((one) => one.id));
    this.replaceChildren(...found.childNodes);
    for (const one of this.querySelectorAll("details")) one.open ||= unfolded.has(one.id);
    this.one("#grid").scrollTo({ left: scrolled });
    for (const [id, value] of was) putBack(this.one(`#${CSS.escape(id)}`), value);
    this.focusOn(active, focus);
  }

  /** The first element of a kind in here; one that is nowhere where there is none. */
  private one(selector: string): Element {
    return this.querySelector(selector) ?? document.createElement("span");
  }

  /** What was typed and not sent yet, where the same is open in what is to be shown. */
  private unsent(found: Element): Map<string, string | boolean> {
    const [before, after] = [openedIn(this), openedIn(found)];
    if (before !== after) this.touched.clear();
    return new Map([...this.touched].map((id) => [id, valueOf(this.one(`#${CSS.escape(id)}`))]));
  }

  /** Keep the focus where it was; where that is gone, it goes to what comes after the change, or what is open. */
  private focusOn(active: string, focus: string): void {
    if (focus.startsWith("add-")) this.focusName();
    else if (active !== "" || focus !== "") {
      const found = [active, focus].map((id) => this.enabled(id)).find((one) => one !== null);
      (found ?? this.querySelector<HTMLElement>('[aria-current="true"]'))?.focus();
    }
  }

  private enabled(id: string): HTMLElement | null {
    return id === "" ? null : this.querySelector<HTMLElement>(`#${CSS.escape(id)}:not([disabled])`);
  }

  /** A step that was just added wants a name. */
  private focusName(): void {
    const name = this.querySelector<HTMLInputElement>("#f-label");
    name?.focus();
    name?.select();
  }
}

/** Put what another page has at a place of ours there. */
function replaceAll(selector: string, page: Document): void {
  const [mine, theirs] = [document.querySelector(selector), page.querySelector(selector)];
  if (mine && theirs) mine.replaceChildren(...theirs.childNodes);
}

/** What a key does to a step: Alt and an arrow move it, Delete takes it out. */
function editOf(event: KeyboardEvent): string {
  if (event.key === "Delete") return "remove";
  return event.altKey ? (MOVES.get(event.key) ?? "") : "";
}

/** What stands open beside the grid. */
function openedIn(place: Element): string {
  return place.querySelector<HTMLInputElement>("input[type=hidden][name=do]")?.value ?? "";
}

function fieldsOf(form: HTMLFormElement, submitter: HTMLElement | null): URLSearchParams {
  const body = new URLSearchParams();
  for (const [name, value] of new FormData(form, submitter))
    if (typeof value === "string") body.append(name, value);
  return body;
}

/** Leave the field one types in, so that what was typed is sent before anything else is. */
function leaveField(): void {
  const field = document.activeElement;
  if (field instanceof HTMLElement && isTyping(field)) field.blur();
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest("input, select, textarea") !== null;
}

function valueOf(field: Element | null): string | boolean {
  if (field instanceof HTMLInputElement && field.type === "checkbox") return field.checked;
  const hasText = field instanceof HTMLInputElement || field instanceof HTMLTextAreaElement;
  return hasText || field instanceof HTMLSelectElement ? field.value : "";
}

function putBack(field: Element | null, value: string | boolean): void {
  if (field instanceof HTMLInputElement && typeof value === "boolean") field.checked = value;
  const hasText = field instanceof HTMLInputElement || field instanceof HTMLTextAreaElement;
  if ((hasText || field instanceof HTMLSelectElement) && typeof value === "string") field.value = value;
}

customElements.define("td-map-editor", MapEditor);
