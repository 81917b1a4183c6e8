/*
 * Reads cards as JSON, one a line, and writes what the official renderer makes of each, one a line:
 * {"problems": [...], "words": "...", "inputs": [[type, id], ...], "actions": [[type, title], ...]}.
 */
"use strict";

const { JSDOM } = require("jsdom");
const readline = require("readline");

const { window } = new JSDOM("<!DOCTYPE html><body></body>");
for (const name of Object.getOwnPropertyNames(window)) {
  if (/^HTML|^(Element|Node|Event|KeyboardEvent|MouseEvent|document)$/.test(name)) global[name] = window[name];
}
global.window = window;
// A browser turns line breaks into <br>; without a layout engine the words alone are enough here.
Object.defineProperty(window.HTMLElement.prototype, "innerText", {
  get() {
    return this.textContent;
  },
  set(words) {
    this.textContent = words;
  },
});

// The package's own modules are written for browsers; only its bundle runs here.
const Cards = require("adaptivecards/dist/adaptivecards.js");

Cards.AdaptiveCard.onProcessMarkdown = (text, result) => {
  const shown = window.document.createElement("p");
  shown.textContent = text;
  result.outputHtml = shown.outerHTML;
  result.didProcess = true;
};
const HOST = new Cards.HostConfig({ supportsInteractivity: true, actions: { maxActions: 6 } });

/* The validation is older than choices that are asked for: an input with `choices.data` may begin with none. */
function isAsked(source) {
  return source instanceof Cards.ChoiceSetInput && source.choicesData !== undefined;
}

function problemsOf(events) {
  const empty = Cards.ValidationEvent.CollectionCantBeEmpty;
  const wrong = events.filter((each) => each.event !== empty || !isAsked(each.source));
  return wrong.map((each) => `${Cards.ValidationEvent[each.event]}: ${each.message}`);
}

function check(json) {
  const card = new Cards.AdaptiveCard();
  const context = new Cards.SerializationContext();
  card.hostConfig = HOST;
  card.parse(json, context);
  const parsed = Array.from({ length: context.eventCount }, (_, index) => context.getEventAt(index));
  const problems = problemsOf([...parsed, ...card.validateProperties().validationEvents]);
  const inputs = card.getAllInputs().map((each) => [each.getJsonTypeName(), each.id || ""]);
  const actions = actionsOf(json).map((each) => [each.type, each.title]);
  problems.push(...inputs.filter(([, id]) => !id).map(([type]) => `${type} has no id`));
  const element = card.render();
  if (!element || !element.childElementCount) problems.push("it renders nothing");
  const shown = element ? element.querySelectorAll("button, [role=button]").length : 0;
  if (shown < actions.length) problems.push(`${actions.length} actions, but ${shown} buttons`);
  return { problems, words: element ? wordsOf(element) : "", inputs, actions };
}

function actionsOf(node) {
  if (Array.isArray(node)) return node.flatMap(actionsOf);
  if (node === null || typeof node !== "object") return [];
  const own = node.type === "ActionSet" || node.type === "AdaptiveCard" ? node.actions || [] : [];
  const inside = Object.entries(node).filter(([name]) => !["actions", "fallback", "selectAction"].includes(name));
  return [...own, ...inside.flatMap(([, value]) => actionsOf(value))];
}

/* Words a line a block, as a person reads them; what is typed stands in values. */
function wordsOf(element) {
  const values = [...element.querySelectorAll("input, textarea, option")].map((each) => each.value);
  const blocks = [...element.querySelectorAll(".ac-textBlock, .ac-richTextBlock, .ac-pushButton, p")];
  return [...blocks.map((each) => each.textContent), ...values].join("\n");
}

function answered(line) {
  try {
    return check(JSON.parse(line));
  } catch (error) {
    return { problems: [`${error.name}: ${error.message}`], words: "", inputs: [], actions: [] };
  }
}

readline.createInterface({ input: process.stdin }).on("line", (line) => {
  process.stdout.write(`${JSON.stringify(answered(line))}\n`);
});
