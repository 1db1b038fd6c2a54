"""The studio as a person uses it: verdict while writing, files, a video with sound, a refusal that explains itself."""

from __future__ import annotations

import re
import time

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser


def _ready(page: Page) -> Page:
    page.wait_for_selector("fc-studio[data-ready]")
    return page


def _smallest(page: Page) -> None:
    page.get_by_role("radio", name="480p", exact=True).check()
    page.locator("#duration").fill("4")


def test_verdict_appears_while_writing(visit):
    page = _ready(visit.open("/"))
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    generate = page.get_by_role("button", name="Generate")
    expect(generate).to_be_disabled()
    page.locator("textarea").fill("Captain Lumen walks along the quay")
    expect(page.locator("[data-verdict]")).to_have_attribute("data-state", "block")
    expect(page.locator(".editor-ink mark")).to_have_text("Captain Lumen")
    reason = page.locator("[data-verdict] .reasons li.notice")
    expect(reason).to_contain_text("The Lantern Keeper")
    expect(reason).to_contain_text("What to change")
    expect(generate).to_be_disabled()
    expect(page.locator("[data-why-not]")).to_contain_text("refused")
    assert not [url for url in asked if "/v1/generations" in url]
    page.locator("textarea").fill("A keeper walks along the quay")
    expect(page.locator("[data-verdict]")).to_have_attribute("data-state", "allow")
    expect(page.locator(".editor-ink mark")).to_have_count(0)
    expect(generate).to_be_enabled()


def test_a_rewrite_is_offered_with_one_click_and_can_be_undone(visit):
    page = _ready(visit.open("/"))
    area = page.locator("textarea")
    area.fill("Captain Lumen walks along the quay in the rain")
    page.get_by_role("button", name="Rewrite it so that it passes").click()
    expect(area).to_have_value("An original character walks along the quay in the rain")
    expect(page.locator("[data-verdict]")).to_have_attribute("data-state", "allow")
    expect(page.get_by_role("button", name="Generate")).to_be_enabled()
    page.get_by_role("button", name="Undo the rewrite").click()
    expect(area).to_have_value("Captain Lumen walks along the quay in the rain")
    expect(page.locator("[data-verdict]")).to_have_attribute("data-state", "block")


def test_verdict_is_prompt(visit):
    page = _ready(visit.open("/"))
    page.locator("textarea").fill("A harbour")
    expect(page.locator("[data-verdict]")).to_have_attribute("data-state", "allow")
    started = time.monotonic()
    page.locator("textarea").fill("Captain Lumen at the harbour")
    expect(page.locator("[data-verdict]")).to_have_attribute("data-state", "block")
    # A quarter of a second of waiting for the writer, and generous room for a busy machine.
    assert time.monotonic() - started < 2


def test_files_are_judged_before_anything_is_spent(visit, site):
    page = _ready(visit.open("/"))
    page.locator("textarea").fill("The camera moves slowly over")
    page.set_input_files("input[type=file]", [site.films["picture"], site.films["cut"]])
    tiles = page.locator(".tile")
    expect(tiles.nth(0).locator(".chip")).to_have_text("Clear")
    expect(tiles.nth(1).locator(".chip")).to_have_text("Refused")
    expect(tiles.nth(0).locator("[data-label]")).to_have_text("Image 1")
    expect(tiles.nth(1).locator("[data-label]")).to_have_text("Video 1")
    expect(tiles.nth(1)).to_contain_text("The Lantern Keeper")
    expect(page.locator("[data-why-not]")).to_contain_text("Video 1")
    expect(page.get_by_role("button", name="Generate")).to_be_disabled()
    assert tiles.nth(0).locator("img").evaluate("picture => picture.naturalWidth") == 960
    page.get_by_role("button", name="Insert Image 1 into the prompt").click()
    expect(page.locator("textarea")).to_have_value("The camera moves slowly over Image 1")
    page.get_by_role("button", name="Remove Video 1").click()
    expect(page.get_by_role("button", name="Generate")).to_be_enabled()
    page.get_by_role("button", name="Remove Image 1").click()
    expect(page.locator("[data-why-not]")).to_contain_text("mentions Image 1, which is not there")


