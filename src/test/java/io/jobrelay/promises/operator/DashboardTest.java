package io.jobrelay.promises.operator;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobrelay.support.AdminClient;
import io.jobrelay.support.Browser;
import io.jobrelay.support.Http;
import io.jobrelay.support.Raw;
import io.jobrelay.support.RelayFixture;
import io.jobrelay.support.Reply;
import io.jobrelay.support.Sink;
import io.jobrelay.support.StandInApi;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;

/**
 * Promise: an operator sees in a browser what goes on, finds out in two clicks why a job is stuck, and can do something about it, with a
 * mouse or without, on a phone, in the dark. What the jobs say is shown as text and never run; no page leaves the relay.
 */
class DashboardTest {

    private static Browser browser;
    private RelayFixture relay;
    private StandInApi api;
    private Sink sink;
    private AdminClient admin;

    @BeforeAll
    static void startBrowser() {
        browser = Browser.start().orElse(null);
        Assumptions.assumeTrue(browser != null, "no browser");
    }

    @AfterAll
    static void stopBrowser() {
        if (browser != null) {
            browser.close();
        }
    }

    @BeforeEach
    void start() {
        relay = new RelayFixture();
        api = new StandInApi(relay.clock());
        sink = new Sink();
        relay.withApi(api.url()).with("relay.ringcentral.requests-per-minute", "100").with("relay.sinks", "file,http")
                .with("relay.sink.http.url", sink.url()).with("relay.delivery.max-attempts", "1");
        admin = new AdminClient(relay);
        browser.look(1280, false);
    }

    @AfterEach
    void stop() {
        browser.driver().get("about:blank");
        relay.close();
        api.close();
        sink.close();
    }

    private String submit(String reference) {
        return admin.submit("{\"api\":\"speech-to-text\",\"request\":{\"contentUri\":\"https://media.example/a.mp3\"},\"reference\":\"" + reference
                + "\"}").path("id").textValue();
    }

    private String taken(String reference) {
        String id = submit(reference);
        relay.untilStatus(id, "InProgress");
        return id;
    }

    private String ended(String reference, String status, String response) {
        return ended(reference, status, response, 2);
    }

    private String ended(String reference, String status, String response, int sinks) {
        String id = taken(reference);
        assertThat(relay.post(relay.callbackUrl(id), "{\"status\":\"" + status + "\",\"response\":" + response + "}").status()).isEqualTo(200);
        RelayFixture.patiently().until(() -> relay.deliveries(id).size() == sinks
                && relay.deliveries(id).stream().noneMatch(d -> "Pending".equals(d.get("status")) && !"mqtt".equals(d.get("sink"))));
        return id;
    }

    private void open(String where) {
        browser.open(relay.adminUrl() + "/" + where);
    }

    private void openJob(String id) {
        open("#/jobs/" + id);
        browser.wait("#job-title");
    }

    private static List<?> column(int n) {
        return (List<?>) browser.run("return [...document.querySelectorAll('#jobs td:nth-child(" + n + ")')].map(e => e.innerText)");
    }

    private static void contented() {
        assertThat(browser.complaints()).isEmpty();
    }

    // ---- what is shown

    @Test
    void jobs_are_listed_newest_first_with_what_became_of_them() {
        relay.start();
        ended("call-1.mp3", "Success", "{}");
        sink.always(Reply.of(500));
        ended("call-2.mp3", "Fail", "{}");
        relay.clock().advance(Duration.ofMinutes(5));
        taken("call-3.mp3");
        open("");
        RelayFixture.patiently().until(() -> column(1), List.of("call-3.mp3", "call-2.mp3", "call-1.mp3")::equals);
        assertThat(column(2)).isEqualTo(List.of("InProgress", "Fail", "Success"));
        assertThat(column(3)).isEqualTo(List.of("speech-to-text", "speech-to-text", "speech-to-text"));
        assertThat(column(4)).isEqualTo(List.of("0 s", "5 min", "5 min"));
        assertThat(column(5)).isEqualTo(List.of("", "webhook", "webhook"));
        assertThat(column(6)).isEqualTo(List.of("in 10 min", "", ""));
        assertThat(column(7)).isEqualTo(List.of("", "file Delivered, http Dead (1)", "file Delivered, http Delivered"));
        assertThat(browser.wait("#counts").getText().replaceAll("\\s+", " ")).contains("0 Queued", "1 InProgress", "1 Success", "1 Fail");
        assertThat(browser.wait("#gauges").getText().replaceAll("\\s+", " ")).contains("Results at risk 0", "In doubt 0", "Dead deliveries 1",
                "Budget left this minute", "of 100", "Time to loss", "Health UP");
        contented();
    }

