import { LitElement, html, nothing } from "lit";
import { customElement, query, state } from "lit/decorators.js";

interface Entry {
  readonly label: string;
  readonly kind: string;
  readonly address: string;
}

const SHOWN = 50;

/**
 * Everything that can be opened, by name: pages, journeys, touchpoints, analyses, from a list that is fetched
 * when first opened; and customers by how their identifier begins, asked for as one types.
 */
@customElement("td-palette")
export class Palette extends LitElement {
  @state() private entries: readonly Entry[] = [];
  @state() private people: readonly Entry[] = [];
  @state() private typed = "";
  @state() private at = 0;
  @query("dialog") private readonly dialog!: HTMLDialogElement;

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    for (const button of document.querySelectorAll("[data-palette]")) {
      button.addEventListener("click", (event) => {
        event.preventDefault();
        this.open();
      });
    }
  }

  open(): void {
    this.typed = "";
    this.people = [];
    this.at = 0;
    if (!this.dialog.open) this.dialog.showModal();
    void this.fetchEntries();
  }

  private async fetchEntries(): Promise<void> {
    if (this.entries.length === 0) this.entries = await this.listed("");
  }

  private async fetchPeople(typed: string): Promise<void> {
    const people = typed === "" ? [] : await this.listed(`?q=${encodeURIComponent(typed)}`);
    if (typed === this.typed.trim()) this.people = people;
  }

  private async listed(query: string): Promise<readonly Entry[]> {
    const response = await fetch(`${this.getAttribute("src") ?? ""}${query}`);
    return response.ok ? ((await response.json()) as { entries: Entry[] }).entries : [];
  }

  private get found(): readonly Entry[] {
    return [...matching(this.entries, this.typed).slice(0, SHOWN), ...this.people];
  }

  protected override render() {
    const name = this.getAttribute("label") ?? "";
    return html`<dialog class="palette" aria-label=${name} @click=${this.onBackdrop}>
      <input
        type="text"
        role="combobox"
        autocomplete="off"
        spellcheck="false"
        aria-label=${name}
        aria-expanded="true"
        aria-controls="palette-list"
        aria-activedescendant=${this.found.length > 0 ? `palette-${this.at}` : nothing}
        placeholder=${name}
        .value=${this.typed}
        @input=${this.onInput}
        @keydown=${this.onKey}
      />
      <ul id="palette-list" role="listbox" aria-label=${name}>
        ${this.found.map((entry, i) => this.option(entry, i))}
      </ul>
    </dialog>`;
  }

  private option(entry: Entry, i: number) {
    return html`<li
      id="palette-${i}"
      role="option"
      aria-selected=${i === this.at}
      @click=${() => {
        location.assign(entry.address);
      }}
    >
      <span>${entry.label}</span><span class="muted small">${entry.kind}</span>
    </li>`;
  }

  private readonly onInput = (event: InputEvent): void => {
    this.typed = (event.target as HTMLInputElement).value;
    this.at = 0;
    this.people = [];
    void this.fetchPeople(this.typed.trim());
  };

  private readonly onKey = (event: KeyboardEvent): void => {
    const count = this.found.length;
    if (event.key === "Enter") {
      const entry = this.found[this.at];
      if (entry) location.assign(entry.address);
    } else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && count > 0) {
      event.preventDefault();
      this.at = (this.at + (event.key === "ArrowDown" ? 1 : count - 1)) % count;
      void this.updateComplete.then(() => {
        this.querySelector(`#palette-${this.at}`)?.scrollIntoView({ block: "nearest" });
      });
    }
  };

  private readonly onBackdrop = (event: MouseEvent): void => {
    if (event.target === event.currentTarget) this.dialog.close();
  };
}

/** Entries that hold every word typed, those whose label begins with the first word first. */
export function matching(entries: readonly Entry[], typed: string): readonly Entry[] {
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean);
  const found = entries.filter((entry) => {
    const text = `${entry.label} ${entry.kind}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
  const first = words[0] ?? "";
  const rank = (entry: Entry): number => (entry.label.toLowerCase().startsWith(first) ? 0 : 1);
  return found.sort((a, b) => rank(a) - rank(b));
}