def test_draft_survives_leaving_the_page(visit, site):
    page = _ready(visit.open("/"))
    page.locator("textarea").fill("A lighthouse in a storm")
    page.get_by_role("button", name="Add a shot").click()
    page.locator("textarea").nth(1).fill("Rain on the window")
    page.set_input_files("input[type=file]", [site.films["picture"]])
    expect(page.locator(".tile .chip")).to_have_text("Clear")
    visit.open("/ledger")
    page = _ready(visit.open("/"))
    expect(page.locator("textarea").nth(1)).to_have_value("Rain on the window")
    expect(page.locator(".tile [data-label]")).to_have_text("Image 1")
    page.get_by_role("button", name="Remove Shot 1").click()
    expect(page.locator("textarea")).to_have_count(1)


def _set_controls(page: Page) -> None:
    page.get_by_text("Camera, light, physics, words").click()
    page.get_by_label("Camera move", exact=True).select_option("pan")
    page.get_by_label("How far to pan: left or right").fill("-50")
    page.get_by_label("Framing", exact=True).select_option("wide")
    page.get_by_label("Time of day").select_option("golden hour")
    page.get_by_label("Light from").select_option("the left")
    page.get_by_label("Weather", exact=True).select_option("rain")
    page.get_by_label("Strength of the weather").fill("30")
    page.get_by_label("Falling thing").fill("a red ball")


def test_controls_become_directives_and_survive(visit, site):
    page = _ready(visit.open("/"))
    page.locator("textarea").fill("A pier")
    _set_controls(page)
    said = [
        "pan left 31 % of the frame",
        "wide shot",
        "golden hour",
        "light from the left",
        "rain 30 %",
        "a red ball falls",
    ]
    expect(page.locator("[data-set]")).to_have_text(" \u00b7 ".join(said))
    with page.expect_request("**/v1/generations") as asked:
        page.get_by_role("button", name="Generate").click()
    (shot,) = asked.value.post_data_json["shots"]
    assert shot["camera"] == {"framing": "wide", "moves": [{"kind": "pan", "amount": -0.31}]}
    assert shot["lighting"] == {"time": "golden", "side": "left"}
    assert shot["physics"] == {"rain": 0.3, "drop": {"what": "a red ball"}}
    page.wait_for_url(re.compile(r"/jobs/job_"))
    expect(page.locator("main")).to_contain_text("The camera pans left")
    job_id = page.url.rpartition("/")[2]
    page.get_by_role("button", name="Cancel").click()
    page = _ready(visit.open(f"/?job={job_id}"))
    expect(page.locator("[data-set]")).to_contain_text("pan left 31 % of the frame")
    page.get_by_role("button", name="Reset").click()
    expect(page.locator("[data-set]")).to_have_text("")
    expect(page.locator("[data-amount]")).to_be_hidden()


def test_the_page_offers_what_the_chosen_engine_makes(visit, site):
    page = _ready(visit.open("/"))
    slider, engine, sound = page.locator("#duration"), page.locator("#engine"), page.get_by_label("With sound")
    ends = "slider => [slider.min, slider.max, slider.value]"
    assert slider.evaluate(ends) == ["4", "15", "6"]
    engine.select_option("videos")
    assert slider.evaluate(ends) == ["4", "12", "4"]
    slider.fill("11")
    expect(page.locator("[data-duration]")).to_have_text("12 s")
    expect(page.get_by_role("radio", name="480p", exact=True)).to_be_checked()
    expect(page.get_by_role("radio", name="720p", exact=True)).to_be_disabled()
    expect(page.get_by_role("radio", name="9:16")).to_be_disabled()
    expect(sound).to_be_disabled()
    expect(sound).not_to_be_checked()
    expect(page.locator("[data-many]")).to_have_text("Up to 1 image")
    expect(page.locator("[data-summary]")).to_contain_text("one 12 s video at 480p, 16:9, silent")
    page.locator("textarea").fill("A kite")
    page.set_input_files("input[type=file]", [site.films["picture"], site.films["picture"]])
    expect(page.locator("[data-why-not]")).to_contain_text("videos does not take Image 2")
    # What was chosen before comes back with an engine that makes it.
    engine.select_option("ark")
    assert slider.evaluate(ends) == ["4", "30", "12"]
    expect(page.get_by_role("radio", name="720p", exact=True)).to_be_checked()
    expect(page.get_by_role("radio", name="2K")).to_be_disabled()
    expect(sound).to_be_checked()
    expect(page.locator("[data-summary]")).to_contain_text("Costs about")
    slider.fill("27")
    visit.open("/ledger")
    _ready(visit.open("/"))
    assert slider.evaluate(ends) == ["4", "30", "27"]


