// Asks for the collector's token, which is kept for this tab alone.
import { useState } from "preact/hooks";
import { html } from "../html.js";
import { hasToken, setToken } from "../api.js";
import { Dialog } from "./dialog.js";

export function TokenDialog() {
  const [value, setValue] = useState("");
  const [invalid, setInvalid] = useState(false);
  const problem = invalid ? "A token has visible ASCII characters alone, and no space."
    : hasToken() ? "The collector does not accept the entered token." : null;
  const submit = (event) => {
    event.preventDefault();
    const token = value.trim();
    if (/^[!-~]+$/.test(token)) setToken(token);
    else setInvalid(true);
  };
  return html`<${Dialog} label="Token">
    <form class="token" onSubmit=${submit}>
      <h1>This collector needs a token</h1>
      ${problem && html`<p class="problem" role="alert">${problem}</p>`}
      <p>Enter the token that was set with <code>--token-file</code> or
        ${" "}<code>SW_COLLECTOR_TOKEN</code>. It is kept in this tab until you close it.</p>
      <label for="token">Token</label>
      <input id="token" type="password" autocomplete="off" autofocus value=${value}
        onInput=${(event) => setValue(event.target.value)} />
      <button type="submit" class="primary">Use this token</button>
    </form>
  <//>`;
}