    @Test
    void jobs_are_filtered_by_status_and_reference_and_come_in_pages() {
        relay.start();
        for (int i = 0; i < 60; i++) {
            relay.insertJob(java.util.Map.of("id", String.format("01900000-0000-7000-8000-%012d", i), "job_id", "j-" + i, "reference", "r-" + i));
        }
        relay.adminPost("/jobs/j-59/cancel", "");
        open("");
        RelayFixture.patiently().until(() -> column(1).size() == 50);
        browser.click("#older");
        RelayFixture.patiently().until(() -> column(1).size() == 10);
        assertThat(column(1)).first().isEqualTo("r-9");
        assertThat(column(1)).last().isEqualTo("r-0");
        browser.click("#newest");
        RelayFixture.patiently().until(() -> column(1).size() == 50);
        browser.wait("#status").sendKeys("Cancelled");
        browser.click("#filter button");
        RelayFixture.patiently().until(() -> column(1), List.of("r-59")::equals);
        browser.driver().navigate().refresh(); // the address holds what was asked for
        RelayFixture.patiently().until(() -> column(1), List.of("r-59")::equals);
        browser.wait("#reference").sendKeys("r-17", Keys.ENTER);
        browser.waitFor("#none", "No job fits.");
        browser.driver().navigate().back();
        RelayFixture.patiently().until(() -> column(1), List.of("r-59")::equals);
        contented();
    }

    @Test
    void a_stuck_job_tells_its_reason_after_one_click() {
        relay.start();
        sink.always(Reply.of(507));
        ended("stuck.mp3", "Success", "{}");
        open("");
        browser.click("#jobs a");
        browser.waitFor("#now", "It ended as Success. Dead deliveries: 1.");
        browser.waitFor("#timeline", "Attempt 1 failed: the sink answered 507; the delivery is Dead");
        assertThat(browser.wait("#timeline").getText()).contains("queued", "Accepted, to be submitted", "submit", "Taken by the API", "callback",
                "it ended the job", "settled", "Ended as Success, known by webhook", "delivery to file", "Delivered at attempt 1", "delivery to http");
        assertThat(browser.wait("#facts").getText()).contains("webhook");
        assertThat(browser.driver().getTitle()).isEqualTo("stuck.mp3 - AI Job Relay");
        contented();
    }

    @Test
    void an_outcome_is_shown_as_text_and_its_secrets_are_masked() {
        relay.start();
        String evil = "<script>document.title='run'</script><img src=x onerror=document.title='run'>";
        String id = ended(evil.replace("\"", "'"), "Success", "{\"text\":\"" + evil + "\",\"access_token\":\"s3cr3t-1\",\"n\":4.800000000000001,"
                + "\"url\":\"https:\\/\\/user:s3cr3t-2@media.example\\/a?X-Signature=s3cr3t-3\",\"clientSecret\":\"s3cr3t 4\","
                + "\"note\":\"Bearer s3cr3t-5\",\"password\":[\"s3cr3t-6\"]}");
        openJob(id);
        browser.waitFor("#outcome", "4.800000000000001");
        assertThat(browser.wait("#outcome").getText()).contains(evil, "https://***@media.example/a?***").doesNotContain("s3cr3t");
        assertThat(browser.wait("#outcome-note").getText()).contains("masked as ***", "/result");
        assertThat(browser.wait("#job-title").getText()).isEqualTo(evil);
        open("");
        browser.waitFor("#jobs", evil);
        assertThat(browser.driver().getTitle()).isEqualTo("Jobs - AI Job Relay");
        assertThat(browser.driver().findElements(By.cssSelector("main script, main img"))).isEmpty();
        contented();
    }