def test_a_title_is_judged_while_it_is_written(visit, site):
    page = _ready(visit.open("/"))
    page.locator("textarea").fill("A harbour")
    expect(page.locator("[data-verdict]")).to_have_attribute("data-state", "allow")
    page.get_by_text("Camera, light, physics, words").click()
    page.get_by_label("Title", exact=True).fill("Captain Lumen returns")
    expect(page.locator("[data-verdict]")).to_have_attribute("data-state", "block")
    expect(page.locator("[data-verdict] .chip").nth(1)).to_have_text("title of shot 1")
    expect(page.get_by_role("button", name="Generate")).to_be_disabled()


def test_controls_fit_on_a_phone(phone, site):
    page = _ready(phone.open("/"))
    page.locator("textarea").fill("A pier")
    _set_controls(page)
    panel = page.locator(".controls-grid").bounding_box()
    assert panel is not None
    assert panel["x"] >= 0
    assert panel["x"] + panel["width"] <= 390
    for row in page.locator(".controls .row").all():
        assert (row.bounding_box() or {"height": 0})["height"] >= 32


def _generated(page):  # type: ignore[no-untyped-def]
    """Presses the button and waits for the finished video on the job's page."""
    expect(page.get_by_role("button", name="Generate")).to_be_enabled()
    page.get_by_role("button", name="Generate").click()
    page.wait_for_url(re.compile(r"/jobs/job_"))
    video = page.locator(".screen video")
    expect(video).to_be_visible(timeout=120_000)
    expect(page.locator(".rail .done")).to_have_count(6)
    expect(page.locator(".facts")).to_contain_text("previz, not AI-generated")
    expect(page.locator(".facts")).to_contain_text("Trusted")
    return video


def _assert_plays_with_sound(video) -> None:  # type: ignore[no-untyped-def]
    heard = video.evaluate(
        """async video => {
          await video.play();
          const from = video.currentTime;
          await new Promise(resolve => {
            const look = () => (video.currentTime > from + 0.5 ? resolve() : requestAnimationFrame(look));
            look();
          });
          return [video.currentTime, video.webkitAudioDecodedByteCount, video.videoHeight, video.duration];
        }"""
    )
    assert heard[0] > 0.5
    assert heard[1] > 0, "no sound was decoded"
    assert heard[2] == 480
    assert heard[3] == pytest.approx(4, abs=0.1)


def test_a_video_is_made_and_plays_with_sound(visit, site):
    page = _ready(visit.open("/"))
    _smallest(page)
    page.locator("textarea").fill("A red ball falls and bounces on a pier at dusk")
    _assert_plays_with_sound(_generated(page))
    with page.expect_download() as download:
        page.get_by_role("link", name="Download").click()
    assert download.value.suggested_filename.endswith(".mp4")


@pytest.mark.real
def test_a_video_of_real_clips_is_made_and_plays_with_sound(visit, site, real_media):
    page = _ready(visit.open("/"))
    _smallest(page)
    page.locator("textarea").fill("Video 1, slow pan left, then Video 2")
    clips = [real_media / "chair-480x720-22s.mp4", real_media / "frog-720x480-8s.mp4"]
    page.set_input_files("input[type=file]", clips)
    expect(page.locator(".tile .chip")).to_have_text(["Clear", "Clear"], timeout=60_000)
    _assert_plays_with_sound(_generated(page))


def test_progress_moves_while_a_job_runs(visit):
    page = _ready(visit.open("/"))
    page.get_by_role("radio", name="720p", exact=True).check()
    page.locator("textarea").fill("A long walk along an empty beach in the rain")
    page.get_by_role("button", name="Generate").click()
    page.wait_for_url(re.compile(r"/jobs/job_"))
    expect(page.locator(".rail .now")).to_contain_text("Make the video")
    expect(page.locator("[data-percent]")).not_to_have_text("0 %")
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_role("heading", name="Cancelled").first).to_be_visible(timeout=60_000)


