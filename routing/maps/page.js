"use strict";
// Pan, zoom and choose routes. The page is a whole map without this; it asks nothing of any other machine.
(() => {
  const STRIPE = 9;
  const map = document.getElementById("map");
  const first = map.viewBox.baseVal;
  const home = { x: first.x + first.width / 2, y: first.y + first.height / 2, width: first.width, height: first.height };
  const markers = [...map.querySelectorAll(".marker")].map((node) => ({ node, ...node.dataset }));
  const drives = [...map.querySelectorAll(".drive, .casing")];
  const boxes = [...document.querySelectorAll("li input")];
  const bar = document.querySelector(".scale div");
  const names = map.querySelector(".names"), drawnFor = parseFloat(map.style.getPropertyValue("--u"));
  const view = { x: home.x, y: home.y, u: 1 };
  const fitting = () => Math.max(home.width / map.clientWidth, home.height / map.clientHeight);

  function render() {
    const width = map.clientWidth * view.u, height = map.clientHeight * view.u;
    map.setAttribute("viewBox", `${view.x - width / 2} ${view.y - height / 2} ${width} ${height}`);
    map.style.setProperty("--u", view.u);
    map.style.setProperty("--z", Math.min(4, Math.max(0.7, Math.sqrt(fitting() / view.u))));
    for (const { node, x, y, dx, dy } of markers) {
      node.setAttribute("transform", `translate(${+x + dx * view.u} ${+y + dy * view.u}) scale(${view.u})`);
    }
    names.classList.toggle("off", view.u > drawnFor * 1.15); // longer than their streets then
    const most = 140 * view.u, power = 10 ** Math.floor(Math.log10(most));
    const metres = Math.max(...[1, 2, 5].map((step) => step * power).filter((step) => step <= most));
    bar.style.width = `${metres / view.u}px`;
    bar.previousElementSibling.textContent = metres >= 1000 ? `${metres / 1000} km` : `${+metres.toPrecision(1)} m`;
  }

  function zoom(factor, px = map.clientWidth / 2, py = map.clientHeight / 2) {
    const u = Math.min(fitting() * 3, Math.max(0.05, view.u / factor));
    view.x += (px - map.clientWidth / 2) * (view.u - u);
    view.y += (py - map.clientHeight / 2) * (view.u - u);
    view.u = u;
    render();
  }

  function reset() {
    Object.assign(view, { x: home.x, y: home.y, u: fitting() });
    render();
  }

  function choose() {
    const on = new Set(boxes.filter((box) => box.checked).map((box) => box.value));
    for (const { node, route } of markers) node.classList.toggle("off", Boolean(route) && !on.has(route));
    for (const path of drives) {
      const shown = path.dataset.routes.split(" ").filter((route) => on.has(route));
      const turn = shown.indexOf(path.dataset.route);
      path.classList.toggle("off", path.dataset.route ? turn < 0 : !shown.length);
      if (!path.dataset.route) continue;
      if (shown.length > 1) {
        path.setAttribute("stroke-dasharray", `${STRIPE} ${STRIPE * (shown.length - 1)}`);
        path.setAttribute("stroke-dashoffset", -STRIPE * turn);
      } else {
        path.removeAttribute("stroke-dasharray");
      }
    }
  }

  function highlight(route) {
    for (const { node, route: own } of markers) node.classList.toggle("faded", Boolean(route && own && own !== route));
    for (const path of drives) path.classList.toggle("faded", Boolean(route && path.dataset.route && path.dataset.route !== route));
  }

  const fingers = new Map();
  const spread = () => {
    const [a, b] = [...fingers.values()];
    return { distance: Math.hypot(a.x - b.x, a.y - b.y), x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 };
  };
  const place = (event) => {
    const box = map.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  };
  map.addEventListener("pointerdown", (event) => {
    map.setPointerCapture(event.pointerId);
    fingers.set(event.pointerId, place(event));
    map.classList.add("dragging");
  });
  map.addEventListener("pointermove", (event) => {
    const before = fingers.get(event.pointerId);
    if (!before) return;
    const now = place(event), wide = fingers.size === 2 ? spread() : null;
    fingers.set(event.pointerId, now);
    view.x -= (now.x - before.x) * view.u / fingers.size;
    view.y -= (now.y - before.y) * view.u / fingers.size;
    if (wide) zoom(spread().distance / Math.max(wide.distance, 1), spread().x, spread().y);
    render();
  });
  for (const kind of ["pointerup", "pointercancel"]) {
    map.addEventListener(kind, (event) => {
      fingers.delete(event.pointerId);
      if (!fingers.size) map.classList.remove("dragging");
    });
  }
  map.addEventListener("wheel", (event) => {
    event.preventDefault();
    const { x, y } = place(event);
    zoom(Math.exp(-event.deltaY * (event.deltaMode ? 0.05 : 0.0016)), x, y);
  }, { passive: false });
  map.addEventListener("dblclick", (event) => zoom(2, place(event).x, place(event).y));
  map.addEventListener("keydown", (event) => {
    const step = 80 * view.u;
    const moves = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step] };
    if (moves[event.key]) {
      view.x += moves[event.key][0];
      view.y += moves[event.key][1];
      render();
    } else if (event.key === "+" || event.key === "=") zoom(1.5);
    else if (event.key === "-") zoom(1 / 1.5);
    else if (event.key === "0") reset();
    else return;
    event.preventDefault();
  });
  document.getElementById("in").addEventListener("click", () => zoom(1.6));
  document.getElementById("out").addEventListener("click", () => zoom(1 / 1.6));
  document.getElementById("whole").addEventListener("click", reset);
  for (const [id, on] of [["all", true], ["none", false]]) {
    document.getElementById(id).addEventListener("click", () => {
      for (const box of boxes) box.checked = on;
      choose();
    });
  }
  for (const box of boxes) {
    box.addEventListener("change", choose);
    const label = box.closest("label");
    label.addEventListener("mouseenter", () => highlight(box.checked ? box.value : ""));
    label.addEventListener("mouseleave", () => highlight(""));
  }
  new ResizeObserver(render).observe(map);
  document.documentElement.classList.add("js");
  choose();
  reset();
})();