    @Test
    void what_changes_is_seen_and_told_without_a_reload() {
        relay.start();
        String id = taken("live.mp3");
        open("");
        browser.waitFor("#jobs", "InProgress");
        browser.run("document.querySelector('#jobs a').focus(); window.notReloaded = true");
        relay.post(relay.callbackUrl(id), "{\"status\":\"Success\",\"response\":{}}");
        browser.waitFor("#jobs", "Success");
        assertThat(browser.wait("#said").getText()).endsWith("live.mp3 is Success.");
        assertThat(browser.run("return document.activeElement.textContent + window.notReloaded")).isEqualTo("live.mp3true");
        contented();
    }

    @Test
    void a_second_outcome_is_shown_beside_the_first_without_a_reload() {
        relay.start();
        String id = taken("late.mp3");
        relay.insertCallback(id, "relay", "Expired", "{\"status\":\"Expired\"}");
        relay.untilStatus(id, "Expired");
        openJob(id);
        browser.waitFor("#outcome", "Expired");
        browser.run("window.notReloaded = true");
        relay.post(relay.callbackUrl(id), "{\"status\":\"Success\",\"response\":{\"n\":1.50}}");
        browser.waitFor("#outcome", "1.50");
        browser.waitFor("#facts", "the second: the relay had given it up as Expired");
        browser.waitFor("#deliveries", "http (second outcome)");
        assertThat(browser.wait("#timeline").getText()).contains("Ended as Expired, known by relay", "Ended as Success, known by webhook (the second outcome");
        assertThat(browser.run("return window.notReloaded")).isEqualTo(true);
        open("");
        browser.waitFor("#jobs", "file (second outcome) Delivered");
        contented();
    }

    @Test
    void what_health_says_is_shown_and_a_relay_that_is_gone_too() {
        relay.with("relay.sinks", "file,mqtt").start();
        open("");
        browser.waitFor("#details", "no route offers direct:sink-mqtt");
        contented();
        relay.stop();
        browser.waitFor("#trouble", "The relay does not answer.");
        relay.start();
        browser.waitFor("#updated", "Live");
        RelayFixture.patiently().until(() -> browser.find("#trouble").isEmpty());
    }

    // ---- what can be done

    @Test
    void a_job_can_be_polled_cancelled_delivered_and_submitted_again() {
        relay.start();
        String id = taken("done.mp3");
        openJob(id);
        assertThat(browser.find("#redeliver")).isEmpty();
        browser.click("#poll");
        browser.waitFor("#timeline", "The API says InProgress");
        assertThat(api.statusRequests()).isNotEmpty();
        relay.post(relay.callbackUrl(id), "{\"status\":\"Fail\",\"response\":{}}");
        browser.click("#redeliver");
        browser.waitFor("#timeline", "Redelivery to every sink");
        RelayFixture.patiently().until(() -> sink.requests().size() == 2);
        assertThat(browser.find("#cancel")).isEmpty();
        browser.click("#resubmit");
        browser.waitFor("#facts", "Like job");
        String second = (String) relay.sql("SELECT id FROM relay_job WHERE resubmit_of = ?", id).get(0).get("id");
        assertThat(browser.driver().getCurrentUrl()).endsWith("#/jobs/" + second);
        relay.untilStatus(second, "InProgress");
        browser.click("#cancel");
        browser.click("#sure-no");
        assertThat(relay.job(second)).containsEntry("status", "InProgress");
        browser.click("#cancel");
        browser.click("#sure-yes");
        browser.waitFor("#facts", "Cancelled");
        assertThat(relay.job(second)).containsEntry("status", "Cancelled");
        contented();
    }

    @Test
    void submits_can_be_paused_and_what_is_dead_delivered_again() {
        relay.start();
        sink.always(Reply.of(500));
        String id = ended("dead.mp3", "Success", "{}");
        open("");
        browser.click("#pause");
        browser.waitFor("#said", "Submits are paused.");
        browser.waitFor("#gauges", "paused");
        String waiting = submit("waits.mp3");
        browser.waitFor("#jobs", "waits.mp3");
        assertThat(relay.job(waiting)).containsEntry("status", "Queued");
        browser.waitFor("#pause", "Resume submits");
        browser.click("#pause");
        browser.waitFor("#said", "Submits go on.");
        relay.untilStatus(waiting, "InProgress");
        sink.always(Reply.of(200));
        browser.click("#sinks button");
        browser.waitFor("#said", "1 deliveries of http are tried again.");
        relay.untilDelivered(id);
        RelayFixture.patiently().until(() -> browser.find("#sinks button").isEmpty());
        contented();
    }

