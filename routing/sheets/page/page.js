
"use strict";
// Law: ES2017, no connection, digits alone are kept. Chromium shares storage among all files on a phone: what is kept
// there could be read by any other page opened from it.
(function () {
  const known = JSON.parse(document.getElementById("known").textContent);
  const words = known.words;
  const WIPED = "w";
  const items = Array.from(document.querySelectorAll(".stop"));
  let keeps = true;

  function read() {
    try {
      return window.localStorage.getItem(known.key) || "";
    } catch (error) {
      keeps = false;
      return "";
    }
  }

  function keep(text) {
    try {
      window.localStorage.setItem(known.key, text);
    } catch (error) {
      keeps = false;
    }
  }

  function forget() {
    try {
      window.localStorage.removeItem(known.key);
    } catch (error) {
      keeps = false;
    }
  }

  const kept = read();
  const state = items.map(function (item, index) {
    return /^[0-9]$/.test(kept.charAt(index)) ? kept.charAt(index) : "0";
  });

  // ISO 7064 MOD 97-10, digit by digit: a route's code is longer than a number can hold.
  function checked(digits) {
    let rest = 0;
    for (const sign of digits + "00") {
      rest = (rest * 10 + Number(sign)) % 97;
    }
    return digits + String(98 - rest).padStart(2, "0");
  }

  function grouped(code) {
    return code.match(/.{1,4}/g).join(" ");
  }

  function stopCode(index) {
    return index > 98 ? "-" : checked("1" + known.route + String(index + 1).padStart(2, "0") + state[index]);
  }

  function element(tag, text, kind) {
    const made = document.createElement(tag);
    made.textContent = text;
    if (kind) {
      made.className = kind;
    }
    return made;
  }

  function button(text, kind, act) {
    const made = element("button", text, kind);
    made.type = "button";
    made.addEventListener("click", act);
    return made;
  }

  function say(text) {
    document.getElementById("said").textContent = text;
  }

  function sms(code) {
    return "sms:" + known.phone + "?body=" + encodeURIComponent(code);
  }

  // The one way out for what happened: digits, for a message or a voice.
  function report() {
    if (state.length > known.most) {
      return;
    }
    const code = checked("2" + known.route + state.join(""));
    document.getElementById("code").textContent = grouped(code);
    document.getElementById("whole").hidden = false;
    const link = document.getElementById("sms");
    if (known.phone) {
      link.href = sms(code);
      link.hidden = false;
    }
  }

  function word(outcome) {
    return known.outcomes.find(function (pair) { return pair[0] === outcome; })[1];
  }

  // What was done leaves the page: name, hint, way and parcels; number and report stay.
  function erase(index) {
    const line = element("p", "", "reported");
    line.append(element("span", items[index].querySelector(".number").textContent, "number"));
    line.append(element("b", word(state[index])));
    line.append(element("span", words.send));
    const code = element("b", grouped(stopCode(index)), "code");
    code.dir = "ltr";
    line.append(code);
    line.append(button(words.undo, "undo", function () { undo(index); }));
    items[index].textContent = "";
    items[index].append(line);
  }

  function undo(index) {
    state[index] = "0";
    keep(state.join(""));
    window.location.reload();
  }

  function set(index, outcome) {
    state[index] = outcome;
    keep(state.join(""));
    erase(index);
    show();
  }

  function offer(index) {
    const body = items[index].querySelector(".body");
    body.querySelector(".codes").remove();
    body.append(button(word(known.handed), "handed", function () { set(index, known.handed); }));
    const reasons = element("details", "", "reasons");
    reasons.append(element("summary", words.reason));
    known.outcomes.forEach(function (pair) {
      if (pair[0] !== known.handed) {
        reasons.append(button(pair[1], "", function () { set(index, pair[0]); }));
      }
    });
    body.append(reasons);
  }

  function show() {
    const next = state.indexOf("0");
    items.forEach(function (item, index) {
      const isNext = index === next;
      item.classList.toggle("next", isNext);
      const details = item.querySelector("details");
      if (details && state[index] === "0") {
        details.open = isNext;
      }
    });
    report();
    say(next < 0 ? words.all : keeps ? "" : words.memory);
  }

  function bare(text) {
    const main = document.querySelector("main");
    main.textContent = "";
    main.append(element("p", text));
    document.querySelector("header").remove();
    document.getElementById("known").remove();
  }

  // After the day nothing of a stop can be read; what happened can still be reported.
  function dayOver() {
    items.forEach(function (item, index) {
      item.querySelectorAll(".name, .span, .marks, .hint, .way, .parcels, .asked, .geo").forEach(function (part) {
        part.remove();
      });
    });
    document.querySelectorAll("li.at, #map").forEach(function (part) { part.remove(); });
  }

  function wipe() {
    if (window.confirm(words.sure)) {
      keep(WIPED);
      bare(words.wiped);
    }
  }

  function begin() {
    const now = Date.now();
    if (kept === WIPED) {
      bare(words.wiped);
    } else if (now > known.reportUntil) {
      forget();
      bare(words.closed);
    } else {
      open(now);
    }
  }

  function open(now) {
    if (now > known.readUntil) {
      dayOver();
    } else {
      window.setTimeout(function () { window.location.reload(); }, Math.min(known.readUntil - now + 1000, 2147483647));
    }
    keep(state.join(""));
    state.forEach(function (outcome, index) {
      if (outcome === "0") {
        offer(index);
      } else {
        erase(index);
      }
    });
    const button = document.getElementById("wipe");
    button.hidden = false;
    button.addEventListener("click", wipe);
    show();
    if (now > known.readUntil) {
      say(words.over);
    }
  }

  begin();
}());
