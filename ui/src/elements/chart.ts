import { LitElement, html } from "lit";
import { customElement, state } from "lit/decorators.js";

/**
 * The keyboard and the pointer for a drawing the server has made.
 *
 * Tab enters the drawing once, arrow keys walk its marks, Home and End jump, Enter opens what lies behind a
 * mark, Escape puts the label away. The label of the mark stands beside it; a polite live region says where in
 * the row of marks it is (its name is read from the mark itself). Without script every mark is a plain link.
 */
@customElement("td-chart")
export class Chart extends LitElement {
  @state() private place = "";
  @state() private label = "";
  private marks: SVGElement[] = [];

  override connectedCallback(): void {
    super.connectedCallback();
    this.takeMarks();
    this.addEventListener("keydown", this.onKey);
    this.addEventListener("focusin", this.onMark);
    this.addEventListener("pointerover", this.onMark);
    this.addEventListener("pointerleave", this.putAway);
    this.addEventListener("focusout", this.putAway);
  }

  /** The drawing stays in the page, where its style sheet reaches it; only the extras live in here. */
  protected override render() {
    return html`<slot></slot>
      <div id="tip" ?hidden=${this.label === ""} part="tip">${this.label}</div>
      <div role="status" part="place">${this.place}</div>`;
  }

  /** One mark can be reached by Tab, the others by arrows; the label replaces the browser's own. */
  private takeMarks(): void {
    this.marks = [...this.querySelectorAll<SVGElement>(".mark")];
    for (const [i, mark] of this.marks.entries()) {
      mark.setAttribute("tabindex", i === 0 ? "0" : "-1");
      mark.querySelector(":scope > title")?.remove();
    }
  }

  private readonly onKey = (event: KeyboardEvent): void => {
    const at = this.marks.indexOf(event.target as SVGElement);
    if (at < 0) return;
    if (event.key === "Escape") {
      this.putAway();
      return;
    }
    const next = step(event.key, at, this.marks.length);
    if (next === null) return;
    event.preventDefault();
    this.walk(at, next);
  };

  private walk(from: number, to: number): void {
    this.marks[from]?.setAttribute("tabindex", "-1");
    const mark = this.marks[to];
    mark?.setAttribute("tabindex", "0");
    mark?.focus();
    this.place = `${to + 1} of ${this.marks.length}`;
  }

  private readonly onMark = (event: Event): void => {
    const mark = event.target instanceof Element ? event.target.closest<SVGElement>(".mark") : null;
    if (!mark) {
      this.putAway();
      return;
    }
    this.label = mark.getAttribute("aria-label") ?? "";
    void this.updateComplete.then(() => {
      this.lay(mark);
    });
  };

  private readonly putAway = (): void => {
    this.label = "";
  };

  /** Lay the label above the mark, or below it where there is no room, within the drawing's width. */
  private lay(mark: SVGElement): void {
    const tip = this.renderRoot.querySelector<HTMLElement>("#tip");
    if (!tip) return;
    const [mine, its] = [this.getBoundingClientRect(), visible(mark)];
    const left = its.left - mine.left + its.width / 2 - tip.offsetWidth / 2;
    const above = its.top - mine.top - tip.offsetHeight - 6;
    tip.style.left = `${Math.max(0, Math.min(left, mine.width - tip.offsetWidth))}px`;
    tip.style.top = `${above < 0 ? its.bottom - mine.top + 6 : above}px`;
  }
}

/** The box of what a mark draws: its first shape is the one that can be pointed at. */
function visible(mark: SVGElement): DOMRect {
  const shape = mark.querySelector("path, rect, circle, line") ?? mark;
  return shape.getBoundingClientRect();
}

/** The mark a key leads to; null where the key leads nowhere. */
export function step(key: string, at: number, count: number): number | null {
  switch (key) {
    case "ArrowRight":
    case "ArrowDown":
      return (at + 1) % count;
    case "ArrowLeft":
    case "ArrowUp":
      return (at + count - 1) % count;
    case "Home":
      return 0;
    case "End":
      return count - 1;
    default:
      return null;
  }
}
