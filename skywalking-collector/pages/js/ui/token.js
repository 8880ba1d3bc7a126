// Asks for the collector's token, which is kept for this tab alone.
import { useState } from "preact/hooks";
import { html } from "../html.js";
import { setToken } from "../api.js";
import { Dialog } from "./dialog.js";

export function TokenDialog() {
  const [value, setValue] = useState("");
  const known = sessionStorage.getItem("skywalking.token") !== null;
  const submit = (event) => {
    event.preventDefault();
    if (value) setToken(value);
  };
  return html`<${Dialog} label="Token">
    <form class="token" onSubmit=${submit}>
      <h1>This collector needs a token</h1>
      ${known && html`<p class="problem">The collector does not accept the entered token.</p>`}
      <p>Enter the token that was set with <code>--token-file</code> or
        ${" "}<code>SW_COLLECTOR_TOKEN</code>. It is kept in this tab until you close it.</p>
      <label for="token">Token</label>
      <input id="token" type="password" autocomplete="off" autofocus value=${value}
        onInput=${(event) => setValue(event.target.value)} />
      <button type="submit" class="primary">Use this token</button>
    </form>
  <//>`;
}
