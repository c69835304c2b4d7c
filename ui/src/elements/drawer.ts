import { LitElement, html } from "lit";
import { customElement } from "lit/decorators.js";
import htmx from "htmx.org/dist/htmx.esm.min.js";

/**
 * Shows the main part of another page beside this one. A link with `data-drawer` opens here; without script,
 * or with a modifier key, it leads to the page itself.
 */
@customElement("td-drawer")
export class Drawer extends LitElement {
  private opener: Element | null = null;

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    document.addEventListener("click", this.onClick);
  }

  override disconnectedCallback(): void {
    document.removeEventListener("click", this.onClick);
    super.disconnectedCallback();
  }

  protected override render() {
    return html`<dialog
      class="drawer"
      aria-label=${this.getAttribute("label") ?? ""}
      @click=${this.onBackdrop}
    >
      <header>
        <a class="button quiet" data-whole href="">${this.getAttribute("whole") ?? ""}</a>
        <button class="button quiet" @click=${this.close}>${this.getAttribute("close") ?? ""}</button>
      </header>
      <div class="body"></div>
    </dialog>`;
  }

  private readonly onClick = (event: MouseEvent): void => {
    const link = event.target instanceof Element ? event.target.closest("a[href]") : null;
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || !opensHere(link)) return;
    event.preventDefault();
    this.opener = link;
    void this.show(link.getAttribute("href") ?? "");
  };

  /** Fetch a page and show its main part. */
  async show(address: string): Promise<void> {
    const dialog = this.querySelector("dialog");
    const body = this.querySelector(".body");
    if (!dialog || !body) return;
    this.querySelector("[data-whole]")?.setAttribute("href", address);
    body.textContent = this.getAttribute("busy") ?? "";
    body.setAttribute("aria-busy", "true");
    if (!dialog.open) dialog.showModal();
    await htmx.ajax("GET", address, { target: body, select: "#panel", swap: "innerHTML" });
    body.removeAttribute("aria-busy");
    dialog.scrollTop = 0;
  }

  private readonly onBackdrop = (event: MouseEvent): void => {
    if (event.target === event.currentTarget) this.close();
  };

  private readonly close = (): void => {
    this.querySelector("dialog")?.close();
    if (this.opener instanceof HTMLElement || this.opener instanceof SVGElement) this.opener.focus();
  };
}

/** A drawing's marks open beside it, and so does every link that says it should. */
function opensHere(link: Element): boolean {
  return link.hasAttribute("data-drawer") || link.closest("[data-drawer-marks]") !== null;
}
