// The buttons for pan and zoom.
import { html } from "../../html.js";
import { percent } from "../../format.js";

export function ZoomButtons({ motion }) {
  return html`<div class="map-zoom" role="group" aria-label="Zoom">
    <button type="button" aria-label="Zoom out" title="Zoom out (-)"
      onClick=${() => motion.zoom(0.8)}>−</button>
    <button type="button" class="number" title="Fit the window (0)" onClick=${motion.reset}
      aria-label=${`Fit the window. The zoom is ${percent(motion.view.scale)}`}>
      ${percent(Math.round(motion.view.scale * 100) / 100)}</button>
    <button type="button" aria-label="Zoom in" title="Zoom in (+)"
      onClick=${() => motion.zoom(1.25)}>+</button>
  </div>`;
}
