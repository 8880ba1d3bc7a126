// The services and their violations, or one service if the address names it.
import { html } from "../../html.js";
import { AllServices } from "./all.js";
import { Service } from "./service.js";

export const style = [
  "/assets/style/data.css", "/assets/style/charts.css", "/assets/style/services.css",
];

export default function Services({ id, params }) {
  return id === null
    ? html`<${AllServices} params=${params} />`
    : html`<${Service} key=${id} name=${id} params=${params} />`;
}
