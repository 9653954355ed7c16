// Watches a page for what nobody sees on it: errors in the console, broken policies, requests that fail.

/** A list that fills with the page's troubles. A refused form answers 409 or 422, which the console reports; that is no trouble. */
export function watch(page, { javaScriptEnabled = true } = {}) {
  const troubles = [];
  page.on("pageerror", (error) => troubles.push(`error on ${page.url()}: ${error.message}`));
  page.on("console", (message) => {
    const text = message.text();
    if (!["error", "warning"].includes(message.type()) || /status of (404|409|422)\b/.test(text)) return;
    // without scripts nothing uses what the page asks for ahead
    if (!javaScriptEnabled && text.includes("was preloaded using link preload but not used")) return;
    troubles.push(`${message.type()} on ${page.url()}: ${text}`);
  });
  page.on("requestfailed", (request) => {
    const { errorText } = request.failure();
    // whoever leaves a page stops what it was still loading
    if (errorText === "net::ERR_ABORTED") return;
    // told to run no scripts, Chromium refuses them in the policy's name
    if (errorText === "csp" && !javaScriptEnabled && new URL(request.url()).pathname.endsWith(".js")) return;
    troubles.push(`${request.url()} failed: ${errorText}`);
  });
  page.on("response", (response) => {
    if (response.status() >= 500) troubles.push(`${response.url()} answered ${response.status()}`);
  });
  return troubles;
}