def test_the_refusal_page_shows_both_sides(visit, site):
    page = _ready(visit.open("/"))
    page.set_input_files("input[type=file]", [site.films["cut"]])
    page.get_by_role("link", name="See the match").click()
    page.wait_for_url(re.compile(r"/decisions/dec_"))
    first = page.locator("main h2").first
    expect(first).to_have_text("What to change")
    pair = page.locator(".pair:visible").first
    sizes = pair.locator("img").evaluate_all(
        "all => Promise.all(all.map(each => each.decode().then(() => each.naturalWidth)))"
    )
    assert len(sizes) == 2
    assert all(width > 100 for width in sizes)
    expect(page.locator(".lines svg .hit").first).to_be_visible()
    expect(page.locator(".lines svg .band").first).to_be_visible()
    moments = page.locator(".moments").first.locator("button")
    assert moments.count() > 1
    shown = pair.locator("img").first.get_attribute("src")
    moments.nth(1).click()
    expect(moments.nth(1)).to_have_attribute("aria-pressed", "true")
    assert page.locator(".pair:visible").first.locator("img").first.get_attribute("src") != shown
    page.keyboard.press("ArrowLeft")
    expect(moments.nth(0)).to_have_attribute("aria-pressed", "true")
    expect(page.locator("main")).to_contain_text("The Lantern Keeper")


def test_two_files_are_compared_and_play_in_step(visit, site):
    page = visit.open("/compare")
    page.set_input_files("#first", site.films["cut"])
    page.set_input_files("#second", site.films["film"])
    page.get_by_role("button", name="Compare").click()
    expect(page.locator("[data-headline]")).to_contain_text("in common", timeout=60_000)
    chosen = page.locator("[data-copies] button[aria-pressed=true]")
    expect(chosen).to_contain_text("mirrored")
    expect(page.locator(".compare-lines .chosen .band")).to_have_count(1)
    outlines = page.locator(".compare-frame polygon")
    expect(outlines).to_have_count(2)
    for each in outlines.all():
        assert len(each.get_attribute("points").split()) >= 4
    page.locator("[data-seek]").fill("500")
    times = page.locator(".compare-frame video").evaluate_all("all => all.map(each => each.currentTime)")
    assert times[0] == pytest.approx(2.5, abs=0.3)
    assert times[1] == pytest.approx(5.5, abs=0.6)
    page.get_by_role("button", name="Play in step").click()
    expect(page.locator("[data-seek]")).not_to_have_value("500")
    drift = page.locator(".compare-frame video").evaluate_all("all => all[1].currentTime - all[0].currentTime")
    assert drift == pytest.approx(3, abs=0.6)
    page.get_by_role("button", name="Pause").click()


def test_a_refused_request_explains_itself_and_can_be_changed(visit, site):
    job = site.job("A harbour", "C a p t a i n Lumen walks in")
    assert job.state == "refused"
    page = visit.open(f"/jobs/{job.id}")
    expect(page.locator(".rail .stopped")).to_contain_text("Check text and files")
    page.get_by_role("link", name="See what matched").click()
    expect(page.locator(".quoted mark")).to_have_text("C a p t a i n Lumen")
    page.get_by_role("link", name="Change and try again").click()
    _ready(page)
    expect(page.locator("textarea").nth(1)).to_have_value("C a p t a i n Lumen walks in")
    expect(page.locator(".editor-ink mark")).to_have_text("C a p t a i n Lumen")


def test_a_refusal_can_be_appealed_and_answered(visit, site):
    job = site.job("Captain Lumen waves from a rowing boat")
    page = visit.open(f"/decisions/{job.decision_ids[0]}?job={job.id}")
    page.get_by_label("Say why, and a person will look at it").fill("He is my neighbour.")
    page.get_by_role("button", name="Appeal").click()
    expect(page.get_by_role("heading", name="Appeal made")).to_be_visible()
    page.get_by_role("link", name="your appeals").click()
    card = page.get_by_role("article").filter(has_text="He is my neighbour.")
    expect(card).to_contain_text("Captain Lumen waves from a rowing boat")
    card.get_by_label("Answer, which the person reads").fill("Then it is not the captain.")
    card.get_by_role("button", name="Overturn it").click()
    expect(page.get_by_role("article").filter(has_text="He is my neighbour.")).to_contain_text("Refusal overturned")
    page.goto(f"{site.base}/decisions/{job.decision_ids[0]}")
    expect(page.locator("#appeal")).to_contain_text("Then it is not the captain.")
    assert visit.complaints == []
