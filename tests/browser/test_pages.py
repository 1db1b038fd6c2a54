"""Every page: works by keyboard and on a phone, calls nobody else, complains about nothing."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def addresses(site) -> list[str]:
    """All pages, with a refused and a released job among them."""
    upload = site.faircut.uploads.add(site.films["cut"], "a-rather-long-file-name-of-a-cut.mp4", owner=site.owner)
    states = [site.job("Captain Lumen walks in"), site.job("A red chair on a pier at dusk")]
    assert [job.state for job in states] == ["refused", "released"]
    site.faircut.appeals.make(upload.decision.id, "It is my own film, and the lantern is my grandmother's.", owner="me")
    return [
        "/",
        *(f"/jobs/{job.id}" for job in states),
        f"/decisions/{states[0].decision_ids[0]}?job={states[0].id}",
        f"/decisions/{upload.decision.id}",
        "/catalogue",
        "/catalogue?q=nothing-like-it",
        "/catalogue/works/new",
        f"/catalogue/works/{site.work_id}",
        "/compare",
        "/appeals",
        "/ledger",
        "/keys",
        "/docs",
    ]


def test_no_page_scrolls_sideways_on_a_phone(phone, addresses):
    for address in addresses:
        page = phone.open(address)
        page.wait_for_load_state("load")
        width = page.evaluate("document.documentElement.scrollWidth")
        assert width <= 390, f"{address} is {width} pixels wide"


def test_every_page_loads_in_peace_and_has_one_heading(visit, addresses):
    for address in addresses:
        page = visit.open(address)
        page.wait_for_load_state("load")
        assert page.locator("h1").count() == 1, address
        unnamed = page.locator("button, a[href], input:not([type=hidden]), select, textarea").evaluate_all(
            """all => all.filter(each => {
              const label = each.labels && each.labels.length ? each.labels[0].textContent : "";
              const name = each.getAttribute("aria-label") || each.textContent || each.title || label;
              return !each.closest("template") && !name.trim();
            }).map(each => each.outerHTML.slice(0, 120))"""
        )
        assert unnamed == [], address
        cut = "all => all.filter(each => each.scrollWidth > each.clientWidth).map(each => each.textContent)"
        assert page.locator("aside .table-wrap").evaluate_all(cut) == [], address


@pytest.mark.parametrize("which", ["visit", "phone"])
def test_text_has_enough_contrast(which, request, addresses):
    """WCAG 2.2, 1.4.3: at least 4.5 to 1, in dark (desktop) and in light (phone)."""
    seen = request.getfixturevalue(which)
    for address in addresses:
        page = seen.open(address)
        page.wait_for_load_state("load")
        poor = page.evaluate(
            """() => {
              const parse = text => text.match(/[\\d.]+/g).map(Number);
              const light = ([r, g, b]) => {
                const f = v => ((v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
                return 0.2126 * f(r) + 0.7152 * f(g) + 0.0722 * f(b);
              };
              const ground = element => {
                for (let each = element; each; each = each.parentElement) {
                  const colour = parse(getComputedStyle(each).backgroundColor);
                  if (colour.length === 3 || colour[3] > 0.7) return colour;
                }
                return [255, 255, 255];
              };
              const found = [];
              for (const element of document.querySelectorAll("main *, header *")) {
                const own = Array.from(element.childNodes).some(n => n.nodeType === 3 && n.textContent.trim());
                if (!own || !element.checkVisibility()) continue;
                const colour = parse(getComputedStyle(element).color);
                if (colour.length === 4 && colour[3] === 0) continue;
                const [a, b] = [light(colour), light(ground(element))].sort((x, y) => y - x);
                const ratio = (a + 0.05) / (b + 0.05);
                if (ratio < 4.5) found.push(`${element.className || element.tagName} ${ratio.toFixed(2)}`);
              }
              return [...new Set(found)];
            }"""
        )
        assert poor == [], address


def test_signing_in_and_out(browser, site):
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(site.base + "/catalogue")
        assert page.url.endswith("/login?next=%2Fcatalogue")
        page.get_by_label("API key").fill("fck_wrong")
        page.keyboard.press("Enter")
        expect(page.get_by_role("alert")).to_contain_text("not known")
        page.get_by_label("API key").fill(site.secret)
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name="Catalogue", level=1)).to_be_visible()
        page.get_by_role("button", name="Sign out").click()
        page.goto(site.base + "/ledger")
        assert "/login" in page.url


def test_one_time_link(browser, site):
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(f"{site.base}/login?token={site.faircut.sessions.issue_login_token()}")
        expect(page.locator("fc-studio[data-ready]")).to_be_visible()
        assert "token" not in page.url


def test_a_work_is_added_with_an_element_and_a_reference(visit, site):
    page = visit.open("/catalogue")
    page.get_by_role("link", name="Add a work").first.click()
    page.get_by_label("Title").fill("Paper Boats")
    page.get_by_label("Rights holder").fill("Reed Studio")
    page.get_by_role("button", name="Add the work").click()
    page.wait_for_url(re.compile(r"/catalogue/works/work_"))
    page.locator("#name").fill("Paper Ark")
    page.locator("#kind").select_option("prop")
    page.locator("#tagline").fill("A boat folded from a newspaper")
    page.locator("#description").fill("Its mast is a knitting needle. It carries a patched yellow oilskin sail.")
    page.locator("#keywords").fill("folded newspaper")
    page.get_by_role("button", name="Add the keyword mast is a knitting needle").click()
    expect(page.locator("#keywords")).to_have_value("folded newspaper\nmast is a knitting needle")
    expect(page.locator(".offers li")).to_have_count(1)
    page.locator("#keywords").fill("folded newspaper\nred ink on the bow")
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_role("heading", name="Paper Ark")).to_be_visible()
    # What the description says and no keyword does is one click away, and the page stays.
    page.evaluate("window.stayed = true")
    page.get_by_role("button", name="Add the keyword carries a patched yellow oilskin sail").click()
    expect(page.locator("#registered dl")).to_contain_text("red ink on the bow, carries a patched yellow oilskin sail")
    expect(page.get_by_role("button", name="Add the keyword mast is a knitting needle")).to_be_visible()
    assert page.evaluate("window.stayed")
    page.get_by_role("link", name="Paper Boats").first.click()
    expect(page.locator(".element-list h3")).to_contain_text("Paper Ark")
    expect(page.locator(".element-list")).to_contain_text("folded newspaper, red ink on the bow")
    page.locator("#file").set_input_files(site.films["picture"])
    page.get_by_role("button", name="Register").click()
    expect(page.locator("#references td").first).to_contain_text("landscape.png")
    visit.open("/catalogue")
    page.get_by_role("searchbox").fill("ark")
    expect(page.locator("#results")).to_contain_text("Paper Ark")
    expect(page.locator("#results")).not_to_contain_text("The Lantern Keeper")
    assert page.url.endswith("?q=ark")
    # Effective at once: the very picture is refused now.
    page = visit.open("/")
    page.set_input_files("input[type=file]", [site.films["picture"]])
    expect(page.locator(".tile .chip")).to_have_text("Refused")
    # And it is found among what was judged before.
    visit.open("/catalogue")
    page.get_by_role("searchbox").fill("ark")
    page.get_by_role("link", name="Paper Boats").first.click()
    page.get_by_role("button", name="Look for it in what was judged before").click()
    expect(page.locator(".lede")).to_contain_text("this work")
    expect(page.locator("main section").first).to_contain_text("Image")
    site.faircut.catalogue.remove_work("Paper Boats", cascade=True, actor="tests")


def test_the_ledger_is_filtered_and_verified(visit):
    page = visit.open("/ledger")
    page.get_by_role("button", name="Verify").click()
    expect(page.locator("#verified")).to_contain_text("The ledger is whole")
    page.get_by_label("Kind").select_option("catalogue.work.added")
    expect(page.locator("#events tbody tr").first).to_contain_text("catalogue.work.added")
    expect(page.locator("#events")).not_to_contain_text("access.key.created")


def test_keys_are_made_shown_once_and_revoked(visit, site):
    page = visit.open("/keys")
    page.get_by_label("Name").fill("editing room")
    page.get_by_role("button", name="Make the key").click()
    secret = page.locator(".secret").inner_text()
    assert site.faircut.keys.authenticate(secret).name == "editing room"
    visit.open("/keys")
    expect(page.locator("main")).not_to_contain_text(secret)
    page.get_by_role("button", name="Revoke editing room").click()
    expect(page.locator("main")).to_contain_text("Revoked")


def test_the_studio_works_by_keyboard(visit):
    page = visit.open("/")
    page.wait_for_selector("fc-studio[data-ready]")
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    reached = set()
    for _ in range(40):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("document.activeElement.outerHTML.slice(0, 200)"))
        outline = page.evaluate(
            """() => {
              const active = document.activeElement;
              if (active === document.body) return true;
              const shown = each => each && getComputedStyle(each).outlineStyle !== "none";
              return [active, active.closest("label")].some(shown);
            }"""
        )
        assert outline, page.evaluate("document.activeElement.outerHTML")
    for wanted in ("<textarea", 'name="size"', 'id="duration"', 'name="audio"', "data-generate", "data-choose"):
        assert any(wanted in each for each in reached), wanted
