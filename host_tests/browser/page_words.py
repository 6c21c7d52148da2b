"""What the page may not say: another language's words, numbers in another form, no values."""

import re

from conftest import ROOT
from screenshots import words

TABLE = words(ROOT / "firmware" / "web")
# All that is seen or read aloud, but for names that the household or others have chosen
SEEN = """() => {
  const copy = document.body.cloneNode(true);
  copy.querySelectorAll("script, template, noscript, #language, [lang], [name=language], option, .code")
    .forEach((e) => e.remove());
  copy.querySelectorAll("label.pick").forEach((e) => { if (/^(English|Norsk bokmål)$/.test(e.textContent)) e.remove(); });
  const labels = [...copy.querySelectorAll("[aria-label], [title], [placeholder]")].flatMap((e) =>
    ["aria-label", "title", "placeholder"].map((name) => e.getAttribute(name) || ""));
  copy.querySelectorAll("p, li, dt, dd, td, th, h1, h2, h3, h4, span, small, button, a, strong, label, legend, summary, text, time")
    .forEach((e) => e.append("\\n"));
  return [copy.textContent, document.title, ...labels].join(" \\n ");
}"""
STOP = {
    "nb": "the|and|with|not|you|hour|power|from|this|that|reading|unknown|missing",
    "en": "og|ikke|ukjent|måler|måleren|timen|strøm|denne|siden|eller|fra|mangler",
}
# Titles of others' documents, and names
QUOTED = re.compile(r"«[^»]*»|“[^”]*”|Technical description|Functional description")
FRAGMENT = re.compile(r"\{\w+\}|[|\n]")


def faults(text: str, language: str) -> list[str]:
    """What is wrong with the text of a page in that language."""
    text = QUOTED.sub("", text)
    found = [
        f"{match[0]} in …{text[max(0, match.start() - 30) : match.end() + 30]}…"
        for match in re.finditer(rf"\b({STOP[language]})\b", text, re.IGNORECASE)
    ]
    other = "en" if language == "nb" else "nb"
    own = "\n".join(TABLE[language].values()).casefold()
    for key, words_of in TABLE[other].items():
        for part in FRAGMENT.split(words_of):
            part = part.strip(" .,:;–()-#")
            if (
                len(part) > 5
                and part.casefold() not in own
                and re.search(rf"(?<!\w){re.escape(part)}(?!\w)", text)
            ):
                found.append(f"{key}: {part}")
    none = "NaN|undefined|Infinity|object" + (
        "|null" if language == "en" else ""
    )  # nb: "null" is 0
    if match := re.search(rf"\b({none})\b", text):
        found.append("a value that is none: " + match[0])
    for match in re.finditer(r"\d[\d\u00a0]*([.,])\d+\u00a0(kWh|kW|A|V|W|kr|øre)", text):
        if match[1] != ("," if language == "nb" else "."):
            found.append("decimal mark: " + match[0])
    # Units have a hard space before them, a minus is no hyphen, and a power has two decimals.
    found += [
        "space: " + text[max(0, m.start() - 20) : m.end()]
        for m in re.finditer(r"\d (kWh|kW|A|V|W)\b", text)
    ]
    found += [
        "hyphen: " + m[0] for m in re.finditer(r"(?<![\w-])-\d+[.,]?\d*\u00a0(kWh|kW|A)", text)
    ]
    return found