    @Test
    void what_is_refused_is_told() {
        relay.start();
        String id = taken("late.mp3");
        openJob(id);
        browser.wait("#cancel");
        browser.run("document.getElementById('sure').showModal()");
        relay.post(relay.callbackUrl(id), "{\"status\":\"Success\",\"response\":{}}");
        relay.untilStatus(id, "Success");
        browser.click("#sure-yes");
        browser.waitFor("#trouble", "The job has ended as Success");
        assertThat(browser.complaints()).allMatch(message -> message.contains("409"));
    }

    // ---- who may

    @Test
    void with_a_key_the_page_asks_for_it_and_keeps_it_for_this_tab_only() {
        relay.with("relay.admin.api-key", "k3y of sixteen \u00fc").start();
        Http.Answer page = relay.adminGet("/");
        assertThat(page.status()).isEqualTo(401);
        assertThat(page.header("Content-Type")).startsWith("text/html");
        assertThat(page.header("Set-Cookie")).isNull();
        assertThat(relay.adminGet("/overview").status()).isEqualTo(401);
        assertThat(relay.adminGet("/openapi.json").status()).isEqualTo(401);
        String asked = "GET /jobs HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer k3y of sixteen \u00fc\r\n\r\n";
        for (Charset sent : List.of(StandardCharsets.UTF_8, StandardCharsets.ISO_8859_1)) { // curl's, and a browser's
            assertThat(Raw.send(relay.adminPort(), asked.getBytes(sent))).startsWith("HTTP/1.1 200");
        }
        relay.close();
        relay = new RelayFixture().with("relay.admin.api-key", "k3y-of-the-relay").start();
        relay.openJob("j-1");
        open("");
        browser.picture("key");
        browser.wait("#key").sendKeys("wrong", Keys.ENTER);
        browser.waitFor("#trouble", "This is not the key.");
        assertThat(browser.run("return document.activeElement.id")).isEqualTo("key");
        browser.wait("#key").sendKeys("k3y-of-the-relay", Keys.ENTER);
        browser.waitFor("#jobs", "j-1");
        browser.driver().navigate().refresh();
        browser.waitFor("#jobs", "j-1");
        assertThat(browser.driver().manage().getCookies()).isEmpty();
        assertThat(browser.run("return localStorage.length")).isEqualTo(0L);
        assertThat(browser.run("return document.documentElement.outerHTML").toString()).doesNotContain("k3y");
        browser.click("#forget");
        browser.wait("#key");
        assertThat(browser.run("return sessionStorage.length")).isEqualTo(0L);
        assertThat(browser.find("#jobs")).isEmpty();
        assertThat(browser.complaints()).allMatch(message -> message.contains("401"));
    }

    @Test
    void with_the_key_that_reads_all_is_shown_and_nothing_is_done() {
        relay.with("relay.admin.api-key", "k3y-of-the-relay").with("relay.admin.read-key", "k3y-of-who-looks").start();
        relay.openJob("j-1");
        open("");
        browser.wait("#key").sendKeys("k3y-of-who-looks", Keys.ENTER);
        browser.waitFor("#jobs", "j-1");
        browser.click("#pause");
        browser.waitFor("#trouble", "relay.admin.read-key");
        assertThat(relay.count("SELECT COUNT(*) FROM relay_setting WHERE name = 'paused'")).isZero();
        assertThat(browser.complaints()).allMatch(message -> message.contains("401") || message.contains("403"));
    }

