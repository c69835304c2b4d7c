/**
 * Cards of a board moved by their grip: dragged onto another card, or by the arrow keys, which press the
 * buttons beside it. The form that is there for it says so to the server; after that the grip has the focus.
 */
export function letCardsMove(root: Document = document): void {
  const board = root.querySelector<HTMLElement>("[data-board]");
  const form = root.querySelector<HTMLFormElement>("form#arrange");
  if (!board || !form) return;
  window.addEventListener("load", () => {
    requestAnimationFrame(focusMoved);
  });
  for (const grip of board.querySelectorAll<HTMLElement>("[data-grip]")) {
    grip.addEventListener("keydown", press);
    grip.addEventListener("dragstart", (event) => {
      take(event);
    });
  }
  for (const card of board.querySelectorAll<HTMLElement>("[data-card]")) {
    card.addEventListener("dragover", (event) => {
      event.preventDefault();
      card.classList.add("is-over");
    });
    card.addEventListener("dragleave", () => {
      card.classList.remove("is-over");
    });
    card.addEventListener("drop", (event) => {
      event.preventDefault();
      send(form, event.dataTransfer?.getData("text/plain") ?? "", card.dataset["place"] ?? "");
    });
  }
}

const BUTTONS: ReadonlyMap<string, string> = new Map([
  ["ArrowUp", "earlier"],
  ["ArrowLeft", "earlier"],
  ["ArrowDown", "later"],
  ["ArrowRight", "later"],
]);

function press(event: KeyboardEvent): void {
  const act = BUTTONS.get(event.key);
  if (act === undefined || !(event.currentTarget instanceof HTMLElement)) return;
  event.preventDefault();
  event.stopPropagation();
  event.currentTarget.closest("form")?.querySelector<HTMLButtonElement>(`button[value="${act}"]`)?.click();
}

function take(event: DragEvent): void {
  const card = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-card]") : null;
  event.dataTransfer?.setData("text/plain", card?.dataset["card"] ?? "");
}

function send(form: HTMLFormElement, card: string, to: string): void {
  for (const [name, value] of [
    ["card", card],
    ["to", to],
  ] as const) {
    const field = form.elements.namedItem(name);
    if (field instanceof HTMLInputElement) field.value = value;
  }
  form.requestSubmit();
}

/** Go on where one was: the card that was moved is named in the address, to which the browser goes first. */
function focusMoved(): void {
  const key = location.hash.slice(1);
  const card = key.startsWith("card-") ? document.getElementById(key) : null;
  card?.querySelector<HTMLElement>("[data-grip]")?.focus({ preventScroll: true });
}
