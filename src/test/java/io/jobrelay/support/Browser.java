package io.jobrelay.support;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.StaleElementReferenceException;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;

/** A real Chromium without a window, with a profile of its own; what its pages complain of is kept. */
public final class Browser implements AutoCloseable {

    private static final Path PICTURES = Path.of("target/screenshots");
    private static final String VISIBLE = "const seen = [...document.querySelectorAll(arguments[0])].find(e => e.checkVisibility()); ";
    private final Path profile;
    private final ChromeDriver driver;

    private Browser(Path chromium, Path chromedriver) {
        try {
            profile = Files.createTempDirectory("relay-browser");
            Files.createDirectories(PICTURES);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Logger.getLogger("org.openqa.selenium").setLevel(Level.SEVERE); // it misses a library that only its own DevTools classes need
        LoggingPreferences log = new LoggingPreferences();
        log.enable(LogType.BROWSER, Level.ALL);
        ChromeOptions options = new ChromeOptions();
        options.setBinary(chromium.toFile());
        options.addArguments("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
                "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
                "--lang=en-GB", "--user-data-dir=" + profile);
        options.setCapability("goog:loggingPrefs", log);
        driver = new ChromeDriver(new ChromeDriverService.Builder().usingDriverExecutable(chromedriver.toFile()).usingAnyFreePort().build(),
                options);
    }

    /**
     * @return a browser; empty, and one line says so, where Debian's {@code chromium} and {@code chromium-driver} are not installed
     * @throws AssertionError where there is none and the environment says {@code BROWSER_REQUIRED=true}
     */
    public static Optional<Browser> start() {
        Optional<Path> chromium = onPath("chromium", "chromium-browser", "google-chrome");
        Optional<Path> chromedriver = onPath("chromedriver");
        if (chromium.isPresent() && chromedriver.isPresent()) {
            return Optional.of(new Browser(chromium.get(), chromedriver.get()));
        }
        String missing = "No browser on this machine (chromium and chromedriver): the dashboard is not tested.";
        if (Boolean.parseBoolean(System.getenv("BROWSER_REQUIRED"))) {
            throw new AssertionError(missing);
        }
        System.out.println("[WARNING] " + missing);
        return Optional.empty();
    }

    private static Optional<Path> onPath(String... names) {
        return Arrays.stream(names).flatMap(name -> Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
                .map(folder -> Path.of(folder, name))).filter(Files::isExecutable).findFirst();
    }

    /** @return Selenium's driver */
    public ChromeDriver driver() {
        return driver;
    }

    /**
     * @param width of the page in CSS pixels; also one that no window is narrow enough for
     * @param dark whether the system prefers dark colours
     */
    public void look(int width, boolean dark) {
        driver.executeCdpCommand("Emulation.setDeviceMetricsOverride",
                Map.of("width", width, "height", 900, "deviceScaleFactor", 1, "mobile", width < 600));
        driver.executeCdpCommand("Emulation.setEmulatedMedia",
                Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", dark ? "dark" : "light"))));
    }

    /**
     * @param url to open, also where only its fragment is another than that of the page that is open
     */
    public void open(String url) {
        driver.get("about:blank");
        driver.manage().logs().get(LogType.BROWSER);
        driver.get(url);
    }

    /**
     * @param css selector
     * @return the first element that can be seen; one that is hidden counts as none
     */
    public Optional<WebElement> find(String css) {
        return Optional.ofNullable((WebElement) run(VISIBLE + "return seen", css)); // one look: the page may change before a second one
    }

    /**
     * @param css selector
     * @return the element, waited for
     */
    public WebElement wait(String css) {
        return RelayFixture.patiently().until(() -> find(css), Optional::isPresent).orElseThrow();
    }

    /**
     * Clicks as a mouse does, as soon as the element is there.
     *
     * @param css selector
     */
    public void click(String css) {
        RelayFixture.patiently().ignoreException(StaleElementReferenceException.class).until(() -> {
            Optional<WebElement> found = find(css);
            found.ifPresent(WebElement::click);
            return found.isPresent();
        });
    }

    /**
     * Waits until a text can be seen.
     *
     * @param css selector of what holds it
     * @param text a part of it
     */
    public void waitFor(String css, String text) {
        RelayFixture.patiently().until(() -> String.valueOf(run(VISIBLE + "return seen && seen.innerText", css)), shown -> shown.contains(text));
    }

    /**
     * @param script that returns something
     * @param values its arguments
     * @return what it returned
     */
    public Object run(String script, Object... values) {
        return driver.executeScript(script, values);
    }

    /** @return what the page's console holds since the last look: errors of scripts, refusals of the policy, failed loads */
    public List<String> complaints() {
        return driver.manage().logs().get(LogType.BROWSER).getAll().stream()
                .filter(entry -> entry.getLevel().intValue() >= Level.WARNING.intValue()).map(LogEntry::getMessage).toList();
    }

    /**
     * @param name of a picture of the whole page under {@code target/screenshots}
     */
    public void picture(String name) {
        try {
            Files.write(PICTURES.resolve(name + ".png"), driver.getScreenshotAs(OutputType.BYTES));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        driver.quit();
        RelayFixture.delete(profile);
    }
}
