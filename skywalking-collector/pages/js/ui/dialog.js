// A modal dialog. The browser keeps the focus inside and closes it with Escape.
import { useEffect, useRef } from "preact/hooks";
import { html } from "../html.js";

/** `<${Dialog} label="Keys" onClose=${close}>..</>`. Without `onClose` it stays open. */
export function Dialog({ label, onClose, class: extra = "", children }) {
  const dialog = useRef(null);
  useEffect(() => {
    const element = dialog.current;
    element.showModal();
    return () => element.close();
  }, []);
  const cancel = (event) => {
    event.preventDefault();
    onClose?.();
  };
  const press = (event) => {
    if (event.target === dialog.current) onClose?.();
  };
  return html`<dialog ref=${dialog} class=${`dialog ${extra}`} aria-label=${label}
    onCancel=${cancel} onMouseDown=${press}><div class="dialog-box">${children}</div></dialog>`;
}
