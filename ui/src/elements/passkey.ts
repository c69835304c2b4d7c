/** What the server asks of the browser: either is there, as the mode says. */
interface Asked {
  readonly creation_options?: { publicKey: PublicKeyCredentialCreationOptionsJSON };
  readonly request_options?: { publicKey: PublicKeyCredentialRequestOptionsJSON };
}

/**
 * Makes or uses a passkey, then sends the form inside. What to do is in a JSON block inside, or fetched from the
 * address `from`. Where it fails, the text `failed` is said below the form.
 */
class Passkey extends HTMLElement {
  connectedCallback(): void {
    this.querySelector("[data-passkey]")?.addEventListener("click", () => void this.act());
  }

  private async act(): Promise<void> {
    const form = this.querySelector("form");
    const field = form?.querySelector<HTMLInputElement>("input[name=credential]");
    if (!form || !field || !form.reportValidity()) return;
    try {
      field.value = JSON.stringify(await this.credential(await this.asked()));
    } catch {
      this.say(this.getAttribute("failed") ?? "");
      return;
    }
    form.submit();
  }

  private async asked(): Promise<Asked> {
    const from = this.getAttribute("from");
    if (from === null) {
      return JSON.parse(this.querySelector("script[type='application/json']")?.textContent ?? "{}") as Asked;
    }
    const response = await fetch(from, { headers: { Accept: "application/json" } });
    if (!response.ok) throw new Error(response.statusText);
    return (await response.json()) as Asked;
  }

  private async credential(asked: Asked): Promise<unknown> {
    const found = await this.found(asked);
    if (!(found instanceof PublicKeyCredential)) throw new Error("no credential");
    return found.toJSON();
  }

  private async found(asked: Asked): Promise<Credential | null> {
    if (asked.creation_options) {
      return navigator.credentials.create({ publicKey: this.creation(asked.creation_options.publicKey) });
    }
    if (!asked.request_options) throw new Error("nothing asked");
    const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(asked.request_options.publicKey);
    return navigator.credentials.get({ publicKey });
  }

  /** A key that signs in by itself has to be found on the device, and has to know its owner. */
  private creation(options: PublicKeyCredentialCreationOptionsJSON): PublicKeyCredentialCreationOptions {
    const isAlone = this.querySelector<HTMLInputElement>("input[name=passwordless]")?.checked ?? false;
    const chosen: AuthenticatorSelectionCriteria = {
      ...options.authenticatorSelection,
      residentKey: isAlone ? "required" : "discouraged",
      requireResidentKey: isAlone,
    };
    if (isAlone) chosen.userVerification = "required";
    return PublicKeyCredential.parseCreationOptionsFromJSON({ ...options, authenticatorSelection: chosen });
  }

  private say(text: string): void {
    let said = this.querySelector("[role=alert]");
    if (!said) {
      said = document.createElement("p");
      said.className = "error";
      said.setAttribute("role", "alert");
      this.append(said);
    }
    said.textContent = text;
  }
}

customElements.define("td-passkey", Passkey);
