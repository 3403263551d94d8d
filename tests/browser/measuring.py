"""What is measured on pages, as scripts that a page runs, and small walks through it."""

from __future__ import annotations

from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.browser.conftest import Window

RULES = {"target-size": {"enabled": True}}
STRICTER = {**RULES, "color-contrast-enhanced": {"enabled": True}}
# the size of whatever can be touched: of a radio and of a box to tick its label, of anything else itself
TARGETS = """() => [...document.querySelectorAll('a[href],button,input:not([type=hidden]),select,textarea,summary')]
  .map(part => [part, ['radio', 'checkbox'].includes(part.type) ? part.labels[0] : part])
  .map(([part, touched]) => [part, touched, touched.getBoundingClientRect()])
  .filter(([part, touched, box]) => box.width > 0 && touched.checkVisibility() && box.right > 0)
  .map(([part, touched, box]) => ({what: part.id || part.innerText, radio: part.type === 'radio',
       main: part.matches('button,input'), width: box.width, height: box.height}))"""
# of every text that is shown: its size in pixels, its line height by its size, and how it begins
TEXTS = """() => { const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), out = [];
  while (walk.nextNode()) { const part = walk.currentNode.parentElement, text = walk.currentNode.data.trim();
    if (text && part.checkVisibility() && !['OPTION', 'STYLE', 'SCRIPT'].includes(part.tagName)) {
      const style = getComputedStyle(part), size = parseFloat(style.fontSize);
      out.push([size, parseFloat(style.lineHeight) / size || 1.2, text.slice(0, 20)]); } }
  return out; }"""
# whatever Tab stops at, as people tell it apart: by its id, else by what it says and is called
STOPS = """() => [...document.querySelectorAll('a[href],button,input:not([type=hidden],[type=radio]),select,textarea,summary,[tabindex="0"]')]
  .filter(part => part.checkVisibility() && !part.disabled)
  .map(part => part.id ? '#' + part.id : [part.tagName, part.className, part.innerText.trim().slice(0, 14), part.name, part.value].join())"""
# the bytes that came over the wire for the page and what it fetched
WIRE = """() => [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')]
  .reduce((sum, part) => sum + part.transferSize, 0)"""
SIDEWAYS = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
# every text twice as large while the boxes stay, as WeChat and Android do it; and back
TWICE = """() => { const parts = [...document.querySelectorAll('body,body *')];
  const sizes = parts.map(part => parseFloat(getComputedStyle(part).fontSize));
  parts.forEach((part, at) => part.style.setProperty('font-size', 2 * sizes[at] + 'px', 'important')); }"""
ONCE = (
    "() => document.querySelectorAll('body,body *').forEach(part => part.style.removeProperty('font-size'))"
)
FOCUSED = """() => { const part = document.activeElement;
  if (!part || part === document.body) return null;
  const ringed = [part, ...(part.labels || [])].some(p => { const s = getComputedStyle(p);
    return s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 3 && s.boxShadow !== 'none'; });
  return {id: part.id, words: part.innerText, name: part.name || '', ringed}; }"""


def findings(page: Page, rules: dict[str, Any]) -> list[str]:
    found = Axe().run(page, options={"resultTypes": ["violations"], "rules": rules}).response["violations"]
    return [f"{rule['id']}: {node['target']} {node['html'][:80]}" for rule in found for node in rule["nodes"]]


def tab_through(window: Window, most: int = 60) -> list[dict[str, Any]]:
    """What Tab reaches from the top of the page, in order."""
    reached: list[dict[str, Any]] = []
    for _ in range(most):
        window.page.keyboard.press("Tab")
        focused = window.measure(FOCUSED)
        if focused is None or focused in reached:
            break
        reached.append(focused)
    return reached
