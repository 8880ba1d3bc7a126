// The services, or one of them if the address names it.
import { html } from "../../html.js";
import { ServiceList } from "./list.js";
import { Service } from "./service.js";

export const style = [
  "/assets/style/data.css", "/assets/style/charts.css", "/assets/style/services.css",
];

export default function Services({ id, params }) {
  return id === null
    ? html`<${ServiceList} params=${params} />`
    : html`<${Service} key=${id} name=${id} params=${params} />`;
}