    @Test
    void the_page_is_bound_to_itself() {
        relay.start();
        taken("own.mp3");
        for (String file : List.of("/", "/dashboard/dashboard.css", "/dashboard/dashboard.js", "/dashboard/dashboard.svg")) {
            Http.Answer answer = relay.adminGet(file);
            assertThat(answer.status()).as(file).isEqualTo(200);
            assertThat(answer.header("Content-Security-Policy")).as(file).contains("default-src 'none'", "frame-ancestors 'none'")
                    .doesNotContain("unsafe").doesNotContain("http");
            assertThat(answer.header("X-Content-Type-Options")).isEqualTo("nosniff");
        }
        AdminClient.problem(relay.adminGet("/dashboard/openapi.json"), 404, "unknown-path");
        AdminClient.problem(relay.adminGet("/dashboard/..%2Fopenapi.json"), 404, "unknown-path");
        open("");
        browser.waitFor("#jobs", "own.mp3");
        assertThat((List<?>) browser.run("return performance.getEntriesByType('resource').map(e => e.name)")).isNotEmpty()
                .allMatch(url -> url.toString().startsWith(relay.adminUrl() + "/"));
        browser.run("const s = document.createElement('script'); s.textContent = 'window.inline = 1'; document.body.append(s)");
        assertThat(browser.run("return window.inline")).isNull();
        assertThat(browser.complaints()).isNotEmpty().allMatch(message -> message.contains("Content Security Policy"));
    }

    // ---- for whom

    @Test
    void everything_can_be_done_with_the_keyboard() {
        relay.start();
        String id = taken("keys.mp3");
        open("");
        browser.waitFor("#jobs", "keys.mp3");
        tabTo("skip");
        assertThat(browser.find("#skip")).isPresent();
        tabTo("status");
        press("InP");
        tabTo("reference");
        press("keys.mp3", Keys.ENTER);
        RelayFixture.patiently().until(() -> browser.driver().getCurrentUrl().contains("status=InProgress&reference=keys.mp3"));
        RelayFixture.patiently().until(() -> browser.run("return document.activeElement.id"), "list-title"::equals);
        tabTo("keys.mp3");
        assertThat(browser.run("return getComputedStyle(document.activeElement).outlineStyle")).isEqualTo("solid");
        press(Keys.ENTER);
        RelayFixture.patiently().until(() -> browser.run("return document.activeElement.id"), "job-title"::equals);
        tabTo("cancel");
        press(Keys.ENTER);
        RelayFixture.patiently().until(() -> browser.run("return document.activeElement.id"), "sure-no"::equals);
        tabTo("sure-yes");
        press(Keys.SPACE);
        browser.waitFor("#facts", "Cancelled");
        assertThat(relay.job(id)).containsEntry("status", "Cancelled");
        contented();
    }

    private static void press(CharSequence... keys) {
        browser.driver().switchTo().activeElement().sendKeys(keys);
    }

    /** Presses Tab until the element with this id or text has the focus. */
    private static void tabTo(String idOrText) {
        for (int i = 0; i < 40; i++) {
            press(Keys.TAB);
            if (Boolean.TRUE.equals(browser.run("const e = document.activeElement; return e.id === arguments[0] || e.textContent === arguments[0]",
                    idOrText))) {
                return;
            }
        }
        throw new AssertionError("Tab never leads to " + idOrText);
    }

