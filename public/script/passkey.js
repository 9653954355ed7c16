// Asks the browser for a passkey when its button is pressed, and sends the answer with the form that the button stands in.
// The page has other ways for a browser that runs no scripts; this one only shows the button.

const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=/g, "");

/** What the browser is asked for. Browsers from before 2025 do not read JSON themselves. */
function wanted(does, json) {
  const read = PublicKeyCredential[does === "create" ? "parseCreationOptionsFromJSON" : "parseRequestOptionsFromJSON"];
  if (read) return read.call(PublicKeyCredential, json);
  const known = (list) => list?.map((one) => ({ ...one, id: bytes(one.id) }));
  const options = { ...json, challenge: bytes(json.challenge) };
  if (json.user) options.user = { ...json.user, id: bytes(json.user.id) };
  if (json.allowCredentials) options.allowCredentials = known(json.allowCredentials);
  if (json.excludeCredentials) options.excludeCredentials = known(json.excludeCredentials);
  return options;
}

/** What it answered, as JSON. */
function answered(credential) {
  if (credential.toJSON) return credential.toJSON();
  const response = {};
  for (const part of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (credential.response[part]) response[part] = text(credential.response[part]);
  }
  const { id, type } = credential;
  return { id, rawId: text(credential.rawId), type, response, clientExtensionResults: credential.getClientExtensionResults() };
}

/** What somebody reads when it came to nothing. */
function words(error, home) {
  if (error.name === "NotAllowedError") return "No passkey was used: it was cancelled, or took too long. You can try again.";
  if (error.name === "InvalidStateError") return "This device has a passkey of your account already.";
  if (error.name === "SecurityError") return `Passkeys work under this console’s own address only: ${home}`;
  return error.says ?? "This did not work. Load the page again, or use another way.";
}

async function ask({ form, dataset: { passkey: does, challenge, field } }) {
  const send = () => HTMLFormElement.prototype.submit.call(form);
  const asked = await fetch(challenge, { method: "POST" });
  // the form's own answer says what to do: prove again, or sign in
  if (asked.status === 401) return send();
  if (!asked.ok || asked.redirected) {
    const says = asked.headers.get("content-type")?.startsWith("text/plain") ? await asked.text() : undefined;
    throw Object.assign(new Error("refused"), { says });
  }
  const { ceremony, publicKey } = await asked.json();
  const credential = await navigator.credentials[does]({ publicKey: wanted(does, publicKey) });
  form.querySelector(`input[name="${field}"]`).value = JSON.stringify({ ceremony, credential: answered(credential) });
  send();
}

for (const button of document.querySelectorAll("button[data-passkey]")) {
  const says = document.getElementById(button.getAttribute("aria-describedby"));
  if (!globalThis.PublicKeyCredential) {
    says.textContent = `This browser uses no passkeys here. They work under this console’s own address only: ${button.dataset.home}`;
    continue;
  }
  button.hidden = false;
  button.addEventListener("click", async () => {
    button.disabled = true;
    says.textContent = "";
    try {
      await ask(button);
    } catch (error) {
      says.textContent = words(error, button.dataset.home);
      button.disabled = false;
    }
  });
  // Enter in a field of a form that has no other button is a press of this one
  if (!button.form.querySelector("button:not([type=button])")) {
    button.form.addEventListener("submit", (event) => {
      event.preventDefault();
      button.click();
    });
  }
}