    @Test
    void a_screen_reader_finds_landmarks_headers_and_names() {
        relay.start();
        String id = ended("read.mp3", "Success", "{}");
        for (String where : List.of("", "#/jobs/" + id)) {
            open(where);
            browser.waitFor("#updated", "Live");
            assertThat(browser.run("return ['header', 'main', 'nav', 'h1', '[role=status][aria-live=polite]', '[role=alert]']"
                    + ".filter(s => !document.querySelector(s))")).isEqualTo(List.of());
            assertThat(browser.run("return document.documentElement.lang")).isEqualTo("en");
            assertThat(browser.run("return [...document.querySelectorAll('input, select')].filter(e => !e.labels.length).map(e => e.id)"))
                    .isEqualTo(List.of());
            assertThat(browser.run("return [...document.querySelectorAll('button, a')].filter(e => e.checkVisibility()"
                    + " && (!e.textContent.trim() || e.tagName === 'A' && !e.hasAttribute('href'))).length")).isEqualTo(0L);
            assertThat(browser.run("return [...document.querySelectorAll('th')].filter(e => e.scope !== 'col').length")).isEqualTo(0L);
            assertThat(browser.run("return [...document.querySelectorAll('table, section, dialog')].filter(e => !document.getElementById("
                    + "e.getAttribute('aria-labelledby'))).length")).isEqualTo(0L);
            assertThat(browser.run("const ids = [...document.querySelectorAll('[id]')].map(e => e.id);"
                    + " return ids.filter((v, n) => ids.indexOf(v) !== n)")).isEqualTo(List.of());
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void text_stands_out_from_its_ground_in_light_and_in_the_dark(boolean dark) {
        relay.with("relay.sinks", "file,http,mqtt").start();
        sink.always(Reply.of(500));
        relay.adminPost("/jobs/" + taken("call-1037.wav") + "/cancel", "");
        String dead = taken("call-1038.mp3");
        relay.post(relay.callbackUrl(dead), "{\"status\":\"Fail\",\"response\":{\"text\":\"Hello\"}}");
        RelayFixture.patiently().until(() -> relay.count("SELECT COUNT(*) FROM relay_delivery WHERE status = 'Dead'") == 2);
        sink.always(Reply.of(200));
        for (int call = 1039; call < 1043; call++) {
            relay.clock().advance(Duration.ofMinutes(7));
            ended("call-" + call + ".mp3", "Success", "{}", 3);
        }
        relay.clock().advance(Duration.ofMinutes(3));
        taken("call-1043.mp3");
        relay.clock().advance(Duration.ofSeconds(50));
        relay.adminPost("/pause", "");
        submit("call-1044.mp3");
        browser.look(1280, dark);
        open("");
        browser.waitFor("#jobs", "call-1038.mp3");
        contrast();
        browser.picture(dark ? "list-dark" : "list");
        openJob(dead);
        browser.waitFor("#outcome", "Hello");
        contrast();
        browser.picture(dark ? "job-dark" : "job");
        assertThat(browser.run("return getComputedStyle(document.body).backgroundColor"))
                .isEqualTo(dark ? "rgb(20, 24, 29)" : "rgb(255, 255, 255)");
    }

    /** WCAG 2.2, 1.4.3: 4.5 to 1, reckoned from what the browser paints. */
    private static void contrast() {
        Object poor = browser.run("""
                const part = c => (c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
                const rgb = s => s.match(/[\\d.]+/g).map(Number);
                const light = ([r, g, b]) => 0.2126 * part(r) + 0.7152 * part(g) + 0.0722 * part(b);
                const ground = e => { for (; e; e = e.parentElement) {
                    const c = rgb(getComputedStyle(e).backgroundColor); if (c.length < 4 || c[3] > 0) return c; } return [255, 255, 255]; };
                const texts = [...document.querySelectorAll('body *')].filter(e => e.checkVisibility({visibilityProperty: true})
                    && [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim()));
                return texts.map(e => { const [a, b] = [light(rgb(getComputedStyle(e).color)), light(ground(e))].sort((x, y) => y - x);
                    return [(a + 0.05) / (b + 0.05), e.textContent]; }).filter(([ratio]) => ratio < 4.5).map(String);""");
        assertThat((List<?>) poor).isEmpty();
    }

    @Test
    void on_a_phone_nothing_is_wider_than_the_page() {
        relay.start();
        String longName = "recording-" + "0123456789".repeat(20) + ".mp3";
        sink.always(Reply.of(500));
        String id = ended(longName, "Success", "{\"text\":\"" + "x".repeat(3000) + "\"}");
        for (int width : new int[] {360, 320}) {
            browser.look(width, false);
            open("");
            browser.waitFor("#jobs", longName);
            fits(width);
            browser.picture("list-phone");
            openJob(id);
            browser.waitFor("#outcome", "xxx");
            fits(width);
            browser.picture("job-phone");
        }
        contented();
    }

    private static void fits(int width) {
        assertThat(browser.run("return window.innerWidth")).isEqualTo((long) width);
        assertThat((Long) browser.run("return document.documentElement.scrollWidth")).isLessThanOrEqualTo(width);
        assertThat(browser.run("return [...document.querySelectorAll('body *')].filter(e => e.checkVisibility() && !e.closest('thead, .skip')"
                + " && e.getBoundingClientRect().right > window.innerWidth + 1).map(e => e.outerHTML.slice(0, 200))")).isEqualTo(List.of());
    }
}
